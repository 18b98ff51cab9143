"""The sound of the sample interviews: from the folder of the fixtures into the store."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path

from sessions.models import UserResponse
from sessions.services.audio import check_audio, store_audio

SAMPLE_FOLDER = "sample_audio"


def put_sample_audio(folder: Path, paths: Collection[str]) -> int:
    """Store the sounds of `folder` that responses name under `paths`; how many were stored.

    A sample file carries any name; the SHA-256 of its bytes says which response it belongs to.
    Raises ValueError where a file would not get the path its response names.
    """
    wanted = set(paths)
    stored = 0
    for sha256, content in _sounds(folder):
        rows = UserResponse.objects.filter(audio_sha256=sha256, audio_file_path__in=wanted)
        for session_id, path in rows.values_list("session__session_id", "audio_file_path"):
            kept = store_audio(check_audio(content, size=len(content)), session_id=session_id)
            if kept.path != path:
                raise ValueError(f"{path}: the sound is kept as {kept.path}.")
            wanted.discard(path)
            stored += 1
    if wanted:
        raise ValueError(f"{folder} lacks the sound of {', '.join(sorted(wanted))}.")
    return stored


def _sounds(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.glob("*.webm")):
        content = file.read_bytes()
        yield hashlib.sha256(content).hexdigest(), content
