"""What the tests of the search say and ask."""

from __future__ import annotations

from sessions import search
from sessions.models import UserResponse
from sessions.search import find
from sessions.tests.factories import UserResponseFactory

ALL = tuple(search.KINDS)


def answer(text: str) -> UserResponse:
    return UserResponseFactory(
        user_answer=text, question__question_text="What did you do?", question__question_index=1
    )


def found(text: str, kinds: tuple[str, ...] = ALL) -> list[str]:
    """The session ids that a search finds."""
    return [session_id for session_id, _hits in find(text, kinds=kinds)]
