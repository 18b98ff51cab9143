"""Figures of the voice against sounds of known truth, and against Praat on recorded speech."""

from __future__ import annotations

import json
from hashlib import sha256
from math import log10, sqrt
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from analytics.engines.voice import combine_voice, measure_voice
from analytics.engines.words import Word
from analytics.tests.engines.sounds import RATE, Sound, mix, noise, pulses, silence, tone

SAMPLES = Path(__file__).parents[3] / "fixtures/sample_audio"
READINGS = Path("/usr/share/pocketsphinx/test/data/librivox")  # Debian's pocketsphinx-testdata

# Praat 6.1.38, "To Pitch (ac)" at 0.01 s, once from 75 to 600 Hz and again in the range that
# measure_voice states: median Hz, mean Hz, standard deviation in semitones; by SHA-256 of the file.
PRAAT = {
    SAMPLES / "analyst-answer-1.webm": ("26a80cd0", 122.47, 121.08, 2.13),
    SAMPLES / "analyst-answer-4.webm": ("7271e600", 123.76, 122.48, 1.75),
    SAMPLES / "backend-answer-1.webm": ("6a1fa448", 164.22, 165.72, 0.92),
    SAMPLES / "backend-answer-3.webm": ("13c0f952", 165.58, 166.81, 0.96),
    SAMPLES / "backend-answer-5.webm": ("888f725e", 164.05, 165.78, 0.90),
    SAMPLES / "product-answer-1.webm": ("94f86add", 101.98, 102.48, 1.83),
    SAMPLES / "product-answer-4.webm": ("62320022", 102.06, 102.44, 1.88),
    # A person who reads.
    READINGS / "sense_and_sensibility_01_austen_64kb-0870.wav": ("b0557cf9", 100.52, 101.24, 2.35),
    READINGS / "sense_and_sensibility_01_austen_64kb-0880.wav": ("fbec491e", 81.77, 86.74, 2.18),
    READINGS / "sense_and_sensibility_01_austen_64kb-0890.wav": ("5793ffbd", 99.05, 99.09, 2.97),
    READINGS / "sense_and_sensibility_01_austen_64kb-0920.wav": ("40882414", 104.08, 105.03, 3.14),
    READINGS / "sense_and_sensibility_01_austen_64kb-0930.wav": ("954adbf0", 93.42, 92.68, 1.53),
}


def load(path: Path) -> Sound:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(str(path)) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray().ravel() for frame in frames])


@pytest.mark.parametrize("path", PRAAT, ids=lambda path: path.stem[-16:])
def test_pitch_of_speech_is_praats(path):
    if not path.exists() and path.parent == READINGS:
        pytest.skip("pocketsphinx-testdata is not installed")
    digest, median, mean, semitones = PRAAT[path]
    assert sha256(path.read_bytes()).hexdigest().startswith(digest)

    pitch = measure_voice(load(path), RATE)["pitch"]

    assert pitch["median_hz"] == pytest.approx(median, rel=0.01)
    assert pitch["mean_hz"] == pytest.approx(mean, rel=0.01)
    assert pitch["spread_semitones"] == pytest.approx(semitones, abs=0.1)


@pytest.mark.parametrize("hertz", [80, 99.5, 123.4, 180, 247, 350, 480, 590])
@pytest.mark.parametrize("make", [pulses, tone])
def test_pitch_of_a_steady_sound(make, hertz):
    sound = pulses(2, hertz, hertz) if make is pulses else tone(2, hertz)
    pitch = measure_voice(sound, RATE)["pitch"]
    assert pitch["median_hz"] == pytest.approx(hertz, rel=0.005)
    assert pitch["spread_semitones"] < 0.1
    assert pitch["voiced_seconds"] == pytest.approx(2, abs=0.06)


