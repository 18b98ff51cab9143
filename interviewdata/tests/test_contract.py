"""Every documented method, path and status, called: what the description says can be had."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from jsonschema import Draft202012Validator

from interviewdata.tests.calls import EMAIL, POSTS, cookie_of, is_envelope, raw_post
from sessions.tests.audio.samples import wav
from sessions.tests.uploads.tus_client import begun

pytestmark = pytest.mark.django_db

READ = "400 405 411 413"
TABLE = f"200 {READ} 403 404 503"
CREATE = "200 400 403 405 411 413 415 422 503"
WRITE = f"{CREATE} 404"
CONTRACT: dict[tuple[str, str], str] = {
    ("post", "/api/interview/create-session"): CREATE,
    ("post", "/api/interview/start"): CREATE,
    ("get", "/api/interview-modes"): f"200 {READ} 503",
    ("post", "/api/interview-modes/questions"): f"{WRITE} 409",
    ("post", "/api/interview/question"): f"{WRITE} 409",
    ("post", "/api/interview/response"): f"{WRITE} 409",
    ("post", "/api/interview/end"): WRITE,
    ("post", "/api/transcript/save"): WRITE,
    ("post", "/api/feedback/save"): WRITE,
    ("post", "/api/analytics/save"): WRITE,
    ("get", "/api/feedback/analytics"): f"200 {READ} 403 503",
    ("post", "/api/interview/group-data"): f"{WRITE} 409",
    ("get", "/api/interview/session-data/{session_id}"): TABLE,
    ("get", "/api/interview/export/{session_id}"): TABLE,
    ("get", "/api/interview/progress/{session_id}"): f"{TABLE} 304",
    ("post", "/api/interview/presence"): WRITE,
    ("get", "/api/interview/live"): TABLE,
    ("get", "/api/interview/audio/{response_id}"): f"{TABLE} 206 304 416",
    ("get", "/api/interview/history/{email}"): TABLE,
    ("get", "/api/dashboard/stats/{email}"): TABLE,
    ("get", "/api/export/preview"): f"200 {READ} 403 503",
    ("post", "/api/export/data"): CREATE,
    ("get", "/api/health"): f"200 {READ} 503",
    ("get", "/api/schema"): f"200 {READ}",
    ("get", "/api/schema/export"): f"200 {READ}",
    ("get", "/api/v1/sessions"): TABLE,
    ("get", "/api/v1/sessions/{session_id}"): TABLE,
    ("get", "/api/v1/questions"): TABLE,
    ("get", "/api/v1/questions/{id}"): TABLE,
    ("get", "/api/v1/responses"): TABLE,
    ("get", "/api/v1/responses/{id}"): TABLE,
    ("get", "/api/v1/transcripts"): TABLE,
    ("get", "/api/v1/transcripts/{id}"): TABLE,
    ("get", "/api/v1/feedback"): TABLE,
    ("get", "/api/v1/feedback/{id}"): TABLE,
    ("get", "/api/v1/analytics"): TABLE,
    ("get", "/api/v1/analytics/{session_id}"): TABLE,
    ("get", "/api/v1/stats"): TABLE,
    ("get", "/api/v1/stats/{person}"): TABLE,
}
# Called in test_contract_uploads.py: their requests are headers.
UPLOADS = {
    ("post", "/api/interview/uploads"): "201 400 403 404 405 411 412 413 422 429 503",
    ("head", "/api/interview/uploads/{upload_id}"): "200 400 403 404 405 412 503",
    ("patch", "/api/interview/uploads/{upload_id}"): (
        "204 400 403 404 405 409 411 412 413 415 460 503"
    ),
    ("delete", "/api/interview/uploads/{upload_id}"): "204 400 403 404 405 411 412 413 503",
}
DOCUMENT = json.loads((Path(settings.BASE_DIR) / "docs" / "openapi.json").read_text())
SOUND = wav()


def test_contract_lists_what_is_documented():
    documented = {
        (method, path): set(operation["responses"])
        for path, operations in DOCUMENT["paths"].items()
        for method, operation in operations.items()
    }
    every = CONTRACT | UPLOADS
    assert documented == {call: set(statuses.split()) for call, statuses in every.items()}


@dataclass
class World:
    """An interview that goes on, one that has ended with everything in it, and who looks."""

    candidate: Client
    stranger: Client
    staff: Client
    superuser: Client
    going_on: str
    ended: str
    ids: dict[str, Any]

    def address(self, path: str, *, missing: bool = False) -> str:
        ids = {
            "{session_id}": self.ended,
            "{response_id}": self.ids["responses"],
            "{email}": EMAIL,
            "{person}": EMAIL,
            "{id}": self.ids.get(path.removeprefix("/api/v1/").split("/")[0], 0),
        }
        for name, value in ids.items():
            absent = "nobody/nothing" if name in ("{email}", "{person}") else 987_654_321
            path = path.replace(name, str(absent if missing else value))
        return path + (f"?email={EMAIL}" if path == "/api/export/preview" else "")


@pytest.fixture
def world(
    api: Any, interview: str, question_bank: None, new_browser: Any, staff_user: Any
) -> World:
    ended = api.call("/api/interview/create-session", {"userEmail": EMAIL}).json()["sessionId"]
    asked = api.call(
        "/api/interview/question", {"sessionId": ended, "questionText": "Why an index?"}
    ).json()
    answer = {
        "sessionId": ended,
        "questionIndex": 0,
        "audioBlob": base64.b64encode(SOUND).decode(),
    }
    ids = {
        "questions": asked["questionId"],
        "responses": api.call("/api/interview/response", answer).json()["responseId"],
        "transcripts": api.call(
            "/api/transcript/save", POSTS["/api/transcript/save"](ended)
        ).json()["transcriptId"],
        "feedback": api.call("/api/feedback/save", POSTS["/api/feedback/save"](ended)).json()[
            "feedbackId"
        ],
    }
    api.call("/api/analytics/save", POSTS["/api/analytics/save"](ended))
    staff, superuser = new_browser(), new_browser()
    staff.force_login(staff_user(username="sam"))
    superuser.force_login(staff_user(username="sue", is_superuser=True))
    return World(api, new_browser(), staff, superuser, interview, ended, ids)


def _database_is_down(*_args: Any) -> None:
    raise OperationalError("the database is down")


def reply_to(world: World, method: str, path: str, status: str) -> Any:
    """The call that has this status for an answer."""
    post = method == "post"
    body = POSTS[path](world.going_on) if post else {}
    address = world.address(path)
    is_list = path.startswith("/api/v1/") or path == "/api/interview/live"
    client = world.superuser if is_list else world.candidate

    def send(body: Any = body, client: Client = client, **extra: Any) -> Any:
        if not post:
            return client.get(address, **extra)
        return client.post(address, json.dumps(body), content_type="text/plain", **extra)

    if status == "200":
        return send()
    if status == "400":
        return send([]) if post else send(HTTP_HOST="elsewhere.example.org")
    if status == "403":
        return send(HTTP_SEC_FETCH_SITE="cross-site") if post else send(client=world.staff)
    if status == "404":
        if post:
            return send({**body, "sessionId": "no-such-interview"})
        listed = address == path and is_list
        return world.stranger.get(address if listed else world.address(path, missing=True))
    if status == "405":
        return client.delete(address)
    if status == "411":
        chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
        return client.generic(method.upper(), address, b"{}", **chunked)
    if status == "413":
        return client.generic(method.upper(), address, b"{}", CONTENT_LENGTH=str(2**30))
    if status == "415":
        form = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nc\r\n--b--\r\n'
        if path == "/api/interview/response":  # takes a form; what it does not take is gzip
            return raw_post(path, b"\x1f\x8b", cookie_of(client), HTTP_CONTENT_ENCODING="gzip")
        return client.post(address, form, content_type="multipart/form-data; boundary=b")
    if status == "422":
        key = {"HTTP_IDEMPOTENCY_KEY": f"a key of enough characters for {path}"}
        assert send(**key).status_code == 200
        return send({**body, "more": 1}, **key)
    if status == "503":
        if path == "/api/interview-modes":  # asks the database for a login's cookie alone
            client = world.superuser
        with connection.execute_wrapper(_database_is_down):
            return send(client=client)
    if status == "409" and path == "/api/interview/response":
        unfinished = begun(client, world.going_on, 10).rpartition("/")[2]
        return send({**body, "audioUpload": unfinished})
    if status == "409" and path == "/api/interview/group-data":
        return send({**body, "groups": {"age": "from_40"}, "consentVersion": "2026-1"})
    if status == "409":
        return send({**body, "sessionId": world.ended})
    extra = {
        "206": {"HTTP_RANGE": "bytes=0-9"},
        "304": {"HTTP_IF_NONE_MATCH": "*"},
        "416": {"HTTP_RANGE": f"bytes={len(SOUND)}-"},
    }[status]
    return send(**extra)


@pytest.mark.parametrize(
    ("call", "statuses"), CONTRACT.items(), ids=lambda c: " ".join(c) if len(c) == 2 else ""
)
def test_every_documented_status_can_be_had(world, caplog, call, statuses):
    method, path = call
    for status in sorted(statuses.split(), reverse=True):
        reply = reply_to(world, method, path, status)
        content = b"".join(reply) if getattr(reply, "streaming", False) else reply.content
        assert (status, str(reply.status_code)) == (status, status), content[:300]
        if status >= "400":
            assert reply["Content-Type"] == "application/json"
            if not path.endswith("/health"):
                assert is_envelope(reply)
        look = DOCUMENT["paths"][path][method]["responses"][status].get("content", {})
        kind = reply.headers.get("Content-Type", "")
        if kind == "application/json":
            assert_looks_like(json.loads(content), look["application/json"]["schema"])
        elif content:
            assert kind in look


def assert_looks_like(value: Any, schema: dict[str, Any]) -> None:
    root = {**schema, "components": DOCUMENT["components"]}
    problems = [error.message for error in Draft202012Validator(root).iter_errors(value)]
    assert problems == []


def test_health_names_what_does_not_answer(api, caplog):
    with connection.execute_wrapper(_database_is_down):
        reply = api.get("/api/health")
    assert reply.status_code == 503
    assert reply.json()["failing"] == ["database"]
    assert reply["Retry-After"] == "5"


@pytest.mark.parametrize("path", sorted({path for _method, path in CONTRACT | UPLOADS}))
def test_every_address_tells_its_methods(api, path):
    documented = {method.upper() for method, found in CONTRACT | UPLOADS if found == path}
    if "GET" in documented:
        documented.add("HEAD")
    address = path.replace("{response_id}", "1").replace("{id}", "1")
    reply = api.options(address)
    assert reply.status_code == 204
    assert set(reply["Allow"].split(", ")) == documented | {"OPTIONS"}
    refused = api.put(address)
    assert refused.status_code == 405
    assert refused["Allow"] == reply["Allow"]


@pytest.mark.parametrize(
    "address",
    [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/interview/create-session/",
        "/api/interview",
        "/api/interview/session-data/",
        "/api/v1",
        "/api/v2/sessions",
        "/api/docs/",
        "/api/schema.json",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "delete", "options"])
def test_unknown_address_is_404_in_json_and_never_a_redirect(api, address, method):
    reply = getattr(api, method)(address)
    assert reply.status_code == 404
    assert is_envelope(reply)
