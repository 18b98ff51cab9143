"""The table of overall scores is what the judgements give, whoever writes."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from analytics.models import Feedback, InterviewScore
from analytics.services.scores import rebuild_scores, wrong_scores
from analytics.tests.factories import FeedbackFactory
from sessions.models import InterviewSession
from sessions.tests.factories import InterviewSessionFactory

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 2, tzinfo=UTC)


def means():
    return dict(InterviewScore.objects.values_list("session_id", "mean"))


def judged(session, score, author="ada", **fields):
    return FeedbackFactory(session=session, overall_score=score, author=author, **fields)


def test_mean_is_over_raters_and_of_each_the_newest():
    one = InterviewSessionFactory()
    judged(one, 2, created_at=DAY)
    newest = judged(one, 6, created_at=DAY + timedelta(hours=1))
    judged(one, 3, created_at=DAY - timedelta(hours=1))
    assert means() == {one.session_id: 6}
    # The same moment: what was saved last is newest. Another source is another rater.
    judged(one, 7, created_at=newest.created_at)
    judged(one, 9, source="service")
    assert means() == {one.session_id: 8}
    judged(one, 0, author="ben", source="candidate")
    judged(one, None, author="cy")
    assert means() == {one.session_id: 8}
    assert wrong_scores() == []


def test_no_row_without_a_score():
    one = InterviewSessionFactory()
    judged(one, None)
    judged(one, 5, source="candidate")
    assert means() == {}
    judged(one, 5)
    Feedback.objects.filter(source="reviewer").delete()
    assert means() == {}


def test_changed_judgements_are_followed():
    one, other = InterviewSessionFactory(), InterviewSessionFactory()
    row = judged(one, 5)
    Feedback.objects.filter(pk=row.pk).update(overall_score=6)
    assert means() == {one.session_id: 6}
    Feedback.objects.filter(pk=row.pk).update(session=other)
    assert means() == {other.session_id: 6}
    Feedback.objects.filter(pk=row.pk).update(source="candidate")
    assert means() == {}


def test_an_interview_that_changes_is_followed_and_one_that_goes_is_gone():
    one = InterviewSessionFactory()
    judged(one, 5)
    InterviewSession.objects.filter(pk=one.pk).update(
        role="Nurse", interview_mode="hr", difficulty="expert", status="active", created_at=DAY
    )
    columns = ("role", "interview_mode", "difficulty", "status", "created_at")
    assert InterviewScore.objects.values_list(*columns).get() == (
        "Nurse",
        "hr",
        "expert",
        "active",
        DAY,
    )
    one.delete()
    assert not InterviewScore.objects.exists()


def test_any_order_of_writes_gives_the_same_table():
    lot = random.Random(5)
    sessions = [InterviewSessionFactory() for _ in range(3)]
    for _ in range(60):
        rows = Feedback.objects.order_by("?")
        match lot.choice("aaaudm"):
            case "a":
                judged(
                    lot.choice(sessions),
                    lot.choice([None, 1, 4, 8]),
                    lot.choice("ab"),
                    source=lot.choice(["reviewer", "service", "candidate"]),
                    created_at=DAY + timedelta(hours=lot.randrange(5)),
                )
            case "u":
                rows.filter(pk__in=rows[:2].values("pk")).update(overall_score=lot.randrange(10))
            case "m":
                rows.filter(pk__in=rows[:1].values("pk")).update(session=lot.choice(sessions))
            case "d" if rows.exists():
                rows[0].delete()
        assert wrong_scores() == []
    assert means()


def test_wrong_rows_are_found_and_made_anew():
    one, other, third = (InterviewSessionFactory() for _ in range(3))
    judged(one, 5)
    judged(other, 6)
    InterviewScore.objects.filter(pk=one.session_id).update(mean=4)
    InterviewScore.objects.filter(pk=other.session_id).update(role="x")
    InterviewScore.objects.create(
        session_id=third.session_id, mean=1, role="", interview_mode="", difficulty="", status="",
        created_at=DAY,
    )  # fmt: skip
    assert sorted(wrong_scores()) == sorted(
        [(one.session_id, 4, 5), (other.session_id, 6, 6), (third.session_id, 1, None)]
    )
    assert rebuild_scores() == 2
    assert wrong_scores() == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps triggers")
def test_sqlite_has_the_triggers_still():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            " AND name LIKE 'interview_scores%' ORDER BY name"
        )
        found = [name for (name,) in cursor.fetchall()]
    assert found == [
        f"interview_scores_after_{moment}" for moment in ("change", "delete", "insert", "update")
    ]
