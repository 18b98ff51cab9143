"""What is kept for a while only, and taken away by age."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from sessions.models import IdempotencyRecord

# Longer than the last answer of the longest interview may be on its way: a day and seven.
REPLIES_KEPT = timedelta(days=14)


def forget_old_replies(*, now: datetime | None = None) -> int:
    """Delete the stored replies of Idempotency-Keys older than REPLIES_KEPT; how many there were.

    One statement; safe at any time.
    """
    limit = (now or timezone.now()) - REPLIES_KEPT
    deleted, _of_each = IdempotencyRecord.objects.filter(created_at__lt=limit).delete()
    return deleted
