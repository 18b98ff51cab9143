"""`manage.py work`: what is due is done, and the end of it is in order."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from analytics.models import AnalysisJob, InterviewAnalytics, ResponseAnalysis
from analytics.services import leases
from analytics.services.jobs import LEASE, claim
from analytics.services.leases import LONGEST
from analytics.services.queue_rows import KEPT, TASK, forget_rung_bells
from analytics.services.stock import take_stock
from analytics.tasks import do_job
from interviewdata.management.commands import work
from interviewdata.tests.kill.server import ROOT, Server
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    UserResponseFactory,
)

NAME = "work"
PATIENCE_SECONDS = 60


@pytest.fixture(autouse=True)
def usual_lease():
    yield
    leases.set_lease(LEASE)


def answered(**fields):
    session = InterviewSessionFactory(**({"completed": True} | fields))
    UserResponseFactory(question=InterviewQuestionFactory(session=session))
    return session


@pytest.mark.django_db(transaction=True)
def test_once_does_all_that_is_due(capsys):
    for _number in range(3):
        answered()
    call_command(NAME, "--once")
    assert capsys.readouterr().err == "6 put into the queue and worked off.\n"
    assert {job.state for job in AnalysisJob.objects.all()} == {"done"}
    assert ResponseAnalysis.objects.count() == InterviewAnalytics.objects.count() == 3
    assert {row.status for row in DBTaskResult.objects.all()} == {"SUCCESSFUL"}


@pytest.mark.django_db(transaction=True)
def test_once_with_nothing_due(capsys):
    call_command(NAME, "--once")
    assert capsys.readouterr().err == "0 put into the queue and worked off.\n"
    call_command(NAME, "--once", "-v", "0")
    assert capsys.readouterr().err == ""


@pytest.mark.django_db
def test_analysis_can_be_switched_off(settings, capsys):
    settings.ANALYSIS = False
    answered()
    call_command(NAME, "--once")
    assert not AnalysisJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_silent_interviews_are_marked_and_composed():
    """Also where analysis is off: this is no analysis."""
    past = timezone.now() - timedelta(hours=3)
    session = answered(completed=False, status="active", created_at=past, updated_at=past)
    call_command(NAME, "--once", "-v", "0")
    session.refresh_from_db()
    assert session.status == "abandoned"
    assert InterviewAnalytics.objects.filter(session=session).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", ["0", "-1", "3601", "nan"])
def test_bad_lease_is_2(seconds):
    with pytest.raises(CommandError) as refused:
        call_command(NAME, "--once", "--lease", seconds)
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_the_task_does_the_job():
    answered()
    take_stock(timezone.now())
    do_job.call(AnalysisJob.objects.get().pk)
    assert ResponseAnalysis.objects.count() == 1


@pytest.mark.django_db
def test_bells_that_were_rung_are_forgotten():
    now = timezone.now()
    # Of their status, since when; whether they stay.
    rows = [
        ("SUCCESSFUL", KEPT + timedelta(seconds=1), False),
        ("FAILED", KEPT + timedelta(seconds=1), False),
        ("SUCCESSFUL", timedelta(0), True),
        ("RUNNING", LONGEST + LEASE + timedelta(seconds=1), False),
        ("RUNNING", LONGEST, True),
        ("READY", timedelta(days=9), True),
    ]
    staying = set()
    for status, age, stays in rows:
        row = DBTaskResult.objects.create(
            status=status,
            task_path=TASK,
            args_kwargs={"args": [1], "kwargs": {}},
            backend_name="default",
            run_after=now,
            started_at=now - age,
            finished_at=now - age,
        )
        staying |= {row.pk} if stays else set()
    other = DBTaskResult.objects.create(
        status="SUCCESSFUL", task_path="other.task", args_kwargs={}, backend_name="default",
        run_after=now, finished_at=now - 2 * KEPT,
    )  # fmt: skip
    assert forget_rung_bells(now) == 3
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == staying | {other.pk}
    assert do_job.module_path == TASK


@pytest.mark.django_db(transaction=True)
def test_the_beat_takes_stock_rings_and_renews():
    answered()
    with work.Beat(lease_seconds=1, rings=True):
        wait_for(lambda: DBTaskResult.objects.exists())
        held = claim(AnalysisJob.objects.get().pk, timezone.now(), lease=timedelta(seconds=1))
        leases.set_lease(timedelta(seconds=1))
        with leases.holding(held, timezone.now()):
            wait_for(lambda: timezone.now() > held_until(held, first=True) + timedelta(seconds=1))
            assert AnalysisJob.objects.get().claim == held.word
            assert held_until(held) > timezone.now()
    assert connection.is_usable()


_first = {}


def held_until(held, first=False):
    until = AnalysisJob.objects.get(pk=held.job_id).claimed_until
    return _first.setdefault(held.word, until) if first else until


def wait_for(is_so):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_works_until_it_is_told_to_stop(tmp_path, how):
    server = Server(tmp_path)
    assert server.manage("migrate", "-v", "0").returncode == 0
    assert server.manage("loaddata", "sample_interviews").returncode == 0
    process = subprocess.Popen(
        [sys.executable, "manage.py", NAME],
        cwd=ROOT,
        env=server.environment,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        wait_for(lambda: count(server, "SELECT count(*) FROM analysis_jobs WHERE state = 'done'"))
        os.kill(process.pid, how)
        assert process.wait(PATIENCE_SECONDS) == 0
    finally:
        if process.poll() is None:
            process.kill()
    assert process.stderr is not None
    assert "Working in the background" in process.stderr.read().decode()
    assert count(server, "SELECT count(*) FROM analysis_jobs WHERE state = 'running'") == 0


def count(server, statement):
    from interviewdata.tests.kill.proof import fetch

    return fetch("", server.folder, statement)[0][0]
