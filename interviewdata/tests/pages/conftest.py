"""Fixtures of the tests of pages."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from analytics.tests.factories import FeedbackFactory
from interviewdata.tests.access.routes import SESSION
from interviewdata.tests.pages.comparing import ADDRESS, BASE
from interviewdata.tests.pages.listed import interview
from interviewdata.tests.pages.recorded import ALL, fill, page_text, url_of
from sessions.access import RECORD_PERMISSIONS
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    TranscriptFactory,
    UserResponseFactory,
)


@pytest.fixture
def reader(client, staff_user):
    """Signs in staff with these permissions beside the ordinary ones; gives the user."""

    def make(*permissions, base=BASE):
        user = staff_user(*base, *permissions)
        client.force_login(user)
        return user

    return make


@pytest.fixture
def text_of(client):
    def get(**query):
        reply = client.get(ADDRESS, query)
        assert reply.status_code == 200
        return reply.content.decode()

    return get


@pytest.fixture
def record(db):
    """A completed interview with everything of one answer."""
    return fill(InterviewSessionFactory(completed=True, role="Nurse"))


@pytest.fixture
def see(client, staff_user):
    """The record page as text, for staff with the given permissions (default: all)."""

    def see(interview, *permissions, user=None):
        client.force_login(user or staff_user(*(permissions or ALL)))
        return page_text(client.get(url_of(interview)))

    return see


@pytest.fixture
def signed_in(staff_user, client) -> Any:
    """Signs in staff with the named permissions; gives the browser."""

    def sign_in(*permissions: str, **fields: Any) -> Client:
        client.user = staff_user(SESSION, *permissions, **fields)
        client.force_login(client.user)
        return client

    return sign_in


@pytest.fixture
def list_reader(signed_in) -> Client:
    """Somebody who sees everything but is no reviewer."""
    return signed_in(*RECORD_PERMISSIONS)


@pytest.fixture
def several(db) -> None:
    """Interviews that differ in everything, oldest first: ann, bob, cy, dee."""
    moments = [datetime(2026, 3, day, 23, 30, tzinfo=UTC) for day in (1, 2, 3, 4)]
    interview("ann", role="Nurse", interview_mode="hr", difficulty="expert", created_at=moments[0])
    bob = interview("bob", role="Data Analyst", completed=True, created_at=moments[1])
    cy = interview("cy", role="data engineer", completed=True, created_at=moments[2])
    dee = interview("dee.smith", role="100%_sure", status="abandoned", created_at=moments[3])
    question = InterviewQuestionFactory(session=bob, question_index=1)
    UserResponseFactory(
        question=question,
        audio_file_path="audio/x",
        audio_sha256="0" * 64,
        audio_content_type="audio/webm",
        audio_bytes=5,
    )
    UserResponseFactory(question__session=dee, question__question_index=1)
    TranscriptFactory(session=cy)
    FeedbackFactory(session=bob, overall_score=8, source="reviewer", author="rae")
    FeedbackFactory(session=cy, overall_score=4, source="service", author="engine")
    FeedbackFactory(session=cy, overall_score=10, source="candidate", author="")
