"""What every transcriber does, and how it fails."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analytics.engines.words import Transcription

RATE = 16_000


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for the catalogues by the name they look for, without Django: engines know
    nothing of it. Pages say it in their reader's language."""
    return sentence


class Sound(Protocol):
    """A decoded sound, such as `sessions.audio.samples.Samples`: mono, int16, 16,000 a second."""

    @property
    def values(self) -> NDArray[np.int16]: ...
    @property
    def rate(self) -> int: ...


class Transcriber(Protocol):
    """Turns one recording into words.

    engine: name and version, as each transcription carries it; model: which one is used.
    """

    @property
    def engine(self) -> str: ...
    @property
    def model(self) -> str: ...

    def transcribe(self, samples: Sound, language: str | None = None) -> Transcription:
        """All words of `samples`; none where nobody speaks.

        language: two letters; None is the transcriber's own setting, or what it hears. Raises
        TranscriptionFailed. Words come in their order: start <= end, no word starts or ends before
        the one before it, none lies outside the recording.
        """
        ...


class TranscriptionFailed(Exception):
    """There is no transcription now. `str(error)` is one sentence for a person.

    again: whether trying again later may help; where not, something has to be set right first.
    """

    def __init__(self, message: str, again: bool) -> None:
        super().__init__(message)
        self.again = again
