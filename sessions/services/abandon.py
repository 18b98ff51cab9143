"""Interviews that fell silent are marked abandoned; whoever comes back makes them active again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from interviewdata.common.sql import fetch_all, is_postgresql, to_sql_time
from sessions.enums import EventKind, Status
from sessions.models import InterviewSession
from sessions.services.events import as_progress_data, emit_all

BATCH = 500
# By the index of status and time: created before the silence began, no sign of life since.
_SILENT = """
SELECT s.session_id, s.questions_answered, s.total_questions, s.current_question_index
FROM interview_sessions s
WHERE s.status = %s AND s.created_at < %s AND s.updated_at < %s AND NOT EXISTS (
    SELECT 1 FROM interview_presence p WHERE p.session_id = s.session_id AND p.seen_at >= %s
)
ORDER BY s.created_at DESC, s.id DESC LIMIT %s
"""


def silent_interviews(*, silence: timedelta, now: datetime, limit: int) -> list[str]:
    """Ids of interviews that would be marked, at most `limit`. Two statements."""
    return [
        row[0]
        for status in (Status.CREATED, Status.ACTIVE)
        for row in _silent(status, now - silence, limit)
    ][:limit]


def _silent(status: Status, since: datetime, limit: int, lock: str = "") -> list[tuple[Any, ...]]:
    at = to_sql_time(since)
    return fetch_all(_SILENT + lock, [status.value, at, at, at, limit])


def abandon_silent(*, silence: timedelta, now: datetime | None = None) -> list[str]:
    """Mark every interview abandoned that gave no sign of life for as long as `silence`.

    A sign of life is any write to the interview, and its page saying that it is there. The ids of
    those that were marked. Three statements, one transaction, for each 500; what another writer
    holds just now is alive and left out.
    """
    now = now or timezone.now()
    marked: list[str] = []
    for status in (Status.CREATED, Status.ACTIVE):
        while batch := _abandon_batch(status, now - silence, now):
            marked += batch
    return marked


@transaction.atomic
def _abandon_batch(status: Status, since: datetime, now: datetime) -> list[str]:
    lock = " FOR UPDATE OF s SKIP LOCKED" if is_postgresql() else ""
    rows = _silent(status, since, BATCH, lock)
    ids = [row[0] for row in rows]
    if ids:
        InterviewSession.objects.filter(session_id__in=ids).update(
            status=Status.ABANDONED, updated_at=now
        )
        emit_all(
            [(row[0], EventKind.ABANDONED, as_progress_data(*row[1:])) for row in rows], now=now
        )
    return ids
