"""Proves that recordings on their way are whole: every acknowledged byte is in the store, and
nothing is there that no upload speaks of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from interviewdata.common.storage import TEMPORARY_PREFIX
from interviewdata.record.integrity import Problem
from interviewdata.record.integrity_files import GRACE
from sessions.models import AudioUpload, AudioUploadPart
from sessions.services.upload import cut_back
from sessions.services.upload_parts import FOLDER, part_name

_CHUNK = 200


def lost_part_problems(*, deep: bool = False, now: datetime | None = None) -> Iterator[Problem]:
    """Parts that are gone from the store, of another size, or (`deep`) of another content, and
    counts of bytes that are not those of the parts. The repair has the client send them again.

    Of uploads that go on: two statements for each 200, one look into the store a part.
    """
    uploads = AudioUpload.objects.filter(
        used_at__isnull=True, expires_at__gt=now or timezone.now()
    ).order_by("id")
    in_order = Prefetch("parts", AudioUploadPart.objects.order_by("first_byte"))
    for upload in uploads.prefetch_related(in_order).iterator(_CHUNK):
        if _first_wrong(upload, list(upload.parts.all()), deep=deep) is None:
            continue
        # Its client may be sending just now: behind a lock the row and its parts agree.
        found = _locked_look(upload.upload_id, deep=deep)
        if found is not None:
            yield Problem(
                "upload_part",
                f"audio_uploads {upload.upload_id}",
                found[1],
                lambda upload_id=upload.upload_id: _cut_back(upload_id, deep=deep),  # type: ignore[misc]
            )


@transaction.atomic
def _locked_look(upload_id: str, *, deep: bool) -> tuple[int, str] | None:
    upload = AudioUpload.objects.select_for_update().filter(upload_id=upload_id).first()
    if upload is None or upload.used_at is not None:
        return None
    return _first_wrong(upload, list(upload.parts.order_by("first_byte")), deep=deep)


def _first_wrong(
    upload: AudioUpload, parts: list[AudioUploadPart], *, deep: bool
) -> tuple[int, str] | None:
    """The byte from which on the upload is not what its row says, and why."""
    end = sound = 0  # `sound`: the end of the last part that lies within what the row says
    for part in parts:
        if part.first_byte != end:
            return sound, f"no part begins at byte {end}"
        name = part_name(upload.upload_id, part.first_byte, part.sha256)
        try:
            size = default_storage.size(name)
            if size != part.size_bytes:
                return sound, f"{name}: the file has {size} bytes, not {part.size_bytes}"
            if deep and _digest(name) != part.sha256:
                return sound, f"{name}: the file has another SHA-256 than its row"
        except FileNotFoundError:
            return sound, f"{name}: the file is not in the store"
        end += part.size_bytes
        sound = end if end <= upload.received_bytes else sound
    if (upload.received_bytes, upload.part_count) != (end, len(parts)):
        return sound, (
            f"says {upload.received_bytes} bytes in {upload.part_count} parts, "
            f"there are {end} in {len(parts)}"
        )
    return None


def _digest(name: str) -> str:
    with default_storage.open(name, "rb") as file:
        digest = hashlib.sha256()
        for chunk in file.chunks():
            digest.update(chunk)
    return digest.hexdigest()


@transaction.atomic
def _cut_back(upload_id: str, *, deep: bool) -> str:
    found = _locked_look(upload_id, deep=deep)
    if found is None or not cut_back(upload_id, first_byte=found[0]):
        return "whole, used or ended by now; left alone"
    return f"goes on at byte {found[0]}"


def stray_part_problems(now: datetime | None = None) -> Iterator[Problem]:
    """Objects of the store that no part names, older than an hour; their repair is to remove them.

    A killed process leaves such: the part is written before its row and removed after it. One
    statement an upload in the store.
    """
    limit = (now or timezone.now()) - GRACE
    try:
        folders, _files = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    for upload_id in sorted(filter(None, folders)):
        named = _names_of(upload_id)
        folder = f"{FOLDER}/{upload_id}"
        try:
            files = default_storage.listdir(folder)[1]
        except FileNotFoundError:
            continue
        for name in sorted(f"{folder}/{file}" for file in files if file):
            if name not in named and _is_old(name, limit):
                temporary = name.rpartition("/")[2].startswith(TEMPORARY_PREFIX)
                yield Problem(
                    "temporary_file" if temporary else "stray_file",
                    name,
                    "left behind by an interrupted upload"
                    if temporary
                    else "no upload names this file",
                    lambda name=name, of=upload_id: _remove(name, of, limit),  # type: ignore[misc]
                )


def _names_of(upload_id: str) -> set[str]:
    parts = AudioUploadPart.objects.filter(upload__upload_id=upload_id)
    return {part_name(upload_id, *row) for row in parts.values_list("first_byte", "sha256")}


def _is_old(name: str, limit: datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) <= limit
    except FileNotFoundError:
        return False  # removed meanwhile


def _remove(name: str, upload_id: str, limit: datetime) -> str:
    if name in _names_of(upload_id) or not _is_old(name, limit):
        return "in use by now; left alone"
    default_storage.delete(name)
    return "removed"
