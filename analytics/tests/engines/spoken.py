"""Speech for tests: sentences whose words are known, and the sample recordings."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from sessions.audio.samples import samples_of

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "sample_audio"
RATE = 16_000


@dataclass(frozen=True)
class Sound:
    values: NDArray[np.int16]
    rate: int = RATE

    @property
    def seconds(self) -> float:
        return len(self.values) / self.rate


@cache
def recorded(name: str) -> Sound:
    """One of the sample recordings, decoded."""
    with (FOLDER / f"{name}.webm").open("rb") as file, samples_of(file, "audio/webm") as found:
        return Sound(np.array(found.values))


def said(name: str) -> str:
    """What the sample recording says: the answer with its SHA-256."""
    digest = hashlib.sha256((FOLDER / f"{name}.webm").read_bytes()).hexdigest()
    rows = json.loads((FOLDER.parent / "sample_interviews.json").read_text(encoding="utf-8"))
    return next(
        row["fields"]["user_answer"] for row in rows if row["fields"].get("audio_sha256") == digest
    )


def silence(seconds: float) -> NDArray[np.int16]:
    return np.zeros(int(seconds * RATE), np.int16)


def noise(seconds: float, level: float, seed: int = 1) -> NDArray[np.int16]:
    """White noise; level: its standard deviation, of 32,768."""
    values = np.random.default_rng(seed).normal(0, level, int(seconds * RATE))
    return np.clip(values, -32768, 32767).astype(np.int16)
