"""What is to be analysed: put into the queue, claimed, finished, failed, tried again.

`analysis_jobs` is the truth; the queue carries ids and may lose them, repeat them or mix them up.
A job that runs belongs to whoever knows its claim, a random word, until its lease ends. Whatever
is written at its end is written in the transaction that gives the claim back, so that a worker
whose lease has ended stores nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from analytics.models import AnalysisJob, JobKind, JobState
from interviewdata.common.sql import execute, fetch_all, fetch_one, is_postgresql, to_sql_time

# How long a job waits whose worker is gone. A living worker renews it (`renew`).
LEASE = timedelta(minutes=2)
# After each failed attempt but the last.
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=25))
# A job that takes its workers down with it is given up.
MOST_INTERRUPTIONS = 10
INTERRUPTED = gettext_noop("The worker ended in the middle of it, ten times.")
# So many are in the queue or being worked on at once; the rest waits here, where it can be seen.
IN_HAND = 50
# What was put into the queue and not claimed in so many leases is put there again: the queue lost
# it, or its worker was killed after taking it and before claiming it.
RING_AGAIN_LEASES = 5
# Clocks of several machines differ.
SLACK = timedelta(seconds=30)

# An interview is composed when it is over and all its current answers are through.
_COMPLETE = """(
    EXISTS (
        SELECT 1 FROM interview_sessions s
        WHERE s.session_id = {j}.session_id AND s.status IN ('completed', 'abandoned')
    ) AND NOT EXISTS (
        SELECT 1 FROM user_responses r LEFT JOIN analysis_jobs a ON a.response_id = r.id
        WHERE r.session_id = {j}.session_id AND r.is_current
          AND (a.id IS NULL OR a.state IN ('waiting', 'running'))
    )
)"""
_TAKE_BACK = """
UPDATE analysis_jobs SET
    state = CASE WHEN attempts >= %s THEN 'failed' ELSE 'waiting' END,
    problem = CASE WHEN attempts >= %s THEN %s ELSE problem END,
    claim = '', claimed_until = NULL, enqueued_at = NULL, updated_at = %s
WHERE enqueued_at IS NOT NULL
  AND ((state = 'waiting' AND enqueued_at < %s) OR (state = 'running' AND claimed_until < %s))
"""
_COUNT_IN_HAND = "SELECT count(*) FROM analysis_jobs WHERE enqueued_at IS NOT NULL"
_RING = """
WITH due AS (
    SELECT j.id FROM analysis_jobs j
    WHERE j.kind = %s AND j.state = 'waiting' AND j.enqueued_at IS NULL AND j.not_before <= %s
      {condition}
    ORDER BY j.not_before, j.id LIMIT %s {lock}
)
UPDATE analysis_jobs SET enqueued_at = %s, updated_at = %s
WHERE id IN (SELECT id FROM due) RETURNING not_before, id
"""
_CLAIM = f"""
UPDATE analysis_jobs SET
    state = 'running', attempts = attempts + 1, claim = %s, claimed_until = %s, problem = '',
    enqueued_at = COALESCE(enqueued_at, %s), updated_at = %s
WHERE id = %s AND not_before <= %s
  AND (state = 'waiting' OR (state = 'running' AND claimed_until < %s AND attempts < %s))
  AND (kind <> 'interview' OR {_COMPLETE.format(j="analysis_jobs")})
RETURNING kind, session_id, response_id, attempts
"""
_RENEW = """
UPDATE analysis_jobs SET claimed_until = %s WHERE id = %s AND claim = %s AND state = 'running'
"""
_END = """
UPDATE analysis_jobs SET
    state = %s, not_before = %s, problem = %s, claim = '', claimed_until = NULL,
    enqueued_at = NULL, updated_at = %s
WHERE id = %s AND claim = %s AND state = 'running'
"""
_REARM = """
INSERT INTO analysis_jobs (
    kind, session_id, response_id, state, attempts, not_before, claim, problem, created_at,
    updated_at
) VALUES ('{kind}', %s, NULL, 'waiting', 0, %s, '', '', %s, %s)
ON CONFLICT (session_id) WHERE kind = '{kind}' DO UPDATE SET
    state = 'waiting', attempts = 0, not_before = excluded.not_before, claim = '', problem = '',
    claimed_until = NULL, enqueued_at = NULL, updated_at = excluded.updated_at
"""


class LostClaim(Exception):
    """The lease ended meanwhile and the job is somebody else's, or gone."""


@dataclass(frozen=True)
class Claim:
    """A job in our hands. response_id: of an answer's job alone; attempts: this one included."""

    job_id: int
    word: str
    kind: JobKind
    session_id: str
    response_id: int | None
    attempts: int


def take_back(now: datetime, *, lease: timedelta = LEASE) -> int:
    """Jobs whose worker is gone, or whose bell was lost, wait again; how many. 1 statement."""
    most = MOST_INTERRUPTIONS
    at, long_ago = to_sql_time(now), to_sql_time(now - RING_AGAIN_LEASES * lease)
    return execute(_TAKE_BACK, [most, most, INTERRUPTED, at, long_ago, at])


