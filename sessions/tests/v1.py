"""Lists and rows of `/api/v1/` as the tests ask for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    TranscriptFactory,
    UserResponseFactory,
)
from sessions.tests.tokens import service_header

VIEW = {
    "sessions": "interview_sessions.view_interviewsession",
    "questions": "interview_sessions.view_interviewquestion",
    "responses": "interview_sessions.view_userresponse",
    "transcripts": "interview_sessions.view_transcript",
}
LISTS = sorted(VIEW)
FACTORIES = {
    "sessions": InterviewSessionFactory,
    "questions": InterviewQuestionFactory,
    "responses": UserResponseFactory,
    "transcripts": TranscriptFactory,
}


def service_of(api: Any) -> Callable[..., Any]:
    """Lists and reads as a service that may view all tables."""
    header = service_header(*VIEW.values())

    def get(path: str, **query: object) -> Any:
        return api.get(f"/api/v1/{path}", query, headers=header)

    return get
