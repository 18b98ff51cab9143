"""Feedback: kept once, completes its interview, and moves the person's figures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from analytics.models import DashboardStats, Feedback
from analytics.services.dashboard import rebuild_stats
from sessions.enums import EventKind, Source, Status
from sessions.services.events import emit
from sessions.services.session import lock_session, move_status
from sessions.services.transcript import content_digest


@transaction.atomic
def save_feedback(
    *,
    session_id: str,
    content: dict[str, Any],
    source: Source,
    author: str,
    completes: bool = True,
    submission: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> tuple[Feedback, DashboardStats]:
    """Keep a judgement, complete the interview and rebuild the person's row, all or nothing.

    `content` holds columns of Feedback: scores 0–10 or None, categories name → 0–10, lists of
    text. The same content from the same author again gives the row that is there; `submission`
    (JSON values) says what "the same" means where more was submitted than the columns hold.
    With `completes` off the interview keeps its status. Raises NotFound.
    """
    now = now or timezone.now()
    interview = lock_session(session_id)
    feedback, is_new = Feedback.objects.get_or_create(
        session=interview,
        source=source,
        author=author,
        fingerprint=content_digest(content if submission is None else submission),
        defaults={**content, "user_email": interview.user_email, "created_at": now},
    )
    if is_new:
        emit(session_id, (EventKind.SCORED, {"source": source.value}), now=now)
    if completes and interview.status != Status.COMPLETED:
        move_status(interview, Status.COMPLETED, now=now)
    return feedback, rebuild_stats(email=interview.user_email, now=now)
