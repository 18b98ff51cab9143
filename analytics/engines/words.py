"""What was said: the words of one recording, and by what they were heard."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Word:
    """One word. start, end: seconds from the beginning of its recording; confidence: 0–1."""

    word: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True)
class Transcription:
    """All words of one recording in their order; none where nobody speaks.

    language: two letters, or empty where unknown. engine: name and version, such as
    "faster-whisper 1.2.1"; model: which one it used; parameters: as they were given to it.
    """

    words: list[Word]
    language: str
    engine: str
    model: str
    parameters: dict[str, Any] = field(default_factory=dict)
