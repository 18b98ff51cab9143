"""Interviews: made, begun, ended, abandoned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from interviewdata.common.errors import Conflict, NotFound
from interviewdata.common.sql import fetch_one, is_postgresql, to_sql_json, to_sql_time
from sessions.enums import ALLOWED_MOVES, Difficulty, EventKind, Mode, Status
from sessions.models import InterviewSession
from sessions.models.session import new_session_id
from sessions.services.events import COLUMNS, POSITION, Event, emit, progress_data, resumed_and


@dataclass(frozen=True)
class NewInterview:
    session_id: str
    grant_id: int
    created_at: datetime


_INSERT_SESSION = """
INSERT INTO interview_sessions (
    session_id, user_email, role, interview_type, interview_mode, difficulty, planned_duration,
    features, status, start_time, total_questions, questions_answered, current_question_index,
    session_data, created_at, updated_at
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, 0, 0, %s, %s, %s)
"""
_INSERT_GRANT = """
INSERT INTO access_grants (session_id, browser_id, created_at) VALUES (%s, %s, %s) RETURNING id
"""
# PostgreSQL takes both rows in one statement, its foreign key being checked at the end of it.
_INSERT_BOTH = f"""
WITH interview AS ({_INSERT_SESSION} RETURNING session_id, created_at), event AS (
    INSERT INTO interview_events ({COLUMNS})
    SELECT session_id, 'created', created_at, '{{}}'::jsonb, {POSITION} FROM interview
)
INSERT INTO access_grants (session_id, browser_id, created_at)
SELECT session_id, %s, %s FROM interview RETURNING id
"""


def create_session(
    *,
    user_email: str,
    role: str,
    interview_type: str,
    mode: Mode,
    difficulty: Difficulty,
    planned_duration: int,
    features: list[Any],
    session_data: dict[str, Any],
    browser_id: str,
    status: Status = Status.CREATED,
    now: datetime | None = None,
) -> NewInterview:
    """Make an interview and the grant of whoever made it. HOT: 1 statement on PostgreSQL.

    `user_email` trimmed and lower-cased, `planned_duration` in minutes, `browser_id` empty for a
    client that holds no cookie (its grant serves the bearer token alone). `status` is created or
    active; an active one starts now.
    """
    now = now or timezone.now()
    at = to_sql_time(now)
    session_id = new_session_id()
    session_values = [
        session_id,
        user_email,
        role,
        interview_type,
        mode.value,
        difficulty.value,
        planned_duration,
        to_sql_json(features),
        status.value,
        at if status == Status.ACTIVE else None,
        to_sql_json(session_data),
        at,
        at,
    ]
    if is_postgresql():
        row = fetch_one(_INSERT_BOTH, [*session_values, browser_id, at])
    else:
        with transaction.atomic():
            fetch_one(_INSERT_SESSION, session_values)
            row = fetch_one(_INSERT_GRANT, [session_id, browser_id, at])
            emit(session_id, (EventKind.CREATED, {}), now=now)
    assert row is not None
    return NewInterview(session_id, int(row[0]), now)


def lock_session(session_id: str) -> InterviewSession:
    """The interview, locked to the end of the transaction. Raises NotFound."""
    interview = InterviewSession.objects.select_for_update().filter(session_id=session_id).first()
    if interview is None:
        raise NotFound
    return interview


def move_status(interview: InterviewSession, status: Status, *, now: datetime) -> None:
    """Set `status`, with the times that go with it, on a locked interview; save and tell it.

    Raises Conflict where ALLOWED_MOVES does not have the move; a move to itself does nothing.
    """
    if interview.status == status:
        return
    if status not in ALLOWED_MOVES[Status(interview.status)]:
        raise Conflict(
            gettext("An interview that is %(now)s cannot become %(then)s.")
            % {
                "now": Status(interview.status).label.lower(),
                "then": status.label.lower(),
            }
        )
    was, interview.status = interview.status, status
    if status == Status.ACTIVE:
        interview.start_time = interview.start_time or now
    if status == Status.COMPLETED:
        interview.end_time = max(now, interview.start_time or now)
    interview.updated_at = now
    interview.save(update_fields=["status", "start_time", "end_time", "updated_at"])
    emit(interview.session_id, *_events_of_move(interview, was), now=now)


def _events_of_move(interview: InterviewSession, was: str) -> Sequence[Event]:
    if interview.status == Status.ACTIVE:
        return resumed_and(was)
    kind = EventKind.COMPLETED if interview.status == Status.COMPLETED else EventKind.ABANDONED
    return resumed_and(was, (kind, progress_data(interview)))


@transaction.atomic
def end_session(*, session_id: str, now: datetime | None = None) -> InterviewSession:
    """Complete an interview; a second call keeps the first end. Raises NotFound."""
    interview = lock_session(session_id)
    move_status(interview, Status.COMPLETED, now=now or timezone.now())
    return interview


@transaction.atomic
def abandon_session(*, session_id: str, now: datetime | None = None) -> InterviewSession:
    """Mark an interview abandoned. Raises NotFound; Conflict when it is completed."""
    interview = lock_session(session_id)
    move_status(interview, Status.ABANDONED, now=now or timezone.now())
    return interview
