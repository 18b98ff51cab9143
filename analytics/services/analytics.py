"""Computed analysis of an interview, one row each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from analytics.models import InterviewAnalytics
from sessions.enums import Source
from sessions.services.session import lock_session

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
    sent = {name: parts[name] for name in PARTS if parts.get(name) is not None}
    if source == Source.CANDIDATE:
        row.reported = {**row.reported, **sent}
    elif row.source == Source.CANDIDATE:
        # The first service: what the candidate's client said leaves the columns.
        for name in PARTS:
            setattr(row, name, {})
    if source != Source.CANDIDATE or row.source == Source.CANDIDATE:
        row.source, row.engine = source, engine
        for name, value in sent.items():
            setattr(row, name, value)
    row.updated_at = now
    row.save()
    return row
