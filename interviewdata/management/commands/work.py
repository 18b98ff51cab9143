"""Works in the background: analyses answers, marks silent interviews abandoned, tidies up."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone
from django.utils.crypto import get_random_string

from analytics.services.jobs import LEASE, enqueue_due
from analytics.services.leases import lease, renew_held, set_lease
from analytics.services.queue_rows import forget_rung_bells
from analytics.services.stock import take_stock
from analytics.tasks import ring
from sessions.feed import silence
from sessions.services.abandon import abandon_silent

logger = logging.getLogger(__name__)

BEAT_SECONDS = 2.0
TIDY_SECONDS = 60.0
# How often the queue in the database is asked while it is empty.
POLL_SECONDS = 1.0
# How long a beat that has begun may take to end when the worker is told to stop.
PATIENCE_SECONDS = 10.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)


class Command(BaseCommand):
    help = (
        "Analyses what was answered: takes stock of answers every 2 seconds, puts what is due into "
        "the queue and works it off, in this process. Marks silent interviews abandoned every "
        "minute (ABANDONED_AFTER_MINUTES). Several may run, on several machines. Interrupted or "
        "terminated it finishes what it is at; killed, another takes that up after --lease."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do what is due now, then end: for cron"
        )
        parser.add_argument(
            "--lease",
            type=float,
            default=LEASE.total_seconds(),
            metavar="SECONDS",
            help="after which the job of a worker that is gone is taken up (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["lease"] <= 3600:
            raise CommandError("--lease: from 1 to 3600 seconds.", returncode=2)
        set_lease(timedelta(seconds=options["lease"]))
        beat = Beat(lease_seconds=options["lease"], rings=not options["once"])
        if options["once"]:
            with beat:
                done = work_off()
            if options["verbosity"] > 0:
                self.stderr.write(f"{done} put into the queue and worked off.")
            return
        if options["verbosity"] > 0:
            off = "" if settings.ANALYSIS else " Analysis is switched off (ANALYSIS)."
            self.stderr.write(f"Working in the background (end it with Ctrl-C).{off}")
        with beat:
            run_queue(until_empty=False)


def work_off() -> int:
    """Take stock, ring, work the queue off, until nothing new is due; how many were rung."""
    done = 0
    tidy()
    while settings.ANALYSIS:
        found = take_stock(timezone.now())
        rung = enqueue_due(timezone.now(), ring, lease=lease())
        run_queue(until_empty=True)
        done += rung
        if not found and not rung:
            break
    return done


def tidy() -> None:
    """What is to be done every minute."""
    abandon_silent(silence=silence())
    forget_rung_bells(timezone.now())


class Beat:
    """A thread beside the work, with a connection of its own: prolongs the lease of what is being
    worked on, and (`rings`) takes stock and puts what is due into the queue."""

    def __init__(self, *, lease_seconds: float, rings: bool) -> None:
        self._renew_seconds = lease_seconds / 4
        self._rings = rings
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="beat", daemon=True)

    def __enter__(self) -> Beat:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE_SECONDS)

    def _run(self) -> None:
        renewed = tidied = time.monotonic() - TIDY_SECONDS
        pause = min(BEAT_SECONDS, self._renew_seconds)
        try:
            while not self._stop.is_set():
                at = time.monotonic()
                try:
                    if at - renewed >= self._renew_seconds:
                        renewed = at
                        renew_held(timezone.now())
                    if self._rings and at - tidied >= TIDY_SECONDS:
                        tidied = at
                        tidy()
                    if self._rings and settings.ANALYSIS:
                        take_stock(timezone.now())
                        enqueue_due(timezone.now(), ring, lease=lease())
                except Exception:
                    # A database that is away for a while, an interview that is deleted just now:
                    # the next beat finds what is to be done, as this one would have.
                    logger.exception("a beat of the worker failed, the next one follows")
                    connection.close()
                self._stop.wait(pause)
        finally:
            connection.close()


def run_queue(*, until_empty: bool) -> None:
    """Work the queue off in this thread, the main one; for ever, or until it is empty.

    SIGINT and SIGTERM end it: at once where nothing is done, else after what is done.
    """
    if settings.TASKS_URL:
        _run_redis(until_empty)
    else:
        _run_database(until_empty)


def _run_database(until_empty: bool) -> None:
    from django_tasks_db.management.commands.db_worker import Worker

    worker = Worker(
        queue_names=["default"],
        excluded_queue_names=[],
        interval=POLL_SECONDS,
        batch=until_empty,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
    )
    with _signals_as_they_were():
        worker.configure_signals()
        worker.run()


@contextmanager
def _signals_as_they_were() -> Iterator[None]:
    """What the queue's worker does with signals holds while it works, and no longer."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run_redis(until_empty: bool) -> None:
    """In one process, without a fork for each task: the speech model is loaded once."""
    import django_rq
    from django_tasks_rq import Job

    worker = django_rq.get_worker("default", job_class=Job, worker_class="rq.SimpleWorker")
    with _signals_as_they_were():
        worker.work(burst=until_empty, logging_level="WARNING")
