"""What an endpoint's verbose_json says, as words. A stranger's bytes: nothing of it is believed
before it was looked at."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from analytics.engines.words import Word

# A second has at most so many; more of them are no transcript.
MOST_WORDS_A_SECOND, MOST_SEGMENTS_A_SECOND = 30, 4
MOST_WORD_CHARACTERS = 200
# Whisper's own rule for what it invented where nobody spoke.
NO_SPEECH, DOUBTFUL_LOGPROB = 0.6, -1.0
UNKNOWN_CONFIDENCE = 0.5
# Whisper names languages in English. These are the ones people are most likely interviewed in.
LANGUAGES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it",
    "portuguese": "pt", "dutch": "nl", "polish": "pl", "russian": "ru", "ukrainian": "uk",
    "turkish": "tr", "arabic": "ar", "hindi": "hi", "chinese": "zh", "japanese": "ja",
    "korean": "ko", "czech": "cs", "swedish": "sv", "danish": "da", "norwegian": "no",
    "finnish": "fi", "greek": "el", "hebrew": "he", "hungarian": "hu", "romanian": "ro",
    "indonesian": "id", "vietnamese": "vi", "thai": "th", "persian": "fa", "bengali": "bn",
}  # fmt: skip
_NO_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class Reply:
    """words: times in seconds from the beginning of what was sent. times, confidence: where they
    come from: "word", "segment" (spread over its words, or the mean of it), "none"."""

    words: list[Word]
    language: str
    times: str
    confidence: str


def read_reply(body: bytes, seconds: float) -> Reply:
    """The reply about `seconds` of sound. Raises ValueError where it is none, or gives no times.

    Confidence is what the endpoint says of a word (`probability`, `confidence` or `logprob`), else
    the mean probability of its segment's tokens (exp of `avg_logprob`), else UNKNOWN_CONFIDENCE.
    """
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("no JSON") from error
    if not isinstance(reply, dict):
        raise ValueError("no object")
    segments = [_segment(one) for one in _list(reply, "segments")]
    if len(segments) > seconds * MOST_SEGMENTS_A_SECOND + 10:
        raise ValueError("too many segments")
    given = _list(reply, "words")
    if not given:  # some endpoints put the words into their segments
        given = [word for segment in segments for word in segment.words]
    if given:
        times, words = "word", [_word(one) for one in given]
    else:
        times, words = "segment", [word for segment in segments for word in segment.spread()]
    if len(words) > seconds * MOST_WORDS_A_SECOND + 10:
        raise ValueError("too many words")
    if not words and str(reply.get("text") or "").strip():
        raise ValueError("text without times")
    kept, sources = [], set()
    for word, sure in words:
        segment = _segment_of(word, segments)
        if segment is not None and segment.invented:
            continue
        source = "word" if sure is not None else "none"
        if sure is None and segment is not None and segment.confidence is not None:
            source, sure = "segment", segment.confidence
        sources.add(source)
        sure = UNKNOWN_CONFIDENCE if sure is None else sure
        kept.append(Word(word.word, word.start, word.end, sure))
    confidence = next((name for name in ("none", "segment") if name in sources), "word")
    return Reply(kept, _language(reply.get("language")), times, confidence)


@dataclass(frozen=True)
class _Segment:
    text: str
    start: float
    end: float
    confidence: float | None
    invented: bool
    words: list[Any]

    def spread(self) -> list[tuple[Word, float | None]]:
        """Its words with times in proportion to their letters."""
        parts = self.text.split()
        letters = sum(map(len, parts)) or 1
        begin = self.start
        found: list[tuple[Word, float | None]] = []
        for part in parts:
            end = begin + (self.end - self.start) * len(part) / letters
            found.append((Word(_text(part), begin, end, 0.0), None))
            begin = end
        return found


def _segment(value: Any) -> _Segment:
    if not isinstance(value, dict):
        raise ValueError("a segment is no object")
    logprob, silence = _number(value, "avg_logprob"), _number(value, "no_speech_prob")
    start, end = _number(value, "start"), _number(value, "end")
    if start is None or end is None:
        raise ValueError("a segment without times")
    return _Segment(
        text=str(value.get("text") or ""),
        start=start,
        end=max(start, end),
        confidence=None if logprob is None else math.exp(min(logprob, 0.0)),
        invented=(silence or 0.0) > NO_SPEECH and (logprob or 0.0) < DOUBTFUL_LOGPROB,
        words=_list(value, "words"),
    )


def _segment_of(word: Word, segments: list[_Segment]) -> _Segment | None:
    """The one the middle of the word lies in."""
    middle = (word.start + word.end) / 2
    return next((one for one in segments if one.start <= middle <= one.end), None)


def _word(value: Any) -> tuple[Word, float | None]:
    """(the word, its own confidence where given)."""
    if not isinstance(value, dict) or not isinstance(value.get("word"), str):
        raise ValueError("a word is no object with a word")
    start, end = _number(value, "start"), _number(value, "end")
    if start is None or end is None:
        raise ValueError("a word without times")
    sure = next(
        (
            found
            for name in ("probability", "confidence")
            if (found := _number(value, name)) is not None
        ),
        None,
    )
    logprob = _number(value, "logprob")
    if sure is None and logprob is not None:
        sure = math.exp(min(logprob, 0.0))
    return Word(_text(value["word"]), start, end, 0.0), sure


def _text(value: str) -> str:
    """Without control characters, marks that turn the direction of text, and half characters."""
    return _NO_CONTROL.sub("", value)[:MOST_WORD_CHARACTERS]


def _number(value: dict[str, Any], name: str) -> float | None:
    found = value.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        raise ValueError(f"{name} is no number")
    try:
        number = float(found)
    except OverflowError as error:
        raise ValueError(f"{name} is no number") from error
    if not math.isfinite(number):
        raise ValueError(f"{name} is no number")
    return number


def _list(value: dict[str, Any], name: str) -> list[Any]:
    found = value.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise ValueError(f"{name} is no list")
    return found


def _language(value: Any) -> str:
    word = str(value or "").strip().lower()
    return word if re.fullmatch(r"[a-z]{2}", word) else LANGUAGES.get(word, "")
