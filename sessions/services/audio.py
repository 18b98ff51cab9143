"""Sound on its way to the store: limited, inspected, hashed, written once under its own digest."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

from interviewdata.common.errors import DomainError, NotNow, TooLarge
from sessions.audio.facts import AudioNotChecked, UnreadableAudio
from sessions.audio.inspect import inspect_audio

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoredAudio:
    """A sound file in the store. `size` in bytes, `duration` in seconds where it can be told."""

    path: str
    sha256: str
    content_type: str
    size: int
    duration: float | None


@dataclass(frozen=True)
class CheckedAudio:
    """A sound that arrived and is readable, not yet stored."""

    file: BinaryIO
    sha256: str
    content_type: str
    extension: str
    size: int
    duration: float | None


def check_audio(source: bytes | BinaryIO, *, size: int, field: str = "audio") -> CheckedAudio:
    """Find out what arrived. Raises TooLarge, DomainError (unreadable_audio), NotNow.

    `field` is the wire name that a refusal speaks of.
    """
    if size > settings.MAX_AUDIO_BYTES:
        raise TooLarge(f"{field}: The sound may have {settings.MAX_AUDIO_MB} MiB at most.")
    file: BinaryIO = BytesIO(source) if isinstance(source, bytes) else source
    try:
        facts = inspect_audio(file)
    except AudioNotChecked as error:
        raise NotNow(str(error)) from error
    except UnreadableAudio as error:
        raise DomainError(
            f"{field}: {error}", code="unreadable_audio", fields={field: [str(error)]}
        ) from error
    if isinstance(source, bytes):
        sha256 = hashlib.sha256(source).hexdigest()
    else:
        digest = hashlib.file_digest(file, "sha256")  # type: ignore[arg-type]
        sha256 = digest.hexdigest()
        file.seek(0)
    return CheckedAudio(file, sha256, facts.content_type, facts.extension, size, facts.duration)


def audio_name(audio: CheckedAudio, *, session_id: str) -> str:
    """Where a sound stands in the store: its digest inside a folder of the interview's own, which
    is named by a digest too: session ids of imported interviews are no file names."""
    folder = hashlib.sha256(session_id.encode()).hexdigest()[:32]
    return f"audio/{folder[:2]}/{folder}/{audio.sha256}.{audio.extension}"


def store_audio(audio: CheckedAudio, *, session_id: str) -> StoredAudio:
    """Write the sound, whole and durable, before this returns; the same sound again is one file.

    Raises NotNow where the store refuses.
    """
    name = audio_name(audio, session_id=session_id)
    try:
        path = default_storage.save(name, File(audio.file, name=name))
    except OSError as error:
        logger.exception("sound could not be stored")
        raise NotNow(
            "The sound cannot be stored just now; please send the answer again."
        ) from error
    return StoredAudio(path, audio.sha256, audio.content_type, audio.size, audio.duration)


def open_audio(path: str) -> Any:
    """The stored file, opened for reading. Raises FileNotFoundError."""
    return default_storage.open(path, "rb")
