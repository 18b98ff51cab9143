"""What tests of the whole API share: a good body for every POST, and what is stored."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection

from interviewdata.wsgi import application

EMAIL = "ann@example.org"
# Path → a body that the endpoint takes, made for a session of one's own with three questions.
POSTS: dict[str, Callable[[str], dict[str, Any]]] = {
    "/api/interview/create-session": lambda session_id: {"userEmail": EMAIL},
    "/api/interview/start": lambda session_id: {"userEmail": EMAIL, "role": "Data Analyst"},
    "/api/interview-modes/questions": lambda session_id: {"sessionId": session_id, "count": 2},
    "/api/interview/question": lambda session_id: {
        "sessionId": session_id,
        "questionText": "How would you find a slow query?",
    },
    "/api/interview/response": lambda session_id: {
        "sessionId": session_id,
        "questionIndex": 0,
        "answer": "I would look at the query plan first.",
    },
    "/api/interview/presence": lambda session_id: {
        "sessionId": session_id,
        "state": "recording",
        "questionIndex": 0,
    },
    "/api/interview/end": lambda session_id: {"sessionId": session_id},
    "/api/transcript/save": lambda session_id: {
        "sessionId": session_id,
        "transcriptData": {"text": "I would look at the query plan first."},
    },
    "/api/feedback/save": lambda session_id: {"sessionId": session_id, "overallScore": 7.5},
    # Withdraws what may be there: to give it, the interview has to be over.
    "/api/interview/group-data": lambda session_id: {"sessionId": session_id, "groups": {}},
    "/api/analytics/save": lambda session_id: {
        "sessionId": session_id,
        "voiceMetrics": {"words_per_minute": 128},
    },
    "/api/export/data": lambda session_id: {"email": EMAIL},
}
WITH_SESSION = [path for path, body in POSTS.items() if "sessionId" in body("")]


def stored() -> dict[str, Any]:
    """Rows of every table of ours, the state of interviews and the files that are kept."""
    tables = [
        model._meta.db_table
        for label in ("interview_sessions", "analytics")
        for model in apps.get_app_config(label).get_models()
    ]
    counts: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
        cursor.execute(
            "SELECT session_id, status, total_questions, questions_answered, updated_at"
            " FROM interview_sessions ORDER BY id"
        )
        counts["interviews"] = cursor.fetchall()
    folder = Path(settings.MEDIA_ROOT)
    counts["files"] = sorted(str(p) for p in folder.rglob("*") if p.is_file())
    return counts


def is_envelope(reply: Any) -> bool:
    """Whether a reply is the JSON envelope of a failure, as the contract has it."""
    body = reply.json()
    return (
        reply["Content-Type"] == "application/json"
        and body["success"] is False
        and isinstance(body["error"], str)
        and body["error"] != ""
        and isinstance(body["code"], str)
        and set(body) <= {"success", "error", "code", "fields"}
        and all(isinstance(texts, list) and texts for texts in body.get("fields", {}).values())
    )


class RawReply:
    def __init__(self, status: str, headers: list[tuple[str, str]], content: bytes) -> None:
        self.status_code = int(status.split()[0])
        self.headers, self.content = dict(headers), content

    def __getitem__(self, name: str) -> str:
        return self.headers[name]

    def json(self) -> Any:
        return json.loads(self.content)


@contextmanager
def connections_stay() -> Iterator[None]:
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def raw_post(path: str, body: bytes, cookie: str = "", **meta: str) -> RawReply:
    """A POST straight into the WSGI application, as a server hands it over; `meta` are WSGI's
    names. A Content-Length may lie here, which Django's test client does not let it."""
    seen: list[Any] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "text/plain;charset=UTF-8",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_COOKIE": cookie,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **meta,
    }
    # As Django's test client does: the connection of the test stays open.
    with connections_stay():
        reply = application(environ, lambda status, headers: seen.extend((status, headers)))
        try:
            content = b"".join(reply)
        finally:
            reply.close()
    return RawReply(seen[0], seen[1], content)


def cookie_of(client: Any) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
