"""Computed analysis of an interview, one row each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from analytics.models import InterviewAnalytics
from sessions.enums import Source
from sessions.services.session import lock_session

# What makes figures here, and which version of it: every part that is ours names it.
OWN_ENGINE = "interviewdata analysis 1"
_OWN = OWN_ENGINE.rpartition(" ")[0]
PARTS = ("question_analytics", "voice_metrics", "emotion_analysis", "response_patterns")


@transaction.atomic
def save_analytics(
    *,
    session_id: str,
    parts: dict[str, Any],
    source: Source,
    engine: str,
    now: datetime | None = None,
) -> InterviewAnalytics:
    """Keep what was computed; parts that were not sent (None) stay as they are. Raises NotFound.

    What a candidate's client says is always kept in `reported`, and stands in the columns only
    until a service has spoken.
    """
    now = now or timezone.now()
    row = _locked_row(session_id, source, engine, now)
    sent = {name: parts[name] for name in PARTS if parts.get(name) is not None}
    if source == Source.CANDIDATE:
        row.reported = {**row.reported, **sent}
    elif row.source == Source.CANDIDATE:
        _clear(row)
    if source != Source.CANDIDATE or row.source == Source.CANDIDATE:
        row.source, row.engine = source, engine
        for name, value in sent.items():
            setattr(row, name, value)
    row.updated_at = now
    row.save()
    return row


@transaction.atomic
def save_computed(
    *, session_id: str, parts: dict[str, Any], now: datetime | None = None
) -> InterviewAnalytics | None:
    """Keep what was computed here; a part that another service gave stays as it is, and so does
    the row's `engine` then. None where there is nothing to keep. Raises NotFound.

    A part is ours where it is empty or names OWN_ENGINE in its `engine`. What has not changed is
    not written. At most 4 statements.
    """
    now = now or timezone.now()
    lock_session(session_id)
    row = (
        InterviewAnalytics.objects.select_for_update()
        .filter(session__session_id=session_id)
        .first()
    )
    if row is None:
        if not any(parts.values()):
            return None
        row = _locked_row(session_id, Source.SERVICE, OWN_ENGINE, now)
    before = [getattr(row, name) for name in (*PARTS, "source", "engine")]
    if row.source == Source.CANDIDATE:
        if not any(parts.values()):
            return row
        _clear(row)
    for name in PARTS:
        if is_own(getattr(row, name)):
            setattr(row, name, parts[name])
    if all(is_own(getattr(row, name)) for name in PARTS):
        row.source, row.engine = Source.SERVICE, OWN_ENGINE
    if before != [getattr(row, name) for name in (*PARTS, "source", "engine")]:
        row.updated_at = now
        row.save()
    return row


def is_own(part: Any) -> bool:
    """Whether nobody else has given this part."""
    if not part:
        return True
    engine = part.get("engine") if isinstance(part, dict) else None
    return isinstance(engine, str) and engine.rpartition(" ")[0] == _OWN


def _locked_row(session_id: str, source: Source, engine: str, now: datetime) -> InterviewAnalytics:
    """The row, locked; made where there is none. Raises NotFound."""
    interview = lock_session(session_id)
    row, _created = InterviewAnalytics.objects.select_for_update().get_or_create(
        session=interview,
        defaults={
            "user_email": interview.user_email,
            "source": source,
            "engine": engine,
            "created_at": now,
            "updated_at": now,
        },
    )
    return row


def _clear(row: InterviewAnalytics) -> None:
    """The first service: what the candidate's client said leaves the columns."""
    for name in PARTS:
        setattr(row, name, {})
