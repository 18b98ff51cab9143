"""Interviews asked for kind by kind: which kinds there are, and what checks and repairs them."""

import pytest
from django.db import connection

from sessions import kinds as module
from sessions.kinds import (
    KindFilter,
    all_of_kinds,
    first_of_kinds,
    known_kinds,
    rebuild_kinds,
    unknown_kinds,
)
from sessions.models import InterviewSession
from sessions.tests.factories import InterviewSessionFactory

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has no table of kinds"
)


def rows(**wanted):
    found = known_kinds(KindFilter(**wanted))
    assert found is not None
    return sorted(found.rows)


def known():
    with connection.cursor() as cursor:
        cursor.execute("SELECT role, interview_mode, difficulty FROM interview_kinds")
        return sorted(cursor.fetchall())


@on_postgresql
def test_making_and_changing_interviews_makes_their_kinds_known():
    one = InterviewSessionFactory(role="Nurse", interview_mode="hr", difficulty="expert")
    InterviewSession.objects.bulk_create(
        InterviewSessionFactory.build(role=role) for role in ("Nurse", "Nurse", "Welder")
    )
    assert rows() == [
        ("Nurse", "hr", "expert"),
        ("Nurse", "technical", "intermediate"),
        ("Welder", "technical", "intermediate"),
    ]
    InterviewSession.objects.filter(pk=one.pk).update(role="Head nurse", difficulty="beginner")
    assert rows(role="head") == [("Head nurse", "hr", "beginner")]
    assert unknown_kinds() == []
    assert len(known()) == 4  # each once


@on_postgresql
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"role": "data"}, ["Data Analyst", "data 100%_x"]),
        ({"role": "*ANALYST"}, ["Data Analyst"]),
        ({"role": "=data analyst"}, ["Data Analyst"]),
        ({"role": "=data"}, []),
        ({"role": "*%_"}, ["data 100%_x"]),
        ({"role": "*"}, ["Data Analyst", "Nurse", "data 100%_x"]),
        ({"role": "*\\"}, []),
        ({"mode": "hr"}, ["Nurse"]),
        ({"difficulty": "expert"}, []),
    ],
)
def test_kinds_are_those_that_are_asked_for(wanted, found):
    for role in ("Data Analyst", "data 100%_x"):
        InterviewSessionFactory(role=role)
    InterviewSessionFactory(role="Nurse", interview_mode="hr")
    assert [role for role, _mode, _level in rows(**wanted)] == found
    # What is asked kind by kind is what the filter itself leaves.
    plain = InterviewSession.objects.filter(KindFilter(**wanted).condition())
    assert sorted(plain.values_list("role", flat=True)) == found


@on_postgresql
def test_too_many_kinds_are_not_asked_one_by_one(monkeypatch):
    monkeypatch.setattr(module, "MOST_KINDS", 2)
    for role in ("a", "b", "c"):
        InterviewSessionFactory(role=role)
    assert known_kinds(KindFilter(mode="technical")) is None
    assert rows(role="a") == [("a", "technical", "intermediate")]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has the table")
def test_sqlite_knows_no_kinds():
    InterviewSessionFactory()
    assert known_kinds(KindFilter(mode="technical")) is None
    assert unknown_kinds() == []
    assert rebuild_kinds() == 0


@on_postgresql
def test_first_and_all_of_kinds(monkeypatch):
    made = [InterviewSessionFactory(role=role) for role in ("a", "b", "a", "c", "b", "a")]
    found = known_kinds(KindFilter(role="=a", status="created"))
    everything = InterviewSession.objects.all()

    def first(most, **options):
        keys = first_of_kinds(everything, found, most, **options)
        return set(everything.filter(pk__in=keys).values_list("pk", flat=True))

    of_a = [made[0].pk, made[2].pk, made[5].pk]
    assert first(2) == {of_a[1], of_a[2]}
    assert first(2, oldest_first=True) == {of_a[0], of_a[1]}
    assert sorted(all_of_kinds(everything, found)) == of_a
    assert first_of_kinds(everything.filter(pk__in=[]), found, 2) is None
    assert all_of_kinds(everything.filter(pk__in=[]), found) == []
    monkeypatch.setattr(module, "MOST_TAKEN", 2)
    assert all_of_kinds(everything, found) is None
    nothing = known_kinds(KindFilter(role="=z"))
    assert all_of_kinds(everything, nothing) == []
    assert not everything.filter(pk__in=first_of_kinds(everything, nothing, 2)).exists()


@on_postgresql
def test_rebuilding_drops_the_kinds_of_nobody():
    InterviewSessionFactory(role="Nurse").delete()
    InterviewSessionFactory(role="Welder")
    assert [role for role, _mode, _level in known()] == ["Nurse", "Welder"]
    assert rebuild_kinds() == 1
    assert [role for role, _mode, _level in known()] == ["Welder"]


@on_postgresql
def test_a_kind_that_is_not_known_is_found_and_made_known():
    InterviewSessionFactory(role="Welder")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM interview_kinds")
    assert unknown_kinds() == [("Welder", "technical", "intermediate")]
    rebuild_kinds()
    assert unknown_kinds() == []


def test_which_filters_an_index_by_one_column_answers():
    assert KindFilter().has_index
    assert KindFilter(status="active").has_index
    assert not KindFilter(status="active", mode="hr").has_index
    assert not KindFilter(role="a").has_index


@on_postgresql
def test_emptying_the_table_of_interviews_empties_its_kinds():
    InterviewSessionFactory(role="Nurse")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE interview_sessions CASCADE")
    assert known() == []
