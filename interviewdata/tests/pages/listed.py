"""What the tests of the sessions list ask and read."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from sessions.models import InterviewSession
from sessions.tests.factories import InterviewSessionFactory

SCORES = "analytics.view_feedback"
TEXTS = (
    "interview_sessions.view_interviewquestion",
    "interview_sessions.view_userresponse",
    "interview_sessions.view_transcript",
)


def people(reply: Any) -> list[str]:
    """The e-mails of the rows, in their order."""
    return re.findall(r'role="rowheader".*?<a href="[^"]*">([^<]*)</a>', reply.content.decode())


def interview(email: str, **fields: Any) -> InterviewSession:
    return InterviewSessionFactory(user_email=f"{email}@example.org", **fields)


def names(reply: Any) -> list[str]:
    return [email.removesuffix("@example.org") for email in people(reply)]


def get(browser: Client, **query: Any) -> Any:
    reply = browser.get("/sessions/", query)
    assert reply.status_code == 200
    return reply
