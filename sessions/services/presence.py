"""The sign of life that a candidate's page gives of itself."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from interviewdata.common.sql import execute, is_postgresql, to_sql_time
from sessions.enums import PresenceState, Status
from sessions.services.session import lock_session, move_status

# A later sign wins, whichever arrives first.
_UPSERT = """
INSERT INTO interview_presence (session_id, state, question_index, unsent, seen_at)
{values}
ON CONFLICT (session_id) DO UPDATE SET
    state = excluded.state, question_index = excluded.question_index,
    unsent = excluded.unsent, seen_at = excluded.seen_at
WHERE interview_presence.seen_at <= excluded.seen_at
"""
_AT_ONCE = _UPSERT.format(values="VALUES (%s, %s, %s, %s, %s)")
# PostgreSQL: nobody waits for the disk for what is sent again in 15 seconds.
_UNHURRIED = "WITH unhurried AS MATERIALIZED (" + (
    "SELECT set_config('synchronous_commit', 'off', true))"
    + _UPSERT.format(
        values="SELECT %s, %s, %s::integer, %s::integer, %s::timestamptz FROM unhurried"
    )
)


def note_presence(
    *,
    session_id: str,
    status: str,
    state: PresenceState,
    question_index: int | None,
    unsent: int,
    now: datetime | None = None,
) -> None:
    """Keep the newest sign of life. An abandoned interview (`status`) goes on with it.

    `question_index` from 0. One statement; four more where the interview was abandoned. Raises
    NotFound where it is gone by then.
    """
    now = now or timezone.now()
    if status == Status.ABANDONED:
        _resume(session_id, now)
    alone = is_postgresql() and not connection.in_atomic_block
    execute(
        _UNHURRIED if alone else _AT_ONCE,
        [session_id, state.value, question_index, unsent, to_sql_time(now)],
    )


@transaction.atomic
def _resume(session_id: str, now: datetime) -> None:
    interview = lock_session(session_id)
    if interview.status == Status.ABANDONED:
        move_status(interview, Status.ACTIVE, now=now)
