"""Whether the kept figures of interviews are what their answers' analyses give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from analytics.models import AnalysisJob, InterviewAnalytics, JobKind, JobState
from analytics.services.analytics import OWN_ENGINE, PARTS, is_own
from analytics.services.compose import answers_of, compose_interview, figures_of
from interviewdata.common.errors import NotFound

CHUNK = 500


def wrong_figures() -> Iterator[tuple[str, str]]:
    """(session id, what is wrong) of interviews that were put together and wait for nothing.

    Parts that others gave, and those of another version of ours, are not judged. 2 statements an
    interview and 1 for each 500.
    """
    done = AnalysisJob.objects.filter(kind=JobKind.INTERVIEW, state=JobState.DONE)
    ids = done.order_by("id").values_list("session_id", flat=True).iterator(CHUNK)
    while chunk := [str(one) for _, one in zip(range(CHUNK), ids, strict=False)]:
        rows = {
            row.session_id: row
            for row in InterviewAnalytics.objects.filter(session__session_id__in=chunk)
        }
        for session_id in chunk:
            if message := _difference(session_id, rows.get(session_id)):
                yield session_id, message


def compose_again(session_id: str) -> str:
    """Put an interview together anew; what was done. Raises nothing where it is gone."""
    try:
        compose_interview(session_id)
    except NotFound:
        return "the interview is gone"
    return "put together anew"


def _difference(session_id: str, row: InterviewAnalytics | None) -> str:
    """Which parts differ; empty where none does."""
    answered, skipped = answers_of(session_id)
    right = figures_of(answered, skipped)
    if row is None:
        return "has no figures, though its answers are analysed" if any(right.values()) else ""
    wrong = [name for name in PARTS if _differs(getattr(row, name), right[name])]
    return f"{', '.join(wrong)}: not what the analyses of its answers give" if wrong else ""


def _differs(kept: Any, right: dict[str, Any]) -> bool:
    if not is_own(kept) or (kept and kept.get("engine") != OWN_ENGINE):
        return False
    return bool(_as_json(kept) != _as_json(right))


def _as_json(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))
