from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from sessions.models import InterviewSession
from sessions.tests.factories import InterviewSessionFactory

NAME = "mark_abandoned"


@pytest.fixture
def silent(db):
    """One interview silent for three hours, one for ten minutes."""
    now = timezone.now()
    for age in (timedelta(hours=3), timedelta(minutes=10)):
        InterviewSessionFactory(created_at=now - age, updated_at=now - age)
    return InterviewSession.objects.earliest("created_at").session_id


def statuses():
    return list(InterviewSession.objects.order_by("created_at").values_list("status", flat=True))


def test_silent_interviews_are_marked_and_named(silent, capsys):
    call_command(NAME)
    told = capsys.readouterr()
    assert told.out.split() == [silent]
    assert told.err == "1 marked abandoned.\n"
    assert statuses() == ["abandoned", "created"]


def test_dry_run_marks_none(silent, capsys):
    call_command(NAME, "--dry-run")
    assert capsys.readouterr().out.split() == [silent]
    assert statuses() == ["created", "created"]


def test_minutes_instead_of_the_setting(silent, capsys):
    call_command(NAME, "--minutes", "5")
    assert len(capsys.readouterr().out.split()) == 2


def test_nothing_matched_is_3(silent, capsys):
    call_command(NAME)
    with pytest.raises(SystemExit) as ended:
        call_command(NAME)
    assert ended.value.code == 3


@pytest.mark.parametrize("minutes", ["4", "-1", "9999999"])
def test_bad_minutes_are_2(silent, minutes):
    with pytest.raises(CommandError) as refused:
        call_command(NAME, "--minutes", minutes)
    assert refused.value.returncode == 2
    assert statuses() == ["created", "created"]
