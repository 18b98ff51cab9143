"""The sessions list: the export of what is chosen, or of all that match."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.test import Client

from analytics.tests.factories import FeedbackFactory
from interviewdata.record.pages import session_list
from interviewdata.tests.pages.listed import get, interview
from sessions.access import RECORD_PERMISSIONS
from sessions.models import AccessRecord
from sessions.tests.factories import (
    UserResponseFactory,
)

pytestmark = pytest.mark.django_db


def export(browser: Client, **data: Any) -> Any:
    return browser.post("/export/sessions/", data)


def lines_of(reply: Any) -> list[dict[str, Any]]:
    assert reply.status_code == 200
    return [json.loads(line) for line in b"".join(reply.streaming_content).splitlines()]


def without_time(content: bytes) -> bytes:
    return re.sub(rb'"exported_at":"[^"]*"', b"", content)


def test_export_of_selected_is_json_lines_of_the_same_bytes_as_the_command(
    list_reader, capfdbinary
):
    chosen = [interview(name) for name in ("ann", "bob", "cy")][:2]
    UserResponseFactory(question__session=chosen[0], user_answer="said")
    reply = export(list_reader, session_id=[one.session_id for one in chosen])
    assert reply["Content-Disposition"] == 'attachment; filename="interviews.jsonl"'
    assert reply["Content-Type"] == "application/x-ndjson"
    content = b"".join(reply.streaming_content)
    ids = [argument for one in chosen for argument in ("--session", one.session_id)]
    call_command("export_interviews", *ids, verbosity=0)
    by_command = capfdbinary.readouterr().out
    # The list is newest first, the command oldest first.
    assert without_time(content).splitlines() == without_time(by_command).splitlines()[::-1]


def test_export_of_one_is_the_document_of_the_api(list_reader):
    one = interview("ann")
    interview("bob")
    reply = export(list_reader, session_id=[one.session_id])
    assert reply["Content-Type"] == "application/json"
    assert reply["Content-Disposition"] == (
        f'attachment; filename="interview_data_{one.session_id}.json"'
    )
    api = list_reader.get(f"/api/interview/export/{one.session_id}")
    assert without_time(b"".join(reply.streaming_content)) == without_time(api.content)


def test_export_of_all_that_match_follows_the_filters_and_the_order(list_reader, several):
    reply = export(list_reader, all="1", filters="role=data&sort=oldest&session_id=x")
    emails = [one["interview_session"]["user_email"] for one in lines_of(reply)]
    assert emails == ["bob@example.org", "cy@example.org"]
    records = AccessRecord.objects.filter(action="export")
    assert [len(record.session_ids) for record in records] == [2]
    assert records[0].actor == "user:rita"


def message_of(reply: Any) -> str:
    assert reply.status_code == 302
    return " ".join(str(message) for message in get_messages(reply.wsgi_request))


def test_export_of_too_many_says_so_and_exports_nothing(list_reader, several, monkeypatch):
    monkeypatch.setattr(session_list, "MOST_EXPORTED", 3)
    reply = export(list_reader, all="1", filters="sort=oldest")
    assert "More than 3 interviews match" in message_of(reply)
    assert reply["Location"] == "/sessions/?sort=oldest"
    assert AccessRecord.objects.count() == 0


def test_export_of_nothing_says_so(list_reader):
    assert "choose at least one" in message_of(export(list_reader))
    assert "choose at least one" in message_of(export(list_reader, session_id=["missing", "a\0b"]))


def test_export_with_a_bad_filter_exports_nothing(list_reader, several):
    """What is not understood may not turn into "everything"."""
    assert "not in order" in message_of(export(list_reader, all="1", filters="status=asleep"))
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


def test_interview_erased_while_exporting_is_left_out(list_reader):
    one, other = interview("ann"), interview("bob")
    reply = export(list_reader, session_id=[one.session_id, other.session_id])
    other.delete()
    assert [line["interview_session"]["session_id"] for line in lines_of(reply)] == [one.session_id]
