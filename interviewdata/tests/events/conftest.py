"""Two real servers on one scratch database: one that answers, one that keeps streams open."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from typing import Any

import pytest

from interviewdata.tests.kill.server import EventServer, ScratchDatabase, Server, free_port

_MAKE_KEYS = """
from django.contrib.auth.models import Permission, User
from sessions.access import new_service_token, token_digest
from sessions.models import ServiceToken
User.objects.create_superuser("rita", password="a password for tests 1")
text = new_service_token()
token = ServiceToken.objects.create(name="watcher", token_sha256=token_digest(text))
token.permissions.add(Permission.objects.get(codename="view_interviewsession"))
print("TOKEN", text)
"""


class House:
    """Both servers, and what a client does with them."""

    def __init__(self, answers: Server, events: EventServer) -> None:
        self.answers, self.events = answers, events
        shown = answers.manage("shell", "-v0", "-c", _MAKE_KEYS)
        assert "TOKEN " in shown.stdout, shown.stderr
        self.service_token = shown.stdout.split("TOKEN ")[1].split()[0]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.answers.port}"

    def call(self, path: str, body: Any = None, token: str = "") -> Any:
        connection = HTTPConnection("127.0.0.1", self.answers.port, timeout=30)
        headers = {"Content-Type": "text/plain;charset=UTF-8"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        sent = None if body is None else json.dumps(body)
        connection.request("GET" if body is None else "POST", path, sent, headers)
        reply = connection.getresponse()
        content = json.loads(reply.read())
        connection.close()
        assert reply.status == 200, content
        return content

    def interview(self, name: str = "ann") -> tuple[str, str]:
        """A begun interview with three questions: its id and its token."""
        made = self.call("/api/interview/create-session", {"userEmail": f"{name}@example.org"})
        session_id, token = made["sessionId"], made["accessToken"]
        for number in range(3):
            body = {"sessionId": session_id, "questionText": f"Question {number}?"}
            self.call("/api/interview/question", body, token)
        return session_id, token

    def answer(self, session_id: str, token: str, number: int) -> None:
        body = {"sessionId": session_id, "questionIndex": number % 3, "answer": f"So {number}."}
        self.call("/api/interview/response", body, token)


@contextmanager
def two_servers(folder: Any) -> Iterator[House]:
    """Both, their data in a folder."""
    url = os.environ.get("TEST_DATABASE_URL", "")
    with ExitStack() as stack:
        database_url = stack.enter_context(ScratchDatabase(url)) if url else ""
        events_port = free_port()
        answers = Server(
            folder, database_url=database_url, EVENTS_URL=f"http://127.0.0.1:{events_port}"
        )
        events = EventServer(
            folder,
            database_url=database_url,
            port=events_port,
            CORS_ALLOWED_ORIGINS=f"http://127.0.0.1:{answers.port}",
        )
        migrated = answers.manage("migrate", "-v0")
        assert migrated.returncode == 0, migrated.stderr
        stack.callback(answers.kill)
        stack.callback(events.kill)
        answers.start()
        events.start()
        yield House(answers, events)


@pytest.fixture
def house(tmp_path: Any) -> Iterator[House]:
    with two_servers(tmp_path) as house:
        yield house
