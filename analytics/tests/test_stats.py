"""`dashboard_stats` and the history: counted at every write, candidates' own scores left out."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from analytics.models import DashboardStats, Feedback
from analytics.services.dashboard import compute_stats, rebuild_stats, stale_people
from analytics.services.feedback import save_feedback
from analytics.services.history import history_of
from analytics.tests.factories import DashboardStatsFactory, FeedbackFactory
from interviewdata.common.errors import NotFound
from sessions.enums import Difficulty, Mode, Source, Status
from sessions.models import InterviewSession
from sessions.services.session import abandon_session, create_session, end_session
from sessions.tests.factories import InterviewSessionFactory

pytestmark = pytest.mark.django_db

EMAIL = "ann@example.org"
START = datetime(2026, 3, 2, 9, 0, 0, 250_000, tzinfo=UTC)


def interview(*, status=Status.CREATED, email=EMAIL, now=START):
    return create_session(
        user_email=email,
        role="Baker",
        interview_type="mixed",
        mode=Mode.MIXED,
        difficulty=Difficulty.BEGINNER,
        planned_duration=30,
        features=[],
        session_data={},
        browser_id="",
        status=status,
        now=now,
    ).session_id


def judge(session_id, overall, *, source=Source.REVIEWER, author="rita", **scores):
    return save_feedback(
        session_id=session_id,
        content={"overall_score": overall, **scores},
        source=source,
        author=author,
        now=START + timedelta(hours=1),
    )


def row(*columns, email=EMAIL):
    return DashboardStats.objects.values_list(*columns).get(user_email=email)


def test_making_an_interview_counts_it():
    interview()
    interview(now=START + timedelta(days=1))
    assert row("total_interviews", "completed_interviews", "last_interview_date") == (
        2,
        0,
        START + timedelta(days=1),
    )


def test_ending_an_interview_counts_it_and_its_time():
    session_id = interview(status=Status.ACTIVE)
    end_session(session_id=session_id, now=START + timedelta(seconds=90.125))
    assert row("completed_interviews", "total_time_spent") == (1, 90.125)


def test_time_without_a_fraction_of_a_second_is_counted():
    session_id = interview(status=Status.ACTIVE, now=START.replace(microsecond=0))
    end_session(session_id=session_id, now=START.replace(microsecond=1) + timedelta(days=40))
    assert row("total_time_spent") == (40 * 86_400 + 0.000001,)


def test_abandoning_an_interview_keeps_it_counted():
    abandon_session(session_id=interview())
    assert row("total_interviews", "completed_interviews") == (1, 0)


def test_bulk_insert_counts_everybody():
    InterviewSession.objects.bulk_create(
        InterviewSessionFactory.build(user_email=f"p{number % 3}@example.org")
        for number in range(7)
    )
    counts = DashboardStats.objects.order_by("user_email").values_list("total_interviews")
    assert list(counts) == [(3,), (2,), (2,)]


def test_interview_that_changes_its_person_is_counted_for_the_new_one():
    session_id = interview()
    interview()
    InterviewSession.objects.filter(session_id=session_id).update(user_email="bob@example.org")
    assert row("total_interviews") == row("total_interviews", email="bob@example.org") == (1,)


def test_person_without_interviews_has_no_row_any_more():
    interview()
    interview(email="bob@example.org")
    InterviewSession.objects.filter(user_email=EMAIL).delete()
    assert list(DashboardStats.objects.values_list("user_email")) == [("bob@example.org",)]


def test_triggers_are_there():
    """A migration that rebuilds `interview_sessions` on SQLite drops them: make them anew."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'dashboard_stats_%%'")
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                " AND name LIKE 'dashboard_stats_%%'"
            )
        found = sorted(name for (name,) in cursor.fetchall())
    assert found == [f"dashboard_stats_after_{moment}" for moment in ("delete", "insert", "update")]


