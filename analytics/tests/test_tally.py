"""The tally of interviews is what counting gives, whoever writes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from analytics.models import InterviewTally
from analytics.services.tally import (
    are_quarters,
    fold,
    made_between,
    rebuild_tallies,
    wrong_tallies,
)
from sessions.models import InterviewSession
from sessions.tests.factories import InterviewSessionFactory

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 2, tzinfo=UTC)
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one row a quarter always"
)


def test_making_changing_and_deleting_keep_the_sums():
    first = InterviewSessionFactory(created_at=DAY + timedelta(minutes=14, seconds=59))
    second = InterviewSessionFactory(created_at=DAY + timedelta(minutes=15))
    assert made_between([DAY, DAY + timedelta(minutes=15), DAY + timedelta(minutes=30)]) == {
        (0, "created"): 1,
        (1, "created"): 1,
    }
    InterviewSession.objects.filter(pk=first.pk).update(status="active")
    InterviewSession.objects.filter(pk=second.pk).update(created_at=DAY + timedelta(days=1))
    edges = [DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]
    assert made_between(edges) == {(0, "active"): 1, (1, "created"): 1}
    InterviewSession.objects.all().delete()
    assert made_between(edges) == {}
    assert list(wrong_tallies()) == []


def test_many_at_once_are_counted():
    InterviewSession.objects.bulk_create(
        InterviewSessionFactory.build(created_at=DAY + timedelta(minutes=n)) for n in range(40)
    )
    assert made_between([DAY, DAY + timedelta(minutes=30), DAY + timedelta(days=1)]) == {
        (0, "created"): 30,
        (1, "created"): 10,
    }
    InterviewSession.objects.update(status="abandoned")
    assert made_between([DAY, DAY + timedelta(days=1)]) == {(0, "abandoned"): 40}
    assert list(wrong_tallies()) == []


def test_only_the_status_asked_for():
    InterviewSessionFactory(created_at=DAY)
    InterviewSessionFactory(created_at=DAY, status="active")
    assert made_between([DAY, DAY + timedelta(days=1)], "active") == {(0, "active"): 1}


def test_a_change_of_something_else_writes_no_tally():
    one = InterviewSessionFactory()
    before = list(InterviewTally.objects.values_list("id", "n"))
    InterviewSession.objects.filter(pk=one.pk).update(
        role="Nurse", status="created", updated_at=timezone.now()
    )
    assert list(InterviewTally.objects.values_list("id", "n")) == before


@on_postgresql
def test_folding_makes_one_row_and_keeps_the_sum():
    for _ in range(3):
        InterviewSessionFactory(created_at=DAY)
    gone = InterviewSessionFactory(created_at=DAY, status="active")
    gone.delete()
    InterviewSessionFactory(created_at=DAY + timedelta(days=9))
    assert InterviewTally.objects.count() == 6
    fold(DAY, DAY + timedelta(days=1))
    assert sorted(InterviewTally.objects.values_list("status", "n")) == [
        ("created", 1),
        ("created", 3),
    ]
    assert list(wrong_tallies()) == []


@on_postgresql
def test_reading_folds_what_has_grown(monkeypatch):
    monkeypatch.setattr("analytics.services.tally._A_DAY", 1)
    for _ in range(5):
        InterviewSessionFactory(created_at=DAY)
    edges = [DAY, DAY + timedelta(hours=1)]
    assert made_between(edges) == {(0, "created"): 5}
    assert InterviewTally.objects.count() == 1
    assert made_between(edges) == {(0, "created"): 5}


def test_a_wrong_tally_is_found_and_rebuilt():
    InterviewSessionFactory(created_at=DAY)
    InterviewTally.objects.update(n=7)
    InterviewTally.objects.create(quarter=DAY + timedelta(hours=1), status="active", n=1)
    assert list(wrong_tallies()) == [
        (DAY, "created", 7, 1),
        (DAY + timedelta(hours=1), "active", 1, 0),
    ]
    assert rebuild_tallies() == 1
    assert list(wrong_tallies()) == []


def test_times_with_and_without_a_fraction_fall_into_their_quarter():
    for moment in (DAY, DAY + timedelta(microseconds=1), DAY + timedelta(minutes=59, seconds=59.5)):
        InterviewSessionFactory(created_at=moment)
    assert set(InterviewTally.objects.values_list("quarter", flat=True)) == {
        DAY,
        DAY + timedelta(minutes=45),
    }


def test_midnights_are_quarters_in_odd_zones_too():
    for name in ("Asia/Kathmandu", "Australia/Adelaide", "America/St_Johns", "Pacific/Chatham"):
        with timezone.override(name):
            assert are_quarters([timezone.make_aware(datetime(2026, 3, 2))])
    assert not are_quarters([DAY + timedelta(minutes=1)])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps triggers")
def test_sqlite_has_the_triggers_still():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            " AND name LIKE 'interview_tallies%' ORDER BY name"
        )
        found = [name for (name,) in cursor.fetchall()]
    assert found == [
        f"interview_tallies_after_{moment}" for moment in ("delete", "insert", "update")
    ]
