"""`/api/v1/`: lists and rows of the tables of capture."""

import base64
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from interviewdata.common.sql import is_postgresql
from sessions.models import AccessRecord
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    TranscriptFactory,
    UserResponseFactory,
)
from sessions.tests.tokens import service_header
from sessions.tests.v1 import FACTORIES, LISTS, VIEW, service_of


@pytest.fixture
def service(api):
    return service_of(api)


def test_sessions_list_shows_all_columns_newest_first(service):
    now = timezone.now()
    old = InterviewSessionFactory(created_at=now - timedelta(days=1), features=["video"])
    new = InterviewSessionFactory(created_at=now)
    reply = service("sessions")
    body = reply.json()
    assert reply.status_code == 200
    assert reply["Content-Type"] == "application/json"
    assert sorted(body) == ["next", "previous", "results", "success"]
    assert [row["session_id"] for row in body["results"]] == [new.session_id, old.session_id]
    row = body["results"][1]
    assert set(row) == {field.column for field in old._meta.concrete_fields}
    assert row["features"] == ["video"]
    assert (body["next"], body["previous"]) == (None, None)


@pytest.mark.parametrize("ordering", ["-created_at", "created_at", "-id", "id"])
def test_sessions_pages_hold_each_row_once_there_and_back(service, ordering):
    now = timezone.now()
    # Pairs of equal times: the id decides between them.
    made = [InterviewSessionFactory(created_at=now - timedelta(hours=n // 2)) for n in range(7)]
    column, sign = ordering.lstrip("-"), -1 if ordering.startswith("-") else 1
    expected = [
        s.session_id
        for s in sorted(made, key=lambda s: (getattr(s, column), s.pk), reverse=sign < 0)
    ]
    body = service("sessions", limit=3, ordering=ordering).json()
    pages = [body]
    while body["next"]:
        query = {name: values[0] for name, values in parse_qs(urlsplit(body["next"]).query).items()}
        assert (query["limit"], query["ordering"]) == ("3", ordering)
        body = service("sessions", **query).json()
        pages.append(body)
    there = [row["session_id"] for page in pages for row in page["results"]]
    assert there == expected
    back = [pages[-1]["results"]]
    while body["previous"]:
        query = {k: values[0] for k, values in parse_qs(urlsplit(body["previous"]).query).items()}
        body = service("sessions", **query).json()
        back.insert(0, body["results"])
    assert [row["session_id"] for page in back for row in page] == expected
    assert body["next"] is not None


def test_page_after_the_last_row_is_empty(service):
    InterviewSessionFactory.create_batch(2)
    following = service("sessions", limit=1).json()["next"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(following).query).items()}
    from sessions.models import InterviewSession

    InterviewSession.objects.all().delete()
    assert service("sessions", **query).json() == {
        "success": True,
        "results": [],
        "next": None,
        "previous": None,
    }


def test_rows_that_arrive_meanwhile_shift_nothing(service):
    now = timezone.now()
    for n in range(4):
        InterviewSessionFactory(created_at=now - timedelta(hours=n), role=f"role {n}")
    first = service("sessions", limit=2).json()
    InterviewSessionFactory(created_at=now + timedelta(hours=1), role="newcomer")
    query = {k: values[0] for k, values in parse_qs(urlsplit(first["next"]).query).items()}
    second = service("sessions", **query).json()
    assert [row["role"] for row in second["results"]] == ["role 2", "role 3"]


@pytest.mark.parametrize(
    ("query", "roles"),
    [
        ({"status": "completed"}, ["Cook"]),
        ({"status": "created", "role": "baker"}, ["Baker"]),
        ({"interview_mode": "tech"}, ["Cook", "Baker"]),
        ({"interview_mode": "case_study"}, ["Clerk"]),
        ({"difficulty": "hard"}, ["Clerk"]),
        ({"user_email": " ANN@example.org "}, ["Baker"]),
        ({"created_after": "2026-03-02T00:00:00Z"}, ["Clerk", "Cook"]),
        ({"created_after": "2026-03-02T01:30:00+01:00", "created_before": "2026-03-03"}, ["Cook"]),
        ({"search": "CLERK"}, ["Clerk"]),
        ({"search": "example.org bak"}, ["Baker"]),
        ({"search": "100%"}, []),
        ({"status": "", "search": " "}, ["Clerk", "Cook", "Baker"]),
    ],
)
def test_sessions_filters_and_search_find(service, query, roles):
    day = timezone.datetime(2026, 3, 1, 0, 30, tzinfo=timezone.get_fixed_timezone(0))
    InterviewSessionFactory(role="Baker", user_email="ann@example.org", created_at=day)
    InterviewSessionFactory(role="Cook", completed=True, created_at=day + timedelta(days=1))
    InterviewSessionFactory(
        role="Clerk",
        interview_mode="case_study",
        difficulty="advanced",
        created_at=day + timedelta(days=2),
    )
    reply = service("sessions", **query)
    assert reply.status_code == 200, reply.content
    assert [row["role"] for row in reply.json()["results"]] == roles


def test_children_filters_find(service):
    question = InterviewQuestionFactory(category="Databases", bank_key="sql-1")
    other = InterviewQuestionFactory(difficulty="expert")
    old = UserResponseFactory(question=question, is_current=False, user_answer="an index")
    new = UserResponseFactory(
        question=question,
        revision=2,
        is_late=True,
        audio_file_path="a.wav",
        audio_sha256="0",
        audio_content_type="audio/wav",
        audio_bytes=9,
    )
    transcript = TranscriptFactory(session=question.session, source="reviewer")
    TranscriptFactory(source="candidate")

    def ids(path: str, **query: object) -> list[int]:
        reply = service(path, **query)
        assert reply.status_code == 200, reply.content
        return [row["id"] for row in reply.json()["results"]]

    assert ids("questions") == [other.pk, question.pk]
    assert ids("questions", session_id=question.session_id) == [question.pk]
    assert ids("questions", category="databases", bank_key="sql-1") == [question.pk]
    assert ids("questions", difficulty="expert") == [other.pk]
    assert ids("questions", ordering="id", search="question") == [question.pk, other.pk]
    assert ids("responses", question_id=question.pk) == [new.pk, old.pk]
    assert ids("responses", question_id=2**63 - 1) == []
    assert ids("responses", is_current="true") == [new.pk]
    assert ids("responses", is_current="false") == [old.pk]
    assert ids("responses", has_audio="true", is_late="1") == [new.pk]
    assert ids("responses", has_audio="false") == [old.pk]
    assert ids("responses", search="index") == [old.pk]
    assert ids("transcripts", source="reviewer", session_id=question.session_id) == [transcript.pk]
    assert ids("transcripts", user_email=transcript.user_email) == [transcript.pk]


def test_transcripts_list_leaves_word_times_to_the_row(service):
    transcript = TranscriptFactory()
    (listed,) = service("transcripts").json()["results"]
    assert "word_timestamps" not in listed
    row = service(f"transcripts/{transcript.pk}").json()["result"]
    assert row["word_timestamps"] == transcript.word_timestamps
    assert row["transcript_data"] == {"text": "hello there"}


@pytest.mark.parametrize("resource", LISTS)
def test_retrieve_gives_the_row(service, resource):
    row = FACTORIES[resource]()
    key = row.session_id if resource == "sessions" else row.pk
    body = service(f"{resource}/{key}").json()
    assert body["success"] is True
    assert body["result"]["id"] == row.pk


@pytest.mark.parametrize(
    "path",
    [
        "sessions/nobody",
        "sessions/%00",
        "sessions/%ff%fe",
        f"sessions/{'x' * 5000}",
        "questions/0",
        "questions/99999999999999999999999",
        f"responses/{'9' * 5000}",
        "transcripts/abc",
        "nothing",
        "sessions/",
    ],
)
def test_retrieve_of_what_is_not_there_is_404(service, path):
    reply = service(path)
    assert reply.status_code == 404
    assert reply.json()["code"] == "not_found"


def _cursor(*content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


AT = "2026-11-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({"limit": "0"}, "limit", "from 1 to 200"),
        ({"limit": "201"}, "limit", "from 1 to 200"),
        ({"limit": "ten"}, "limit", "from 1 to 200"),
        ({"limit": "²"}, "limit", "from 1 to 200"),
        ({"limit": "9" * 500}, "limit", "from 1 to 200"),
        ({"ordering": "role"}, "ordering", "-created_at, created_at, -id, id"),
        ({"status": "done"}, "status", "created, active, completed, abandoned"),
        ({"interview_mode": "chess"}, "interview_mode", "case_study"),
        ({"difficulty": "extreme"}, "difficulty", "beginner"),
        ({"created_after": "yesterday"}, "created_after", "ISO 8601"),
        ({"created_after": "2026-02-30"}, "created_after", "ISO 8601"),
        ({"created_after": "0001-01-01T00:00:00+14:00"}, "created_after", "ISO 8601"),
        ({"created_before": "9999-12-31T23:59:59-12:00"}, "created_before", "ISO 8601"),
        ({"colour": "red"}, "colour", "user_email"),
        ({"a\0b": "x"}, "a�b", "user_email"),
        ({"role": "a\0b"}, "role", "NUL"),
        ({"role": "x" * 601}, "role", "600 characters"),
        ({"search": "x" * 201}, "search", "200 characters"),
        ({"role": ["a", "b"]}, "role", "once"),
        ({"cursor": "garbage"}, "cursor", "next"),
        ({"cursor": "é"}, "cursor", "next"),
        ({"cursor": _cursor("-created_at")}, "cursor", "next"),
        ({"cursor": _cursor("id", None, 1, False)}, "cursor", "next"),
        ({"cursor": _cursor("-created_at", None, 1, False)}, "cursor", "next"),
        ({"cursor": _cursor("-created_at", "noon", 1, False)}, "cursor", "next"),
        ({"cursor": _cursor("-created_at", 5, 1, False)}, "cursor", "next"),
        ({"cursor": _cursor("-created_at", AT + "\0", 1, False)}, "cursor", "next"),
        ({"cursor": _cursor("-created_at", AT, True, False)}, "cursor", "next"),
        ({"cursor": _cursor("-created_at", AT, 2**63, False)}, "cursor", "next"),
        ({"cursor": _cursor("-created_at", AT, -1, False)}, "cursor", "next"),
        ({"cursor": _cursor("-created_at", AT, 1, "no")}, "cursor", "next"),
    ],
)
def test_bad_arguments_are_refused_in_words(service, query, field, words):
    reply = service("sessions", **query)
    assert reply.status_code == 400
    body = reply.json()
    assert body["code"] == "invalid"
    assert words in body["fields"][field][0]
    assert AccessRecord.objects.count() == 0


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("responses", {"question_id": "x"}, "question_id"),
        ("responses", {"question_id": str(2**63)}, "question_id"),
        ("responses", {"question_id": "9" * 500}, "question_id"),
        ("responses", {"is_current": "maybe"}, "is_current"),
        ("transcripts", {"source": "rumour"}, "source"),
        ("questions", {"ordering": "created_at"}, "ordering"),
    ],
)
def test_bad_filters_of_children_are_refused(service, path, query, field):
    reply = service(path, **query)
    assert reply.status_code == 400
    assert list(reply.json()["fields"]) == [field]


@pytest.mark.parametrize("resource", LISTS)
@pytest.mark.parametrize("rows", [1, 50])
def test_lists_cost_three_statements_at_most(api, django_assert_num_queries, resource, rows):
    header = service_header(VIEW[resource])
    FACTORIES[resource].create_batch(rows)
    # The service token, the rows, the access record, which PostgreSQL writes with the rows.
    expected = 2 if is_postgresql() else 3
    with django_assert_num_queries(expected):
        reply = api.get(f"/api/v1/{resource}", headers=header)
    assert len(reply.json()["results"]) == rows
    with django_assert_num_queries(expected):
        reply = api.get(f"/api/v1/{resource}?ordering=id&search=e", headers=header)
    assert reply.status_code == 200


def test_list_by_staff_costs_four_statements_at_most(api, staff_user, django_assert_num_queries):
    InterviewSessionFactory.create_batch(5)
    api.force_login(staff_user(VIEW["sessions"]))
    # The login's session, the user with permissions, the rows, the access record.
    with django_assert_num_queries(3 if is_postgresql() else 4):
        assert len(api.get("/api/v1/sessions").json()["results"]) == 5
