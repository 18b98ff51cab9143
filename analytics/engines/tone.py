"""Tone of the words of an answer: how friendly or unfriendly its vocabulary is. English only.

C. J. Hutto and E. Gilbert (2014), "VADER: A parsimonious rule-based model for sentiment analysis of
social media text", ICWSM-14: a lexicon rated by people and five rules (negation, degree, capitals,
punctuation, "but"). It reads words, not the person: "we killed the bug" counts as unfriendly. It
is neither an emotion nor a quality of the answer, and results say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from math import fsum
from typing import Any

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from analytics.engines.texts import sentences_of, words_of

NAME = "tone of words"
VERSION = "1"
LEXICON = "vaderSentiment 3.3.2"
MEANING = "How friendly the vocabulary is; not what the person feels, nor how good the answer is."
# Scores as the authors read them: from 0.05 up friendly, from -0.05 down unfriendly.
NEUTRAL_BELOW = 0.05
MOST_SENTENCES = 200
# Quadratic inside: the library lower-cases the whole sentence for each of its rated words.
MOST_WORDS = 60
FEW_WORDS = 5
LEAST_LITTLE_SHARE = 0.12
_LITTLE_WORDS = (
    "the and of to that is it for with as on not be this are or by from have has had were which we "
    "they you i my our their would could should because there what when who how if but then than "
    "been about into them your at it's i'm don't no yes"
)
LITTLE_WORDS = frozenset(_LITTLE_WORDS.split())


def tone_of(text: str, *, language: str = "") -> dict[str, Any]:
    """Tone of one answer, and of the sentences that made it.

    compound: -1 to 1, the mean of the sentences' weighted by their words; positive, neutral,
    negative: shares of the words' weight, 0–1, together 1. sentences: place, compound and words of
    those that are not neutral, the strongest MOST_SENTENCES in the order of the text. Another
    language than English, or a text without words: {"not_measured": reason, "method": …}.
    language: two letters as Transcription has it; empty is unknown, and told by the little words.
    """
    if language.strip().lower().replace("_", "-").split("-")[0] not in ("en", ""):
        return _not_measured(f"Its lexicon is English; the answer is in “{language[:20]}”")
    if not language.strip() and not _looks_english(text):
        return _not_measured("Its lexicon is English; the answer does not look like English")
    rated = [
        (place, len(words_of(text[place[0] : place[1]])), scores) for place, scores in _rate(text)
    ]
    words = sum(count for _, count, _ in rated)
    if not words:
        return _not_measured("There are no words in it")
    shown = [
        {"start": place[0], "end": place[1], "words": count, "compound": scores["compound"]}
        for place, count, scores in rated
        if abs(scores["compound"]) >= NEUTRAL_BELOW
    ]
    strongest = sorted(shown, key=lambda each: -abs(each["compound"]))[:MOST_SENTENCES]
    result = {
        "compound": _mean([(s["compound"], count) for _, count, s in rated], words),
        "positive": _mean([(s["pos"], count) for _, count, s in rated], words),
        "neutral": _mean([(s["neu"], count) for _, count, s in rated], words),
        "negative": _mean([(s["neg"], count) for _, count, s in rated], words),
        "words": words,
        "sentence_count": len(rated),
        "positive_sentences": sum(s["compound"] >= NEUTRAL_BELOW for _, _, s in rated),
        "negative_sentences": sum(s["compound"] <= -NEUTRAL_BELOW for _, _, s in rated),
        "sentences": sorted(strongest, key=lambda each: each["start"]),
    }
    return {**result, "method": _method()}


def combine_tone(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The tone of an interview from its answers' results: means weighted by their words.

    answers: how many were measured of how many; lowest, highest: the extremes among them.
    """
    measured = [part for part in parts if "not_measured" not in part]
    words = sum(part["words"] for part in measured)
    if not words:
        return _not_measured("None of the answers could be measured")
    result: dict[str, Any] = {
        name: _mean([(part[name], part["words"]) for part in measured], words)
        for name in ("compound", "positive", "neutral", "negative")
    }
    for name in ("words", "sentence_count", "positive_sentences", "negative_sentences"):
        result[name] = sum(part[name] for part in measured)
    result["lowest"] = min(part.get("lowest", part["compound"]) for part in measured)
    result["highest"] = max(part.get("highest", part["compound"]) for part in measured)
    result["answers"] = sum(part.get("answers", 1) for part in measured)
    result["answers_not_measured"] = (
        len(parts) - len(measured) + sum(part.get("answers_not_measured", 0) for part in measured)
    )
    return {**result, "method": _method()}


def _looks_english(text: str) -> bool:
    """Whether enough of the words are English little words; a few words alone are taken as such.

    An English text is half little words. Those that are words of other languages too (an, in,
    so, was, die) are not counted.
    """
    words = words_of(text)
    if not all(word.text.isascii() for word in words[:FEW_WORDS]) and len(words) <= FEW_WORDS:
        return False
    if len(words) <= FEW_WORDS:
        return True
    little = sum(word.text in LITTLE_WORDS for word in words)
    return little >= LEAST_LITTLE_SHARE * len(words)


@cache
def _analyzer() -> Any:
    return SentimentIntensityAnalyzer()


def _rate(text: str) -> list[tuple[tuple[int, int], dict[str, float]]]:
    analyzer = _analyzer()
    rated: dict[str, dict[str, float]] = {}
    result = []
    for start, end in sentences_of(text):
        for place in _pieces(text, start, end):
            sentence = text[place[0] : place[1]]
            if sentence not in rated:
                rated[sentence] = analyzer.polarity_scores(sentence)
            result.append((place, rated[sentence]))
    return result


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentence itself, or pieces of MOST_WORDS words where it never ends."""
    words = words_of(text[start:end])
    if len(words) <= MOST_WORDS:
        return [(start, end)]
    cuts = [0, *(word.start for word in words[MOST_WORDS::MOST_WORDS]), end - start]
    return [(start + first, start + last) for first, last in pairwise(cuts)]


def _mean(values: Sequence[tuple[float, int]], total: int) -> float:
    return round(fsum(value * weight for value, weight in values) / total, 4)


def _not_measured(reason: str) -> dict[str, Any]:
    return {"not_measured": reason, "method": _method()}


def _method() -> dict[str, Any]:
    return {
        "name": NAME,
        "version": VERSION,
        "parameters": {
            "lexicon": LEXICON,
            "language": "en",
            "neutral_below": NEUTRAL_BELOW,
            "longest_piece_words": MOST_WORDS,
            "least_share_of_english_little_words": LEAST_LITTLE_SHARE,
            "meaning": MEANING,
        },
    }
