"""How high a voice is: the fundamental frequency of each hundredth of a second.

P. Boersma (1993), "Accurate short-term analysis of the fundamental frequency and the
harmonics-to-noise ratio of a sampled sound", IFA Proceedings 17, 97–110: the autocorrelation of a
windowed frame divided by that of its window (eq. 9), several candidates a frame (eq. 24), the best
path through them (eq. 26). The constants are those of the paper and of Praat's "To Pitch (ac)".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FLOOR_HZ = 75.0
CEILING_HZ = 600.0
PERIODS_A_WINDOW = 3
CANDIDATES = 6
VOICING_THRESHOLD = 0.45
SILENCE_THRESHOLD = 0.03
OCTAVE_COST = 0.01
OCTAVE_JUMP_COST = 0.35
VOICED_UNVOICED_COST = 0.14
LEAST_RATE = 4_000
# Sound of a higher rate is averaged down: an octave above the ceiling's harmonics is enough.
ENOUGH_RATE = 16_000
# So many frames at a time: 20 s, some 25 MB.
FRAMES_A_BLOCK = 2_000

PARAMETERS: dict[str, object] = {
    "floor_hz": FLOOR_HZ,
    "ceiling_hz": CEILING_HZ,
    "window": "Hann",
    "window_seconds": PERIODS_A_WINDOW / FLOOR_HZ,
    "candidates": CANDIDATES,
    "voicing_threshold": VOICING_THRESHOLD,
    "silence_threshold": SILENCE_THRESHOLD,
    "octave_cost": OCTAVE_COST,
    "octave_jump_cost": OCTAVE_JUMP_COST,
    "voiced_unvoiced_cost": VOICED_UNVOICED_COST,
}


def track_pitch(values: NDArray[np.int16], rate: int, hop: int, swing: float) -> Floats:
    """Hz of each frame of `hop` samples, 0 where unvoiced; as many as len(values) // hop.

    swing: the loudest sample of the whole sound, counted from its mean. Reads `values` in blocks:
    a memory map of any length does. The frames at both ends, where no whole window fits, are
    unvoiced, and all are below LEAST_RATE, where no pitch can be told.
    """
    if swing <= 0 or rate < LEAST_RATE:
        return np.zeros(len(values) // hop, dtype=np.float32)
    blocks = list(_blocks(values, rate, hop, swing))
    return np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.float32)


def _blocks(values: NDArray[np.int16], rate: int, hop: int, swing: float) -> Iterator[Floats]:
    factor = max(1, rate // ENOUGH_RATE)
    shapes = _Shapes(rate / factor)
    width = shapes.window.size * factor
    total = len(values) // hop
    # The middle of each window is the middle of its frame.
    starts = np.arange(total, dtype=np.int64) * hop + (hop - width) // 2
    inside = np.flatnonzero((starts >= 0) & (starts + width <= len(values)))
    for first in range(0, total, FRAMES_A_BLOCK):
        last = min(first + FRAMES_A_BLOCK, total)
        found = np.zeros(last - first, dtype=np.float32)
        chosen = inside[(inside >= first) & (inside < last)]
        if chosen.size:
            begin = int(starts[chosen[0]])
            end = int(starts[chosen[-1]]) + width
            some = np.asarray(values[begin:end], dtype=np.float32)
            some = some[: some.size // factor * factor].reshape(-1, factor).mean(axis=1)
            offsets = np.minimum((starts[chosen] - begin) // factor, some.size - width // factor)
            frames = some[offsets[:, None] + np.arange(width // factor)]
            found[chosen - first] = _path(*_candidates(frames, shapes, swing))
        yield found


class _Shapes:
    """What all frames of one rate share: the window, its autocorrelation, the lags looked at."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        size = max(8, int(PERIODS_A_WINDOW / FLOOR_HZ * rate))
        self.window: Floats = np.hanning(size + 2)[1:-1].astype(np.float32)
        # One lag more on each side: a maximum needs its neighbours.
        self.shortest = max(1, int(rate / CEILING_HZ) - 1)
        self.longest = min(size - 2, int(np.ceil(rate / FLOOR_HZ)) + 1)
        self.length = _smooth(size + self.longest + 1)
        power = np.abs(np.fft.rfft(self.window.astype(np.float64), self.length)) ** 2
        own = np.fft.irfft(power, self.length)[: self.longest + 1]
        self.own: Floats = (own / own[0]).astype(np.float32)


