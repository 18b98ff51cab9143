"""What a reviewer types: read from the form, kept as a draft, shown again, handed to the service.

A draft is the form's own texts: {"scores": {category id: {"score", "note", "times", "evidence"}},
"overall", "reason"}, all of them texts as typed; "evidence" is pieces as "transcript:first-last"
separated by blanks, "times" spans as people write them ("1:05–1:20, 2:03–2:10").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from analytics.calculations import weighted_mean
from analytics.models import Review, RubricCategory
from analytics.services.evidence import Piece, Word, quote, spans_of, words_between
from analytics.services.review import CategoryScore

_PIECE = re.compile(r"(\d{1,18}):(\d{1,9})-(\d{1,9})")
_PARTS = ("score", "note", "times", "evidence")
MOST_CHARACTERS = 40_000  # of one field; the draft as a whole has its own limit
Draft = dict[str, Any]


def read_draft(data: QueryDict) -> Draft:
    """The texts of a posted form, categories that say nothing left out."""
    scores: dict[str, dict[str, str]] = {}
    for name in data:
        part, _, category = name.partition("-")
        value = _text(data, name)
        if part in _PARTS and category.isascii() and category.isdecimal() and value:
            scores.setdefault(category[:18], {})[part] = value
    return {
        "scores": scores,
        "overall": _text(data, "overall"),
        "reason": _text(data, "reason"),
    }


def _text(data: QueryDict, name: str) -> str:
    # PostgreSQL's JSON takes no NUL.
    return str(data.get(name, "")).replace("\0", "").strip()[:MOST_CHARACTERS]


def draft_of(review: Review, rubric: Iterable[RubricCategory]) -> Draft:
    """A review as the form shows it again, for whoever changes their mind."""
    ids = {category.name: str(category.pk) for category in rubric}
    scores = {
        ids[entry["category"]]: {
            "score": number_text(entry["score"]),
            "note": entry["note"],
            "evidence": " ".join(
                f"{piece['transcript']}:{piece['first']}-{piece['last']}"
                for piece in entry["evidence"]
            ),
        }
        for entry in review.scores
        if entry["category"] in ids
    }
    overall = number_text(review.feedback.overall_score) if review.override_reason else ""
    return {"scores": scores, "overall": overall, "reason": review.override_reason}


def number_text(value: float | None) -> str:
    """A number as an input of kind "number" takes it."""
    return "" if value is None else f"{value:g}"


def pieces_of(text: str) -> list[Piece]:
    """The pieces of evidence in a form's text; what is no piece is left out: only a script writes
    that field."""
    return [
        Piece(*(int(number) for number in match.groups()))
        for match in map(_PIECE.fullmatch, text.split())
        if match
    ]


def transcripts_in(draft: Draft) -> set[int]:
    """Ids of the transcripts that a draft quotes."""
    return {
        piece.transcript
        for parts in draft.get("scores", {}).values()
        for piece in pieces_of(parts.get("evidence", ""))
    }


@dataclass
class Entry:
    """A form read: what goes to the service, and what could not be read, by field."""

    scores: list[CategoryScore]
    overall: float | None
    reason: str
    errors: dict[str, list[str]] = field(default_factory=dict)


def read_entry(draft: Draft, *, transcript: int, words: Sequence[Word]) -> Entry:
    """A draft as values. `words` are those of the transcript shown: times are looked up there."""
    errors: dict[str, list[str]] = {}
    scores = []
    for category, parts in draft["scores"].items():
        evidence = pieces_of(parts.get("evidence", ""))
        try:
            evidence += pieces_at(parts.get("times", ""), transcript, words)
        except ValueError as refusal:
            errors.setdefault(f"times-{category}", []).append(str(refusal))
        score = _number(parts.get("score", ""), f"score-{category}", errors)
        scores.append(CategoryScore(int(category), score, parts.get("note", ""), evidence))
    overall = _number(draft["overall"], "overall", errors)
    return Entry(scores, overall, draft["reason"], errors)


def pieces_at(times: str, transcript: int, words: Sequence[Word]) -> list[Piece]:
    """The pieces spoken at the times of a text. Raises ValueError, its text a sentence."""
    pieces = []
    for start, end in spans_of(times):
        found = words_between(words, start, end)
        if found is None:
            raise ValueError(
                gettext("Nothing is said at that time; times are minutes and seconds.")
            )
        pieces.append(Piece(transcript, *found))
    return pieces


def _number(text: str, name: str, errors: dict[str, list[str]]) -> float | None:
    if not text:
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        sentence = gettext("Write a number from 0 to 10, in steps of 0.5.")
        errors.setdefault(name, []).append(sentence)
        return None


@dataclass(frozen=True)
class Card:
    """One category on the form: texts as typed, passages marked so far, what is wrong."""

    category: RubricCategory
    score: str
    note: str
    times: str
    evidence: str
    passages: list[dict[str, Any]]
    errors: list[str]
    is_invalid: Mapping[str, bool]


def cards_of(
    rubric: Iterable[RubricCategory],
    draft: Draft,
    transcripts: Mapping[int, Sequence[Word]],
    errors: Mapping[str, Sequence[str]],
) -> list[Card]:
    cards = []
    for category in rubric:
        parts = draft["scores"].get(str(category.pk), {})
        found = {part: errors.get(f"{part}-{category.pk}", ()) for part in _PARTS}
        cards.append(
            Card(
                category=category,
                score=parts.get("score", ""),
                note=parts.get("note", ""),
                times=parts.get("times", ""),
                evidence=parts.get("evidence", ""),
                passages=_passages(parts.get("evidence", ""), transcripts),
                errors=[text for texts in found.values() for text in texts],
                is_invalid={part: bool(texts) for part, texts in found.items()},
            )
        )
    return cards


def _passages(evidence: str, transcripts: Mapping[int, Sequence[Word]]) -> list[dict[str, Any]]:
    """The pieces of a field with their times and text, each under its own text of the field."""
    passages = []
    for piece in pieces_of(evidence):
        words = transcripts.get(piece.transcript, ())
        key = f"{piece.transcript}:{piece.first}-{piece.last}"
        if piece.first <= piece.last < len(words):
            passages.append({"key": key, **quote(piece, words)})
        else:
            passages.append(
                {"key": key, "text": gettext("not in the transcript any more"), "start": None}
            )
    return passages


def overall_so_far(cards: Iterable[Card]) -> float | None:
    """The weighted mean of what is typed; what is no score counts as none."""
    pairs = []
    for card in cards:
        score = _number(card.score, "", {})
        is_score = score is not None and 0 <= score <= 10
        pairs.append((card.category.weight, score if is_score else None))
    return weighted_mean(pairs)
