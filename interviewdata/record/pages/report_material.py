"""What the reports of one interview are made of, and how they write a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import formats, timezone

from interviewdata.record.pages.session_answers import Question
from interviewdata.record.pages.session_sight import ReviewNotes


@dataclass(frozen=True)
class Spoken:
    """What stands for the interview's words. `by_question`: index of the question → its passages;
    `starts`: the time (s) of each word by its index, for evidence."""

    by: str
    made_by: str
    created_at: datetime
    word_count: int
    is_corrected: bool
    pk: int
    by_question: Mapping[int, Sequence[str]]
    starts: Sequence[float | None]


@dataclass(frozen=True)
class Material:
    """Everything a report is made of. Rows are those of the record, as dicts; None: the reader may
    not see it. `may`: part → whether the reader may see it."""

    session: Mapping[str, Any]
    questions: Sequence[Question]
    feedbacks: Sequence[Mapping[str, Any]]
    notes: Mapping[int, ReviewNotes]
    spoken: Spoken | None
    analytics: Mapping[str, Any] | None
    findings: Sequence[str]
    may: Mapping[str, bool]
    is_blind: bool


def moment(value: Any) -> str:
    """A moment of the record in the reader's zone; a dash for none."""
    if not value:
        return "–"
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")
