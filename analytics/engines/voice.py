"""What a recording's sound shows: pitch, loudness, pauses, rate of speech, quality.

Figures of the sound alone: they name no emotion, no person and no worth. The unit of each figure is
in its name; None stands where the sound does not allow it, with the reason under "not_measured".
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import exp2, log2, log10, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.engines import activity, pitch
from analytics.engines.words import Word

NAME = "voice"
VERSION = "1"
# Less voice than half a second makes no median; less speech than a second no rate.
LEAST_PITCH_SECONDS = 0.5
LEAST_RATE_SECONDS = 1.0
STEP_SEMITONES = 0.25
RANGE_BELOW, RANGE_ABOVE = 0.75, 2.5
BINS = round(12 * log2(pitch.CEILING_HZ / pitch.FLOOR_HZ) / STEP_SEMITONES)
MOST_PAUSES = 200
MOST_LATENCIES = 1_000


def measure_voice(
    values: NDArray[np.int16], rate: int, *, words: Sequence[Word] | None = None
) -> dict[str, Any]:
    """All figures of one recording: `values` mono at full scale ±32768, `rate` samples a second.

    words: what was said in it, where known; without them there is no rate of speech. Keys: seconds,
    pitch, loudness, speech, pauses, rate, quality, not_measured (figure → reason), method, and
    basis, from which combine_voice works. About 0.2 CPU-seconds a minute; a memory map of hours is
    read in blocks. Raises ValueError for a rate that is no rate or values of another shape.
    """
    if rate <= 0 or values.ndim != 1 or values.dtype != np.int16:
        raise ValueError("Sound is one row of int16 samples at a rate above 0")
    levels = activity.measure_levels(values, rate)
    hertz = pitch.track_pitch(values, rate, levels.hop, levels.swing)
    frame = levels.hop / rate
    squares = levels.squares
    stretches = activity.find_stretches(squares, hertz > 0, frame)
    quiet = activity.noise_frames(len(squares), stretches, frame)
    speaking = np.zeros(len(squares), dtype=np.bool_)
    for first, last in stretches:
        speaking[first:last] = True
    # What has a pitch outside of speech is a squeak or a hum, not the voice.
    heard = _in_range(hertz[speaking & (hertz > 0)].astype(np.float64))
    pauses = [(before[1] * frame, after[0] * frame) for before, after in pairwise(stretches)]
    basis: dict[str, Any] = {
        "samples": levels.samples,
        "clipped_samples": levels.clipped,
        "peak": round(levels.peak / activity.FULL, 6),
        "seconds": levels.samples / rate,
        "square_seconds": float(squares.sum()) * frame,
        "speech_seconds": float(np.count_nonzero(speaking)) * frame,
        "speech_square_seconds": float(squares[speaking].sum()) * frame,
        "noise_seconds": float(np.count_nonzero(quiet)) * frame,
        "noise_square_seconds": float(squares[quiet].sum()) * frame,
        "stretches": len(stretches),
        "pauses": len(pauses),
        "pause_seconds": sum(end - start for start, end in pauses),
        "longest_pause_seconds": max((end - start for start, end in pauses), default=0.0),
        "latencies_seconds": [round(stretches[0][0] * frame, 3)] if stretches else [],
        "words": None if words is None else len(words),
        "worded_speech_seconds": (
            0.0 if words is None else float(np.count_nonzero(speaking)) * frame
        ),
        "pitch_frame_seconds": frame,
        **_pitch_basis(heard, frame),
    }
    figures = _figures(basis)
    if figures["pitch"]["median_hz"] is not None:
        # Of the frames themselves; a combined median comes from the histogram.
        figures["pitch"]["median_hz"] = round(float(np.median(heard)), 2)
    longest = sorted(pauses, key=lambda pause: pause[0] - pause[1])[:MOST_PAUSES]
    figures["pauses"]["places_seconds"] = [
        [round(start, 2), round(end, 2)] for start, end in sorted(longest)
    ]
    return figures


def combine_voice(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The figures of all recordings of an interview, from their results alone.

    Sums and means are those of the joined recordings. The median and the tenths of pitch are read
    from histograms of STEP_SEMITONES a bin: at most half a bin (0.7 %) off. Silence between two
    recordings is no pause. latency_seconds is the median of the recordings' latencies.
    """
    return _figures(_join([part["basis"] for part in parts]), combined=len(parts))


