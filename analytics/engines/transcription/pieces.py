"""Long sound in pieces, and the words of all pieces as one list in order."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from analytics.engines.words import Word

# A piece ends in the quietest half second of its last fifth.
SEARCHED_SHARE = 0.2
QUIET_SECONDS = 0.5
STEP_SECONDS = 0.1
# Full scale is 32,768. A microphone's own noise is louder than this; only a muted one is not.
MUTE_LEVEL = 8


def pieces(
    values: NDArray[np.int16], rate: int, longest: float
) -> Iterator[tuple[float, NDArray[np.int16]]]:
    """(seconds before it, values) of each piece, at most `longest` seconds, cut where it is quiet.

    Pieces of silence alone are left out: nobody speaks in them, and a recording with one wrong
    time stamp can have hours of it. Slices of `values`; nothing is copied.
    """
    most = int(longest * rate)
    begin = 0
    while begin < len(values):
        end = len(values)
        if end - begin > most:
            end = _quietest(values, begin + int(most * (1 - SEARCHED_SHARE)), begin + most, rate)
        piece = values[begin:end]
        if _is_heard(piece):
            yield begin / rate, piece
        begin = end


def _is_heard(piece: NDArray[np.int16]) -> bool:
    return bool(len(piece)) and max(int(piece.max()), -int(piece.min())) > MUTE_LEVEL


def _quietest(values: NDArray[np.int16], begin: int, end: int, rate: int) -> int:
    """The middle of the quietest half second between two positions."""
    step, width = int(STEP_SECONDS * rate), round(QUIET_SECONDS / STEP_SECONDS)
    count = (end - begin) // step
    if count <= width:
        return end
    part = values[begin : begin + count * step].astype(np.float32).reshape(count, step)
    energy = np.convolve(np.square(part).mean(axis=1), np.ones(width), mode="valid")
    return begin + int(energy.argmin()) * step + width * step // 2


def ordered(words: list[Word], seconds: float) -> list[Word]:
    """The words as a transcript needs them, from what a model gave.

    Bare of space around them, empty ones left out; times as numbers from 0 to `seconds`, in order
    and to the millisecond; confidence from 0 to 1 (what is no number counts as 0).
    """
    found: list[Word] = []
    before_start = before_end = 0.0
    for word in words:
        text = " ".join(word.word.split())
        if not text or not math.isfinite(word.start) or not math.isfinite(word.end):
            continue
        start = min(max(round(word.start, 3), before_start), seconds)
        end = min(max(round(word.end, 3), start, before_end), seconds)
        confidence = min(max(word.confidence, 0.0), 1.0) if math.isfinite(word.confidence) else 0.0
        found.append(Word(text, start, end, round(confidence, 4)))
        before_start, before_end = start, end
    return found
