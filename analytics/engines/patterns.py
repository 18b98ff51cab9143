"""What an answer's text shows: length, vocabulary, keywords, structure, repetitions."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from analytics.engines.keywords import MATCHING, find_keywords
from analytics.engines.repetition import (
    LONGEST_PHRASE,
    SHORTEST_PHRASE,
    find_fillers,
    repeated_phrases,
)
from analytics.engines.structure import HEURISTIC, PARTS, find_structure
from analytics.engines.texts import sentences_of, words_of
from analytics.engines.words import Word

NAME = "patterns"
VERSION = "1"
WINDOW_WORDS = 50
MOST_TYPES = 3_000
OPENING_WORDS = 3
LEAST_RATE_SECONDS = 1.0


def answer_patterns(
    text: str,
    *,
    expected_keywords: Sequence[str] = (),
    seconds: float | None = None,
    words: Sequence[Word] | None = None,
    fillers_kept: bool = False,
) -> dict[str, Any]:
    """Patterns of one answer, linear in its length.

    Keys: length, vocabulary, keywords, structure, repetitions, fillers, method and basis (from
    which interview_patterns works). A place is {"start", "end"} in characters of `text`, with
    "at_seconds" where `words` are what `text` was made of. seconds: length of the recording.
    fillers_kept: True for typed text and for a source that writes "um" down; transcriptions mostly
    leave it out, and then nothing is counted.
    """
    tokens = words_of(text)
    names = [token.text for token in tokens]
    types = Counter(names)
    lengths = [len(words_of(text[start:end])) for start, end in sentences_of(text)]
    clock = _Clock(text, words or ())
    fillers: dict[str, Any] = (
        find_fillers(tokens)
        if fillers_kept
        else {"not_measured": "The words come from a source that leaves fillers out"}
    )
    spoken = seconds is not None and seconds >= LEAST_RATE_SECONDS
    mattr = moving_ratio(names)
    return {
        "length": {
            "words": len(names),
            "characters": len(text),
            "sentences": len(lengths),
            "words_a_sentence": round(len(names) / len(lengths), 2) if lengths else None,
            "longest_sentence_words": max(lengths, default=None),
            "seconds": seconds,
            "words_a_minute": round(60 * len(names) / seconds, 1) if spoken and seconds else None,
        },
        "vocabulary": {
            "distinct_words": len(types),
            "type_token_ratio": round(len(types) / len(names), 4) if names else None,
            "moving_average_type_token_ratio": None if mattr is None else round(mattr, 4),
        },
        "keywords": clock.timed(find_keywords(text, expected_keywords)),
        "structure": clock.timed(find_structure(text)),
        "repetitions": clock.timed(repeated_phrases(text, tokens)),
        "fillers": clock.timed(fillers),
        "method": _method(),
        "basis": {
            "types": [name[:60] for name, _ in types.most_common(MOST_TYPES)],
            "windows": max(0, len(names) - WINDOW_WORDS + 1),
            "opening": " ".join(names[:OPENING_WORDS])[:100],
        },
    }


def moving_ratio(names: Sequence[str]) -> float | None:
    """Distinct words among each WINDOW_WORDS in a row, as their share, averaged; None for fewer.

    Unlike the plain ratio it does not fall with the length. M. A. Covington and J. D. McFall
    (2010), "Cutting the Gordian knot: the moving-average type-token ratio (MATTR)", Journal of
    Quantitative Linguistics 17(2), 94–100.
    """
    if len(names) < WINDOW_WORDS:
        return None
    inside = Counter(names[:WINDOW_WORDS])
    total = len(inside)
    for gone, come in zip(names, names[WINDOW_WORDS:], strict=False):
        inside[gone] -= 1
        if not inside[gone]:
            del inside[gone]
        inside[come] += 1
        total += len(inside)
    return total / WINDOW_WORDS / (len(names) - WINDOW_WORDS + 1)


def interview_patterns(
    parts: Sequence[dict[str, Any]],
    *,
    skipped: Sequence[int],
    re_answered: Mapping[int, int],
) -> dict[str, Any]:
    """Patterns of an interview: `parts` are its current answers' results in question order.

    skipped: indexes of the questions without an answer; re_answered: index → number of answers
    given, for those answered more than once. distinct_words is a lower bound where an answer has
    more than MOST_TYPES ("distinct_words_exact" false).
    """
    lengths = [part["length"] for part in parts]
    counts = [length["words"] for length in lengths]
    timed = [length for length in lengths if length["seconds"] is not None]
    seconds = sum(length["seconds"] for length in timed)
    windows = sum(part["basis"]["windows"] for part in parts)
    ratio = sum(
        part["vocabulary"]["moving_average_type_token_ratio"] * part["basis"]["windows"]
        for part in parts
        if part["basis"]["windows"]
    )
    expected = sum(part["keywords"]["expected"] for part in parts)
    found = sum(part["keywords"]["found"] for part in parts)
    fillers = [part for part in parts if "not_measured" not in part["fillers"]]
    filler_words = sum(part["length"]["words"] for part in fillers)
    filler_count = sum(part["fillers"]["count"] for part in fillers)
    openings = Counter(part["basis"]["opening"] for part in parts if part["length"]["words"])
    return {
        "answers": len(parts),
        "length": {
            "words": sum(counts),
            "characters": sum(length["characters"] for length in lengths),
            "sentences": sum(length["sentences"] for length in lengths),
            "seconds": round(seconds, 3) if timed else None,
            "words_an_answer": round(sum(counts) / len(counts), 1) if counts else None,
            "shortest_answer_words": min(counts, default=None),
            "longest_answer_words": max(counts, default=None),
            "words_a_minute": (
                round(60 * sum(length["words"] for length in timed) / seconds, 1)
                if seconds >= LEAST_RATE_SECONDS
                else None
            ),
        },
        "vocabulary": {
            "distinct_words": len({name for part in parts for name in part["basis"]["types"]}),
            "distinct_words_exact": all(
                part["vocabulary"]["distinct_words"] <= MOST_TYPES for part in parts
            ),
            # Windows do not cross from one answer into the next.
            "moving_average_type_token_ratio": round(ratio / windows, 4) if windows else None,
        },
        "keywords": {
            "expected": expected,
            "found": found,
            "share": round(found / expected, 4) if expected else None,
        },
        "structure": {
            **{name: sum(name in part["structure"]["found"] for part in parts) for name in PARTS},
            "all_parts": sum(len(part["structure"]["found"]) == len(PARTS) for part in parts),
        },
        "repetitions": {
            "answers": sum(bool(part["repetitions"]) for part in parts),
            "openings": [
                {"opening": opening, "answers": count}
                for opening, count in openings.most_common(10)
                if count > 1
            ],
        },
        "fillers": (
            {
                "answers": len(fillers),
                "count": filler_count,
                "a_hundred_words": (
                    round(100 * filler_count / filler_words, 2) if filler_words else None
                ),
            }
            if fillers
            else {"not_measured": "The words come from a source that leaves fillers out"}
        ),
        "skipped": {"count": len(skipped), "questions": sorted(skipped)},
        "re_answered": {
            "count": len(re_answered),
            "questions": [
                {"question": index, "answers": count}
                for index, count in sorted(re_answered.items())
            ],
        },
        "method": _method(),
    }


class _Clock:
    """When something in a text was said, where the text was made of words with times."""

    def __init__(self, text: str, words: Sequence[Word]) -> None:
        self.starts: list[int] = []
        self.seconds: list[float] = []
        at = 0
        for word in words:
            spelled = word.word.strip()
            # Near where it must be: a text that was not made of these words gets no times.
            place = text.find(spelled, at, at + len(spelled) + 5) if spelled else -1
            if place < 0:
                if spelled:
                    self.starts, self.seconds = [], []
                    return
                continue
            self.starts.append(place)
            self.seconds.append(word.start)
            at = place + len(spelled)

    def timed(self, value: Any) -> Any:
        """The same with each "places" written out as {"start", "end", "at_seconds"?}."""
        if isinstance(value, list):
            return [self.timed(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {
            name: [self._place(*place) for place in each] if name == "places" else self.timed(each)
            for name, each in value.items()
        }

    def _place(self, start: int, end: int) -> dict[str, Any]:
        place: dict[str, Any] = {"start": start, "end": end}
        index = bisect_right(self.starts, start) - 1
        if index >= 0:
            place["at_seconds"] = round(self.seconds[index], 2)
        return place


def _method() -> dict[str, Any]:
    return {
        "name": NAME,
        "version": VERSION,
        "parameters": {
            "window_words": WINDOW_WORDS,
            "keyword_matching": MATCHING,
            "structure": HEURISTIC,
            "phrase_words": [SHORTEST_PHRASE, LONGEST_PHRASE],
            "places": "characters, end exclusive",
        },
    }