def _smooth(least: int) -> int:
    """The next length without prime factors above 5: transforms of those are quick."""
    length = least
    while True:
        rest = length
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return length
        length += 1


def _candidates(frames: Floats, shapes: _Shapes, swing: float) -> tuple[Floats, Floats]:
    """(Hz, strength) of each frame, (frames, CANDIDATES + 1) both; column 0 is "unvoiced", 0 Hz."""
    frames = frames - frames.mean(axis=1, keepdims=True)
    # How loud its middle is beside the loudest of all: quiet frames are unvoiced (eq. 23).
    middle, period = frames.shape[1] // 2, int(shapes.rate / FLOOR_HZ) // 2
    local = np.abs(frames[:, middle - period : middle + period + 1]).max(axis=1) / swing
    spectrum = np.fft.rfft(frames * shapes.window, shapes.length)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    r = np.fft.irfft(power, shapes.length)[:, : shapes.longest + 1].astype(np.float32)
    energy = r[:, :1].copy()
    r /= np.where(energy > 0, energy, np.float32(1))
    r /= shapes.own
    r = r[:, shapes.shortest :]

    before, at, after = r[:, :-2], r[:, 1:-1], r[:, 2:]
    is_top = (at > before) & (at >= after) & (at > 0.5 * VOICING_THRESHOLD)
    curve = 2 * at - before - after
    slope = 0.5 * (after - before)
    shift = np.where(is_top, slope / np.where(is_top, curve, np.float32(1)), np.float32(0))
    height = at + 0.5 * slope * shift
    # Above 1 by rounding and interpolation: reflected, as Praat does.
    height = np.where(height > 1, 1 / np.maximum(height, np.float32(1)), height)
    lags = np.arange(shapes.shortest + 1, shapes.shortest + 1 + at.shape[1], dtype=np.float32)
    hertz = np.float32(shapes.rate) / (lags + shift)
    is_top &= (hertz >= FLOOR_HZ) & (hertz <= CEILING_HZ)
    strength = np.where(
        is_top, height - OCTAVE_COST * np.log2(CEILING_HZ / hertz), np.float32(-9)
    ).astype(np.float32)

    best = np.argpartition(strength, -CANDIDATES, axis=1)[:, -CANDIDATES:]
    strengths = np.empty((len(frames), CANDIDATES + 1), dtype=np.float32)
    pitches = np.zeros_like(strengths)
    strengths[:, 1:] = np.take_along_axis(strength, best, axis=1)
    pitches[:, 1:] = np.take_along_axis(hertz, best, axis=1)
    quiet = 2 - local / (SILENCE_THRESHOLD / (1 + VOICING_THRESHOLD))
    strengths[:, 0] = VOICING_THRESHOLD + np.maximum(0, quiet)
    return pitches, strengths


def _path(pitches: Floats, strengths: Floats) -> Floats:
    """Hz of each frame along the path whose strengths less its jumps are the most (Viterbi)."""
    count, width = pitches.shape
    voiced = pitches > 0
    octaves = np.log2(np.where(voiced, pitches, np.float32(1)))
    costs = OCTAVE_JUMP_COST * np.abs(octaves[:-1, :, None] - octaves[1:, None, :])
    costs[voiced[:-1, :, None] != voiced[1:, None, :]] = VOICED_UNVOICED_COST
    came = np.zeros((count, width), dtype=np.intp)
    columns = np.arange(width)
    score = strengths[0].astype(np.float64)
    for index in range(1, count):
        reach = score[:, None] - costs[index - 1]
        came[index] = reach.argmax(axis=0)
        score = reach[came[index], columns] + strengths[index]
    at = int(score.argmax())
    found = np.empty(count, dtype=np.float32)
    for index in range(count - 1, -1, -1):
        found[index] = pitches[index, at]
        at = int(came[index, at])
    return found
