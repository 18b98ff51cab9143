"""From decoded sound to words: Whisper on this machine, or an OpenAI-compatible endpoint.

    transcriber().transcribe(samples) -> Transcription

Each module gets plain values. `transcriber` is handed on from analytics.services.transcriber, which
reads the settings.
"""

from __future__ import annotations

from analytics.engines.transcription.base import Transcriber, TranscriptionFailed

__all__ = ["Transcriber", "TranscriptionFailed", "transcriber"]


def transcriber() -> Transcriber | None:
    """The transcriber of this installation's settings, None where there is none. Costs no query;
    a model is loaded only with the first recording."""
    from analytics.services import transcriber as chosen

    return chosen.transcriber()
