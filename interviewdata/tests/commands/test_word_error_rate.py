"""The command that tells how well speech is heard, with the real model."""

import json
import shutil
import sys

import pytest

from analytics.tests.engines.spoken import FOLDER, said

NAMES = ("backend-answer-1", "product-answer-4")


@pytest.fixture
def spoken(tmp_path):
    for name in NAMES:
        shutil.copy(FOLDER / f"{name}.webm", tmp_path)
        (tmp_path / f"{name}.txt").write_text(said(name), encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_folder_is_measured(run, spoken):
    ran = run("word_error_rate", str(spoken), "--json")
    assert (ran.code, ran.err) == (0, "")
    found = json.loads(ran.out)
    assert [one["file"] for one in found["files"]] == [f"{name}.webm" for name in NAMES]
    assert found["wordErrorRate"] == found["errors"] / found["words"] <= 0.06
    assert found["words"] == 107
    assert found["seconds"] == pytest.approx(14.8 + 19.2, abs=0.2)
    assert found["realTimeFactor"] > 0
    assert found["peakMemoryMB"] > 100


@pytest.mark.slow
def test_pair_is_measured_and_shown(run, spoken):
    sound, text = spoken / f"{NAMES[0]}.webm", spoken / f"{NAMES[0]}.txt"
    text.write_text("quite another text")
    ran = run("word_error_rate", str(sound), str(text), "--texts")
    lines = ran.out.splitlines()
    assert ran.code == 0
    assert lines[1] == "  said:  quite another text"
    assert lines[2].startswith("  heard: first i would find out")
    assert lines[3].split()[0] == "overall"
    assert lines[4].startswith("by faster-whisper")


def test_bad_arguments_fail_before_any_work(run, tmp_path):
    assert run("word_error_rate", str(tmp_path)).code == 3
    assert run("word_error_rate", str(tmp_path / "none")).code == 2
    assert run("word_error_rate", "a.wav", "a.txt", "b.wav").code == 2
    assert "a.txt: cannot be read as text." in run("word_error_rate", "a.wav", "a.txt").err
    (tmp_path / "a.txt").write_text("…")
    (tmp_path / "a.wav").write_bytes(b"x")
    assert "holds no words" in run("word_error_rate", str(tmp_path)).err


def test_unreadable_sound_is_named(run, tmp_path):
    (tmp_path / "a.txt").write_text("words")
    (tmp_path / "a.wav").write_bytes(b"no sound at all")
    ran = run("word_error_rate", str(tmp_path))
    assert ran.code == 1
    assert "a.wav: " in ran.err


def test_without_a_transcriber_or_jiwer_it_says_how_to_get_them(run, spoken, settings, monkeypatch):
    settings.TRANSCRIPTION = "off"
    ran = run("word_error_rate", str(spoken))
    assert (ran.code, "TRANSCRIPTION=off" in ran.err) == (1, True)
    monkeypatch.setitem(sys.modules, "jiwer", None)
    ran = run("word_error_rate", str(spoken))
    assert (ran.code, "pip install jiwer==4.0.0" in ran.err) == (1, True)
