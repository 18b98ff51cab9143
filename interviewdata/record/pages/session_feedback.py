"""What raters said of one interview, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, gettext_noop

from analytics.calculations import DIMENSIONS
from analytics.models.names import dimension_label
from interviewdata.record.pages.nested_facts import Node, facts_of, texts_of
from interviewdata.record.pages.session_sight import ReviewNotes
from interviewdata.record.pages.session_timeline import number
from interviewdata.record.pages.session_transcript import ShownTranscript
from sessions.enums import Source

_LISTS = (
    ("strengths", gettext_noop("Strengths")),
    ("areas_for_improvement", gettext_noop("Areas for improvement")),
    ("suggestions", gettext_noop("Suggestions")),
    ("detailed_feedback", gettext_noop("In detail")),
)

# By an author, and by somebody without a name.
_BY = {
    Source.REVIEWER: (gettext_noop("reviewer %(name)s"), gettext_noop("a reviewer")),
    Source.SERVICE: (gettext_noop("service %(name)s"), gettext_noop("a service")),
    Source.IMPORT: (gettext_noop("imported, by %(name)s"), gettext_noop("imported")),
}


@dataclass(frozen=True)
class Evidence:
    """A passage that a reviewer marked. start: page time (s), None where it cannot be played."""

    text: str
    start: float | None


@dataclass(frozen=True)
class Note:
    """What a reviewer wrote about one category."""

    category: str
    score: float | None
    text: str
    evidence: list[Evidence]


@dataclass(frozen=True)
class Judgement:
    """One row of feedback. scores: name → 0–10 or None; texts: title → lines."""

    pk: int
    by: str
    counts: bool
    created_at: datetime
    scores: list[tuple[str, float | None]]
    categories: list[tuple[str, float | None]]
    texts: list[tuple[str, list[str]]]
    summary: str
    spoken: str
    transcript: Node | None
    notes: list[Note]
    override_reason: str


def judgements_of(
    rows: Sequence[Mapping[str, Any]],
    *,
    notes: Mapping[int, ReviewNotes],
    transcript: ShownTranscript | None,
    transcript_id: int | None,
) -> list[Judgement]:
    """`rows` of feedback as the record gives them, only what this reader may see; `notes` of
    reviews by id of feedback; the transcript that the page shows, for the times of evidence."""
    return [_judgement(row, notes.get(row["id"]), transcript, transcript_id) for row in rows]


def said_by(source: str, author: str) -> str:
    """Who a judgement or transcript comes from, in words."""
    if source == Source.CANDIDATE:
        return gettext("said by the candidate’s own client, not counted")
    named, nameless = _BY[Source(source)]
    return gettext(named) % {"name": author} if author else gettext(nameless)


def _judgement(
    row: Mapping[str, Any],
    review: ReviewNotes | None,
    transcript: ShownTranscript | None,
    transcript_id: int | None,
) -> Judgement:
    categories = row["categories"] if isinstance(row["categories"], dict) else {}
    texts = [(gettext(title), texts_of(row[name])) for name, title in _LISTS]
    return Judgement(
        pk=row["id"],
        by=said_by(row["source"], row["author"]),
        counts=row["source"] != Source.CANDIDATE,
        created_at=datetime.fromisoformat(row["created_at"]),
        scores=[(dimension_label(column), row[column]) for column in DIMENSIONS],
        categories=[(name, number(score)) for name, score in categories.items()],
        texts=[(title, lines) for title, lines in texts if lines],
        summary=row["ai_generated_feedback"],
        spoken=row["tts_feedback"],
        transcript=facts_of(row["transcript"]),
        notes=_notes(review, transcript, transcript_id) if review else [],
        override_reason=review.override_reason if review else "",
    )


def _notes(
    review: ReviewNotes, transcript: ShownTranscript | None, transcript_id: int | None
) -> list[Note]:
    notes = []
    for entry in review.scores:
        if not isinstance(entry, dict):
            continue
        found = entry.get("evidence")
        evidence = [
            Evidence(
                str(piece.get("text", "")),
                transcript.start_of(piece.get("first"))
                if transcript and piece.get("transcript") == transcript_id
                else None,
            )
            for piece in (found if isinstance(found, list) else [])
            if isinstance(piece, dict)
        ]
        text = str(entry.get("note") or "")
        if text or evidence:
            name = str(entry.get("category") or entry.get("dimension") or "–")
            notes.append(Note(name, number(entry.get("score")), text, evidence))
    return notes
