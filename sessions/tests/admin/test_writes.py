"""What the admin of capture lets staff do: make, export, abandon, edit the bank."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from sessions import models
from sessions.access import RECORD_PERMISSIONS
from sessions.models import AccessRecord
from sessions.tests.admin.pages import choose, code_in, page_url
from sessions.tests.factories import (
    InterviewSessionFactory,
    UserResponseFactory,
)


def test_interview_is_made_by_the_service(boss, new_browser):
    sent = {
        "user_email": " Ann@Example.org ",
        "role": "Cook",
        "interview_mode": "hr",
        "difficulty": "expert",
        "planned_duration": 45,
    }
    page = boss.post(reverse("admin:interview_sessions_interviewsession_add"), sent, follow=True)
    interview = models.InterviewSession.objects.get()
    assert (interview.user_email, interview.interview_mode) == ("ann@example.org", "hr")
    assert (interview.difficulty, interview.planned_duration) == ("expert", 45)
    assert interview.session_data == {"created_by": "boss"}
    # The history names the row, and the candidate's token opens it.
    from django.contrib.admin.models import LogEntry

    assert LogEntry.objects.get().object_id == str(interview.pk)
    header = {"Authorization": f"Bearer {code_in(page.content.decode())}"}
    url = f"/api/interview/session-data/{interview.session_id}"
    assert new_browser().get(url, headers=header).json()["session"]["id"] == interview.pk


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user_email", "nobody"),
        ("role", ""),
        ("interview_mode", "chess"),
        ("planned_duration", "0"),
        ("planned_duration", "1441"),
    ],
)
def test_interview_with_bad_values_is_not_made(boss, field, value):
    sent = {
        "user_email": "ann@example.org",
        "role": "Cook",
        "interview_mode": "hr",
        "difficulty": "expert",
        "planned_duration": 45,
        field: value,
    }
    page = boss.post(reverse("admin:interview_sessions_interviewsession_add"), sent)
    assert list(page.context["adminform"].errors) == [field]
    assert models.InterviewSession.objects.count() == 0


def without_time(content: bytes) -> dict:
    document = json.loads(content)
    del document["export_info"]["exported_at"]
    return document


def test_export_of_one_goes_to_its_address(boss):
    interview = UserResponseFactory().session
    reply = choose(boss, "export_selected", interview)
    assert reply.status_code == 302
    assert reply["Location"] == f"/api/interview/export/{interview.session_id}"
    assert boss.get(reply["Location"]).status_code == 200


def test_export_of_several_is_a_zip_of_the_same_files(clerk):
    answers = [UserResponseFactory(), UserResponseFactory()]
    staff = clerk(*RECORD_PERMISSIONS)
    reply = choose(staff, "export_selected", *(answer.session for answer in answers))
    assert reply["Content-Type"] == "application/zip"
    assert {tuple(r.session_ids) for r in AccessRecord.objects.filter(action="export")} == {
        (answer.session_id,) for answer in answers
    }
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert len(files) == 2
    for answer in answers:
        (content,) = (files[name] for name in files if answer.session_id in name)
        direct = staff.get(f"/api/interview/export/{answer.session_id}").content
        assert without_time(content) == without_time(direct)


def test_export_is_not_offered_without_its_permissions(clerk):
    interviews = [InterviewSessionFactory(), InterviewSessionFactory()]
    staff = clerk("interview_sessions.view_interviewsession")
    reply = choose(staff, "export_selected", *interviews)
    assert reply["Content-Type"] != "application/zip"
    assert AccessRecord.objects.filter(action="export").count() == 0
    assert b"Export as JSON" not in staff.get(page_url(interviews[0])).content


def test_mark_abandoned_moves_only_what_may_move(boss):
    active = InterviewSessionFactory(status="active", start_time=timezone.now())
    completed = InterviewSessionFactory(completed=True)
    before = InterviewSessionFactory(status="abandoned")
    page = choose(boss, "mark_abandoned", active, completed, before, follow=True).content.decode()
    assert "Abandoned: 1." in page
    assert "Not changed: 1. An interview that is completed cannot become abandoned." in page
    assert "Not changed: 1. It is abandoned already." in page
    assert list(LogEntry.objects.values_list("object_id", "change_message")) == [
        (str(active.pk), "Marked abandoned.")
    ]
    active.refresh_from_db()
    completed.refresh_from_db()
    assert (active.status, completed.status) == ("abandoned", "completed")


def test_mark_abandoned_takes_its_permission(clerk):
    active = InterviewSessionFactory(status="active")
    choose(clerk("interview_sessions.view_interviewsession"), "mark_abandoned", active)
    active.refresh_from_db()
    assert active.status == "active"


def bank_form(**changes: object) -> dict[str, object]:
    return {
        "key": "sql-1",
        "question_text": "What is an index?",
        "question_type": "technical",
        "mode": "technical",
        "role": "general",
        "category": "Databases",
        "difficulty": "beginner",
        "expected_keywords": " b-tree \r\n\r\nlookup\r\nlookup",
        "time_limit": "120",
        "is_active": "on",
        **changes,
    }


def test_bank_question_is_added_and_edited(boss):
    boss.post(reverse("admin:interview_sessions_bankquestion_add"), bank_form())
    row = models.BankQuestion.objects.get()
    assert (row.key, row.expected_keywords) == ("sql-1", ["b-tree", "lookup"])
    models.BankQuestion.objects.update(updated_at=timezone.now() - timedelta(days=1))
    boss.post(page_url(row), bank_form(key="other", time_limit="60", expected_keywords=""))
    row.refresh_from_db()
    # Interviews refer to the key: it stays.
    assert (row.key, row.time_limit, row.expected_keywords) == ("sql-1", 60, [])
    assert timezone.now() - row.updated_at < timedelta(hours=1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", "two words"),
        ("role", "Two Words"),
        ("mode", "chess"),
        ("time_limit", "5"),
        ("expected_keywords", "x" * 81),
        ("expected_keywords", "\n".join(map(str, range(51)))),
        ("question_text", ""),
    ],
)
def test_bad_bank_question_is_refused(boss, field, value):
    page = boss.post(
        reverse("admin:interview_sessions_bankquestion_add"), bank_form(**{field: value})
    )
    assert page.status_code == 200
    assert page.context["adminform"].errors
    assert models.BankQuestion.objects.count() == 0
