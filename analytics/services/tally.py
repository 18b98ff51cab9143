"""How many interviews were made when, by status: from `interview_tallies`, in few rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Count, F, IntegerField, Sum, Value, When

from analytics.models import InterviewTally
from interviewdata.common.sql import execute, fetch_all, from_sql_time, is_postgresql, to_sql_time
from sessions.enums import Status

QUARTER_SECONDS = 900
_A_DAY = 24 * 4 * len(Status)  # rows of a day that is folded, at most
# Rows that are not folded yet are no matter before they are as many as all that are.
_UNFOLDED = 2

_FOLD = """
WITH gone AS (
    DELETE FROM interview_tallies WHERE (quarter, status) IN (
        SELECT quarter, status FROM interview_tallies WHERE quarter >= %s AND quarter < %s
        GROUP BY quarter, status HAVING count(*) > 1)
    RETURNING quarter, status, n)
INSERT INTO interview_tallies (quarter, status, n)
SELECT quarter, status, sum(n) FROM gone GROUP BY quarter, status HAVING sum(n) <> 0
"""
_COUNTED = {
    "postgresql": """
SELECT date_bin('15 minutes', created_at, timestamptz '2000-01-01 00:00:00+00') AS quarter,
       status, count(*) AS n FROM interview_sessions GROUP BY 1, 2
""",
    "sqlite": """
SELECT substr(created_at, 1, 14)
           || printf('%%02d', CAST(substr(created_at, 15, 2) AS INTEGER) / 15 * 15) || ':00'
           AS quarter, status, count(*) AS n FROM interview_sessions GROUP BY 1, 2
""",
}
_DIFFERING = """
SELECT quarter, status, COALESCE(sum(told), 0), COALESCE(sum(counted), 0) FROM (
    SELECT quarter, status, n AS told, 0 AS counted FROM interview_tallies
    UNION ALL SELECT quarter, status, 0, n FROM ({counted}) AS c) AS both_sides
GROUP BY quarter, status HAVING sum(told) <> sum(counted) ORDER BY quarter, status
"""


def made_between(edges: Sequence[datetime], status: str = "") -> dict[tuple[int, str], int]:
    """(place of the span, status) → interviews made from one edge to the next.

    `edges` are ascending and whole quarters of an hour (`are_quarters`). One statement over at
    most 384 rows a day, and one more that folds the rows where there are twice as many.
    """
    start, end = edges[0], edges[-1]
    rows = InterviewTally.objects.filter(quarter__gte=start, quarter__lt=end)
    if status:
        rows = rows.filter(status=status)
    found: dict[tuple[int, str], int] = {}
    seen = 0
    spans = rows.values(span=span_of("quarter", edges), word=F("status"))
    for row in spans.annotate(made=Sum("n"), rows=Count("id")):
        seen += row["rows"]
        if row["made"]:
            found[row["span"], row["word"]] = row["made"]
    if seen > _UNFOLDED * _A_DAY * ((end - start).days + 1):
        fold(start, end)
    return found


def are_quarters(edges: Sequence[datetime]) -> bool:
    """Whether these moments are whole quarters of an hour, as midnight is in all zones in use."""
    return all(edge.timestamp() % QUARTER_SECONDS == 0 for edge in edges)


def span_of(column: str, edges: Sequence[datetime]) -> Case:
    """The place of a time between `edges`: 0 from the first to the second."""
    return Case(
        *(
            When(**{f"{column}__lt": edge}, then=Value(place))
            for place, edge in enumerate(edges[1:-1])
        ),
        default=Value(len(edges) - 2),
        output_field=IntegerField(),
    )


def fold(start: datetime, end: datetime) -> None:
    """Make one row of all rows of a quarter and status; the sums stay. PostgreSQL alone has more.

    One statement. Writers do not wait for it, and of two that fold at once the second finds the
    rows of the first gone and leaves its sums alone.
    """
    if is_postgresql():
        execute(_FOLD, [to_sql_time(start), to_sql_time(end)])


def wrong_tallies() -> Iterator[tuple[datetime, str, int, int]]:
    """(quarter, status, what the tally says, what counting gives) where they differ; one
    statement that reads all interviews. For `check_interview_data`."""
    vendor = "postgresql" if is_postgresql() else "sqlite"
    for quarter, status, told, counted in fetch_all(
        _DIFFERING.format(counted=_COUNTED[vendor]), []
    ):
        moment = from_sql_time(quarter)
        assert moment is not None
        yield moment, status, int(told), int(counted)


@transaction.atomic
def rebuild_tallies() -> int:
    """Count all interviews anew; how many rows that gives. Writers of interviews wait for it."""
    if is_postgresql():
        execute("LOCK TABLE interview_sessions IN SHARE MODE", [])
    InterviewTally.objects.all().delete()
    vendor = "postgresql" if is_postgresql() else "sqlite"
    return execute(f"INSERT INTO interview_tallies (quarter, status, n) {_COUNTED[vendor]}", [])
