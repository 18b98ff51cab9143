"""Transcripts: added, never changed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from sessions.enums import EventKind, Source
from sessions.models import Transcript
from sessions.services.events import emit
from sessions.services.session import lock_session


def content_digest(parts: dict[str, Any]) -> str:
    """SHA-256 (hex) of JSON values, whatever the order of keys."""
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()


@transaction.atomic
def save_transcript(
    *,
    session_id: str,
    transcript_data: Any,
    word_timestamps: list[dict[str, Any]],
    confidence_scores: list[Any],
    raw_audio_path: str,
    processed_audio_path: str,
    source: Source,
    author: str,
    now: datetime | None = None,
) -> Transcript:
    """Keep a transcript; the same one again gives the row that is there. Raises NotFound.

    `word_timestamps`: [{word, start, end, confidence}], seconds. 4 statements.
    """
    now = now or timezone.now()
    interview = lock_session(session_id)
    parts: dict[str, Any] = {
        "transcript_data": transcript_data,
        "word_timestamps": word_timestamps,
        "confidence_scores": confidence_scores,
        "raw_audio_path": raw_audio_path,
        "processed_audio_path": processed_audio_path,
    }
    transcript, is_new = Transcript.objects.get_or_create(
        session=interview,
        source=source,
        author=author,
        fingerprint=content_digest(parts),
        defaults={
            **parts,
            "user_email": interview.user_email,
            "created_at": now,
            "updated_at": now,
        },
    )
    if is_new:
        told = {"transcriptId": transcript.pk, "source": source.value}
        emit(session_id, (EventKind.TRANSCRIBED, told), now=now)
    return transcript
