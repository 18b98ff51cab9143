"""Takes stock: every answer gets its job, whenever and by whatever it came in.

The request that takes an answer does nothing for it. Ids of answers rise, but they commit out of
order: an id below one that was seen may still appear. So the newest answers are looked at again
every time, and only what was the newest id an hour ago counts as settled.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from analytics.models import StockCursor
from interviewdata.common.sql import execute, fetch_one, to_sql_time

# No transaction that writes answers stays open for so long.
OPEN_AT_MOST = timedelta(hours=1)
# Answers that were here before come a thousand ids at a time …
OLD_BATCH = 1000
# … and nothing is added while so many wait: who ends an interview today does not stand behind all
# those of last year.
MOST_WAITING = 1000

_WAITING = """
SELECT count(*) FROM (
    SELECT 1 FROM analysis_jobs
    WHERE kind = 'answer' AND state = 'waiting' AND enqueued_at IS NULL LIMIT %s
) waiting
"""
# The newest first: where more arrive at once than are taken, those of now are not the last.
_ADD = """
INSERT INTO analysis_jobs (
    kind, session_id, response_id, state, attempts, not_before, claim, problem, created_at,
    updated_at
)
SELECT 'answer', r.session_id, r.id, 'waiting', 0, %s, '', '', %s, %s
FROM user_responses r
WHERE r.id > %s AND r.id <= %s AND r.is_current
  AND NOT EXISTS (SELECT 1 FROM analysis_jobs j WHERE j.response_id = r.id)
ORDER BY r.id DESC LIMIT %s
ON CONFLICT DO NOTHING
"""
_BATCH_END = """
SELECT max(id) FROM (
    SELECT id FROM user_responses WHERE id > %s AND id <= %s ORDER BY id LIMIT %s
) batch
"""
_NEWEST = "SELECT max(id) FROM user_responses"
_NO_END = 2**63 - 1


@transaction.atomic
def take_stock(now: datetime) -> int:
    """Make a job for each current answer that has none; how many were made.

    One transaction of 3 statements at rest: cursor, how many wait, the answers beyond it (an
    index range of the last one to two hours, however many millions there are). While answers from
    before the feature are left 3 more; once an hour 2 more. At most MOST_WAITING jobs wait at the
    end of it. Of several that take stock at once all but one do nothing.
    """
    cursor = _cursor(now)
    if cursor is None:
        return 0
    before = (cursor.looked_through, cursor.settled, cursor.mark, cursor.marked_at)
    row = fetch_one(_WAITING, [MOST_WAITING])
    room = MOST_WAITING - (row[0] if row else 0)
    if room <= 0:
        return 0
    added = _add(cursor.settled, _NO_END, room, now)
    all_new_ones_in = added < room
    if all_new_ones_in and cursor.looked_through < cursor.settled:
        added += _add_old(cursor, room - added, now)
    if all_new_ones_in and cursor.marked_at and now - cursor.marked_at >= OPEN_AT_MOST:
        if cursor.looked_through == cursor.settled:
            cursor.looked_through = cursor.mark  # what lies between was looked at all the time
        cursor.settled = cursor.mark
        cursor.mark, cursor.marked_at = max(cursor.mark, _newest()), now
    if before != (cursor.looked_through, cursor.settled, cursor.mark, cursor.marked_at):
        cursor.save()
    return added


def _cursor(now: datetime) -> StockCursor | None:
    """The row, locked; None where another process has it. Made the first time: then everything
    that is there already is old."""
    cursors = StockCursor.objects.select_for_update(skip_locked=True)
    cursor = cursors.filter(pk=1).first()
    if cursor is None and not StockCursor.objects.filter(pk=1).exists():
        newest = _newest()
        StockCursor.objects.bulk_create(
            [StockCursor(pk=1, settled=newest, mark=newest, marked_at=now)], ignore_conflicts=True
        )
        cursor = cursors.filter(pk=1).first()
    return cursor


def _add_old(cursor: StockCursor, room: int, now: datetime) -> int:
    """The next batch of what was here before. Moves `looked_through`."""
    row = fetch_one(_BATCH_END, [cursor.looked_through, cursor.settled, min(OLD_BATCH, room)])
    end = row[0] if row and row[0] is not None else cursor.settled
    added = _add(cursor.looked_through, end, room, now)
    # The last batch stays open until nobody can be writing into it any more.
    if end < cursor.settled or cursor.settled < cursor.mark or _is_over(cursor, now):
        cursor.looked_through = end
    return added


def _is_over(cursor: StockCursor, now: datetime) -> bool:
    return cursor.marked_at is not None and now - cursor.marked_at >= OPEN_AT_MOST


def _add(after: int, until: int, most: int, now: datetime) -> int:
    at = to_sql_time(now)
    return execute(_ADD, [at, at, at, after, until, most])


def _newest() -> int:
    row = fetch_one(_NEWEST, [])
    return row[0] or 0 if row else 0
