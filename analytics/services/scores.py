"""The table of overall scores: proved against the judgements, and made anew."""

from __future__ import annotations

import importlib

from django.db import transaction

from analytics.models import InterviewScore
from interviewdata.common.sql import execute, fetch_all, is_postgresql

# What must stand there is said once, beside the triggers that write it.
_COUNTED = importlib.import_module("analytics.migrations.0008_interview_scores").COUNTED
_COLUMNS = "session_id, mean, role, interview_mode, difficulty, status, created_at"
_DIFFERING = f"""
SELECT c.session_id, t.mean, c.mean
FROM ({_COUNTED}) AS c LEFT JOIN interview_scores t ON t.session_id = c.session_id
WHERE t.session_id IS NULL OR abs(t.mean - c.mean) > 1e-9
   OR (t.role, t.interview_mode, t.difficulty, t.status, t.created_at)
   <> (c.role, c.interview_mode, c.difficulty, c.status, c.created_at)
UNION ALL
SELECT t.session_id, t.mean, NULL
FROM interview_scores t LEFT JOIN ({_COUNTED}) AS c ON c.session_id = t.session_id
WHERE c.session_id IS NULL
ORDER BY 1
"""


def wrong_scores() -> list[tuple[str, float | None, float | None]]:
    """(session id, the mean that stands there, the mean of the judgements) where row and judgements
    or row and interview differ; None: no row, no score. One statement, which reads all
    judgements. For `check_interview_data`."""
    return fetch_all(_DIFFERING, [])  # type: ignore[return-value]


@transaction.atomic
def rebuild_scores() -> int:
    """Make all rows anew; how many there are. Writers of judgements wait for it."""
    if is_postgresql():
        execute("LOCK TABLE feedback, interview_sessions IN SHARE MODE", [])
    InterviewScore.objects.all().delete()
    return execute(f"INSERT INTO interview_scores ({_COLUMNS}) {_COUNTED}", [])
