"""What happened, read back: how far an interview is, what came after an event, who is running.

Reading only. Two orders (sessions/models/event.py): the events of one interview by id; those of all
by (position, id), and only below the oldest transaction that is still open, so that no reader goes
past something that is yet to be committed. SQLite writes one after the other: its position is 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings

from interviewdata.common.errors import NotFound
from interviewdata.common.sql import (
    fetch_all,
    fetch_one,
    from_sql_json,
    from_sql_time,
    is_postgresql,
    to_sql_json,
    to_sql_time,
)

MOST_EVENTS = 200
MOST_RUNNING = 200
# How far back running interviews are looked for among events, beside those whose page says that
# it is there.
_EVENTS_LOOKED_AT = 20_000


class Event(NamedTuple):
    """One event of one interview."""

    id: int
    kind: str
    at: datetime
    data: dict[str, Any]


class Place(NamedTuple):
    """Where a reader of all interviews stands."""

    position: int
    id: int

    @classmethod
    def read(cls, text: str) -> Place:
        """From "position-id"; raises ValueError."""
        position, _, number = text.partition("-")
        if not (position.isdecimal() and number.isdecimal() and len(text) < 40):
            raise ValueError(text)
        return cls(int(position), int(number))

    def __str__(self) -> str:
        return f"{self.position}-{self.id}"


@dataclass(frozen=True)
class Presence:
    """The last sign of life of the candidate's page. `question_index` from 0."""

    state: str
    question_index: int | None
    unsent: int
    seen_at: datetime


@dataclass(frozen=True)
class ProgressNow:
    status: str
    answered: int
    total: int
    next_index: int
    last_event_id: int
    presence: Presence | None

    @property
    def version(self) -> str:
        """Other whenever anything of it is other; what an ETag is made of."""
        seen = self.presence.seen_at.timestamp() if self.presence else 0
        return (
            f"{self.last_event_id}-{self.status}-{self.answered}-{self.total}"
            f"-{self.next_index}-{seen:.3f}"
        )


class Running(NamedTuple):
    """An interview that is going on, for those who watch all of them."""

    session_id: str
    user_email: str
    role: str
    interview_mode: str
    status: str
    answered: int
    total: int
    next_index: int
    created_at: datetime
    start_time: datetime | None
    updated_at: datetime
    presence: Presence | None

    @property
    def last_sign(self) -> datetime:
        return max(self.updated_at, self.presence.seen_at) if self.presence else self.updated_at


_PROGRESS = """
SELECT s.status, s.questions_answered, s.total_questions, s.current_question_index,
       COALESCE((SELECT max(e.id) FROM interview_events e WHERE e.session_id = s.session_id), 0),
       p.state, p.question_index, p.unsent, p.seen_at
FROM interview_sessions s LEFT JOIN interview_presence p ON p.session_id = s.session_id
WHERE s.session_id = %s
"""


def read_progress(session_id: str) -> ProgressNow:
    """How far an interview is. One statement. Raises NotFound."""
    row = fetch_one(_PROGRESS, [session_id])
    if row is None:
        raise NotFound
    status, answered, total, next_index, last_event_id, *seen = row
    return ProgressNow(status, answered, total, next_index, last_event_id, _presence(seen))


def _presence(row: Sequence[Any]) -> Presence | None:
    state, question_index, unsent, seen_at = row
    moment = from_sql_time(seen_at)
    return None if moment is None else Presence(state, question_index, unsent, moment)


_AFTER = """
SELECT id, kind, at, data FROM interview_events
WHERE session_id = %s AND id > %s ORDER BY id LIMIT %s
"""


def events_after(session_id: str, after: int, *, limit: int = MOST_EVENTS) -> list[Event]:
    """Events of one interview after one of them, oldest first. One statement."""
    return [_event(row) for row in fetch_all(_AFTER, [session_id, after, limit])]


def _event(row: Sequence[Any]) -> Event:
    number, kind, at, data = row
    return Event(number, kind, from_sql_time(at), from_sql_json(data))  # type: ignore[arg-type]


_AFTER_EACH = {
    "postgresql": """
SELECT e.session_id, e.id, e.kind, e.at, e.data
FROM jsonb_each_text(%s::jsonb) AS watched(session_id, after)
JOIN LATERAL (
    SELECT * FROM interview_events
    WHERE session_id = watched.session_id AND id > watched.after::bigint ORDER BY id LIMIT %s
) AS e ON true
ORDER BY e.session_id, e.id
""",
    "sqlite": """
SELECT e.session_id, e.id, e.kind, e.at, e.data
FROM json_each(%s) AS watched
JOIN interview_events e ON e.session_id = watched.key AND e.id > watched.value
ORDER BY e.session_id, e.id LIMIT %s
""",
}


