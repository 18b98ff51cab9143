"""Drafts by a model on the record page: who sees them, who may ask for one."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analytics.engines.draft import DIMENSIONS
from analytics.models import AnalysisJob
from analytics.tests.factories import AnalysisJobFactory, FeedbackDraftFactory
from interviewdata.record.pages.session_drafts import MAY_DRAFT
from interviewdata.tests.pages.recorded import ALL, SCORES, XSS, fill, page_text, url_of
from sessions.models import AccessRecord
from sessions.tests.factories import InterviewSessionFactory

URL = "http://127.0.0.1:9/v1"
BUTTON = "Have a model draft feedback"


def drafted(interview, text="Knows indexes.", **fields):
    quotes = [
        {"text": text, "question_index": 1, "start": 0, "end": len(text)},
        {"text": f"{text} too", "question_index": None, "start": 0, "end": 5},
    ]
    score = {"score": 7.5, "reason": text, "quotes": quotes}
    summary = f"Draft by a model, not a judgement (m).\n\n{text}\n\nOverall: 7.5 of 10.\n{text}"
    fields = {"model": "small-model", "scores": dict.fromkeys(DIMENSIONS, score), **fields}
    return FeedbackDraftFactory(
        feedback__session=interview, feedback__ai_generated_feedback=summary, **fields
    )


def test_draft_says_by_what_it_was_made_and_why(see, record):
    made = drafted(record)
    page = see(record)
    assert "Draft by a model" in page
    assert "Model small-model, feedback draft 1" in page
    assert f'title="{made.prompt_sha256}"' in page
    assert "It is no judgement and counts nowhere" in page
    assert '<blockquote>Knows indexes. <a class="small" href="#question-1">question 1</a>' in page
    assert '<blockquote>Knows indexes. too <a class="small" href="#transcript">transcript' in page
    # Below the drafts, not among the judgements.
    assert f'id="feedback-{made.feedback_id}"' not in page


def test_draft_of_a_part_says_so(see, record):
    made = drafted(record)
    made.feedback.ai_generated_feedback = "Draft (m).\nOnly a part.\n\nSummary.\n\nOverall: x."
    made.feedback.save()
    assert "Only a part of what was said was sent to the model." in see(record)


@pytest.mark.parametrize("missing", ["permission", "sight"])
def test_who_may_not_see_feedback_does_not_see_it(see, record, settings, missing):
    settings.DRAFTS_LLM_URL = URL
    drafted(record)
    held = [
        p for p in (*ALL, MAY_DRAFT) if missing != "permission" or p != "analytics.view_feedback"
    ]
    page = see(record, *held, *(SCORES if missing == "sight" else ()))
    assert "Knows indexes" not in page
    assert "small-model" not in page
    assert BUTTON not in page


def test_button_is_there_for_those_who_may_and_where_it_is_on(see, record, settings, staff_user):
    user = staff_user(*ALL, MAY_DRAFT)
    assert BUTTON not in see(record, user=user)
    settings.DRAFTS_LLM_URL = URL
    assert BUTTON in see(record, user=user)


def test_no_button_without_permission(see, record, settings):
    settings.DRAFTS_LLM_URL = URL
    assert BUTTON not in see(record)


@pytest.mark.parametrize(
    ("fields", "words", "has_button"),
    [
        ({}, "A draft is being made", False),
        (
            {"state": "failed", "problem": "It quotes “x”."},
            "No draft was made: It quotes “x”.",
            True,
        ),
        ({"problem": "Not now."}, "No draft was made: Not now. Tried again, <time", True),
        ({"state": "done"}, "Feedback", True),
    ],
)
def test_how_it_stands(see, record, settings, fields, words, has_button):
    settings.DRAFTS_LLM_URL = URL
    AnalysisJobFactory(kind="draft", session=record, response=None, **fields)
    page = see(record, *ALL, MAY_DRAFT)
    assert words in page
    assert (BUTTON in page) is has_button


def press(client, interview):
    return client.post(f"{url_of(interview)}draft")


def test_pressing_it_makes_a_job(client, staff_user, record, settings):
    settings.DRAFTS_LLM_URL = URL
    client.force_login(staff_user(*ALL, MAY_DRAFT))
    reply = press(client, record)
    assert (reply.status_code, reply["Location"]) == (302, f"{url_of(record)}#feedback")
    job = AnalysisJob.objects.get(kind="draft")
    assert (job.session_id, job.state) == (record.session_id, "waiting")
    assert AccessRecord.objects.filter(resource="feedback_drafts", action="write").count() == 1
    assert "A draft is being made" in page_text(client.get(url_of(record)))


def test_switched_off_it_says_so(client, staff_user, record):
    client.force_login(staff_user(*ALL, MAY_DRAFT))
    press(client, record)
    assert not AnalysisJob.objects.filter(kind="draft").exists()
    assert "Set DRAFTS_LLM_URL" in page_text(client.get(url_of(record)))


@pytest.mark.parametrize(
    "missing", ["interview_sessions.view_interviewsession", "analytics.view_feedback", MAY_DRAFT]
)
def test_each_permission_is_needed(client, staff_user, record, settings, missing):
    settings.DRAFTS_LLM_URL = URL
    client.force_login(staff_user(*(p for p in (*ALL, MAY_DRAFT) if p != missing)))
    assert press(client, record).status_code == 403
    assert not AnalysisJob.objects.filter(kind="draft").exists()


def test_form_of_another_site_is_refused(staff_user, record, settings):
    settings.DRAFTS_LLM_URL = URL
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff_user(*ALL, MAY_DRAFT))
    assert press(client, record).status_code == 403
    assert not AnalysisJob.objects.filter(kind="draft").exists()


def test_get_and_unknown_interview(client, staff_user, record, settings):
    settings.DRAFTS_LLM_URL = URL
    client.force_login(staff_user(*ALL, MAY_DRAFT))
    assert client.get(f"{url_of(record)}draft").status_code == 405
    assert client.post("/sessions/none/draft").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_page_still_takes_six_statements(client, staff_user, settings, rows):
    settings.DRAFTS_LLM_URL = URL
    interview = fill(InterviewSessionFactory(completed=True), rows)
    for _ in range(rows):
        drafted(interview)
    client.force_login(staff_user(*ALL, MAY_DRAFT))
    with CaptureQueriesContext(connection) as captured:
        reply = client.get(url_of(interview))
    statements = [q["sql"] for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) == 6, statements
    assert page_text(reply).count("Draft by a model") == rows


@pytest.mark.parametrize("attack", XSS)
def test_hostile_words_of_a_model_stay_words(see, record, attack):
    drafted(record, attack, model=attack[:200], engine=attack)
    page = see(record)
    assert attack in page  # unescaped by the test's reader once, and once only


@pytest.mark.parametrize(
    "scores", [None, [], "x", {"overall_score": 5}, {"overall_score": {"quotes": [1, {"text": 5}]}}]
)
def test_scores_of_another_shape_are_no_error(see, record, scores):
    drafted(record, scores=scores if scores is not None else {})
    assert "Draft by a model" in see(record)
