"""Sounds of known truth: made from a seed, int16 at 16,000 samples a second."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
Sound = NDArray[np.int16]


def pulses(seconds: float, start_hz: float, end_hz: float, *, level: float = 0.3) -> Sound:
    """A voice-like buzz: harmonics up to 4 kHz that fall by 1/n, gliding evenly in semitones.

    level: root mean square, full scale is 1.
    """
    time = np.arange(round(seconds * RATE)) / RATE
    hertz = start_hz * (end_hz / start_hz) ** (time / seconds)
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    wave = np.zeros_like(time)
    for number in range(1, int(4_000 / max(start_hz, end_hz)) + 1):
        wave += np.sin(number * phase) / number
    return scale(wave, level)


def tone(seconds: float, hertz: float, *, level: float = 0.3) -> Sound:
    return scale(np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE), level)


def noise(seconds: float, *, level: float, seed: int = 1) -> Sound:
    """White, of this root mean square."""
    return scale(np.random.default_rng(seed).normal(size=round(seconds * RATE)), level)


def silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE), dtype=np.int16)


def scale(wave: NDArray[np.float64], level: float) -> Sound:
    wave = wave * (level / np.sqrt(np.mean(wave**2)))
    return np.clip(np.round(wave * 32768), -32768, 32767).astype(np.int16)


def mix(one: Sound, other: Sound) -> Sound:
    return np.clip(one.astype(np.int32) + other, -32768, 32767).astype(np.int16)
