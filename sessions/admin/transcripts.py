"""Transcripts in words: clients send them in many shapes, people read lines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

_TEXT_KEYS = ("text", "content", "message", "transcript", "answer", "utterance")
_SPEAKER_KEYS = ("speaker", "role", "name", "from")
_LIST_KEYS = ("segments", "messages", "utterances", "entries", "turns", "lines", "results")
MOST_LINES = 2000
MOST_WORDS = 5000
# A word recognized with less confidence (0–1) is shown as uncertain, here and on the record page.
DOUBTFUL_BELOW = 0.6


@dataclass(frozen=True)
class Line:
    """One line of a transcript. `at` in seconds, None where not said; `raw`: shown as JSON."""

    text: str
    speaker: str = ""
    at: float | None = None
    raw: bool = False


@dataclass(frozen=True)
class Word:
    """One word with its time in seconds; doubtful where the recognizer was unsure."""

    text: str
    start: float | None
    doubtful: bool


def lines_of(data: Any) -> list[Line]:
    """What was said, line by line. A shape that is not known comes as one line of JSON."""
    if data in ({}, [], "", None):
        return []
    found = _lines(data)
    if found is None:
        return [Line(json.dumps(data, indent=2, ensure_ascii=False), raw=True)]
    return found[:MOST_LINES]


def _lines(data: Any) -> list[Line] | None:
    if isinstance(data, str):
        return [Line(part.strip()) for part in data.splitlines() if part.strip()]
    if isinstance(data, list):
        lines = []
        for item in data:
            line = _line(item)
            if line is None:
                return None
            lines.append(line)
        return lines
    if isinstance(data, dict):
        for key in _LIST_KEYS:
            if isinstance(data.get(key), list) and data[key]:
                found = _lines(data[key])
                if found is not None:
                    return found
        text = _first_text(data, _TEXT_KEYS)
        return _lines(text) if text else None
    return None


def _line(item: Any) -> Line | None:
    if isinstance(item, str):
        return Line(item)
    if not isinstance(item, dict):
        return None
    text = _first_text(item, _TEXT_KEYS)
    if not text:
        return None
    return Line(text, _first_text(item, _SPEAKER_KEYS), _number(item.get("start")))


def _first_text(item: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next((item[key] for key in keys if isinstance(item.get(key), str)), "")


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and type(value) is not bool else None


def words_of(timestamps: Any) -> list[Word]:
    """The words of `[{word, start, end, confidence}]`; what has another shape is left out."""
    words = []
    for item in timestamps[:MOST_WORDS] if isinstance(timestamps, list) else []:
        if isinstance(item, dict) and isinstance(item.get("word"), str):
            confidence = _number(item.get("confidence"))
            doubtful = confidence is not None and confidence < DOUBTFUL_BELOW
            words.append(Word(item["word"], _number(item.get("start")), doubtful))
    return words
