"""What is kept for a while only, and taken away by age."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from sessions.models import AudioUpload, IdempotencyRecord
from sessions.services.upload_parts import remove_objects

# Longer than the last answer of the longest interview may be on its way: a day and seven.
REPLIES_KEPT = timedelta(days=14)
_CHUNK = 200


def forget_old_replies(*, now: datetime | None = None) -> int:
    """Delete the stored replies of Idempotency-Keys older than REPLIES_KEPT; how many there were.

    One statement; safe at any time.
    """
    limit = (now or timezone.now()) - REPLIES_KEPT
    deleted, _of_each = IdempotencyRecord.objects.filter(created_at__lt=limit).delete()
    return deleted


def forget_old_uploads(*, now: datetime | None = None) -> int:
    """Delete uploads whose time is over, with their parts; how many. Safe at any time."""
    now = now or timezone.now()
    forgotten = 0
    while True:
        with transaction.atomic():
            old = AudioUpload.objects.select_for_update().filter(expires_at__lte=now)
            ids = list(old.order_by("id").values_list("upload_id", flat=True)[:_CHUNK])
            AudioUpload.objects.filter(upload_id__in=ids).delete()
        if not ids:
            return forgotten
        for upload_id in ids:
            remove_objects(upload_id)
        forgotten += len(ids)
