"""Recordings that arrive in parts: begun, continued, ended, forgotten.

A part is in the store before its row; the row and the count of bytes move together. So every byte
that was acknowledged is there, and what was not can be sent again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import BinaryIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, F, Sum
from django.utils import timezone

from interviewdata.common.errors import Conflict, DomainError, Invalid, NotFound, TooLarge
from sessions.models import AudioUpload, AudioUploadPart
from sessions.services.session import lock_session
from sessions.services.upload_parts import part_name, remove_objects, write_part

UPLOADS_KEPT = timedelta(days=7)
MAX_PARTS = 10_000


class WrongOffset(Conflict):
    """A part that does not begin where the last one ended; `offset` is where it did."""

    def __init__(self, offset: int) -> None:
        super().__init__(
            f"This upload goes on at byte {offset}; send the part that begins there.",
            fields={"Upload-Offset": [f"Send {offset}."]},
        )
        self.offset = offset


def check_length(length: int) -> None:
    """Raise Invalid or TooLarge unless a recording may have `length` bytes."""
    if length < 1:
        raise Invalid.field("Upload-Length", "An empty recording is none.")
    if length > settings.MAX_AUDIO_BYTES:
        raise TooLarge(
            f"Upload-Length: The sound may have {settings.MAX_AUDIO_MB} MiB at most.",
            fields={"Upload-Length": [f"Send {settings.MAX_AUDIO_BYTES} at most."]},
        )


@transaction.atomic
def create_upload(
    *,
    session_id: str,
    length: int,
    metadata: str = "",
    idempotency_key: str = "",
    now: datetime | None = None,
) -> AudioUpload:
    """Begin a recording of `length` bytes; the same key again gives the upload that is there.

    Raises NotFound (no such interview), Invalid and TooLarge (length), DomainError (too many open
    uploads, key reused), TooLarge (bytes announced in all). 3 statements, 4 with a key.
    """
    now = now or timezone.now()
    check_length(length)
    interview = lock_session(session_id)
    if idempotency_key:
        found = AudioUpload.objects.filter(
            session=interview, idempotency_key=idempotency_key
        ).first()
        if found is not None:
            if (found.length_bytes, found.metadata) != (length, metadata):
                raise DomainError(
                    "This Idempotency-Key was used for another upload; take a new one.",
                    code="idempotency_key_reused",
                    fields={"Idempotency-Key": ["Take a new key for a new request."]},
                )
            return found
    _check_room(session_id, length, now)
    return AudioUpload.objects.create(
        session=interview,
        length_bytes=length,
        metadata=metadata,
        idempotency_key=idempotency_key,
        created_at=now,
        expires_at=now + UPLOADS_KEPT,
    )


def _check_room(session_id: str, length: int, now: datetime) -> None:
    """Raise unless the interview may have another open upload of that length. One statement."""
    open_ones = AudioUpload.objects.filter(
        session__session_id=session_id, used_at__isnull=True, expires_at__gt=now
    ).aggregate(number=Count("id"), announced=Sum("length_bytes"))
    if open_ones["number"] >= settings.MAX_OPEN_UPLOADS:
        raise DomainError(
            f"This interview has {open_ones['number']} recordings on their way already; "
            "send their answers or end them (DELETE) first.",
            code="too_many",
        )
    most = settings.MAX_UPLOADS_MB * 1024 * 1024
    if (open_ones["announced"] or 0) + length > most:
        raise TooLarge(
            f"The recordings on their way may have {settings.MAX_UPLOADS_MB} MiB together; "
            "send the answers of those that are there first.",
            fields={"Upload-Length": ["Send answers of earlier uploads first."]},
        )


def find_upload(upload_id: str, *, now: datetime | None = None) -> AudioUpload | None:
    """The upload, unless it is unknown or its time is over. One statement."""
    return AudioUpload.objects.filter(
        upload_id=upload_id, expires_at__gt=now or timezone.now()
    ).first()


def check_part(upload: AudioUpload, *, offset: int, size: int) -> None:
    """Raise WrongOffset, TooLarge or Invalid unless a part of `size` bytes may follow there."""
    if offset != upload.received_bytes:
        raise WrongOffset(upload.received_bytes)
    if offset + size > upload.length_bytes:
        raise TooLarge(
            f"The upload was announced with {upload.length_bytes} bytes; this part goes beyond.",
            fields={"Upload-Offset": ["The part ends behind Upload-Length."]},
        )
    if upload.part_count >= MAX_PARTS:
        raise Invalid(
            f"This upload came in {MAX_PARTS} parts already; begin it anew with larger ones."
        )


def append_part(
    upload: AudioUpload, *, offset: int, content: BinaryIO, size: int, sha256: str
) -> int:
    """Keep a part that begins at byte `offset`; where the next one begins.

    Of several for the same place at once one is kept. Writes an object, then 2 statements in one
    transaction. Raises what `check_part` raises, NotFound (ended or forgotten meanwhile) and
    NotNow (the store refuses).
    """
    check_part(upload, offset=offset, size=size)
    if size == 0:
        return offset
    name = write_part(upload.upload_id, offset, content, size=size, sha=sha256)
    with transaction.atomic():
        moved = AudioUpload.objects.filter(pk=upload.pk, received_bytes=offset).update(
            received_bytes=offset + size, part_count=F("part_count") + 1
        )
        if moved:
            AudioUploadPart.objects.create(
                upload=upload, first_byte=offset, size_bytes=size, sha256=sha256
            )
    if not moved:
        _lost_the_race(upload, offset, sha256, name)
    return offset + size


def _lost_the_race(upload: AudioUpload, offset: int, sha256: str, name: str) -> None:
    """Take back an object that no row will name, and say why."""
    there = AudioUpload.objects.filter(pk=upload.pk).first()
    # The rival that won may have sent the same bytes: then the object is its own as well.
    named = AudioUploadPart.objects.filter(upload=upload.pk, first_byte=offset, sha256=sha256)
    if there is None or not (there.used_at or named.exists()):
        try:
            default_storage.delete(name)
        except OSError:
            pass  # check_interview_data sweeps it
    if there is None:
        raise NotFound
    raise WrongOffset(there.received_bytes)


@transaction.atomic
def terminate_upload(upload: AudioUpload) -> None:
    """End an upload: its row, its parts and their objects go. What an answer made of it stays.

    4 statements: the lock first, since an answer that takes it locks in the same order.
    """
    upload_id = upload.upload_id
    AudioUpload.objects.select_for_update().filter(pk=upload.pk).first()
    AudioUpload.objects.filter(pk=upload.pk).delete()
    transaction.on_commit(lambda: remove_objects(upload_id))


@transaction.atomic
def cut_back(upload_id: str, *, first_byte: int) -> bool:
    """Have an upload go on at `first_byte`, where a part was lost from the store; whether it was
    changed: an upload that was used or is gone is left alone.

    The objects go before the rows: the same part sent again has the same name.
    """
    upload = AudioUpload.objects.select_for_update().filter(upload_id=upload_id).first()
    if upload is None or upload.used_at is not None:
        return False
    lost = upload.parts.filter(first_byte__gte=first_byte)
    for part in lost:
        default_storage.delete(part_name(upload_id, part.first_byte, part.sha256))
    lost.delete()
    upload.received_bytes = first_byte
    upload.part_count = upload.parts.count()
    upload.save(update_fields=["received_bytes", "part_count"])
    return True
