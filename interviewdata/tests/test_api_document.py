"""docs/api.md says what the server does: its requests are sent, its replies compared."""

import json
from typing import Any

from django.conf import settings

from interviewdata.tests.documented import examples, filled


def shape(value: Any) -> Any:
    """The keys of a reply, all the way down; of a list, those of its first entry."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return None


def test_every_request_of_the_document_gets_its_reply(api, question_bank):
    known: dict[str, Any] = {}
    found = examples()
    for example in found:
        path = filled(example.path, known)
        body = json.loads(filled(example.body, known)) if example.body else None
        reply = api.call(path, body)
        content = json.loads(b"".join(reply) if reply.streaming else reply.content)
        assert reply.status_code == 200, (path, content)
        assert shape(content) == shape(example.reply), path
        known |= {name: value for name, value in content.items() if isinstance(value, (str, int))}
    assert len(found) >= 18


def test_document_has_every_documented_path():
    schema = json.loads((settings.BASE_DIR / "docs" / "openapi.json").read_text())
    text = (settings.BASE_DIR / "docs" / "api.md").read_text()
    plain = text.replace("{sessionId}", "{session_id}").replace("{responseId}", "{response_id}")
    missing = [
        path
        for path in schema["paths"]
        if path.partition("{")[0] not in plain and not path.startswith("/api/v1/")
    ]
    assert missing == []


def test_schema_says_what_asking_again_and_creating_take():
    paths = json.loads((settings.BASE_DIR / "docs" / "openapi.json").read_text())
    progress = paths["paths"]["/api/interview/progress/{session_id}"]["get"]
    assert "content" not in progress["responses"]["304"]
    assert "ETag" in progress["responses"]["304"]["headers"]
    assert "ETag" in progress["responses"]["200"]["headers"]
    assert "If-None-Match" in [one["name"] for one in progress["parameters"]]
    bodies = paths["components"]["schemas"]
    for name in ("CreateSessionRequest", "StartRequest"):
        assert {"consent", "questionCount"} <= set(bodies[name]["properties"]), name
    for name in ("create-session", "start"):
        text = paths["paths"][f"/api/interview/{name}"]["post"]["description"]
        assert "invitation" in text
    questions = paths["paths"]["/api/interview-modes/questions"]["post"]["description"]
    assert "invitation" in questions


def test_304_comes_with_after_too(api, interview):
    address = f"/api/interview/progress/{interview}?after=0"
    first = api.call(address)
    assert first.json()["events"]
    again = api.call(address, If_None_Match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    answer = {"sessionId": interview, "questionIndex": 0, "answer": "So."}
    assert api.call("/api/interview/response", answer).status_code == 200
    assert api.call(address, If_None_Match=first["ETag"]).status_code == 200
