"""Word times set right by the sound itself.

A model of Whisper's kind says a word begins where it grows sure of it, 0.1 to 0.3 s into it, or
somewhere in the pause before it (measured with tiny.en). Where a pause lies beside a word, the
sound shows its edge better.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.engines.words import Word

FRAME_SECONDS = 0.01
# How far an edge is moved outwards, over sound that goes on without a break.
REACH_SECONDS = 0.5
# A break shorter than this belongs to the word: the closed lips of a "p".
BREAK_SECONDS = 0.08
LEAST_WORD_SECONDS = 0.05
# Loud is what is above both: a share of the speech around it, a multiple of the quiet around it.
SPEECH_SHARE, QUIET_MULTIPLE = 0.03, 2.5
AROUND_SECONDS = 3.0


def with_edges(words: list[Word], values: NDArray[np.int16], rate: int) -> list[Word]:
    """The words of one piece, times in seconds from its beginning, with starts after a pause and
    ends before one where the sound begins and ends. Words never come to overlap."""
    frame = int(rate * FRAME_SECONDS)
    count = len(values) // frame
    if not words or not count:
        return words
    part = values[: count * frame].astype(np.float32).reshape(count, frame)
    level = np.sqrt(np.square(part).mean(axis=1))
    found: list[Word] = []
    for index, word in enumerate(words):
        earliest = found[-1].end if found else 0.0
        latest = words[index + 1].start if index + 1 < len(words) else count * FRAME_SECONDS
        found.append(_with_edges(word, level, earliest, latest))
    return found


def _with_edges(word: Word, level: NDArray[np.float32], earliest: float, latest: float) -> Word:
    first, last = _at(word.start), min(_at(word.end), len(level) - 1)
    if last <= first:
        return word
    around = _at(AROUND_SECONDS)
    near = level[max(0, first - around) : last + around]
    quiet, speech = np.percentile(near, (10, 95))
    is_loud = level > max(quiet * QUIET_MULTIPLE, speech * SPEECH_SHARE)
    loud = np.flatnonzero(is_loud[first : last + 1])
    if not len(loud):
        return word
    start, end = word.start, word.end
    least = _at(LEAST_WORD_SECONDS)
    if word.start - earliest > FRAME_SECONDS:
        reached = _outwards(is_loud, first, max(_at(earliest), first - _at(REACH_SECONDS)))
        if reached is None:  # quiet all around: the sound begins later
            reached = min(first + int(loud[0]), last - least)
        start = reached * FRAME_SECONDS
    if latest - word.end > FRAME_SECONDS:
        most = min(_at(latest), last + _at(REACH_SECONDS), len(level) - 1)
        reached = _outwards(is_loud, last, most)
        if reached is None:
            reached = max(first + int(loud[-1]), _at(start) + least)
        end = (reached + 1) * FRAME_SECONDS
    start = max(min(start, word.end), earliest)
    end = max(start, min(end, max(latest, word.end)))
    return Word(word.word, round(start, 3), round(end, 3), word.confidence)


def _outwards(is_loud: NDArray[np.bool_], begin: int, limit: int) -> int | None:
    """The last loud frame on the way from `begin` to `limit` without a break; None where the way
    begins with one."""
    step = 1 if limit >= begin else -1
    edge, quiet = None, 0
    for frame in range(begin, limit + step, step):
        if is_loud[frame]:
            edge, quiet = frame, 0
        else:
            quiet += 1
            if quiet > _at(BREAK_SECONDS):
                break
    return edge


def _at(seconds: float) -> int:
    # A hair on, so that rounding does not put a time before its frame.
    return int(seconds / FRAME_SECONDS + 1e-6)
