"""What happened, written down in the transaction in which it happened.

The hot writes (create, questions, response) write their event inside their own statement; all
others call `emit`. Data are ids and counts: nothing personal, no text, no score.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from interviewdata.common.sql import (
    execute,
    fetch_one,
    is_postgresql,
    to_sql_json,
    to_sql_time,
)
from sessions.enums import EventKind
from sessions.models import InterviewSession

EVENTS_KEPT = timedelta(days=30)

# The transaction's own number, which is what readers of all interviews go by.
POSITION = "pg_current_xact_id()::text::bigint"
COLUMNS = "session_id, kind, at, data, position"


Event = tuple[EventKind, dict[str, Any]]


def emit(session_id: str, *events: Event, now: datetime) -> None:
    """Write events of a locked interview, in order. One statement, in the caller's transaction."""
    emit_all([(session_id, *event) for event in events], now=now)


def emit_all(events: Sequence[tuple[str, EventKind, dict[str, Any]]], *, now: datetime) -> None:
    """Write events (session id, kind, data) of locked interviews, in order. One statement."""
    if not events:
        return
    position = POSITION if is_postgresql() else "0"
    row = f"(%s, %s, %s, %s{'::jsonb' if is_postgresql() else ''}, {position})"
    values: list[Any] = []
    for session_id, kind, data in events:
        values += [session_id, kind.value, to_sql_time(now), to_sql_json(data)]
    execute(
        f"INSERT INTO interview_events ({COLUMNS}) VALUES {', '.join([row] * len(events))}", values
    )


def progress_data(interview: InterviewSession) -> dict[str, int]:
    return as_progress_data(
        interview.questions_answered, interview.total_questions, interview.current_question_index
    )


def as_progress_data(answered: int, total: int, next_index: int) -> dict[str, int]:
    return {"answered": answered, "total": total, "currentQuestionIndex": next_index}


def resumed_and(was: str, *events: Event) -> Sequence[Event]:
    """Events of an interview, before them that it goes on where it `was` abandoned."""
    return ((EventKind.RESUMED, {}), *events) if was == "abandoned" else events


# Ids rise with time, near enough: the first one that is young enough bounds what is deleted.
_FIRST_KEPT = "SELECT id FROM interview_events WHERE at >= %s ORDER BY id LIMIT 1"


def forget_old_events(*, now: datetime | None = None) -> int:
    """Delete events older than EVENTS_KEPT; how many there were. Two statements."""
    limit = (now or timezone.now()) - EVENTS_KEPT
    first = fetch_one(_FIRST_KEPT, [to_sql_time(limit)])
    if first is None:
        return execute("DELETE FROM interview_events WHERE at < %s", [to_sql_time(limit)])
    return execute("DELETE FROM interview_events WHERE id < %s", [first[0]])