def enqueue_due(
    now: datetime, ring: Callable[[JobKind, int], object], *, lease: timedelta = LEASE
) -> int:
    """Hand what is due to `ring` (kind and id), the longest waiting first; how many.

    Drafts and interviews before answers: they are few, and what people wait for. At most IN_HAND
    are in the queue or being worked on. 4 statements (take back, count, interviews, answers; 1 more
    where drafts are switched on), in one transaction with those of `ring`: where that fails,
    nothing was put into the queue.
    """
    with transaction.atomic():
        take_back(now, lease=lease)
        row = fetch_one(_COUNT_IN_HAND, [])
        room = IN_HAND - (row[0] if row else 0)
        rung = 0
        kinds = (JobKind.DRAFT, JobKind.INTERVIEW, JobKind.ANSWER)
        for kind in kinds if settings.DRAFTS_LLM_URL else kinds[1:]:
            for job_id in _due(kind, now, room - rung) if room > rung else ():
                ring(kind, job_id)
                rung += 1
        return rung


def _due(kind: JobKind, now: datetime, most: int) -> list[int]:
    statement = _RING.format(
        condition=f"AND {_COMPLETE.format(j='j')}" if kind == JobKind.INTERVIEW else "",
        lock="FOR UPDATE OF j SKIP LOCKED" if is_postgresql() else "",
    )
    at = to_sql_time(now)
    # Rows come back in no order.
    rows = fetch_all(statement, [kind.value, at, most, at, at])
    return [job_id for _not_before, job_id in sorted(rows)]


def claim(job_id: int, now: datetime, *, lease: timedelta = LEASE) -> Claim | None:
    """Take a job that waits, or whose worker is gone; None where there is nothing to take.

    1 statement: of two at once one gets it. An interview is taken only while it is complete.
    """
    word = secrets.token_hex(16)
    at = to_sql_time(now)
    slack = to_sql_time(now + SLACK)
    values = [word, to_sql_time(now + lease), at, at, job_id, slack, at, MOST_INTERRUPTIONS]
    row = fetch_one(_CLAIM, values)
    if row is None:
        return None
    kind, session_id, response_id, attempts = row
    return Claim(job_id, word, JobKind(kind), session_id, response_id, attempts)


def renew(held: Claim, now: datetime, *, lease: timedelta = LEASE) -> bool:
    """Prolong the lease; False where the job is no longer ours. 1 statement."""
    return execute(_RENEW, [to_sql_time(now + lease), held.job_id, held.word]) == 1


def finish(held: Claim, now: datetime) -> None:
    """The job is done. 1 statement, in the transaction of what was made. Raises LostClaim."""
    _end(held, JobState.DONE, now, now, "")


@transaction.atomic
def fail(held: Claim, problem: str, now: datetime, *, again: bool = True) -> JobState:
    """Keep why it failed (a sentence, English); it waits again, or for a person when it was the
    last attempt or trying `again` cannot help. Raises LostClaim.

    1 statement; 1 more when an answer is given up, so that its interview is composed without it.
    """
    if not again or held.attempts > len(BACK_OFF):
        _end(held, JobState.FAILED, now, now, problem)
        if held.kind == JobKind.ANSWER:
            rearm_interview(held.session_id, now)
        return JobState.FAILED
    _end(held, JobState.WAITING, now + BACK_OFF[held.attempts - 1], now, problem)
    return JobState.WAITING


def _end(held: Claim, state: JobState, not_before: datetime, now: datetime, problem: str) -> None:
    values = [state.value, to_sql_time(not_before), problem, to_sql_time(now)]
    if execute(_END, [*values, held.job_id, held.word]) != 1:
        raise LostClaim


def rearm_interview(session_id: str, now: datetime) -> None:
    """The interview is to be composed (again) from its answers. 1 statement.

    One who is at it loses the claim: what they read is old.
    """
    at = to_sql_time(now)
    execute(_REARM.format(kind="interview"), [session_id, at, at, at])


def arm_draft(session_id: str, now: datetime) -> None:
    """Feedback on the interview is to be drafted (again). 1 statement.

    One who is at it loses the claim, and what they were told.
    """
    at = to_sql_time(now)
    execute(_REARM.format(kind="draft"), [session_id, at, at, at])


def retry(*, now: datetime, job_ids: Sequence[int] = (), session_id: str = "") -> int:
    """What failed, or waits after a failure, is tried again now; how many. 1 statement.

    Of the jobs named, or of all of an interview but its draft, which is asked for by itself.
    """
    jobs = AnalysisJob.objects.exclude(problem="").filter(
        state__in=(JobState.FAILED, JobState.WAITING)
    )
    if session_id:
        jobs = jobs.exclude(kind=JobKind.DRAFT)
    return _start_over(_named(jobs, job_ids, session_id), now)


def analyse_again(*, session_id: str, now: datetime) -> int:
    """Everything of an interview that is finished is analysed anew, as after a change of engines;
    how many jobs. What was found before stays until something new is found. 1 statement."""
    jobs = AnalysisJob.objects.filter(
        session__session_id=session_id,
        state__in=(JobState.DONE, JobState.FAILED),
        kind=JobKind.ANSWER,
    )
    return _start_over(jobs.filter(response__is_current=True), now)


def _named(jobs: Any, job_ids: Sequence[int], session_id: str) -> Any:
    return (
        jobs.filter(session__session_id=session_id) if session_id else jobs.filter(pk__in=job_ids)
    )


def _start_over(jobs: Any, now: datetime) -> int:
    return int(
        jobs.update(
            state=JobState.WAITING,
            attempts=0,
            not_before=now,
            problem="",
            enqueued_at=None,
            updated_at=now,
        )
    )