def test_feedback_completes_its_interview_and_moves_the_figures():
    session_id = interview(status=Status.ACTIVE)
    _feedback, stats = judge(session_id, 7.0, technical_score=8.0)
    assert (stats.completed_interviews, stats.avg_overall_score) == (1, 7.0)
    assert row("avg_technical_score", "avg_communication_score", "total_time_spent") == (
        8.0,
        None,
        3600.0,
    )


def test_same_feedback_again_is_one_row():
    session_id = interview()
    first, _ = judge(session_id, 7.0)
    second, _ = judge(session_id, 7.0)
    assert first.pk == second.pk
    assert Feedback.objects.count() == 1


def test_feedback_about_no_interview_is_refused():
    with pytest.raises(NotFound):
        judge("nope", 7.0)
    assert not DashboardStats.objects.exists()


def test_scores_of_candidates_are_kept_and_never_averaged_in():
    session_id = interview()
    judge(session_id, 10.0, source=Source.CANDIDATE, author="")
    assert row("avg_overall_score", "best_score", "improvement_trend") == (None, None, None)
    judge(session_id, 6.0)
    judge(session_id, 9.5, source=Source.CANDIDATE, author="")
    assert row("avg_overall_score", "best_score") == (6.0, 6.0)
    assert Feedback.objects.filter(source="candidate").count() == 2
    entries, _total = history_of(EMAIL, session_ids=None, limit=5)
    assert entries[0]["overallScore"] == 6.0


def test_stats_of_some_interviews_count_these_alone():
    first, second = interview(), interview()
    judge(first, 4.0)
    judge(second, 8.0)
    stats = compute_stats(EMAIL, session_ids=[second])
    assert (stats.total_interviews, stats.averages[0], stats.best_score) == (1, 8.0, 8.0)
    assert compute_stats(EMAIL, session_ids=[]).total_interviews == 0


def test_rebuilding_what_is_right_writes_nothing():
    judge(interview(), 7.0)
    before = DashboardStats.objects.values().get()
    rebuild_stats(email=EMAIL, now=START + timedelta(days=9))
    assert DashboardStats.objects.values().get() == before


def test_stale_people_are_found():
    judge(interview(), 7.0)
    assert list(stale_people()) == []
    DashboardStats.objects.update(best_score=1.0, total_interviews=5)
    DashboardStatsFactory(user_email="nobody@example.org")
    interview(email="bob@example.org")
    DashboardStats.objects.filter(user_email="bob@example.org").delete()
    assert list(stale_people()) == [
        (EMAIL, ["total_interviews", "best_score"]),
        ("bob@example.org", ["no row"]),
        ("nobody@example.org", ["no interviews"]),
    ]


def test_history_is_newest_first_with_scores_and_a_total():
    days = [interview(now=START + timedelta(days=day)) for day in range(3)]
    judge(days[0], 5.0)
    judge(days[0], 8.0, source=Source.SERVICE, author="grader")
    entries, total = history_of(EMAIL, session_ids=None, limit=2)
    assert [entry["sessionId"] for entry in entries] == [days[2], days[1]]
    assert total == 3
    entries, total = history_of(EMAIL, session_ids=[days[0]], limit=5)
    assert [(entry["overallScore"], entry["status"]) for entry in entries] == [(6.5, "completed")]
    assert total == 1


@pytest.mark.parametrize("rows", [1, 4])
def test_history_costs_three_statements(rows, django_assert_num_queries):
    for _ in range(rows):
        FeedbackFactory(session__user_email=EMAIL)
    with django_assert_num_queries(3):  # how many, the newest, their scores
        history_of(EMAIL, session_ids=None, limit=5)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_figures_are_right_after_many_writers_at_once():
    errors = []

    def work(number):
        try:
            for round_ in range(6):
                session_id = interview(status=Status.ACTIVE, email=f"p{round_ % 2}@example.org")
                if number % 2:
                    judge(session_id, float(number), author=str(number))
                else:
                    end_session(session_id=session_id, now=START + timedelta(seconds=number))
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert InterviewSession.objects.filter(status="completed").count() == 48
    assert list(stale_people()) == []
