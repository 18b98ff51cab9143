"""Every look of staff and services at candidates' data leaves a row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from interviewdata.common.sql import execute, fetch_all, is_postgresql, to_sql_json, to_sql_time

_INSERT = """
INSERT INTO access_records (at, actor, action, resource, session_ids, detail)
VALUES (%s, %s, %s, %s, %s, %s)
"""
# PostgreSQL, where the row is a transaction of its own: the reader need not wait for the disk.
# No crash of ours loses the row; one of the database's machine may lose the last half second.
_UNHURRIED = "unhurried AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))"
_INSERT_UNHURRIED = f"""
WITH {_UNHURRIED}
INSERT INTO access_records (at, actor, action, resource, session_ids, detail)
SELECT %s::timestamptz, %s, %s, %s, %s::jsonb, %s FROM unhurried
"""
# A page and its record in one round trip: `statement` gives (body, session id), one row more than
# is shown.
_PAGE_RECORDED = """
WITH {unhurried} page (body, session_id) AS MATERIALIZED ({statement}),
recorded AS (
    INSERT INTO access_records (at, actor, action, resource, session_ids, detail)
    SELECT %s::timestamptz, %s, %s, %s, ids.list, %s
    FROM {hurry} (SELECT COALESCE(jsonb_agg(DISTINCT session_id), '[]'::jsonb) AS list
                  FROM (SELECT session_id FROM page LIMIT %s) AS shown) AS ids
)
SELECT body, session_id FROM page
"""


def record_access(
    *,
    actor: str,
    action: str,
    resource: str,
    session_ids: Sequence[str],
    detail: str = "",
    now: datetime | None = None,
) -> None:
    """Write who (`user:NAME`, `service:NAME`) saw which interviews. One statement; a candidate's
    own look (no actor) writes nothing."""
    if not actor:
        return
    execute(
        _INSERT_UNHURRIED if _is_alone() else _INSERT,
        [
            to_sql_time(now or timezone.now()),
            actor[:200],
            action,
            resource,
            to_sql_json(list(session_ids)),
            detail[:300],
        ],
    )


def fetch_page_recorded(
    statement: str,
    values: Sequence[Any],
    *,
    shown: int,
    actor: str,
    action: str,
    resource: str,
    detail: str = "",
) -> list[tuple[Any, ...]]:
    """The rows (body, session id) of a page, of which the first `shown` are going to be seen, and
    the record of that look. One statement on PostgreSQL, two elsewhere."""
    if not is_postgresql():
        rows = fetch_all(statement, values)
        record_access(
            actor=actor,
            action=action,
            resource=resource,
            session_ids=sorted({row[1] for row in rows[:shown]}),
            detail=detail,
        )
        return rows
    alone = _is_alone()
    recorded = _PAGE_RECORDED.format(
        statement=statement,
        unhurried=f"{_UNHURRIED}," if alone else "",
        hurry="unhurried," if alone else "",
    )
    record = [timezone.now(), actor[:200], action, resource, detail[:300], shown]
    return fetch_all(recorded, [*values, *record])


def _is_alone() -> bool:
    """Whether a statement now is a transaction of its own, on PostgreSQL."""
    return is_postgresql() and not connection.in_atomic_block
