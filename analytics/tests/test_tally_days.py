"""The days of each kind are what counting gives, whoever writes (PostgreSQL)."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.utils import timezone

from analytics.models import InterviewTally
from analytics.services import tally_days
from analytics.services.tally import wrong_tallies
from analytics.services.tally_days import (
    fold_days,
    made_of_kinds_between,
    rebuild_days,
    wrong_days,
)
from sessions.kinds import KindFilter, known_kinds
from sessions.models import InterviewSession
from sessions.tests.factories import InterviewSessionFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite counts its interviews"),
]
DAY = datetime(2026, 3, 2, tzinfo=UTC)


def rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM interview_days")
        return cursor.fetchone()[0]


def made(edges, **wanted):
    return made_of_kinds_between(known_kinds(KindFilter(**wanted)), edges)


def test_making_changing_and_deleting_keep_the_sums():
    one = InterviewSessionFactory(created_at=DAY)
    InterviewSessionFactory(created_at=DAY, role="Nurse")
    week = [DAY, DAY + timedelta(days=7)]
    assert made(week, mode="technical") == {(0, "created"): 2}
    InterviewSession.objects.filter(pk=one.pk).update(status="active")
    assert made(week, role="back") == {(0, "active"): 1}
    InterviewSession.objects.filter(pk=one.pk).update(role="Nurse", difficulty="expert")
    assert made(week, role="back") == {}
    assert made(week, role="nurse", difficulty="expert") == {(0, "active"): 1}
    InterviewSession.objects.filter(pk=one.pk).update(created_at=DAY + timedelta(days=7))
    assert made(week, role="nurse") == {(0, "created"): 1}
    one.delete()
    InterviewSession.objects.all().delete()
    assert made(week, mode="technical") == {}
    assert wrong_days() == []
    assert list(wrong_tallies()) == []


def test_emptying_the_table_at_once_empties_the_days():
    InterviewSessionFactory(created_at=DAY)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE interview_sessions CASCADE")
    assert rows() == 0
    assert wrong_days() == []
    assert list(wrong_tallies()) == []


def test_a_change_of_another_column_leaves_the_other_table_alone():
    one = InterviewSessionFactory()
    tallies, days = InterviewTally.objects.count(), rows()
    InterviewSession.objects.filter(pk=one.pk).update(user_email="x@example.org")
    assert (InterviewTally.objects.count(), rows()) == (tallies, days)
    InterviewSession.objects.filter(pk=one.pk).update(role="Nurse")
    assert (InterviewTally.objects.count(), rows()) == (tallies, days + 2)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Pacific/Auckland", "America/St_Johns"])
def test_counts_of_any_zones_weeks_are_those_of_the_interviews(zone):
    lot = random.Random(3)
    for _ in range(80):
        InterviewSessionFactory(
            created_at=DAY + timedelta(minutes=lot.randrange(40 * 24 * 60)),
            interview_mode=lot.choice(["hr", "technical"]),
            role=lot.choice(["Nurse", "Welder"]),
            status=lot.choice(["created", "active", "abandoned"]),
        )
    with timezone.override(zone):
        # The clocks change on the way; the last span ends within a day of its begin.
        days = (1, 8, 15, 22, 29, 29.5, 30, 38)
        edges = [timezone.make_aware(datetime(2026, 3, 1) + timedelta(days=n)) for n in days]
    for wanted in ({"mode": "hr"}, {"role": "nurse"}, {"role": "*e", "mode": "technical"}):
        found = InterviewSession.objects.filter(KindFilter(**wanted).condition())
        expected = Counter()
        for status, created in found.values_list("status", "created_at"):
            for place, (start, stop) in enumerate(pairwise(edges)):
                if start <= created < stop:
                    expected[place, status] += 1
        assert expected
        assert made(edges, **wanted) == expected


def test_folding_makes_one_row_and_keeps_the_sum():
    for _ in range(3):
        InterviewSessionFactory(created_at=DAY)
    InterviewSessionFactory(created_at=DAY, status="active").delete()
    InterviewSessionFactory(created_at=DAY, role="Nurse")
    assert rows() == 6
    fold_days()
    assert rows() == 2
    assert wrong_days() == []


def test_reading_folds_what_has_grown(monkeypatch):
    monkeypatch.setattr(tally_days, "_LEAST_FOLDED", 0)
    for _ in range(5):
        InterviewSessionFactory(created_at=DAY)
    week = [DAY, DAY + timedelta(days=7)]
    for _ in range(2):
        assert made(week, mode="technical") == {(0, "created"): 5}
        assert rows() == 1


def test_a_wrong_day_is_found_and_rebuilt():
    InterviewSessionFactory(created_at=DAY)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE interview_days SET n = 7")
    kind = (DAY.date(), "Backend Developer", "technical", "intermediate", "created")
    assert wrong_days() == [(*kind, 7, 1)]
    assert rebuild_days() == 1
    assert wrong_days() == []
