"""Proves that every recorded sound is in the store, whole, and that nothing else is.

Works through Django's storage interface alone: a local folder and a bucket alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Collate
from django.utils import timezone

from interviewdata.common.storage import TEMPORARY_PREFIX
from interviewdata.record.integrity import CHUNK, Problem
from sessions.models import Transcript, UserResponse

FOLDER = "audio"  # what sessions.services.audio writes; the rest of a store is not ours to judge
# A file is written before its row: a younger one may be waiting for its row.
GRACE = timedelta(hours=1)


def recorded() -> Any:
    """Responses with sound, a queryset."""
    return UserResponse.objects.exclude(audio_file_path="")


def missing_file_problems(
    *, deep: bool, each: Callable[[], object] = lambda: None
) -> Iterator[Problem]:
    """Recorded sounds that are gone, of another size, or (`deep`) of another content.

    `each` is called once a row. One look into the store a row; `deep` reads every file.
    """
    rows = recorded().order_by("id")
    columns = ("id", "audio_file_path", "audio_bytes", "audio_sha256")
    for pk, path, size, sha256 in rows.values_list(*columns).iterator(CHUNK):
        each()
        kind, message = _look(path, size, sha256 if deep else None)
        if kind:
            yield Problem(kind, f"user_responses {pk}", f"{path}: {message}")


def _look(path: str, size: int, sha256: str | None) -> tuple[str, str]:
    """(kind, message) of what is wrong with one file; empty texts where nothing is."""
    try:
        found = default_storage.size(path)
        if found != size:
            return "file_size", f"the file has {found} bytes, not {size}"
        if sha256 is not None and _digest(path) != sha256:
            return "file_content", "the file has another SHA-256 than the row"
    except FileNotFoundError:
        return "file_missing", "the file is not in the store"
    return "", ""


def _digest(path: str) -> str:
    digest = hashlib.sha256()
    with default_storage.open(path, "rb") as file:
        for chunk in file.chunks():
            digest.update(chunk)
    return digest.hexdigest()


def stray_file_problems(now: datetime | None = None) -> Iterator[Problem]:
    """Files of the store that no row names, older than an hour; their repair is to remove them.

    The store's names and the rows' paths are read side by side in the same order, so memory stays
    constant. A killed process leaves such files: the sound is written before its row.
    """
    limit = (now or timezone.now()) - GRACE
    collation = "C" if connection.vendor == "postgresql" else "BINARY"
    paths = recorded().annotate(path=Collate("audio_file_path", collation)).order_by("path")
    rows = paths.values_list("path", flat=True).iterator(CHUNK)
    row = next(rows, None)
    for name in _walk(FOLDER):
        while row is not None and row < name:
            row = next(rows, None)
        if row == name or not _is_stray(name, limit):
            continue
        temporary = name.rpartition("/")[2].startswith(TEMPORARY_PREFIX)
        yield Problem(
            "temporary_file" if temporary else "stray_file",
            name,
            "left behind by an interrupted upload" if temporary else "no answer names this file",
            lambda name=name: _remove(name, limit),  # type: ignore[misc]
        )


def _walk(folder: str) -> Iterator[str]:
    """Every file below `folder`, in order of their whole names."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    # A folder takes part in the order with its slash, as it stands in the names.
    for name in sorted([f"{name}/" for name in folders if name] + [name for name in files if name]):
        if name.endswith("/"):
            yield from _walk(f"{folder}/{name[:-1]}")
        else:
            yield f"{folder}/{name}"


def _is_stray(name: str, limit: datetime) -> bool:
    try:
        if default_storage.get_modified_time(name) > limit:
            return False
    except FileNotFoundError:
        return False  # renamed or swept meanwhile
    if recorded().filter(audio_file_path=name).exists():
        return False
    named = Q(raw_audio_path=name) | Q(processed_audio_path=name)
    return not Transcript.objects.filter(named).exists()


def _remove(name: str, limit: datetime) -> str:
    if not _is_stray(name, limit):
        return "in use by now; left alone"
    default_storage.delete(name)
    return "removed"
