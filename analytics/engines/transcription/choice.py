"""Which transcriber there is, from plain values; or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analytics.engines.transcription import endpoint, whisper
from analytics.engines.transcription.base import Transcriber, gettext_noop

BUNDLED_NAME = "tiny.en"

# Kept in English; pages say them in their reader's language.
OFF = gettext_noop("Transcription is switched off (TRANSCRIPTION=off).")
NO_WHISPER = gettext_noop(
    "Speech is not transcribed: faster-whisper is not installed. "
    "Run: pip install -r requirements-speech.txt"
)
NO_MODEL = gettext_noop(
    "Speech is not transcribed: there is no model. Name the folder of one in TRANSCRIPTION_MODEL."
)
NOT_A_MODEL = gettext_noop(
    "Speech is not transcribed: the folder that TRANSCRIPTION_MODEL names is not a whole "
    "faster-whisper model (model.bin, config.json and tokenizer.json)."
)
NO_URL = gettext_noop("Speech is not transcribed: TRANSCRIPTION_URL is not set.")
NO_CLIENT = gettext_noop(
    "Speech is not transcribed: the client of the endpoint is not installed. "
    "Run: pip install -r requirements-llm.txt"
)


@dataclass(frozen=True)
class Choice:
    """mode: auto (Whisper where it can be had), off, whisper or endpoint. folder: of Whisper's
    model, None for the bundled one. language: two letters, or empty where it is to be heard."""

    mode: str
    folder: Path | None = None
    threads: int = 1
    language: str = ""
    url: str = ""
    key: str = ""
    model_name: str = ""
    timeout: float = 300.0


def choose(choice: Choice) -> Transcriber | None:
    """The transcriber; None where `why_none` gives a reason. Loads nothing yet."""
    if why_none(choice):
        return None
    if choice.mode == "endpoint":
        return endpoint.Endpoint(
            choice.url,
            key=choice.key,
            model=choice.model_name,
            language=choice.language,
            timeout=choice.timeout,
        )
    folder = choice.folder or whisper.bundled_model()
    assert folder is not None
    return whisper.Whisper(
        folder,
        name="" if choice.folder else BUNDLED_NAME,
        language=choice.language,
        threads=choice.threads,
    )


def why_none(choice: Choice) -> str:
    """One sentence, or two with the cure, why there is no transcriber; empty where there is one.

    A model that was named and is not whole is not silently replaced by the bundled one.
    """
    if choice.mode == "off":
        return OFF
    if choice.mode == "endpoint":
        return (NO_URL if not choice.url else "") or ("" if endpoint.is_installed() else NO_CLIENT)
    if not whisper.is_installed():
        return NO_WHISPER
    if choice.folder is None:
        return "" if whisper.bundled_model() else NO_MODEL
    return NOT_A_MODEL if whisper.missing_files(choice.folder) else ""
