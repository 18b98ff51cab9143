"""The result of looking at a sound file, and the errors of looking."""

from __future__ import annotations

import math
from dataclasses import dataclass

UNDERSTOOD = "WebM, Ogg, MP4 (M4A), MP3, WAV, FLAC and AAC sound is understood"
LATER = "The sound could not be checked just now; please send it again."

# A longer sound is not believed: one damaged time stamp can claim centuries.
LONGEST_SECONDS = 7 * 24 * 3600.0


@dataclass(frozen=True)
class AudioFacts:
    """What was measured in a sound file.

    content_type: the true type, lower case and without parameters, such as "audio/webm".
    extension: file name ending that belongs to it, without a dot, such as "webm".
    duration: seconds, from the first sound to the end of the last; None where the file is
        readable but its time stamps make no sense (negative, or beyond LONGEST_SECONDS).
    """

    content_type: str
    extension: str
    duration: float | None


class UnreadableAudio(ValueError):
    """The bytes are not a sound recording that can be played.

    `str(error)` is one sentence for a person.
    """


class AudioNotChecked(UnreadableAudio):
    """The file could not be looked at now; it may well be a good recording.

    The machine, not the file, is at fault: the checking process could not be started, was out
    of time on a busy machine, or reading failed. Callers may answer "try again" (503) where a
    plain UnreadableAudio means "send something else" (422).
    """


def believable(seconds: float) -> float | None:
    """`seconds` rounded to a millisecond, or None where no recording can be that long."""
    if not math.isfinite(seconds) or not 0 <= seconds <= LONGEST_SECONDS:
        return None
    return round(seconds, 3)
