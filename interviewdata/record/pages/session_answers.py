"""Questions of one interview in order, each with its answers, as the record page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from interviewdata.record.pages.nested_facts import Node, facts_of, texts_of
from interviewdata.record.pages.session_timeline import Recording, number

# Keys of a question's metadata that have a place of their own.
_SHOWN = ("expected_keywords", "time_limit")


@dataclass(frozen=True)
class Answer:
    """One revision. duration and audio_duration in seconds; audio_bytes 0: no sound."""

    pk: int
    revision: int
    is_current: bool
    is_late: bool
    text: str
    duration: float | None
    audio_duration: float | None
    audio_bytes: int
    audio_sha256: str
    confidence: float | None
    emotion: str
    created_at: datetime


@dataclass
class Question:
    """A question as it was asked. time_limit in seconds; `more`: the rest of its metadata."""

    pk: int
    index: int
    text: str
    kind: str
    category: str
    difficulty: str
    asked_at: datetime
    keywords: list[str]
    time_limit: float | None
    more: Node | None
    current: Answer | None = None
    older: list[Answer] = field(default_factory=list)


def questions_of(
    questions: Sequence[Mapping[str, Any]], responses: Sequence[Mapping[str, Any]]
) -> list[Question]:
    """Both as the record gives them: questions by index, responses by question and revision."""
    shown = [_question(row) for row in questions]
    by_pk = {question.pk: question for question in shown}
    for row in responses:
        question = by_pk.get(row["question_id"])
        if question is None:
            continue
        answer = _answer(row)
        if answer.is_current:
            question.current = answer
        else:
            question.older.insert(0, answer)
    return shown


def recordings_of(questions: Sequence[Question]) -> list[Recording]:
    """The sounds of current answers, in the order of their questions."""
    return [
        Recording(question.current.pk, question.index, question.current.audio_duration)
        for question in questions
        if question.current is not None and question.current.audio_bytes
    ]


def _question(row: Mapping[str, Any]) -> Question:
    metadata = (
        row["metadata"] if isinstance(row["metadata"], dict) else {"metadata": row["metadata"]}
    )
    rest = {name: value for name, value in metadata.items() if name not in _SHOWN}
    return Question(
        pk=row["id"],
        index=row["question_index"],
        text=row["question_text"],
        kind=row["question_type"],
        category=row["category"],
        difficulty=row["difficulty"],
        asked_at=datetime.fromisoformat(row["asked_at"]),
        keywords=texts_of(metadata.get("expected_keywords")),
        time_limit=number(metadata.get("time_limit")),
        more=facts_of(rest),
    )


def _answer(row: Mapping[str, Any]) -> Answer:
    return Answer(
        pk=row["id"],
        revision=row["revision"],
        is_current=row["is_current"],
        is_late=row["is_late"],
        text=row["user_answer"],
        duration=row["response_duration"],
        audio_duration=row["audio_duration"],
        audio_bytes=row["audio_bytes"],
        audio_sha256=row["audio_sha256"],
        confidence=row["confidence_score"],
        emotion=row["emotion_detected"],
        created_at=datetime.fromisoformat(row["created_at"]),
    )