def test_pitch_of_a_glide():
    # From 120 to 240 Hz, even in semitones: the median is the octave's middle, the standard
    # deviation that of an even spread over twelve semitones.
    pitch = measure_voice(pulses(6, 120, 240), RATE)["pitch"]
    assert pitch["median_hz"] == pytest.approx(120 * sqrt(2), rel=0.01)
    assert pitch["spread_semitones"] == pytest.approx(12 / sqrt(12), rel=0.02)
    assert pitch["low_hz"] == pytest.approx(120 * 2**0.1, rel=0.015)
    assert pitch["high_hz"] == pytest.approx(120 * 2**0.9, rel=0.015)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
def test_pitch_does_not_depend_on_the_rate(rate):
    time = np.arange(2 * rate) / rate
    wave = sum(np.sin(2 * np.pi * 150 * n * time) / n for n in range(1, 20))
    measured = measure_voice((wave * 9_000).astype(np.int16), rate)
    assert measured["pitch"]["median_hz"] == pytest.approx(150, rel=0.005)
    assert measured["seconds"] == 2


def test_a_weak_fundamental_is_still_the_pitch():
    time = np.arange(2 * RATE) / RATE
    wave = sum(np.sin(2 * np.pi * 140 * n * time) for n in (3, 4, 5, 6))
    measured = measure_voice((wave * 4_000).astype(np.int16), RATE)
    assert measured["pitch"]["median_hz"] == pytest.approx(140, rel=0.005)


def test_hissing_heard_as_a_squeak_is_left_out():
    sound = np.concatenate([pulses(3, 110, 110), tone(0.2, 550, level=0.2), pulses(1, 110, 110)])
    pitch = measure_voice(sound, RATE)["pitch"]
    assert pitch["mean_hz"] == pytest.approx(110, rel=0.01)
    assert pitch["spread_semitones"] < 0.6


def test_loudness_against_full_scale():
    loudness = measure_voice(tone(2, 200, level=0.5 / sqrt(2)), RATE)["loudness"]
    # Half of full scale: its peak 6.02 dB below, its root mean square 3.01 below that.
    assert loudness["peak_dbfs"] == pytest.approx(-6.02, abs=0.01)
    assert loudness["mean_dbfs"] == pytest.approx(-9.03, abs=0.05)
    assert loudness["speech_dbfs"] == pytest.approx(-9.03, abs=0.05)


