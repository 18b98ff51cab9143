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
