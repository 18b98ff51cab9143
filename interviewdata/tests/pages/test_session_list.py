"""The sessions list: order, pages, and what each reader is shown."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from analytics.models import ReviewAssignment
from analytics.tests.factories import FeedbackFactory
from interviewdata.record.pages import session_rows
from interviewdata.tests.pages.listed import TEXTS, get, interview, names, people
from sessions.access import RECORD_PERMISSIONS
from sessions.models import AccessRecord, InterviewSession
from sessions.tests.factories import (
    InterviewSessionFactory,
    TranscriptFactory,
    UserResponseFactory,
)

pytestmark = pytest.mark.django_db


def test_empty_states(list_reader):
    assert b"No interviews yet" in get(list_reader).content
    assert b"Nothing matches" in get(list_reader, status="active").content
    interview("ann")
    assert b"Nothing matches" in get(list_reader, q="zzz").content


# -- order and pages --


@pytest.mark.parametrize("sort", ["newest", "oldest", "person"])
@pytest.mark.parametrize("page_rows", [1, 2, 3, 7])
def test_pages_show_every_row_once_there_and_back(list_reader, monkeypatch, sort, page_rows):
    monkeypatch.setattr(session_rows, "PAGE_ROWS", page_rows)
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    for number in range(7):
        # Equal times and people: the id decides.
        interview("ann" if number % 3 else "bob", role=f"r{number}",
                  created_at=moment + timedelta(days=number // 2))  # fmt: skip
    rows = InterviewSession.objects.order_by(*session_rows._ORDERS[sort])
    wanted = list(rows.values_list("role", flat=True))

    def roles(reply: Any) -> list[str]:
        return re.findall(r'class="role">(r\d)<', reply.content.decode())

    def link(reply: Any, rel: str) -> str:
        found = re.search(rf'href="([^"]*)" rel="{rel}"', reply.content.decode())
        return found[1].replace("&amp;", "&") if found else ""

    reply = get(list_reader, sort=sort)
    seen, pages = roles(reply), [roles(reply)]
    while address := link(reply, "next"):
        reply = list_reader.get(f"/sessions/{address}")
        seen += roles(reply)
        pages.append(roles(reply))
    assert seen == wanted
    back = [roles(reply)]
    while address := link(reply, "prev"):
        reply = list_reader.get(f"/sessions/{address}")
        back.append(roles(reply))
    assert back[::-1] == pages


@pytest.mark.parametrize(
    "cursor", ["x", "é" * 300, "AAAA", "W10", "WyJuZXdlc3QiLG51bGwsMSxmYWxzZV0", "x" * 2000, "\0"]
)
@pytest.mark.parametrize("sort", ["newest", "person"])
def test_nonsense_cursor_shows_the_first_page(list_reader, cursor, sort):
    interview("ann")
    assert names(get(list_reader, cursor=cursor, sort=sort)) == ["ann"]


def test_cursor_of_another_order_shows_the_first_page(list_reader, monkeypatch):
    monkeypatch.setattr(session_rows, "PAGE_ROWS", 1)
    interview("ann")
    interview("bob")
    reply = get(list_reader)
    cursor = re.search(r'cursor=([\w-]+)" rel="next"', reply.content.decode())[1]
    assert names(get(list_reader, cursor=cursor)) == ["ann"]
    assert names(get(list_reader, cursor=cursor, sort="person")) == ["ann"]
    assert names(get(list_reader, cursor=cursor, sort="oldest")) == ["ann"]


@pytest.mark.parametrize("rows", [1, 3, 25])
def test_statements_are_few_whatever_is_shown(list_reader, django_assert_num_queries, rows):
    from interviewdata.common.sql import is_postgresql

    for number in range(rows):
        one = interview(f"p{number}", completed=True)
        UserResponseFactory(question__session=one, user_answer="frequent word")
        TranscriptFactory(session=one)
        FeedbackFactory(session=one)
    # Session, user; the rows, the access record.
    with django_assert_num_queries(2 + 2):
        assert len(people(get(list_reader, score_from=1))) == rows
    # With a search also the index (PostgreSQL) and the hits.
    with django_assert_num_queries(2 + (4 if is_postgresql() else 3)):
        assert len(people(get(list_reader, q="frequent"))) == rows


# -- who sees what --


def test_list_leaves_an_access_record_of_the_interviews_shown(list_reader):
    one, other = interview("ann", status="abandoned"), interview("bob")
    get(list_reader, status="abandoned")
    record = AccessRecord.objects.get()
    assert (record.actor, record.action, record.resource) == (
        "user:rita",
        "list",
        "interview_sessions",
    )
    assert record.session_ids == [one.session_id]
    assert other.session_id not in str(record.session_ids)
    assert record.detail == "page ?status=abandoned"


def test_without_permission_for_scores_there_is_no_score(signed_in):
    browser = signed_in(*TEXTS)
    FeedbackFactory(session=interview("ann", completed=True), overall_score=7.25)
    reply = get(browser, score_from="9")
    assert b"7.25" not in reply.content
    assert b"Score" not in reply.content
    assert names(reply) == ["ann"]


@pytest.mark.parametrize("kind", ["judge", "assigned"])
def test_blind_reader_is_shown_no_score_and_finds_none_by_score(signed_in, kind):
    rights = ["analytics.add_review"] + (["analytics.see_scores"] if kind == "assigned" else [])
    browser = signed_in(*RECORD_PERMISSIONS, *rights)
    one = interview("ann", completed=True)
    FeedbackFactory(session=one, overall_score=7.25, source="reviewer", author="sam")
    if kind == "assigned":
        ReviewAssignment.objects.create(session=one, reviewer=browser.user)
    reply = get(browser)
    assert b"7.25" not in reply.content
    assert b">Hidden</span>" in reply.content
    for query in ({"score_from": 7}, {"score_to": 8}, {"score_from": 0}, {"score_to": 10}):
        assert names(get(browser, **query)) == []
    if kind == "assigned":
        ReviewAssignment.objects.update(submitted_at=timezone.now())
        assert names(get(browser, score_from=7)) == ["ann"]
        assert b"7.25" in get(browser).content


def test_texts_of_candidates_are_escaped_everywhere(list_reader):
    evil = '"><img src=x onerror=alert(1)>'
    InterviewSessionFactory(user_email=f"{evil}@example.org", role=evil)
    text = get(list_reader, q=evil, role=evil, person=evil, cursor=evil).content.decode()
    text += get(list_reader).content.decode()
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text