def test_pauses_at_known_places():
    voice, hush = pulses(2, 130, 120), noise(1, level=0.001)
    sound = np.concatenate(
        [noise(0.7, level=0.001), voice, hush, voice, hush[: RATE // 2], voice,
         hush[: RATE // 8], voice, noise(0.4, level=0.001)]
    )  # fmt: skip
    measured = measure_voice(sound, RATE)
    # The gap of an eighth of a second is shorter than a pause.
    assert measured["pauses"]["count"] == 2
    places = np.array(measured["pauses"]["places_seconds"])
    assert places == pytest.approx(np.array([[2.7, 3.7], [5.7, 6.2]]), abs=0.04)
    assert measured["pauses"]["total_seconds"] == pytest.approx(1.5, abs=0.08)
    assert measured["pauses"]["longest_seconds"] == pytest.approx(1.0, abs=0.05)
    assert measured["speech"]["latency_seconds"] == pytest.approx(0.7, abs=0.03)
    assert measured["speech"]["stretches"] == 3
    assert measured["speech"]["share"] == pytest.approx(8.125 / (len(sound) / RATE), abs=0.01)


@pytest.mark.parametrize("snr", [6, 10, 20, 30, 40])
def test_snr_of_a_voice_in_noise(snr):
    level = 0.2 / 10 ** (snr / 20)
    voice = np.concatenate([silence(1), pulses(3, 140, 120, level=0.2), silence(1.5),
                            pulses(2, 130, 110, level=0.2), silence(0.5)])  # fmt: skip
    measured = measure_voice(mix(voice, noise(len(voice) / RATE, level=level)), RATE)
    assert measured["quality"]["snr_db"] == pytest.approx(snr, abs=0.7)
    assert measured["quality"]["noise_floor_dbfs"] == pytest.approx(20 * log10(level), abs=0.3)
    assert measured["pauses"]["count"] == 1
    assert measured["speech"]["latency_seconds"] == pytest.approx(1, abs=0.05)


def test_share_of_clipped_samples():
    # A sine of twice full scale is clipped where |sin| > 1/2: two thirds of the time.
    time = np.arange(2 * RATE) / RATE
    wave = np.clip(2 * np.sin(2 * np.pi * 97 * time), -1, 1) * 32767
    quality = measure_voice(np.round(wave).astype(np.int16), RATE)["quality"]
    assert quality["clipped_share"] == pytest.approx(2 / 3, abs=0.01)
    assert measure_voice(tone(1, 97, level=0.3), RATE)["quality"]["clipped_share"] == 0


def test_rate_counts_the_minutes_spoken_not_the_pauses():
    sound = np.concatenate([pulses(3, 120, 110), noise(4, level=0.0005), pulses(3, 120, 110)])
    words = [Word("so", at * 0.3, at * 0.3 + 0.2, 0.9) for at in range(15)]
    rate = measure_voice(sound, RATE, words=words)["rate"]
    assert rate["words"] == 15
    assert rate["words_a_minute_of_speech"] == pytest.approx(150, rel=0.01)
    assert measure_voice(sound, RATE)["rate"]["words_a_minute_of_speech"] is None


def test_an_offset_of_the_microphone_changes_nothing():
    sound = np.concatenate([pulses(2, 120, 110, level=0.05), noise(1, level=0.0005),
                            pulses(1, 120, 110, level=0.05)])  # fmt: skip
    plain, shifted = measure_voice(sound, RATE), measure_voice(sound + np.int16(12_000), RATE)
    for part in ("pitch", "speech", "pauses"):
        assert shifted[part] == plain[part]
    assert shifted["loudness"]["speech_dbfs"] == plain["loudness"]["speech_dbfs"]


@pytest.mark.parametrize(
    "sound",
    [silence(0), silence(0.005), silence(3), np.full(3 * RATE, -32768, np.int16)],
    ids=["empty", "shorter than a frame", "silent", "stuck at the bottom"],
)
def test_where_there_is_nothing_nothing_is_invented(sound):
    measured = measure_voice(sound, RATE, words=[])
    for part, name in [
        ("pitch", "median_hz"), ("pitch", "mean_hz"), ("pitch", "spread_semitones"),
        ("loudness", "mean_dbfs"), ("loudness", "speech_dbfs"), ("speech", "latency_seconds"),
        ("pauses", "count"), ("pauses", "longest_seconds"), ("rate", "words_a_minute_of_speech"),
        ("quality", "snr_db"), ("quality", "noise_floor_dbfs"),
    ]:  # fmt: skip
        assert measured[part][name] is None, (part, name)
    assert set(measured["not_measured"]) >= {"pitch", "loudness", "pauses", "rate", "noise"}
    assert measured["speech"]["share"] == (0 if len(sound) else None)


@pytest.mark.parametrize("level", [0.001, 0.05, 0.3])
def test_noise_is_no_speech(level):
    measured = measure_voice(noise(5, level=level), RATE)
    assert measured["speech"]["share"] == 0
    assert measured["pitch"]["median_hz"] is None
    assert measured["quality"]["noise_floor_dbfs"] == pytest.approx(20 * log10(level), abs=0.2)


def test_clicks_are_no_speech():
    sound = noise(5, level=0.001).copy()
    sound[RATE :: RATE // 2] = 30_000
    assert measure_voice(sound, RATE)["speech"]["share"] == 0


def test_an_interview_is_measured_from_its_answers_results():
    parts = [
        np.concatenate([noise(0.5, level=0.001), pulses(2, 100, 110), noise(0.6, level=0.001),
                        pulses(1.5, 120, 100), noise(0.3, level=0.001)]),
        np.concatenate([noise(1.5, level=0.002), pulses(4, 150, 130, level=0.1),
                        noise(0.4, level=0.002)]),
        silence(2),
    ]  # fmt: skip
    results = [measure_voice(part, RATE, words=[Word("a", 0, 1, 1)] * 10) for part in parts]
    # As they are stored and read again.
    combined = combine_voice(json.loads(json.dumps(results)))
    joined = measure_voice(np.concatenate(parts), RATE)

    assert combined["seconds"] == joined["seconds"]
    for name in ("median_hz", "mean_hz", "low_hz", "high_hz", "spread_hz", "spread_semitones"):
        assert combined["pitch"][name] == pytest.approx(joined["pitch"][name], rel=0.008), name
    assert combined["loudness"]["peak_dbfs"] == joined["loudness"]["peak_dbfs"]
    for name in ("mean_dbfs", "speech_dbfs"):
        assert combined["loudness"][name] == pytest.approx(joined["loudness"][name], abs=0.1)
    # Joined there are a pause more (between the answers), not so in the interview.
    assert combined["pauses"]["count"] == 1
    assert joined["pauses"]["count"] == 2
    assert combined["pauses"]["longest_seconds"] == pytest.approx(0.6, abs=0.05)
    assert combined["speech"]["latency_seconds"] == pytest.approx((0.5 + 1.5) / 2, abs=0.04)
    assert combined["rate"]["words"] == 30
    assert combined["rate"]["words_a_minute_of_speech"] == pytest.approx(30 / 7.5 * 60, rel=0.02)
    assert combined["method"]["parameters"]["recordings"] == 3


def test_combining_is_the_same_in_one_step_and_in_two():
    one, two, three = (measure_voice(pulses(1 + n, 100 + n, 140), RATE) for n in range(3))
    at_once = combine_voice([one, two, three])
    in_steps = combine_voice([combine_voice([one, two]), three])
    assert at_once["seconds"] == in_steps["seconds"]
    assert at_once["pitch"] == pytest.approx(in_steps["pitch"], rel=1e-3)
    for part in ("loudness", "speech", "pauses", "quality"):
        assert at_once[part] == in_steps[part], part


def test_nothing_combined_is_nothing_measured():
    combined = combine_voice([])
    assert combined["pitch"]["median_hz"] is None
    assert combined["seconds"] == 0
    assert combined["speech"]["share"] is None


def test_words_known_of_one_answer_only_count_its_speech_only():
    spoken = measure_voice(pulses(3, 120, 110), RATE, words=[Word("a", 0, 1, 1)] * 6)
    unknown = measure_voice(pulses(30, 120, 110), RATE)
    rate = combine_voice([spoken, unknown])["rate"]
    assert rate["words_a_minute_of_speech"] == pytest.approx(120, rel=0.02)


def test_a_memory_map_in_blocks_gives_the_same(tmp_path, monkeypatch):
    sound = np.concatenate([pulses(7, 100, 180), noise(1, level=0.001), pulses(5, 90, 130)])
    path = tmp_path / "long.raw"
    sound.tofile(path)
    whole = measure_voice(sound, RATE)
    monkeypatch.setattr("analytics.engines.activity.SAMPLES_A_BLOCK", 10_000)
    monkeypatch.setattr("analytics.engines.pitch.FRAMES_A_BLOCK", 190)
    mapped = measure_voice(np.memmap(path, dtype=np.int16, mode="r"), RATE)
    # A path through the candidates ends at a block's end: a frame there may differ by a hair.
    assert mapped["pitch"] == pytest.approx(whole["pitch"], rel=0.01)
    for part in ("loudness", "speech", "pauses", "quality"):
        assert mapped[part] == whole[part], part


@pytest.mark.parametrize(
    ("values", "rate"),
    [(silence(1), 0), (silence(1).reshape(2, -1), RATE), (silence(1).astype(float), RATE)],
)
def test_what_is_no_sound_is_refused(values, rate):
    with pytest.raises(ValueError, match="one row of int16"):
        measure_voice(values, rate)


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(np.int16, st.integers(0, 9_000), elements=st.integers(-32768, 32767)),
    st.sampled_from([1, 50, 99, 1_000, 8_000, 44_100, 192_000]),
)
def test_any_samples_at_any_rate_give_finite_figures(values, rate):
    json.dumps(combine_voice([measure_voice(values, rate)]), allow_nan=False)
