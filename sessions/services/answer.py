"""Answers: kept whole, once, in revisions. HOT."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from interviewdata.common.errors import Invalid, NotFound
from interviewdata.common.sql import fetch_one, is_postgresql, own_statement
from sessions.services.answer_steps import Outcome, keep_answer_in_steps
from sessions.services.audio import StoredAudio
from sessions.services.question import QuestionDraft, add_question
from sessions.services.session import lock_session


@dataclass(frozen=True)
class AnswerDraft:
    """An answer before it is kept. The question is named by `question_id`, else `question_index`
    (1-based), else by a `question_text` that is new. Durations in seconds, confidence 0–1."""

    session_id: str
    question_id: int | None
    question_index: int | None
    question_text: str
    text: str
    audio: StoredAudio | None
    response_duration: float | None
    confidence_score: float | None
    emotion_detected: str
    client_time: datetime | None
    idempotency_key: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) over text and sound: what makes two answers the same one."""
        digest = hashlib.sha256(self.text.encode())
        digest.update(b"\x00" + (self.audio.sha256 if self.audio else "").encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class KeptAnswer:
    response_id: int
    question_id: int
    audio_file_path: str
    is_new: bool
    is_late: bool
    answered: int
    total: int
    next_index: int


_RECORD_ANSWER = f"SELECT * FROM record_answer({', '.join(['%s'] * 17)})"


def record_answer(draft: AnswerDraft, *, now: datetime | None = None) -> KeptAnswer:
    """Keep an answer; the same one again gives the row that is there.

    A different answer to the same question is a new revision and becomes current. A question
    that the interview does not have yet is added when its text came along. The sound must be on
    disk already. 1 statement on PostgreSQL, at most 8 in one transaction on SQLite.
    Raises NotFound (no such interview), Invalid (no such question).
    """
    now = now or timezone.now()
    outcome = _keep(draft, now)
    if outcome.word in ("no_question", "other_question"):
        outcome = _keep_with_its_question(draft, outcome.word, now)
    if outcome.word == "no_session":
        raise NotFound
    return KeptAnswer(
        response_id=outcome.response_id,
        question_id=outcome.question_id,
        audio_file_path=outcome.audio_path,
        is_new=outcome.word == "new",
        is_late=outcome.late,
        answered=outcome.answered,
        total=outcome.total,
        next_index=outcome.next_index,
    )


def question_exists(
    *, question_id: int | None, question_index: int | None
) -> tuple[str, tuple[int, ...]]:
    """SQL and its value: whether the interview `s` has that question (`question_index` from 0)."""
    if question_id is not None:
        column, value = "id", question_id
    else:
        column, value = "question_index", (question_index or 0) + 1
    return (
        "EXISTS (SELECT 1 FROM interview_questions q"
        f" WHERE q.session_id = s.session_id AND q.{column} = %s)",
        (value,),
    )


def _keep(draft: AnswerDraft, now: datetime) -> Outcome:
    if not is_postgresql():
        return keep_answer_in_steps(draft, now)
    return keep_answer_in_one_statement(draft, now)


def keep_answer_in_one_statement(draft: AnswerDraft, now: datetime) -> Outcome:
    """PostgreSQL's function of migration 0003; the same steps as `keep_answer_in_steps`."""
    audio = draft.audio
    with own_statement():
        row = fetch_one(
            _RECORD_ANSWER,
            [
                draft.session_id,
                draft.question_id,
                draft.question_index,
                draft.question_text,
                draft.text,
                audio.path if audio else "",
                audio.sha256 if audio else "",
                audio.content_type if audio else "",
                audio.size if audio else 0,
                audio.duration if audio else None,
                draft.response_duration,
                draft.confidence_score,
                draft.emotion_detected,
                draft.client_time,
                draft.fingerprint,
                draft.idempotency_key,
                now,
            ],
        )
    assert row is not None
    return Outcome(*row) if row[1] is not None else Outcome(row[0])


@transaction.atomic
def _keep_with_its_question(draft: AnswerDraft, problem: str, now: datetime) -> Outcome:
    """Add the question that the answer brought along, then keep the answer.

    A client that began offline asks its own questions: one whose text is not the one we asked at
    that index goes to the end, so that no answer ever stands under another question.
    """
    if not draft.question_text:
        name = "questionId" if draft.question_id is not None else "questionIndex"
        raise Invalid.field(
            name, "This interview has no such question; send `question`, its text, to add it."
        )
    interview = lock_session(draft.session_id)
    same = interview.questions.filter(question_text=draft.question_text).first()
    if same is None:
        last = interview.questions.order_by("-question_index").first()
        end = last.question_index + 1 if last else 1
        wanted = draft.question_index if problem == "no_question" else None
        same = add_question(
            interview,
            QuestionDraft(text=draft.question_text, metadata={"generator": "client"}),
            question_index=wanted or end,
            now=now,
        )
    return _keep(
        AnswerDraft(**{**draft.__dict__, "question_id": same.pk, "question_index": None}),
        now,
    )
