"""Interviews by role, mode, difficulty and status: at a million as quickly as at a thousand.

A filter that few interviews meet, or none, would have the database go through all of them in the
order of the list. On PostgreSQL `interview_kinds` (migration 0010) knows which roles, modes and
difficulties there are; those that the filter names are asked one by one, each a range of the index
`session_by_kind`. SQLite filters as ever: there `known_kinds` knows none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from interviewdata.common.sql import execute, fetch_all, is_postgresql, planned_each_time
from sessions.enums import Status
from sessions.models import InterviewSession

# More kinds than these are no longer asked one by one: a look at each status of a kind takes 5 µs.
MOST_KINDS = 1000
# Interviews that are taken as they are, to be filtered and sorted. Where more match, at least one
# in two hundred of a million does, and going through them in order soon meets a page of them.
MOST_TAKEN = 5000


def role_lookup(text: str) -> tuple[str, str]:
    """How a role is looked for: "data" begins with it, "*data" has it anywhere, "=Data Analyst" is
    it; capitals are all one. (Django's lookup, its value)."""
    if text.startswith("="):
        return "iexact", text[1:].strip()
    if text.startswith("*"):
        return "icontains", text.strip("* ")
    return "istartswith", text.rstrip("* ")


@dataclass(frozen=True)
class KindFilter:
    """What is asked for; an empty text does not filter. `role` is as people write it."""

    role: str = ""
    mode: str = ""
    difficulty: str = ""
    status: str = ""

    def condition(self, session: str = "") -> Q:
        """As a filter of interviews; `session` is the way there ("session__")."""
        wanted = {"interview_mode": self.mode, "difficulty": self.difficulty, "status": self.status}
        wanted = {name: word for name, word in wanted.items() if word}
        if self.role:
            lookup, text = role_lookup(self.role)
            wanted[f"role__{lookup}"] = text
        return Q(**{f"{session}{name}": word for name, word in wanted.items()})

    @property
    def has_index(self) -> bool:
        """Whether an index by one column answers it: nothing is asked for, or one word."""
        return not self.role and sum(map(bool, (self.mode, self.difficulty, self.status))) < 2


@dataclass(frozen=True)
class Kinds:
    """The kinds that a filter names: `rows` (role, mode, difficulty), and the `statuses`."""

    rows: Sequence[tuple[str, str, str]]
    statuses: Sequence[str]

    def values(self) -> list[list[str]]:
        """For `EACH_KIND`."""
        columns = [list(column) for column in zip(*self.rows, strict=True)] or [[], [], []]
        return [*columns, list(self.statuses)]


def known_kinds(wanted: KindFilter) -> Kinds | None:
    """The kinds there are of those `wanted`; None where asking them is no use: on SQLite, and where
    there are more than MOST_KINDS. One statement."""
    if not is_postgresql():
        return None
    conditions, values = ["true"], []
    if wanted.role:
        lookup, text = role_lookup(wanted.role)
        operator = "=" if lookup == "iexact" else "LIKE"
        conditions.append(f"upper(role) {operator} upper(%s)")
        before = "%" if lookup == "icontains" else ""
        likened = f"{before}{connection.ops.prep_for_like_query(text)}%"
        values.append(text if lookup == "iexact" else likened)
    for column, word in (("interview_mode", wanted.mode), ("difficulty", wanted.difficulty)):
        if word:
            conditions.append(f"{column} = %s")
            values.append(word)
    rows = fetch_all(
        "SELECT DISTINCT role, interview_mode, difficulty FROM interview_kinds"
        f" WHERE {' AND '.join(conditions)} LIMIT %s",
        [*values, MOST_KINDS + 1],
    )
    if len(rows) > MOST_KINDS:
        return None
    return Kinds(rows, [wanted.status] if wanted.status else list(Status.values))  # type: ignore[arg-type]


EACH_KIND = """
unnest(%s::text[], %s::text[], %s::text[]) AS kind (role, interview_mode, difficulty)
CROSS JOIN unnest(%s::text[]) AS state (status)
"""
OF_KIND = """
s.role = kind.role AND s.interview_mode = kind.interview_mode AND s.difficulty = kind.difficulty
AND s.status = state.status
"""


def first_of_kinds(
    rows: QuerySet[InterviewSession], kinds: Kinds, most: int, *, oldest_first: bool = False
) -> RawSQL | None:
    """For `filter(pk__in=…)`: the `most` newest or oldest of `rows` that are of these kinds.

    `rows` may be narrowed by time; what else narrows them is asked of every interview of a kind.
    No statement of its own. None: no row can match.
    """
    way = "" if oldest_first else "-"
    inner = _of_kind(rows).order_by(f"{way}created_at", f"{way}id").values("id", "created_at")
    try:
        statement, values = inner[:most].query.sql_with_params()
    except EmptyResultSet:
        return None
    order = "one.created_at, one.id" if oldest_first else "one.created_at DESC, one.id DESC"
    return RawSQL(  # noqa: S611  (our own text; values are bound)
        f"SELECT one.id FROM {EACH_KIND} CROSS JOIN LATERAL ({statement}) AS one"
        f" ORDER BY {order} LIMIT %s",
        [*kinds.values(), *values, most],
    )


def all_of_kinds(rows: QuerySet[InterviewSession], kinds: Kinds) -> list[int] | None:
    """The ids of `rows` of these kinds where they are MOST_TAKEN at most, else None; `rows` may be
    narrowed by time. One statement, which reads the index alone."""
    try:
        statement, values = _of_kind(rows).order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return []
    with planned_each_time():
        found = fetch_all(
            f"SELECT one.id FROM {EACH_KIND} CROSS JOIN LATERAL ({statement}) AS one LIMIT %s",
            [*kinds.values(), *values, MOST_TAKEN + 1],
        )
    return [row[0] for row in found] if len(found) <= MOST_TAKEN else None


def _of_kind(rows: QuerySet[InterviewSession]) -> QuerySet[InterviewSession]:
    columns = ("role", "interview_mode", "difficulty")
    own = {name: RawSQL(f"kind.{name}", ()) for name in columns}  # noqa: S611  (our own names)
    return rows.filter(**own, status=RawSQL("state.status", ()))


def rebuild_kinds() -> int:
    """Write down anew which kinds there are; how many. Writers of interviews wait for it: one that
    relies on a kind of before must not come between."""
    if not is_postgresql():
        return 0
    with transaction.atomic():
        execute("LOCK TABLE interview_sessions IN SHARE MODE", [])
        execute("DELETE FROM interview_kinds", [])
        return execute(
            "INSERT INTO interview_kinds (role, interview_mode, difficulty)"
            " SELECT DISTINCT role, interview_mode, difficulty FROM interview_sessions",
            [],
        )


def unknown_kinds() -> list[tuple[str, str, str]]:
    """(role, mode, difficulty) that interviews have and `interview_kinds` does not: filters pass
    these interviews over. One statement; for `check_interview_data`."""
    if not is_postgresql():
        return []
    return fetch_all(  # type: ignore[return-value]
        "SELECT role, interview_mode, difficulty FROM interview_sessions"
        " EXCEPT SELECT role, interview_mode, difficulty FROM interview_kinds ORDER BY 1, 2, 3",
        [],
    )


_MADE = f"""
SELECT span.place, state.status, sum(one.n) FROM {EACH_KIND}
CROSS JOIN unnest(%s::int[], %s::timestamptz[], %s::timestamptz[]) AS span (place, start, stop)
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM interview_sessions s
    WHERE {OF_KIND} AND s.created_at >= span.start AND s.created_at < span.stop
) AS one
GROUP BY 1, 2
"""


def made_of_kinds(
    kinds: Kinds, spans: Sequence[tuple[int, datetime, datetime]]
) -> dict[tuple[int, str], int]:
    """(place, status) → interviews of these kinds made in the spans (place, start, stop) of that
    place. One statement, which reads the index alone: as many entries as are counted."""
    columns = [list(column) for column in zip(*spans, strict=True)]
    with planned_each_time():
        rows = fetch_all(_MADE, [*kinds.values(), *columns])
    return {(place, status): int(n) for place, status, n in rows if n}
