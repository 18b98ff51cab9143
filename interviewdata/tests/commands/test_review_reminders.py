import json
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from analytics.models import ReviewAssignment
from analytics.tests.reviewing import make_reviewer, over

NAME = "review_reminders"
DAY = timedelta(days=1)


@pytest.fixture
def owing(db):
    """ben owes one that is overdue and one due tomorrow, rita one due in 20 days."""
    now = timezone.now()
    ben, rita = make_reviewer("ben"), make_reviewer("rita")
    ben.email = "ben@example.org"
    ben.save()
    return [
        ReviewAssignment.objects.create(session=over(role=role), reviewer=who, due_at=now + due)
        for role, who, due in (
            ("Nurse", ben, DAY),
            ("Cook", ben, -DAY),
            ("Guide", rita, 20 * DAY),
        )
    ]


def test_reminders_name_who_owes_what(run, owing):
    ran = run("review_reminders")
    assert (ran.code, ran.err) == (0, "")
    head, first, second = ran.out.splitlines()
    assert head == "ben: 2 to review, 1 overdue"
    assert first.split()[:2] == ["overdue", "since"]
    assert first.endswith(f"{owing[1].session_id}  Cook")
    assert second.endswith(f"{owing[0].session_id}  Nurse")
    assert second.split()[0] == "due"


def test_reminders_as_json_are_a_line_a_reviewer(run, owing):
    ran = run("review_reminders", "--json", "--days", "30")
    ben, rita = map(json.loads, ran.out.splitlines())
    assert (ben["reviewer"], ben["email"], rita["reviewer"]) == ("ben", "ben@example.org", "rita")
    assert [(one["role"], one["overdue"]) for one in ben["reviews"]] == [
        ("Cook", True),
        ("Nurse", False),
    ]
    assert datetime.fromisoformat(rita["reviews"][0]["due_at"]) == owing[2].due_at
    assert set(rita["reviews"][0]) == {"session_id", "role", "due_at", "overdue"}


def test_no_days_are_what_is_overdue_alone(run, owing):
    ran = run("review_reminders", "--days", "0")
    assert ran.out.splitlines()[0] == "ben: 1 to review, 1 overdue"


def test_reminders_go_to_a_file(run, owing, tmp_path):
    target = tmp_path / "owed.txt"
    ran = run("review_reminders", "--output", str(target))
    assert (ran.code, ran.out) == (0, "")
    assert target.read_text().startswith("ben: 2 to review")


def test_nobody_owes_anything(run, db):
    ran = run("review_reminders")
    assert (ran.code, ran.out) == (3, "")
    assert "Nobody owes a review." in ran.err


@pytest.mark.parametrize("days", ["-1", "4000"])
def test_days_that_cannot_be_are_refused(run, db, days):
    assert run("review_reminders", "--days", days).code == 2


def test_a_file_that_cannot_be_written_fails(run, owing, tmp_path):
    ran = run("review_reminders", "--output", str(tmp_path / "no" / "such" / "place"))
    assert ran.code == 1
    assert "No such file" in ran.err


def test_cost_is_one_statement_for_any_rows(run, owing, django_assert_num_queries):
    with django_assert_num_queries(1):
        run("review_reminders", "--days", "30")
