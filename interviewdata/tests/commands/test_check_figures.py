"""`check_interview_data` and the tables that lists and the dashboard are read from."""

import json

import pytest
from django.db import connection

from analytics.models import InterviewScore
from analytics.services.dashboard import rebuild_stats
from analytics.tests.factories import FeedbackFactory
from sessions.models import InterviewSession

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has no such table"
)


def problems(run, *arguments):
    ran = run("check_interview_data", "--json", *arguments)
    *found, summary = [json.loads(line) for line in ran.out.splitlines()]
    return [(one["kind"], one["message"]) for one in found], summary["summary"]["left"]


def judgement(**fields):
    made = FeedbackFactory(**fields)
    rebuild_stats(email=made.user_email)
    return made


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_repair_makes_scores_anew(run):
    one, other = judgement(overall_score=5), judgement(overall_score=6)
    InterviewScore.objects.filter(pk=one.session_id).update(mean=4)
    InterviewScore.objects.filter(pk=other.session_id).delete()
    wanted = {
        ("score", "says 4, its judgements give 5"),
        ("score", "says no score, its judgements give 6"),
    }
    assert set(problems(run)[0]) == wanted
    found, left = problems(run, "--repair")
    assert (set(found), left) == (wanted, 0)
    InterviewScore.objects.filter(pk=one.session_id).update(status="x")
    beside = "role, mode, difficulty, status or time are not its interview's"
    assert problems(run, "--repair") == ([("score", beside)], 0)
    assert problems(run) == ([], 0)


@on_postgresql
def test_repair_counts_the_days_anew(run):
    judgement()
    execute("UPDATE interview_days SET n = 3")
    assert problems(run) == ([("day", "says 3 interviews, there are 1")], 1)
    assert problems(run, "--repair")[1] == 0
    assert problems(run) == ([], 0)


@on_postgresql
def test_repair_makes_kinds_known_and_forgets_those_of_nobody(run):
    judgement(session__role="Nurse")
    execute("DELETE FROM interview_kinds")
    wanted = [("kind", "its interviews cannot be found by these filters")]
    assert problems(run) == (wanted, 1)
    assert problems(run, "--repair") == (wanted, 0)
    InterviewSession.objects.all().delete()
    assert problems(run, "--repair")[1] == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM interview_kinds")
        assert cursor.fetchone() == (0,)
