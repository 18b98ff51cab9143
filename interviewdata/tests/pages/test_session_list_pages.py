"""The sessions list page by page: whatever is asked for, its rows are those of the filters."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from analytics.tests.factories import FeedbackFactory
from interviewdata.record.pages import session_rows
from interviewdata.record.pages.session_filters import read_cursor
from interviewdata.record.pages.session_rows import in_order, matching, read_page
from sessions import kinds
from sessions.models import InterviewSession
from sessions.tests.factories import InterviewSessionFactory, UserResponseFactory

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROLES = ("Data Analyst", "data engineer", "Nurse", "Senior Data Analyst")
FILTERS = [
    {},
    {"status": "completed"},
    {"mode": "hr"},
    {"mode": "hr", "difficulty": "expert"},
    {"mode": "puzzle", "difficulty": "expert"},
    {"status": "completed", "mode": "hr", "difficulty": "expert"},
    {"role": "data"},
    {"role": "*ANALYST"},
    {"role": "=data analyst", "status": "completed"},
    {"role": "*nothing"},
    {"role": "nurse", "mode": "hr", "audio": "yes"},
    {"role": "data", "person": "p1"},
    {"role": "data", "person": "*1@"},
    {"person": "*nobody"},
    {"review": "needed"},
    {"review": "needed", "mode": "hr"},
    {"review": "needed", "status": "active"},
    {"score_from": 5.0},
    {"score_from": 3.0, "score_to": 6.0, "status": "completed"},
    {"score_to": 6.0, "role": "*data", "mode": "hr"},
    {"created_from": DAY.date(), "created_to": DAY.date(), "mode": "hr", "status": "completed"},
    {"created_to": DAY.date() - timedelta(days=20), "role": "data"},
]


@pytest.fixture
def interviews(db):
    lot = random.Random(11)
    made = []
    for number in range(60):
        status = lot.choice(["created", "active", "completed", "completed"])
        # Some at the same moment: their ids decide.
        created = DAY + timedelta(hours=lot.randrange(30))
        one = InterviewSessionFactory(
            user_email=f"p{lot.randrange(20)}@example.org",
            role=lot.choice(ROLES),
            interview_mode=lot.choice(["hr", "technical"]),
            difficulty=lot.choice(["expert", "beginner"]),
            status=status,
            end_time=created if status == "completed" else None,
            created_at=created,
        )
        one.audio = one.score = None
        if number % 4 == 0:
            one.audio = UserResponseFactory(
                question__session=one,
                audio_bytes=9,
                audio_file_path=f"audio/{number}.webm",
                audio_sha256="0" * 64,
                audio_content_type="audio/webm",
            )
        if number % 3 == 0:
            one.score = FeedbackFactory(session=one, overall_score=number % 11).overall_score
        made.append(one)
    return made


def fits(one: InterviewSession, given: dict) -> bool:
    role, wanted = one.role.lower(), given.get("role", "").lower()
    day = timezone.localtime(one.created_at).date()
    person = given.get("person", "")
    return all(
        (
            given.get("status") in (None, one.status),
            given.get("mode") in (None, one.interview_mode),
            given.get("difficulty") in (None, one.difficulty),
            wanted[1:] == role
            if wanted.startswith("=")
            else wanted[1:] in role
            if wanted.startswith("*")
            else role.startswith(wanted),
            person[1:] in one.user_email
            if person.startswith("*")
            else one.user_email.startswith(person),
            "audio" not in given or (given["audio"] == "yes") == bool(one.audio),
            "review" not in given or (one.status == "completed" and one.score is None),
            "score_from" not in given or (one.score or -1) >= given["score_from"],
            "score_to" not in given or (one.score is not None and one.score <= given["score_to"]),
            "created_from" not in given or day >= given["created_from"],
            "created_to" not in given or day <= given["created_to"],
        )
    )


def in_python(made: list[InterviewSession], given: dict, sort: str) -> list[str]:
    found = [one for one in made if fits(one, given)]
    found.sort(key=lambda one: (one.created_at, one.pk), reverse=sort != "oldest")
    if sort == "person":
        found.sort(key=lambda one: one.user_email)
    return [one.session_id for one in found]


def walk(given: dict, sort: str, user: User) -> tuple[list[str], list[str]]:
    """All rows by going on, and all by going back from the last page."""

    def page(text: str):
        from django.http import QueryDict

        query = QueryDict(mutable=True)
        query["cursor"] = text
        found = matching(given, user=user, kinds=[])
        cursor = read_cursor(query, sort)
        return read_page(found, sort=sort, cursor=cursor, user=user, may_see_scores=True)

    shown = page("")
    forth = [row.session_id for row in shown.rows]
    while shown.next:
        shown = page(shown.next)
        forth += [row.session_id for row in shown.rows]
    back = [row.session_id for row in shown.rows]
    while shown.previous:
        shown = page(shown.previous)
        back = [row.session_id for row in shown.rows] + back
    return forth, back


@pytest.mark.parametrize("sort", ["newest", "oldest", "person"])
@pytest.mark.parametrize("few", [False, True], ids=["taken", "walked"])
def test_every_filter_shows_its_rows_in_order_forth_and_back(interviews, monkeypatch, sort, few):
    monkeypatch.setattr(session_rows, "PAGE_ROWS", 3)
    if few:  # what is done where more match than are taken at once
        monkeypatch.setattr(kinds, "MOST_TAKEN", 2)
        monkeypatch.setattr(session_rows, "_MOST_PEOPLE", 1)
    user = User.objects.create_superuser("boss")
    seen = 0
    for given in FILTERS:
        expected = in_python(interviews, given, sort)
        seen += bool(expected)
        assert walk(given, sort, user) == (expected, expected), given
        found = matching(given, user=user, kinds=[])
        assert in_order(found, sort, 4) == expected[:4], given
    assert seen > 14


def test_too_many_kinds_are_filtered_as_ever(interviews, monkeypatch):
    monkeypatch.setattr(kinds, "MOST_KINDS", 1)
    user = User.objects.create_superuser("boss")
    for given in FILTERS:
        found = in_order(matching(given, user=user, kinds=[]), "newest", 100)
        assert found == in_python(interviews, given, "newest"), given
