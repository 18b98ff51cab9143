"""When somebody speaks: levels of each hundredth of a second, stretches of speech between pauses.

Speech is what is loud beside the quietest tenth of the recording and has voice in it. Steady noise
and clicks are no speech; music and a hum as loud as a voice cannot be told from one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FULL = 32768.0
HOP_SECONDS = 0.01
# J. Hudson and F. Goldman-Eisler (1968) count silences from a quarter of a second; N. de Jong and
# H. R. Bosker (2013), "Choosing a threshold for silent pauses", DiSS 2013, confirm it.
PAUSE_SECONDS = 0.25
SHORTEST_SOUND_SECONDS = 0.03
# A stretch of speech has at least so much voice in it.
LEAST_VOICED_SECONDS = 0.05
LEAST_VOICED_SHARE = 0.05
# The bound lies so far up from the noise to the voice, and never deeper below the voice than this.
BOUND_SHARE = 0.35
DEEPEST_DB = 35.0
# A voice less than this above the quietest tenth has no pauses that could be heard.
LEAST_RANGE_DB = 6.0
NOISE_PERCENTILE = 10
VOICE_PERCENTILE = 75
# Noise is measured so far away from speech: its fading is not noise.
GUARD_SECONDS = 0.1
LEAST_NOISE_SECONDS = 0.3
SAMPLES_A_BLOCK = 1 << 20

PARAMETERS: dict[str, object] = {
    "frame_seconds": HOP_SECONDS,
    "pause_seconds": PAUSE_SECONDS,
    "shortest_sound_seconds": SHORTEST_SOUND_SECONDS,
    "least_voiced_seconds": LEAST_VOICED_SECONDS,
    "least_voiced_share": LEAST_VOICED_SHARE,
    "bound_share": BOUND_SHARE,
    "deepest_db": DEEPEST_DB,
    "least_range_db": LEAST_RANGE_DB,
    "noise_percentile": NOISE_PERCENTILE,
    "voice_percentile": VOICE_PERCENTILE,
    "noise_guard_seconds": GUARD_SECONDS,
    "full_scale": "0 dBFS is a square wave at full scale; a sine at full scale is -3.01",
}


@dataclass(frozen=True)
class Levels:
    """Mean square of each frame (full scale is 1), loudest sample (0–32768), samples clipped.

    swing: the loudest sample counted from the mean of all, in steps of the scale.
    """

    squares: NDArray[np.float64]
    hop: int
    peak: float
    swing: float
    clipped: int
    samples: int


def measure_levels(values: NDArray[np.int16], rate: int) -> Levels:
    """Reads `values` once, in blocks. A sample at the last step of the scale is clipped."""
    hop = max(1, round(rate * HOP_SECONDS))
    size = max(1, SAMPLES_A_BLOCK // hop) * hop
    squares, clipped = [np.zeros(0)], 0
    low, high, total = FULL, -FULL, 0.0
    for start in range(0, len(values), size):
        block = np.asarray(values[start : start + size]).astype(np.float32)
        low, high = min(low, float(block.min())), max(high, float(block.max()))
        total += float(block.sum(dtype=np.float64))
        clipped += int(np.count_nonzero(np.abs(block) >= FULL - 1))
        whole = block[: block.size // hop * hop].reshape(-1, hop)
        # A constant offset is no sound: without it, a bad microphone is never silent.
        squares.append(np.var(whole, axis=1, dtype=np.float64) / FULL**2)
    if not len(values):
        return Levels(squares[0], hop, 0.0, 0.0, 0, 0)
    mean = total / len(values)
    peak, swing = max(high, -low), max(high - mean, mean - low)
    return Levels(np.concatenate(squares), hop, peak, swing, clipped, len(values))


def find_stretches(
    squares: NDArray[np.float64], voiced: NDArray[np.bool_], frame_seconds: float
) -> list[tuple[int, int]]:
    """Speech as (first frame, frame after the last), in order, PAUSE_SECONDS or more between."""
    if not voiced.any():
        return []
    # A mean of three frames: one glottal pulse more or less in a frame is no pause.
    padded = np.pad(squares, 1, mode="edge")
    smooth = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    levels = 10 * np.log10(np.maximum(smooth, 1e-12))
    voice = float(np.percentile(levels[voiced], VOICE_PERCENTILE))
    noise = float(np.percentile(levels, NOISE_PERCENTILE))
    if voice - noise < LEAST_RANGE_DB:
        bound = voice - 2 * LEAST_RANGE_DB
    else:
        bound = max(noise + BOUND_SHARE * (voice - noise), voice - DEEPEST_DB)
    sounds = [
        (first, last)
        for first, last in _runs(levels > bound)
        if (last - first) * frame_seconds >= SHORTEST_SOUND_SECONDS
    ]
    joined: list[tuple[int, int]] = []
    for first, last in sounds:
        if joined and (first - joined[-1][1]) * frame_seconds < PAUSE_SECONDS:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return [
        (first, last)
        for first, last in joined
        if (count := int(np.count_nonzero(voiced[first:last]))) * frame_seconds
        >= LEAST_VOICED_SECONDS
        and count >= LEAST_VOICED_SHARE * (last - first)
    ]


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def noise_frames(
    count: int, stretches: list[tuple[int, int]], frame_seconds: float
) -> NDArray[np.bool_]:
    """Which of `count` frames lie GUARD_SECONDS or more away from all speech."""
    guard = round(GUARD_SECONDS / frame_seconds)
    quiet = np.ones(count, dtype=np.bool_)
    for first, last in stretches:
        quiet[max(0, first - guard) : last + guard] = False
    return quiet