def _in_range(heard: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without what lies outside of the voice's own range: hissing heard as a squeak, octave slips.

    The range is that of D. Hirst (2011), "The analysis by synthesis of speech melody", JoSS 1(1),
    for lively speech: 0.75 times the first quartile to 2.5 times the third.
    """
    if not heard.size:
        return heard
    first, third = np.percentile(heard, (25, 75))
    return heard[(heard >= RANGE_BELOW * first) & (heard <= RANGE_ABOVE * third)]


def _pitch_basis(heard: NDArray[np.float64], frame: float) -> dict[str, Any]:
    above = 12 * np.log2(heard / pitch.FLOOR_HZ)
    bins = np.clip((above / STEP_SEMITONES).astype(np.int64), 0, BINS - 1)
    # Seconds rather than frames: recordings of different rates have frames of different lengths.
    counts = np.bincount(bins, minlength=BINS) * frame
    return {
        "pitch_seconds": heard.size * frame,
        "pitch_hz_sum": float(heard.sum()) * frame,
        "pitch_hz_squares": float((heard**2).sum()) * frame,
        "pitch_semitones_sum": float(above.sum()) * frame,
        "pitch_semitones_squares": float((above**2).sum()) * frame,
        "pitch_histogram_seconds": [round(float(count), 4) for count in counts],
    }


def _join(bases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One basis of many: sums, but for what is a maximum, a list or unknown."""
    joined: dict[str, Any] = {
        name: sum(basis[name] for basis in bases)
        for name in (
            "samples", "clipped_samples", "seconds", "square_seconds", "speech_seconds",
            "speech_square_seconds", "noise_seconds", "noise_square_seconds", "stretches", "pauses",
            "pause_seconds", "worded_speech_seconds", "pitch_seconds", "pitch_hz_sum",
            "pitch_hz_squares", "pitch_semitones_sum", "pitch_semitones_squares",
        )
    }  # fmt: skip
    for name in ("peak", "longest_pause_seconds", "pitch_frame_seconds"):
        joined[name] = max((basis[name] for basis in bases), default=0.0)
    known = [basis["words"] for basis in bases if basis["words"] is not None]
    joined["words"] = sum(known) if known else None
    latencies = [each for basis in bases for each in basis["latencies_seconds"]]
    joined["latencies_seconds"] = latencies[:MOST_LATENCIES]
    rows = [basis["pitch_histogram_seconds"] for basis in bases] or [[0.0] * BINS]
    joined["pitch_histogram_seconds"] = [
        round(sum(column), 4) for column in zip(*rows, strict=True)
    ]
    return joined


def _figures(basis: dict[str, Any], *, combined: int | None = None) -> dict[str, Any]:
    missing: dict[str, str] = {}
    seconds, speech = basis["seconds"], basis["speech_seconds"]
    samples = basis["samples"]
    result: dict[str, Any] = {
        "seconds": round(seconds, 3),
        "pitch": _pitch(basis, missing),
        "loudness": {
            "mean_dbfs": _decibels(basis["square_seconds"], seconds),
            "speech_dbfs": _decibels(basis["speech_square_seconds"], speech),
            "peak_dbfs": _decibels(basis["peak"] ** 2, 1.0),
        },
        "speech": {
            "seconds": round(speech, 2),
            "share": round(speech / seconds, 4) if seconds else None,
            "stretches": basis["stretches"],
            "latency_seconds": _median(basis["latencies_seconds"]),
        },
        "pauses": {
            "count": basis["pauses"] if speech else None,
            "total_seconds": round(basis["pause_seconds"], 2) if speech else None,
            "longest_seconds": round(basis["longest_pause_seconds"], 2) if speech else None,
        },
        "rate": _rate(basis, missing),
        "quality": {
            "clipped_share": round(basis["clipped_samples"] / samples, 6) if samples else None,
            **_noise(basis, missing),
        },
    }
    if not samples:
        missing["loudness"] = "The recording has no sound in it"
    elif not basis["square_seconds"]:
        missing["loudness"] = "All samples are alike: digital silence"
    if not speech:
        missing["pauses"] = "Nobody speaks: there is nothing for a pause to lie between"
    result["not_measured"] = missing
    result["method"] = _method(combined)
    result["basis"] = basis
    return result


def _pitch(basis: dict[str, Any], missing: dict[str, str]) -> dict[str, Any]:
    heard = basis["pitch_seconds"]
    shown: dict[str, Any] = {"voiced_seconds": round(heard, 2)}
    if heard < LEAST_PITCH_SECONDS - 1e-9:
        missing["pitch"] = f"Less than {LEAST_PITCH_SECONDS} seconds of voice"
        names = "median_hz", "mean_hz", "low_hz", "high_hz", "spread_hz", "spread_semitones"
        return {**shown, **dict.fromkeys(names)}
    mean = basis["pitch_hz_sum"] / heard
    semitones = basis["pitch_semitones_sum"] / heard
    histogram = basis["pitch_histogram_seconds"]
    return {
        **shown,
        "median_hz": _quantile(histogram, 0.5),
        "mean_hz": round(mean, 2),
        "low_hz": _quantile(histogram, 0.1),
        "high_hz": _quantile(histogram, 0.9),
        "spread_hz": round(sqrt(max(0.0, basis["pitch_hz_squares"] / heard - mean**2)), 2),
        "spread_semitones": round(
            sqrt(max(0.0, basis["pitch_semitones_squares"] / heard - semitones**2)), 2
        ),
    }


def _quantile(histogram: Sequence[float], share: float) -> float:
    """Hz below which `share` of the voiced time lies, even within its bin."""
    wanted, passed = share * sum(histogram), 0.0
    last = 0
    for index, count in enumerate(histogram):
        if not count:
            continue
        if passed + count >= wanted:
            place = index + (wanted - passed) / count
            return round(pitch.FLOOR_HZ * exp2(place * STEP_SEMITONES / 12), 2)
        passed, last = passed + count, index
    return round(pitch.FLOOR_HZ * exp2((last + 1) * STEP_SEMITONES / 12), 2)


def _rate(basis: dict[str, Any], missing: dict[str, str]) -> dict[str, Any]:
    words, speech = basis["words"], basis["worded_speech_seconds"]
    shown: dict[str, Any] = {"words": words, "words_a_minute_of_speech": None}
    if words is None:
        missing["rate"] = "What was said is not known"
    elif speech < LEAST_RATE_SECONDS:
        missing["rate"] = f"Less than {LEAST_RATE_SECONDS} seconds of speech"
    else:
        shown["words_a_minute_of_speech"] = round(60 * words / speech, 1)
    return shown


def _noise(basis: dict[str, Any], missing: dict[str, str]) -> dict[str, Any]:
    shown: dict[str, Any] = {"noise_floor_dbfs": None, "snr_db": None}
    if basis["noise_seconds"] < activity.LEAST_NOISE_SECONDS:
        missing["noise"] = f"Less than {activity.LEAST_NOISE_SECONDS} seconds without speech"
        return shown
    noise = basis["noise_square_seconds"] / basis["noise_seconds"]
    if not noise:
        missing["noise"] = "Silence between the words is digital: no noise to measure"
        return shown
    shown["noise_floor_dbfs"] = _decibels(noise, 1.0)
    speech = basis["speech_seconds"]
    over = basis["speech_square_seconds"] / speech - noise if speech else 0.0
    if over > 0:
        shown["snr_db"] = round(10 * log10(over / noise), 1)
    else:
        missing["snr"] = "No speech that is louder than the noise"
    return shown


def _decibels(square: float, over: float) -> float | None:
    return round(10 * log10(square / over), 2) if over and square > 0 else None


def _median(values: Sequence[float]) -> float | None:
    return round(float(np.median(values)), 2) if values else None


def _method(combined: int | None) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "pitch": pitch.PARAMETERS,
        "activity": activity.PARAMETERS,
        "range": f"{RANGE_BELOW} x first quartile to {RANGE_ABOVE} x third quartile",
        "spread": "standard deviation",
        "low_and_high": "tenths of the voiced time, from the histogram",
        "histogram_step_semitones": STEP_SEMITONES,
    }
    if combined is not None:
        parameters["recordings"] = combined
        parameters["median"] = "from the histogram"
    return {"name": NAME, "version": VERSION, "parameters": parameters}
