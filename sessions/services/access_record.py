"""Every look of staff and services at candidates' data leaves a row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.utils import timezone

from interviewdata.common.sql import execute, is_postgresql, to_sql_json, to_sql_time

_INSERT = """
INSERT INTO access_records (at, actor, action, resource, session_ids, detail)
VALUES (%s, %s, %s, %s, %s, %s)
"""
# PostgreSQL, where the row is a transaction of its own: the reader need not wait for the disk.
# No crash of ours loses the row; one of the database's machine may lose the last half second.
_INSERT_UNHURRIED = """
WITH unhurried AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO access_records (at, actor, action, resource, session_ids, detail)
SELECT %s::timestamptz, %s, %s, %s, %s::jsonb, %s FROM unhurried
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
    alone = is_postgresql() and not connection.in_atomic_block
    execute(
        _INSERT_UNHURRIED if alone else _INSERT,
        [
            to_sql_time(now or timezone.now()),
            actor[:200],
            action,
            resource,
            to_sql_json(list(session_ids)),
            detail[:300],
        ],
    )
