"""Evidence: passages of a transcript, named by their words, kept with their times and text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from interviewdata.common.errors import Invalid
from sessions.models import Transcript
from sessions.transcript_text import shown_words, timed_words

MOST_PIECES = 20  # a category
MOST_WORDS = 400  # a piece


@dataclass(frozen=True)
class Word:
    """One word as it was said; `start` and `end` in seconds, None where not told."""

    text: str
    start: float | None
    end: float | None


@dataclass(frozen=True)
class Piece:
    """Words `first` to `last` (indexes from 0, both included) of the transcript with that id."""

    transcript: int
    first: int
    last: int


def words_of(timestamps: Any, data: Any) -> list[Word]:
    """The words of `[{word, start, end, …}]`, one for one, with the punctuation of the transcript's
    text (`data`). What has another shape becomes an empty word, so that indexes stay those of the
    stored list."""
    timed = timed_words(timestamps)
    if timed:
        texts = shown_words(data, timed)
        return [
            Word(text, float(word["start"]), float(word["end"]))
            for text, word in zip(texts, timed, strict=True)
        ]
    items = timestamps if isinstance(timestamps, list) else []
    return [_word(item) if isinstance(item, dict) else Word("", None, None) for item in items]


def _word(item: dict[str, Any]) -> Word:
    text = item.get("word")
    return Word(
        text if isinstance(text, str) else "", _number(item.get("start")), _number(item.get("end"))
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and type(value) is not bool else None


def words_by_transcript(session_id: str, ids: Iterable[int]) -> dict[int, list[Word]]:
    """Transcript id → its words, of those of this interview alone. One statement, none for no
    ids."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = Transcript.objects.filter(session__session_id=session_id, pk__in=wanted)
    return {
        pk: words_of(words, data)
        for pk, words, data in rows.values_list("pk", "word_timestamps", "transcript_data")
    }


def quote(piece: Piece, words: Sequence[Word]) -> dict[str, Any]:
    """A piece as reviews keep it: {transcript, first, last, start, end, text}; seconds, None where
    the word has no time. `words` are those of its transcript; the piece lies within them."""
    said = words[piece.first : piece.last + 1]
    return {
        "transcript": piece.transcript,
        "first": piece.first,
        "last": piece.last,
        "start": said[0].start,
        "end": said[-1].end,
        "text": " ".join(word.text for word in said if word.text),
    }


def quotes(
    name: str, pieces: Sequence[Piece], transcripts: Mapping[int, Sequence[Word]]
) -> list[dict[str, Any]]:
    """The pieces of one category as reviews keep them, in order of time, each once.

    `name` is what a refusal names. Raises Invalid where a piece lies outside its transcript, the
    transcript is not of this interview, or there are too many pieces or words.
    """
    if len(pieces) > MOST_PIECES:
        raise Invalid.field(
            name, gettext("Choose %(most)s passages at most.") % {"most": MOST_PIECES}
        )
    for piece in pieces:
        words = transcripts.get(piece.transcript, ())
        if not 0 <= piece.first <= piece.last < len(words):
            raise Invalid.field(
                name,
                gettext("A passage is not in the transcript; mark it again, or take it away."),
            )
        if piece.last - piece.first >= MOST_WORDS:
            raise Invalid.field(
                name, gettext("A passage has %(most)s words at most.") % {"most": MOST_WORDS}
            )
    in_order = sorted(set(pieces), key=lambda p: (p.transcript, p.first, p.last))
    return [quote(piece, transcripts[piece.transcript]) for piece in in_order]


_TIME = r"(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5}(?:\.\d{1,3})?)"
_SPAN = re.compile(rf"\s*{_TIME}\s*(?:-|–|—|to)\s*{_TIME}\s*")


def spans_of(text: str) -> list[tuple[float, float]]:
    """The spans of time in a text like "1:05–1:20, 2:03.5-2:10", in seconds.

    Raises ValueError, its text a sentence, for what is no span or ends before it begins.
    """
    spans = []
    for part in re.split(r"[,;\n]", text):
        if not part.strip():
            continue
        match = _SPAN.fullmatch(part)
        if match is None:
            sentence = gettext("“%(text)s” is no span of time; write it as 1:05–1:20.")
            raise ValueError(sentence % {"text": part.strip()[:40]})
        start, end = _seconds(*match.group(1, 2, 3)), _seconds(*match.group(4, 5, 6))
        if end <= start:
            sentence = gettext("“%(text)s” ends before it begins.")
            raise ValueError(sentence % {"text": part.strip()[:40]})
        spans.append((start, end))
    return spans


def _seconds(hours: str | None, minutes: str | None, seconds: str) -> float:
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)


def words_between(words: Sequence[Word], start: float, end: float) -> tuple[int, int] | None:
    """Indexes of the first and last word spoken between two times (s); None where there is none."""
    found = [
        index
        for index, word in enumerate(words)
        if word.start is not None and word.end is not None and word.start < end and word.end > start
    ]
    return (found[0], found[-1]) if found else None
