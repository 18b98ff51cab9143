"""The waveform of a recording: drawn when it is first asked for, kept by the sound's digest."""

from __future__ import annotations

import threading

from django.core.exceptions import SuspiciousFileOperation

from interviewdata.common.errors import NotNow
from sessions.audio.facts import AudioNotChecked
from sessions.audio.peaks import NOT_NOW, draw_outline
from sessions.models import AudioPeaks
from sessions.services.audio import open_audio

# Each drawing is a process that keeps one core busy; further askers wait for their turn.
AT_ONCE = 2
PATIENCE_SECONDS = 20.0
_turns = threading.BoundedSemaphore(AT_ONCE)


def peaks_of(*, path: str, sha256: str, content_type: str) -> AudioPeaks:
    """The outline of a stored sound, drawn now if it never was.

    One statement where it is known; else one more look, the insert, and a process that decodes
    the sound. A sound that cannot be decoded gives a row with its `problem`, once and for all.
    Two that ask at once get the same row. Raises NotNow where the store or this machine is at
    fault, or where too many wait.
    """
    known = AudioPeaks.objects.filter(audio_sha256=sha256).first()
    if known is not None:
        return known
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise NotNow(NOT_NOW)
    try:
        # Somebody may have drawn it while this one waited.
        known = AudioPeaks.objects.filter(audio_sha256=sha256).first()
        if known is not None:
            return known
        try:
            with open_audio(path) as file:
                outline = draw_outline(file, content_type)
        except AudioNotChecked as error:
            raise NotNow(str(error)) from error
        except (OSError, SuspiciousFileOperation) as error:  # imported rows may name any path
            raise NotNow("The sound cannot be read from its store just now.") from error
    finally:
        _turns.release()
    row, _created = AudioPeaks.objects.get_or_create(
        audio_sha256=sha256,
        defaults={
            "duration": outline.duration,
            "peaks": outline.peaks,
            "problem": outline.problem,
            "engine": outline.engine,
        },
    )
    return row
