"""`check_interview_data` and what was computed of interviews: what it finds, what it sets right."""

import pytest

from analytics.models import InterviewAnalytics
from analytics.tests.test_analysis import answered, work
from sessions.services.counters import recount


@pytest.fixture
def composed(db):
    session = answered(2)
    work()
    recount(session.session_id)
    row = InterviewAnalytics.objects.get()
    assert row.response_patterns["answers"] == 2
    return row


def test_figures_as_composed_are_right(run, composed):
    assert run("check_interview_data").code == 0


def test_figure_that_rows_do_not_give_is_found_and_made_anew(run, composed):
    wrong = {**composed.response_patterns, "answers": 3}
    InterviewAnalytics.objects.update(response_patterns=wrong)
    found = run("check_interview_data")
    assert found.code == 1
    assert (
        f"analysis: interview_analytics of {composed.session_id}: response_patterns: not what"
        in found.out
    )
    assert "put together anew" in run("check_interview_data", "--repair").out
    assert InterviewAnalytics.objects.get().response_patterns == composed.response_patterns
    assert run("check_interview_data").code == 0


def test_lost_figures_are_found_and_made_anew(run, composed):
    InterviewAnalytics.objects.all().delete()
    assert "has no figures" in run("check_interview_data").out
    assert run("check_interview_data", "--repair").code == 0
    assert InterviewAnalytics.objects.get().response_patterns == composed.response_patterns


@pytest.mark.parametrize("engine", ["acme 3", "interviewdata analysis 0"])
def test_what_others_or_older_versions_gave_is_not_judged(run, composed, engine):
    InterviewAnalytics.objects.update(response_patterns={"engine": engine, "answers": 9})
    assert run("check_interview_data").code == 0


def test_tone_that_is_kept_though_switched_off_is_found(run, composed, settings):
    settings.EMOTION_ANALYSIS = False
    assert "emotion_analysis: not what" in run("check_interview_data").out
    run("check_interview_data", "--repair")
    assert InterviewAnalytics.objects.get().emotion_analysis == {}
