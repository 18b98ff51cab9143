"""How the analysis of an interview stands, on its page, and the button that tries again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.models import AnalysisJob
from analytics.tests.factories import AnalysisJobFactory, ResponseAnalysisFactory
from interviewdata.tests.pages.recorded import ALL, LOOKS, XSS, fill, page_text, url_of
from sessions.models import AccessRecord, UserResponse
from sessions.tests.factories import InterviewSessionFactory

MAY_CHANGE = "analytics.change_interviewanalytics"
SESSION = "interview_sessions.view_interviewsession"


def current(interview):
    return UserResponse.objects.filter(session=interview, is_current=True).order_by("id")


def jobs(interview, **fields):
    return [AnalysisJobFactory(response=answer, **fields) for answer in current(interview)]


def retry(client, interview, **form):
    return client.post(f"{url_of(interview)}analyse", form)


@pytest.mark.parametrize("rows", [1, 40])
def test_page_still_takes_six_statements(client, staff_user, rows):
    interview = fill(InterviewSessionFactory(completed=True), rows)
    jobs(interview, state="done")
    AnalysisJobFactory(kind="interview", session=interview, response=None)
    for answer in current(interview):
        ResponseAnalysisFactory(response=answer)
    client.force_login(staff_user(*ALL, MAY_CHANGE))
    with CaptureQueriesContext(connection) as captured:
        reply = client.get(url_of(interview))
    statements = [q["sql"] for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) == 6, statements
    assert LOOKS in ALL
    assert f"{rows} of {rows} answer" in page_text(reply)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (None, "Waiting for analysis"),
        ({}, "Waiting for analysis"),
        (
            {"state": "running", "claim": "c", "claimed_until": "2026-01-01T00:00Z"},
            "Being analysed",
        ),
        ({"state": "done"}, "Analysed"),
        ({"state": "failed", "problem": "No model there."}, "Failed: No model there."),
        ({"problem": "Not now."}, ": Not now."),
    ],
)
def test_state_of_an_answer_in_words(see, record, fields, words):
    if fields is not None:
        jobs(record, **fields)
    assert words in see(record)


def test_what_is_tried_again_says_when(see, record):
    jobs(record, problem="Not now.", not_before=timezone.now() + timedelta(minutes=5))
    assert "Tried again, <time" in see(record)


def test_what_made_the_figures_is_named(see, record):
    (answer,) = current(record)
    jobs(record, state="done")
    ResponseAnalysisFactory(
        response=answer, transcription={"engine": "whisper 1.2", "model": "tiny.en"}
    )
    page = see(record)
    assert "interviewdata analysis 1<br>" in page
    assert "words heard by whisper 1.2, model tiny.en" in page


def test_sound_that_nobody_listened_to_is_said(see, record, settings, staff_user):
    settings.TRANSCRIPTION = "off"
    reader = staff_user(*ALL)
    (answer,) = current(record)
    jobs(record, state="done")
    found = ResponseAnalysisFactory(response=answer)
    page = see(record, user=reader)
    assert "its words were not heard: there was no speech model" in page
    assert "Recordings are measured, but their words are not heard." in page
    assert "Transcription is switched off" in page
    found.problem = "This sound file is damaged."
    found.save()
    page = see(record, user=reader)
    assert "its sound was not listened to: This sound file is damaged." in page


def test_what_is_switched_off_is_said(see, record, settings):
    settings.ANALYSIS = settings.EMOTION_ANALYSIS = False
    page = see(record)
    assert "Analysis is switched off here (ANALYSIS)." in page
    assert "The tone of words is not computed here (EMOTION_ANALYSIS)." in page


def test_an_interview_that_could_not_be_put_together_says_why(see, record):
    jobs(record, state="done")
    AnalysisJobFactory(
        kind="interview", session=record, response=None, state="failed", problem="It broke."
    )
    page = see(record, *ALL, MAY_CHANGE)
    assert "The interview could not be put together: It broke." in page
    assert "Try again" in page


def test_an_interview_without_answers_says_nothing_of_analysis(see, db):
    assert "How the analysis stands" not in see(InterviewSessionFactory())


def test_without_permission_nothing_is_told(see, record):
    jobs(record, state="failed", problem="No model there.")
    page = see(record, SESSION, "interview_sessions.view_userresponse")
    assert "No model there." not in page
    assert "How the analysis stands" not in page


@pytest.mark.parametrize("text", XSS)
def test_no_reason_is_markup(see, record, text):
    (answer,) = current(record)
    jobs(record, state="failed", problem=text)
    ResponseAnalysisFactory(response=answer, transcription={"engine": text, "model": text})
    client_text = see(record)
    assert text in client_text  # as text: `see` gives it unescaped


def test_markup_of_a_reason_is_escaped(client, staff_user, record):
    jobs(record, state="failed", problem=XSS[0])
    client.force_login(staff_user(*ALL))
    assert XSS[0].encode() not in client.get(url_of(record)).content


@pytest.mark.parametrize(
    ("state", "form", "button"),
    [("failed", {}, "Try again"), ("done", {"all": "1"}, "Analyse again")],
)
def test_the_button_does_what_it_says(client, staff_user, record, state, form, button):
    (job,) = jobs(record, state=state, problem="No." if state == "failed" else "", attempts=4)
    client.force_login(staff_user(*ALL, MAY_CHANGE))
    assert button in page_text(client.get(url_of(record)))
    reply = retry(client, record, **form)
    assert (reply.status_code, reply["Location"]) == (302, f"{url_of(record)}#analysis")
    job.refresh_from_db()
    assert (job.state, job.attempts, job.problem) == ("waiting", 0, "")
    page = page_text(client.get(url_of(record)))
    assert "1 analysis begins again." in page
    assert button not in page
    look = AccessRecord.objects.filter(resource="analysis").get()
    assert (look.actor, look.action, look.session_ids) == (
        "user:rita", "write", [record.session_id],
    )  # fmt: skip


def test_with_nothing_to_do_it_says_so(client, staff_user, record):
    jobs(record)
    client.force_login(staff_user(*ALL, MAY_CHANGE))
    retry(client, record)
    assert "There is nothing to try again just now." in page_text(client.get(url_of(record)))


def test_who_may_not_change_has_no_button(client, staff_user, record):
    jobs(record, state="failed", problem="No.")
    client.force_login(staff_user(*ALL))
    assert "Try again" not in page_text(client.get(url_of(record)))
    assert retry(client, record).status_code == 403
    assert AnalysisJob.objects.get().state == "failed"


def test_the_form_is_protected(staff_user, record):
    from django.test import Client

    jobs(record, state="failed", problem="No.")
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff_user(*ALL, MAY_CHANGE))
    assert retry(client, record).status_code == 403
    page = client.get(url_of(record)).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert retry(client, record, csrfmiddlewaretoken=token).status_code == 302


def test_an_unknown_interview_is_a_404(client, staff_user, db):
    client.force_login(staff_user(*ALL, MAY_CHANGE))
    for session_id in ("nothing", "%00", "x" * 300):
        assert client.post(f"/sessions/{session_id}/analyse").status_code == 404
    assert not AccessRecord.objects.exists()
