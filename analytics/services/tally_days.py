"""How many interviews of some kinds were made when: from `interview_days` (PostgreSQL alone)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from django.db import transaction

from interviewdata.common.sql import execute, fetch_all, is_postgresql, planned_each_time
from sessions.kinds import EACH_KIND, OF_KIND, Kinds, made_of_kinds

# Rows that are not folded yet are no matter before they are as many as all that are.
_UNFOLDED = 2
_LEAST_FOLDED = 2000

_MADE = f"""
SELECT span.place - 1, state.status, sum(one.n), sum(one.rows), sum(one.days) FROM {EACH_KIND}
CROSS JOIN unnest(%s::date[], %s::date[]) WITH ORDINALITY AS span (first, stop, place)
CROSS JOIN LATERAL (
    SELECT sum(s.n) AS n, count(*) AS rows, count(DISTINCT s.day) AS days FROM interview_days s
    WHERE {OF_KIND} AND s.day >= span.first AND s.day < span.stop
) AS one
GROUP BY 1, 2
"""
_FOLD = """
WITH gone AS (
    DELETE FROM interview_days WHERE (day, role, interview_mode, difficulty, status) IN (
        SELECT day, role, interview_mode, difficulty, status FROM interview_days
        GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1)
    RETURNING day, role, interview_mode, difficulty, status, n)
INSERT INTO interview_days (day, role, interview_mode, difficulty, status, n)
SELECT day, role, interview_mode, difficulty, status, sum(n) FROM gone
GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0
"""
_COUNTED = """
SELECT (created_at AT TIME ZONE 'UTC')::date AS day, role, interview_mode, difficulty, status,
       count(*) AS n
FROM interview_sessions GROUP BY 1, 2, 3, 4, 5
"""
_DIFFERING = f"""
SELECT day, role, interview_mode, difficulty, status, sum(told), sum(counted) FROM (
    SELECT day, role, interview_mode, difficulty, status, n AS told, 0 AS counted
    FROM interview_days
    UNION ALL SELECT day, role, interview_mode, difficulty, status, 0, n FROM ({_COUNTED}) AS c
) AS both_sides
GROUP BY 1, 2, 3, 4, 5 HAVING sum(told) <> sum(counted) ORDER BY 1, 2, 3, 4, 5
"""


def made_of_kinds_between(kinds: Kinds, edges: Sequence[datetime]) -> dict[tuple[int, str], int]:
    """(place of the span, status) → interviews of these kinds made from one edge to the next.

    `edges` are ascending moments. Whole days (UTC) come from `interview_days`; a day with an edge
    in it, as weeks of other zones have it, is counted from the index of interviews. Two statements
    at most, and one that folds the rows where there are twice as many.
    """
    spans = [_days_of(start, stop) for start, stop in pairwise(edges)]
    values = [*kinds.values(), [first for first, _ in spans], [stop for _, stop in spans]]
    found: dict[tuple[int, str], int] = {}
    rows = days = 0
    with planned_each_time():
        for place, status, made, row_count, day_count in fetch_all(_MADE, values):
            rows, days = rows + int(row_count), days + int(day_count)
            if made:
                found[place, status] = int(made)
    parts = [
        (place, *part)
        for place, (first, stop) in enumerate(spans)
        for part in _around(edges[place], edges[place + 1], first, stop)
    ]
    if parts:
        for key, made in made_of_kinds(kinds, parts).items():
            found[key] = found.get(key, 0) + made
    if rows > _UNFOLDED * days + _LEAST_FOLDED:
        fold_days()
    return found


def _days_of(start: datetime, stop: datetime) -> tuple[date, date]:
    """The whole days (UTC) between two moments: the first, and the one after the last. Where there
    is none, twice the same."""
    first = start.astimezone(UTC).date()
    if _midnight(first) < start:
        first += timedelta(days=1)
    return first, max(first, stop.astimezone(UTC).date())


def _around(
    start: datetime, stop: datetime, first: date, after: date
) -> Iterator[tuple[datetime, datetime]]:
    """What is left of a span before and after its whole days."""
    if first == after:
        yield start, stop
        return
    if start < _midnight(first):
        yield start, _midnight(first)
    if _midnight(after) < stop:
        yield _midnight(after), stop


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def fold_days() -> None:
    """Make one row of all rows of a day, kind and status; the sums stay. One statement. Writers do
    not wait for it, and of two that fold at once the second finds the rows of the first gone."""
    execute(_FOLD, [])


def wrong_days() -> list[tuple[date, str, str, str, str, int, int]]:
    """(day, role, mode, difficulty, status, what the table says, what counting gives) where they
    differ; one statement that reads all interviews. For `check_interview_data`."""
    return fetch_all(_DIFFERING, []) if is_postgresql() else []  # type: ignore[return-value]


@transaction.atomic
def rebuild_days() -> int:
    """Count all interviews anew; how many rows that gives. Writers of interviews wait for it."""
    execute("LOCK TABLE interview_sessions IN SHARE MODE", [])
    execute("DELETE FROM interview_days", [])
    return execute(
        f"INSERT INTO interview_days (day, role, interview_mode, difficulty, status, n) {_COUNTED}",
        [],
    )