def events_after_each(watched: Mapping[str, int]) -> dict[str, list[Event]]:
    """The same for many interviews at once: session id → last event known. One statement.

    Where there are too many, the rest comes with the next call.
    """
    statement = _AFTER_EACH["postgresql" if is_postgresql() else "sqlite"]
    found: dict[str, list[Event]] = {}
    for session_id, *row in fetch_all(statement, [to_sql_json(dict(watched)), 5_000]):
        found.setdefault(session_id, []).append(_event(row))
    return found


_SETTLED = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_LAST_OF_ALL = """
SELECT position, id FROM interview_events {where} ORDER BY position DESC, id DESC LIMIT 1
"""
_AFTER_OF_ALL = """
SELECT e.position, e.id, e.session_id, e.kind, e.at, e.data FROM interview_events e
WHERE (e.position, e.id) > (%s, %s) {settled}
ORDER BY e.position, e.id LIMIT %s
"""


def last_place() -> Place:
    """Where a reader of all interviews begins. One statement."""
    where = f"WHERE position < {_SETTLED}" if is_postgresql() else ""
    row = fetch_one(_LAST_OF_ALL.format(where=where), [])
    return Place(0, 0) if row is None else Place(*row)


def events_of_all_after(
    place: Place, *, limit: int = MOST_EVENTS
) -> list[tuple[Place, str, Event]]:
    """(place, session id, event) of all interviews after a place, in order. One statement."""
    settled = f"AND e.position < {_SETTLED}" if is_postgresql() else ""
    rows = fetch_all(_AFTER_OF_ALL.format(settled=settled), [*place, limit])
    return [(Place(row[0], row[1]), row[2], _event((row[1], *row[3:]))) for row in rows]


_RUNNING_COLUMNS = """
SELECT s.session_id, s.user_email, s.role, s.interview_mode, s.status, s.questions_answered,
       s.total_questions, s.current_question_index, s.created_at, s.start_time, s.updated_at,
       p.state, p.question_index, p.unsent, p.seen_at
FROM interview_sessions s LEFT JOIN interview_presence p ON p.session_id = s.session_id
"""
_RUNNING = f"""
{_RUNNING_COLUMNS}
WHERE s.status IN ('created', 'active') AND s.session_id IN (
    SELECT session_id FROM interview_presence WHERE seen_at >= %s
    UNION
    SELECT session_id FROM (
        SELECT session_id, at FROM interview_events ORDER BY position DESC, id DESC LIMIT %s
    ) AS lately WHERE at >= %s
)
"""


def silence() -> timedelta:
    """How long an interview may be silent before it counts as abandoned."""
    return timedelta(minutes=settings.ABANDONED_AFTER_MINUTES)


def running_interviews(now: datetime) -> tuple[list[Running], int]:
    """Interviews that are not over and gave a sign of life within the time of silence, the newest
    sign first, MOST_RUNNING at most, and how many there are in all. One statement."""
    since = to_sql_time(now - silence())
    found = [_running(row) for row in fetch_all(_RUNNING, [since, _EVENTS_LOOKED_AT, since])]
    found.sort(key=lambda one: (one.last_sign, one.session_id), reverse=True)
    return found[:MOST_RUNNING], len(found)


def running_of(session_ids: Iterable[str]) -> dict[str, Running]:
    """The same columns of some interviews, whatever their status. One statement."""
    ids = sorted(set(session_ids))
    if not ids:
        return {}
    marks = ", ".join(["%s"] * len(ids))
    rows = fetch_all(f"{_RUNNING_COLUMNS} WHERE s.session_id IN ({marks})", ids)
    return {row[0]: _running(row) for row in rows}


_PRESENT_SINCE = """
SELECT session_id, state, question_index, unsent, seen_at FROM interview_presence
WHERE seen_at > %s ORDER BY seen_at LIMIT 2000
"""


def present_since(moment: datetime) -> dict[str, Presence]:
    """The newest signs of life after a moment, by session id. One statement."""
    found = {}
    for session_id, *row in fetch_all(_PRESENT_SINCE, [to_sql_time(moment)]):
        presence = _presence(row)
        if presence is not None:
            found[session_id] = presence
    return found


def _running(row: Sequence[Any]) -> Running:
    created, started, updated = map(from_sql_time, row[8:11])
    return Running._make((*row[:8], created, started, updated, _presence(row[11:15])))
