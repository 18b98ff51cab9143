"""The sessions list: filters, search, order, pages, what each reader is shown, and the export."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from analytics.models import ReviewAssignment
from analytics.tests.factories import FeedbackFactory
from interviewdata.record.pages import session_list, session_rows
from interviewdata.tests.access.routes import SESSION
from sessions.access import RECORD_PERMISSIONS
from sessions.models import AccessRecord, InterviewSession
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    TranscriptFactory,
    UserResponseFactory,
)

pytestmark = pytest.mark.django_db

SCORES = "analytics.view_feedback"
TEXTS = (
    "interview_sessions.view_interviewquestion",
    "interview_sessions.view_userresponse",
    "interview_sessions.view_transcript",
)


@pytest.fixture
def signed_in(staff_user, client) -> Any:
    """Signs in staff with the named permissions; gives the browser."""

    def sign_in(*permissions: str, **fields: Any) -> Client:
        client.user = staff_user(SESSION, *permissions, **fields)
        client.force_login(client.user)
        return client

    return sign_in


@pytest.fixture
def reader(signed_in) -> Client:
    """Somebody who sees everything but is no reviewer."""
    return signed_in(*RECORD_PERMISSIONS)


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


# -- filters --


@pytest.fixture
def several() -> None:
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


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "dee.smith cy bob ann"),
        ({"status": "completed"}, "cy bob"),
        ({"status": "active"}, ""),
        ({"mode": "hr"}, "ann"),
        ({"difficulty": "expert"}, "ann"),
        ({"role": "data"}, "cy bob"),
        ({"role": "DATA A"}, "bob"),
        ({"role": "analyst"}, ""),
        ({"role": "*analyst"}, "bob"),
        ({"role": "100%_"}, "dee.smith"),
        ({"role": "%"}, ""),
        ({"role": "*%"}, "dee.smith"),
        ({"person": "B"}, "bob"),
        ({"person": "bob@example.org"}, "bob"),
        ({"person": "smith"}, ""),
        ({"person": "*Smith"}, "dee.smith"),
        ({"person": "*@EXAMPLE"}, "dee.smith cy bob ann"),
        ({"person": "_ob"}, ""),
        ({"created_from": "2026-03-03"}, "dee.smith cy"),
        ({"created_to": "2026-03-03"}, "cy bob ann"),
        ({"created_from": "2026-03-02", "created_to": "2026-03-02"}, "bob"),
        ({"audio": "yes"}, "bob"),
        ({"audio": "no"}, "dee.smith cy ann"),
        ({"transcript": "yes"}, "cy"),
        ({"transcript": "no"}, "dee.smith bob ann"),
        ({"review": "needed"}, "cy"),
        ({"score_from": "8"}, "bob"),
        ({"score_from": "8.01"}, ""),
        ({"score_to": "4"}, "cy"),
        ({"score_from": "4", "score_to": "8"}, "cy bob"),
        ({"score_from": "5", "score_to": "7"}, ""),
        ({"status": "completed", "role": "data", "transcript": "yes", "q": "hello"}, "cy"),
        ({"sort": "oldest"}, "ann bob cy dee.smith"),
        ({"sort": "person"}, "ann bob cy dee.smith"),
    ],
    ids=str,
)
def test_filters(reader, several, query, found):
    assert names(get(reader, **query)) == found.split()


def test_days_are_those_of_the_readers_zone(reader, several):
    reader.cookies["zone"] = quote("Asia/Kolkata")
    # 23:30 UTC is five in the morning of the next day there.
    assert names(get(reader, created_from="2026-03-03", created_to="2026-03-03")) == ["bob"]


def test_score_is_the_mean_of_each_raters_newest_judgement(reader):
    one = interview("ann", completed=True)
    now = timezone.now()
    for author, score, ago in (("rae", 2, 2), ("rae", 9, 1), ("sam", 6, 0)):
        FeedbackFactory(
            session=one, author=author, overall_score=score, created_at=now - timedelta(days=ago)
        )
    FeedbackFactory(session=one, author="ted", overall_score=None)
    assert ">7.5<" in re.sub(r"<span[^>]*>Score </span>", "", get(reader).content.decode())
    assert names(get(reader, score_from="7.5", score_to="7.5")) == ["ann"]
    assert names(get(reader, score_to="6")) == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"status": "asleep"}, "Choose one of the list."),
        ({"mode": "x" * 5000}, "Choose one of the list."),
        ({"sort": "score"}, "Choose one of the list."),
        ({"created_from": "yesterday"}, "Write a day as 2026-11-20."),
        ({"created_from": "0001-01-01"}, "Choose a day between 1970 and 2199."),
        ({"created_to": "9999-12-31"}, "Choose a day between 1970 and 2199."),
        ({"created_from": "2026-03-02", "created_to": "2026-03-01"}, "before the first day"),
        ({"score_from": "high"}, "Write a number from 0 to 10."),
        ({"score_from": "nan"}, "Write a number from 0 to 10."),
        ({"score_from": "-1"}, "Scores begin at 0."),
        ({"score_to": "11"}, "Scores end at 10."),
        ({"score_from": "5", "score_to": "4"}, "below the lowest score"),
        ({"q": "!!!"}, "Write a word: letters or digits."),
        ({"q": "x" * 501}, "at most 500 characters"),
        ({"role": "a\0b"}, "Null characters are not allowed."),
        ({"person": "x" * 255}, "at most 254 characters"),
    ],
    ids=str,
)
def test_bad_value_is_said_at_its_field_and_the_others_hold(reader, several, query, message):
    reply = get(reader, transcript="no", audio="yes", **query)
    name = list(query)[-1]
    field = re.search(rf'<div class="field filter-{name}">.*?</div>', reply.content.decode(), re.S)
    assert field is not None
    assert message in field[0]
    assert 'aria-invalid="true"' in field[0]
    assert names(reply) == ["bob"]


def test_active_filters_are_chips_with_a_way_to_remove_each(reader, several):
    text = get(reader, q="hello", status="completed", sort="person", score_from="3.50").content
    chips = re.findall(r'soft">([^<]*):</span> ([^<]*)</span> <a href="([^"]*)"', text.decode())
    assert chips == [
        ("Search", "“hello”", "?status=completed&amp;sort=person&amp;score_from=3.50"),
        ("Status", "Completed", "?q=hello&amp;sort=person&amp;score_from=3.50"),
        ("Score from", "3.5", "?q=hello&amp;status=completed&amp;sort=person"),
    ]
    assert b"Active filters" not in get(reader, sort="oldest").content


def test_empty_states(reader):
    assert b"No interviews yet" in get(reader).content
    assert b"Nothing matches" in get(reader, status="active").content
    interview("ann")
    assert b"Nothing matches" in get(reader, q="zzz").content


# -- search --


def test_search_shows_where_the_words_stand(reader):
    one = interview("ann")
    question = InterviewQuestionFactory(
        session=one, question_index=2, question_text="Why <b>latency</b>?"
    )
    response = UserResponseFactory(
        question=question, user_answer="Because latency <script>x</script>"
    )
    interview("bob")
    reply = get(reader, q="latency")
    text = reply.content.decode()
    assert names(reply) == ["ann"]
    assert "Question 2</a> Why &lt;b&gt;<mark>latency</mark>&lt;/b&gt;?" in text
    record = f"/sessions/{one.session_id}/"
    assert f'href="{record}#answer-{response.pk}">Answer 2<' in text
    assert f'href="{record}#question-2">Question 2<' in text
    assert "Because <mark>latency</mark> &lt;script&gt;x&lt;/script&gt;" in text


@pytest.mark.parametrize("allowed", [(), TEXTS[:1], TEXTS[1:2], TEXTS[2:], TEXTS[:2], TEXTS])
def test_search_looks_only_where_the_reader_may(signed_in, allowed):
    browser = signed_in(*allowed)
    InterviewQuestionFactory(session=interview("q"), question_text="secretword one")
    UserResponseFactory(question__session=interview("a"), user_answer="secretword two")
    TranscriptFactory(session=interview("t"), transcript_data={"text": "secretword three"})
    reply = get(browser, q="secretword")
    shown = dict(zip(TEXTS, "qat", strict=True))
    if not allowed:
        # No search at all: the word is no filter, and nothing of the texts is there.
        assert b'name="q"' not in reply.content
        assert b"<mark>" not in reply.content
        assert sorted(names(reply)) == ["a", "q", "t"]
    else:
        assert sorted(names(reply)) == sorted(shown[one] for one in allowed)
        assert reply.content.count(b"<mark>secretword</mark>") == len(allowed)


# -- order and pages --


@pytest.mark.parametrize("sort", ["newest", "oldest", "person"])
@pytest.mark.parametrize("page_rows", [1, 2, 3, 7])
def test_pages_show_every_row_once_there_and_back(reader, monkeypatch, sort, page_rows):
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

    reply = get(reader, sort=sort)
    seen, pages = roles(reply), [roles(reply)]
    while address := link(reply, "next"):
        reply = reader.get(f"/sessions/{address}")
        seen += roles(reply)
        pages.append(roles(reply))
    assert seen == wanted
    back = [roles(reply)]
    while address := link(reply, "prev"):
        reply = reader.get(f"/sessions/{address}")
        back.append(roles(reply))
    assert back[::-1] == pages


@pytest.mark.parametrize(
    "cursor", ["x", "é" * 300, "AAAA", "W10", "WyJuZXdlc3QiLG51bGwsMSxmYWxzZV0", "x" * 2000, "\0"]
)
@pytest.mark.parametrize("sort", ["newest", "person"])
def test_nonsense_cursor_shows_the_first_page(reader, cursor, sort):
    interview("ann")
    assert names(get(reader, cursor=cursor, sort=sort)) == ["ann"]


def test_cursor_of_another_order_shows_the_first_page(reader, monkeypatch):
    monkeypatch.setattr(session_rows, "PAGE_ROWS", 1)
    interview("ann")
    interview("bob")
    reply = get(reader)
    cursor = re.search(r'cursor=([\w-]+)" rel="next"', reply.content.decode())[1]
    assert names(get(reader, cursor=cursor)) == ["ann"]
    assert names(get(reader, cursor=cursor, sort="person")) == ["ann"]
    assert names(get(reader, cursor=cursor, sort="oldest")) == ["ann"]


@pytest.mark.parametrize("rows", [1, 3, 25])
def test_statements_are_few_whatever_is_shown(reader, django_assert_num_queries, rows):
    from interviewdata.common.sql import is_postgresql

    for number in range(rows):
        one = interview(f"p{number}", completed=True)
        UserResponseFactory(question__session=one, user_answer="frequent word")
        TranscriptFactory(session=one)
        FeedbackFactory(session=one)
    # Session, user; the rows, the access record.
    with django_assert_num_queries(2 + 2):
        assert len(people(get(reader, score_from=1))) == rows
    # With a search also the index (PostgreSQL) and the hits.
    with django_assert_num_queries(2 + (4 if is_postgresql() else 3)):
        assert len(people(get(reader, q="frequent"))) == rows


# -- who sees what --


def test_list_leaves_an_access_record_of_the_interviews_shown(reader):
    one, other = interview("ann", status="abandoned"), interview("bob")
    get(reader, status="abandoned")
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


def test_texts_of_candidates_are_escaped_everywhere(reader):
    evil = '"><img src=x onerror=alert(1)>'
    InterviewSessionFactory(user_email=f"{evil}@example.org", role=evil)
    text = get(reader, q=evil, role=evil, person=evil, cursor=evil).content.decode()
    text += get(reader).content.decode()
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text


# -- export --


def export(browser: Client, **data: Any) -> Any:
    return browser.post("/export/sessions/", data)


def lines_of(reply: Any) -> list[dict[str, Any]]:
    assert reply.status_code == 200
    return [json.loads(line) for line in b"".join(reply.streaming_content).splitlines()]


def without_time(content: bytes) -> bytes:
    return re.sub(rb'"exported_at":"[^"]*"', b"", content)


def test_export_of_selected_is_json_lines_of_the_same_bytes_as_the_command(reader, capfdbinary):
    chosen = [interview(name) for name in ("ann", "bob", "cy")][:2]
    UserResponseFactory(question__session=chosen[0], user_answer="said")
    reply = export(reader, session_id=[one.session_id for one in chosen])
    assert reply["Content-Disposition"] == 'attachment; filename="interviews.jsonl"'
    assert reply["Content-Type"] == "application/x-ndjson"
    content = b"".join(reply.streaming_content)
    ids = [argument for one in chosen for argument in ("--session", one.session_id)]
    call_command("export_interviews", *ids, verbosity=0)
    by_command = capfdbinary.readouterr().out
    # The list is newest first, the command oldest first.
    assert without_time(content).splitlines() == without_time(by_command).splitlines()[::-1]


def test_export_of_one_is_the_document_of_the_api(reader):
    one = interview("ann")
    interview("bob")
    reply = export(reader, session_id=[one.session_id])
    assert reply["Content-Type"] == "application/json"
    assert reply["Content-Disposition"] == (
        f'attachment; filename="interview_data_{one.session_id}.json"'
    )
    api = reader.get(f"/api/interview/export/{one.session_id}")
    assert without_time(b"".join(reply.streaming_content)) == without_time(api.content)


def test_export_of_all_that_match_follows_the_filters_and_the_order(reader, several):
    reply = export(reader, all="1", filters="role=data&sort=oldest&session_id=x")
    emails = [one["interview_session"]["user_email"] for one in lines_of(reply)]
    assert emails == ["bob@example.org", "cy@example.org"]
    records = AccessRecord.objects.filter(action="export")
    assert [len(record.session_ids) for record in records] == [2]
    assert records[0].actor == "user:rita"


def message_of(reply: Any) -> str:
    assert reply.status_code == 302
    return " ".join(str(message) for message in get_messages(reply.wsgi_request))


def test_export_of_too_many_says_so_and_exports_nothing(reader, several, monkeypatch):
    monkeypatch.setattr(session_list, "MOST_EXPORTED", 3)
    reply = export(reader, all="1", filters="sort=oldest")
    assert "More than 3 interviews match" in message_of(reply)
    assert reply["Location"] == "/sessions/?sort=oldest"
    assert AccessRecord.objects.count() == 0


def test_export_of_nothing_says_so(reader):
    assert "choose at least one" in message_of(export(reader))
    assert "choose at least one" in message_of(export(reader, session_id=["missing", "a\0b"]))


def test_export_with_a_bad_filter_exports_nothing(reader, several):
    """What is not understood may not turn into "everything"."""
    assert "not in order" in message_of(export(reader, all="1", filters="status=asleep"))
    assert AccessRecord.objects.count() == 0


def test_export_hides_from_the_blind_what_others_judged(signed_in):
    browser = signed_in(*RECORD_PERMISSIONS, "analytics.add_review")
    one, other = interview("ann", completed=True), interview("bob", completed=True)
    for session in (one, other):
        FeedbackFactory(session=session, overall_score=7.25, author="sam")
    FeedbackFactory(session=one, overall_score=3.5, source="reviewer", author="rita")
    content = b"".join(export(browser, all="1").streaming_content)
    assert b"7.25" not in content
    assert b"3.5" in content


def test_export_takes_all_permissions_of_a_record_and_a_csrf_token(signed_in):
    browser = signed_in(*RECORD_PERMISSIONS[:-1])
    one = interview("ann")
    assert export(browser, session_id=[one.session_id]).status_code == 403
    assert b"Export" not in get(browser).content
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(browser.user)
    assert strict.post("/export/sessions/", {"all": "1"}).status_code == 403


def test_interview_erased_while_exporting_is_left_out(reader):
    one, other = interview("ann"), interview("bob")
    reply = export(reader, session_id=[one.session_id, other.session_id])
    other.delete()
    assert [line["interview_session"]["session_id"] for line in lines_of(reply)] == [one.session_id]
