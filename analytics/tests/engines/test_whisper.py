"""Whisper with its real small model: words, their times, silence, long sound, a broken model."""

from __future__ import annotations

import hashlib
import shutil

import jiwer
import numpy as np
import pytest

from analytics.engines.transcription import TranscriptionFailed, whisper
from analytics.engines.transcription.onsets import with_edges
from analytics.engines.transcription.pieces import ordered, pieces
from analytics.engines.transcription.plain import plain_words
from analytics.engines.transcription.whisper import Whisper, bundled_model, joined
from analytics.engines.words import Transcription, Word

from .spoken import RATE, Sound, noise, recorded, said, silence

slow = pytest.mark.slow


@pytest.fixture(scope="module")
def tiny() -> Whisper:
    folder = bundled_model()
    assert folder is not None
    return Whisper(folder, name="tiny.en")


def text_of(found: Transcription) -> str:
    return plain_words(" ".join(word.word for word in found.words))


def errors(name: str, found: Transcription) -> float:
    return jiwer.wer(plain_words(said(name)), text_of(found))


# -- with the model --------------------------------------------------------------------------------


def test_bundled_model_is_the_one_we_measured() -> None:
    folder = bundled_model()
    assert folder is not None
    digest = hashlib.sha256((folder / "model.bin").read_bytes()).hexdigest()
    assert digest == "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"


@slow
@pytest.mark.parametrize("name", ["backend-answer-1", "backend-answer-3", "product-answer-4"])
def test_spoken_answer_becomes_its_words(tiny, name) -> None:
    sound = recorded(name)
    found = tiny.transcribe(sound)
    assert errors(name, found) <= 0.06
    assert (found.language, found.engine) == ("en", "faster-whisper 1.2.1")
    assert found.model == "tiny.en (75,537,502 bytes)"
    assert found.parameters["vad_filter"] is True
    assert found.parameters["condition_on_previous_text"] is False
    for word in found.words:
        assert word.word == word.word.strip() != ""
        assert 0 <= word.start <= word.end <= sound.seconds
        assert 0 <= word.confidence <= 1
    starts = [word.start for word in found.words]
    assert starts == sorted(starts)
    assert sorted(word.confidence for word in found.words)[len(found.words) // 2] > 0.8


@slow
def test_same_sound_gives_the_same_words(tiny) -> None:
    sound = recorded("product-answer-1")
    assert tiny.transcribe(sound) == tiny.transcribe(sound)


@slow
def test_words_begin_where_speech_begins(tiny) -> None:
    """Parts of an answer at known times, with pauses between: median error of their first words."""
    speech = recorded("backend-answer-3").values
    loud = np.abs(speech[: 16 * RATE].astype(int)) > 600
    parts, begins, at = [noise(1.0, 5)], [], 1.0
    for begin, end in ((0, 4), (4, 8), (8, 12)):
        inside = np.flatnonzero(loud[begin * RATE : end * RATE]) + begin * RATE
        part = speech[inside[0] : inside[-1]]
        begins.append(at)
        parts += [part, noise(2.5, 5, seed=end)]
        at += len(part) / RATE + 2.5
    found = tiny.transcribe(Sound(np.concatenate(parts)))
    starts = np.array([word.start for word in found.words])
    late = [float(np.abs(starts - begin).min()) for begin in begins]
    assert sorted(late)[1] <= 0.15, late


@pytest.mark.parametrize(
    "values",
    [
        silence(10),
        noise(10, 20),
        noise(10, 1000),
        noise(10, 9000),
        (3000 * np.sin(np.arange(10 * RATE) * 2 * np.pi * 50 / RATE)).astype(np.int16),
        np.cumsum(np.random.default_rng(4).normal(0, 40, 10 * RATE)).clip(-9999, 9999),
        silence(0),
    ],
    ids=["silence", "hiss", "noise", "loud noise", "hum", "rumble", "nothing"],
)
def test_nobody_speaks_no_word(tiny, values) -> None:
    found = tiny.transcribe(Sound(values.astype(np.int16)))
    assert found.words == []


@slow
def test_pause_of_a_minute_keeps_times_and_invents_nothing(tiny) -> None:
    sound = recorded("backend-answer-1").values
    values = np.concatenate([sound, noise(60, 30), sound])
    found = tiny.transcribe(Sound(values))
    first, pause_ends = len(sound) / RATE, len(sound) / RATE + 60
    assert [w for w in found.words if first + 0.5 < w.start < pause_ends - 0.5] == []
    said_twice = f"{plain_words(said('backend-answer-1'))} " * 2
    assert jiwer.wer(said_twice.strip(), text_of(found)) <= 0.08


@slow
def test_long_sound_in_pieces_has_the_words_of_all(tiny, monkeypatch) -> None:
    monkeypatch.setattr(whisper, "PIECE_SECONDS", 20.0)
    names = ["backend-answer-1", "backend-answer-3", "backend-answer-5"]
    parts = [np.concatenate([recorded(name).values, silence(1.5)]) for name in names]
    found = tiny.transcribe(Sound(np.concatenate(parts)))
    expected = " ".join(plain_words(said(name)) for name in names)
    assert jiwer.wer(expected, text_of(found)) <= 0.08
    assert found.words[-1].end == pytest.approx(sum(map(len, parts)) / RATE - 1.5, abs=1.0)


def test_model_is_loaded_once(tiny, monkeypatch) -> None:
    tiny.transcribe(Sound(noise(1, 3000)))
    monkeypatch.setattr(whisper, "missing_files", None)  # loading again would fail
    Whisper(tiny._folder).transcribe(Sound(noise(1, 3000)))


def test_english_model_refuses_another_language(tiny) -> None:
    with pytest.raises(TranscriptionFailed, match="does not know this language") as caught:
        tiny.transcribe(Sound(noise(1, 3000)), language="de")
    assert caught.value.again is False


@pytest.mark.parametrize("lacking", whisper.NEEDED_FILES)
def test_model_without_a_file_is_refused_and_nothing_fetched(tmp_path, lacking) -> None:
    folder = bundled_model()
    assert folder is not None
    for name in whisper.NEEDED_FILES:
        if name != lacking:
            (tmp_path / name).symlink_to(folder / name)
    with pytest.raises(TranscriptionFailed, match="cannot be loaded") as caught:
        Whisper(tmp_path).transcribe(Sound(noise(1, 3000)))
    assert caught.value.again is False


def test_damaged_model_is_refused(tmp_path) -> None:
    folder = bundled_model()
    assert folder is not None
    for name in ("config.json", "tokenizer.json"):
        shutil.copy(folder / name, tmp_path)
    (tmp_path / "model.bin").write_bytes(b"no model at all" * 1000)
    with pytest.raises(TranscriptionFailed, match="cannot be loaded"):
        Whisper(tmp_path).transcribe(Sound(noise(1, 3000)))


# -- without it ------------------------------------------------------------------------------------


def test_pieces_are_cut_where_it_is_quiet() -> None:
    values = np.concatenate(
        [noise(9, 3000), silence(1), noise(9.5, 3000), silence(1), noise(3, 3000)]
    )
    found = list(pieces(values, RATE, 11.0))
    first, second, third = (begin for begin, _ in found)
    assert first == 0
    assert 9.2 <= second <= 9.8
    assert 19.7 <= third <= 20.3
    assert np.array_equal(np.concatenate([piece for _, piece in found]), values)
    assert all(len(piece) <= 11 * RATE for _, piece in found)


def test_pieces_of_silence_are_left_out() -> None:
    values = np.concatenate([noise(2, 3000), silence(60), noise(2, 3000)])
    found = list(pieces(values, RATE, 10.0))
    assert sum(len(piece) for _, piece in found) <= 20 * RATE
    assert found[-1][0] > 50
    assert list(pieces(silence(100), RATE, 10.0)) == []


def test_words_are_put_in_order() -> None:
    found = ordered(
        [
            Word(" Good ", 1.0, 1.5, 0.5),
            Word("  ", 1.5, 1.6, 0.5),
            Word("morning", 0.9, 0.8, 1.2),
            Word("all", 2.00049, 99.0, float("nan")),
            Word("lost", float("inf"), 3.0, 0.5),
            Word("of\nyou", 200.0, 201.0, -1.0),
        ],
        10.0,
    )
    assert found == [
        Word("Good", 1.0, 1.5, 0.5),
        Word("morning", 1.0, 1.5, 1.0),
        Word("all", 2.0, 10.0, 0.0),
        Word("of you", 10.0, 10.0, 0.0),
    ]


def test_parts_of_one_word_are_joined() -> None:
    found = joined(
        [
            Word(" cold", 1.0, 1.2, 0.9),
            Word("-hearted", 1.2, 1.5, 0.4),
            Word(" man", 1.6, 1.8, 0.8),
            Word("ana", 1.8, 1.9, 0.8),
        ]
    )
    assert found == [
        Word(" cold-hearted", 1.0, 1.5, 0.4),
        Word(" man", 1.6, 1.8, 0.8),
        Word("ana", 1.8, 1.9, 0.8),
    ]


@pytest.mark.parametrize("said_to_start", [0.5, 1.0, 1.3])
@pytest.mark.parametrize("said_to_end", [1.7, 2.0, 2.4])
def test_edges_beside_pauses_are_those_of_the_sound(said_to_start, said_to_end) -> None:
    values = np.concatenate([noise(1, 20), noise(1, 3000, 2), noise(1, 20, 3)])
    (found,) = with_edges([Word("a", said_to_start, said_to_end, 0.7)], values, RATE)
    assert found.start == pytest.approx(1.0, abs=0.02)
    assert found.end == pytest.approx(2.0, abs=0.02)


def test_edges_between_words_without_a_pause_stay() -> None:
    values = np.concatenate([silence(1), noise(2, 3000), silence(1)])
    words = [Word("a", 1.2, 1.6, 1), Word("b", 1.6, 2.1, 1), Word("c", 2.1, 2.8, 1)]
    found = with_edges(words, values, RATE)
    assert [word.start for word in found] == pytest.approx([1.0, 1.6, 2.1], abs=0.02)
    assert [word.end for word in found] == pytest.approx([1.6, 2.1, 3.0], abs=0.02)
    assert with_edges([], values, RATE) == []
    assert with_edges(words[:1], values[:10], RATE) == words[:1]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Mr. O'Neil's cold-hearted, 42 words!", "mister oneils cold hearted 42 words"),
        ("  Übermäßig  ", "ubermassig"),
        ("…", ""),
    ],
)
def test_plain_words(text, plain) -> None:
    assert plain_words(text) == plain
