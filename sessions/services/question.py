"""Questions of an interview: asked one by one, or in a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from interviewdata.common.errors import Conflict, Invalid, NotFound
from interviewdata.common.sql import (
    fetch_all,
    fetch_one,
    from_sql_json,
    is_postgresql,
    own_statement,
    to_sql_json,
    to_sql_time,
)
from sessions.enums import EventKind
from sessions.models import InterviewQuestion, InterviewSession
from sessions.services.counters import recount
from sessions.services.events import COLUMNS, POSITION, as_progress_data, emit, resumed_and
from sessions.services.session import lock_session

MAX_QUESTIONS = 500


@dataclass(frozen=True)
class QuestionDraft:
    """A question before it is asked. `metadata`: expected_keywords, time_limit (s), generator."""

    text: str
    type: str = ""
    category: str = ""
    difficulty: str = ""
    bank_key: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AskedQuestion:
    id: int
    question_index: int
    text: str
    type: str
    category: str
    difficulty: str
    metadata: dict[str, Any]


def begin(interview: InterviewSession, *, now: datetime) -> None:
    """A first question or answer makes a created or abandoned interview active."""
    if interview.status in ("created", "abandoned"):
        interview.status = "active"
        interview.start_time = interview.start_time or now
    interview.updated_at = now
    interview.save(update_fields=["status", "start_time", "updated_at"])


@transaction.atomic
def ask_question(
    *, session_id: str, draft: QuestionDraft, now: datetime | None = None
) -> InterviewQuestion:
    """Add one question at the end; the same text again gives the question that is there.

    Raises NotFound, Conflict when the interview is completed and the text is new.
    """
    now = now or timezone.now()
    interview = lock_session(session_id)
    found = (
        InterviewQuestion.objects.filter(session=interview, question_text=draft.text)
        .order_by("question_index")
        .first()
    )
    if found is not None:
        return found
    if interview.status == "completed":
        raise Conflict("The interview has ended; no question can be added.")
    last = InterviewQuestion.objects.filter(session=interview).aggregate(
        last=Max("question_index")
    )["last"]
    return add_question(interview, draft, question_index=(last or 0) + 1, now=now)


def add_question(
    interview: InterviewSession, draft: QuestionDraft, *, question_index: int, now: datetime
) -> InterviewQuestion:
    """Insert a question (1-based index) into a locked interview, begin and recount it."""
    if question_index > MAX_QUESTIONS:
        raise Invalid.field("questionIndex", f"An interview has {MAX_QUESTIONS} questions at most.")
    question = InterviewQuestion(
        session=interview,
        question_index=question_index,
        question_text=draft.text,
        question_type=draft.type,
        category=draft.category,
        difficulty=draft.difficulty,
        metadata=draft.metadata,
        bank_key=draft.bank_key,
        asked_at=now,
    )
    question.save(force_insert=True)
    was = interview.status
    if was != "completed":
        begin(interview, now=now)
    counters = recount(interview.session_id)
    asked = (EventKind.ASKED, {"added": 1, **counters})
    emit(interview.session_id, *resumed_and(was, asked), now=now)
    return question


_BATCH = """
SELECT id, question_index, question_text, question_type, category, difficulty, metadata
FROM interview_questions WHERE session_id = %s AND batch = %s ORDER BY question_index
"""


def asked_batch(session_id: str, batch: str) -> list[AskedQuestion]:
    """The questions that the same request was given before, in order; empty: none. 1 statement."""
    return [
        AskedQuestion(*row[:6], metadata=from_sql_json(row[6]))  # type: ignore[misc]
        for row in fetch_all(_BATCH, [session_id, batch])
    ]


_LAST_INDEX = """
SELECT COALESCE(max(question_index), 0), count(*),
       (SELECT status FROM interview_sessions s WHERE s.session_id = %s)
FROM interview_questions WHERE session_id = %s
"""
_BEGIN = """
UPDATE interview_sessions SET
    total_questions = (SELECT count(*) FROM interview_questions q
                       WHERE q.session_id = interview_sessions.session_id){and_new},
    status = CASE WHEN status IN ('created', 'abandoned') THEN 'active' ELSE status END,
    start_time = CASE WHEN status = 'completed' THEN start_time
                      ELSE COALESCE(start_time, {now}) END,
    updated_at = {now}
"""
_INSERT = """
INSERT INTO interview_questions (
    session_id, question_index, question_text, question_type, category, difficulty, asked_at,
    metadata, bank_key, batch
)
"""
# One statement, for the usual case that nobody else is adding questions: a rival that commits in
# between makes the unique index refuse all of ours, one that committed before is seen by the
# number of questions. Either way nothing is added, and the same is done again behind the lock.
_ASK_BATCH = f"""
WITH interview AS (
    SELECT session_id, status FROM interview_sessions WHERE session_id = %s FOR UPDATE
), last AS (
    SELECT COALESCE(max(question_index), 0) AS n, count(*) AS present FROM interview_questions
    WHERE session_id = (SELECT session_id FROM interview)
), added AS (
    {_INSERT}
    SELECT interview.session_id, last.n + d.n, d.text, d.type, d.category, d.difficulty, %s,
           d.metadata, d.bank_key, %s
    FROM interview, last, jsonb_to_recordset(%s::jsonb) AS d(
        n integer, text text, type text, category text, difficulty text, metadata jsonb,
        bank_key text)
    WHERE last.present = COALESCE(%s, last.present) AND NOT EXISTS (
        SELECT 1 FROM interview_questions q
        WHERE q.session_id = interview.session_id AND q.batch = %s
    )
    RETURNING id, question_index
), begun AS (
    {_BEGIN.format(and_new=" + (SELECT count(*) FROM added)", now="%s")}
    WHERE session_id = (SELECT session_id FROM interview)
    RETURNING updated_at, questions_answered, total_questions, current_question_index
), event AS (
    INSERT INTO interview_events ({COLUMNS})
    SELECT interview.session_id, kind, begun.updated_at, CASE WHEN kind = 'asked' THEN
           jsonb_build_object('added', new.n, 'answered', begun.questions_answered,
                              'total', begun.total_questions,
                              'currentQuestionIndex', begun.current_question_index)
           ELSE '{{}}'::jsonb END, {POSITION}
    FROM interview, begun, (SELECT count(*) AS n FROM added) AS new,
         (VALUES (1, 'resumed'), (2, 'asked')) AS kinds(place, kind)
    WHERE new.n > 0 AND (kind = 'asked' OR interview.status = 'abandoned')
    ORDER BY place
)
SELECT id, question_index FROM added ORDER BY question_index
"""


class Outrun(Exception):
    """Questions that were added meanwhile may be the same ones: choose again."""


def ask_batch(
    *,
    session_id: str,
    batch: str,
    drafts: Sequence[QuestionDraft],
    present: int | None = None,
    now: datetime | None = None,
) -> list[AskedQuestion]:
    """Add questions at the end, in order. HOT: 1 statement on PostgreSQL, 5 on SQLite.

    `batch` is the digest of the request; if a rival with the same digest came first, its
    questions are returned and nothing is added. `present`: how many questions the interview had
    when these were chosen; where it has another number now, Outrun is raised and nothing added.
    Raises NotFound.
    """
    now = now or timezone.now()
    if is_postgresql():
        added = _ask_batch_at_once(session_id, batch, drafts, present, now)
        if added:
            return added
    return _ask_batch_in_steps(session_id, batch, drafts, present, now)


def _ask_batch_at_once(
    session_id: str,
    batch: str,
    drafts: Sequence[QuestionDraft],
    present: int | None,
    now: datetime,
) -> list[AskedQuestion]:
    """The questions that were added: all or, where anything stood in the way, none."""
    rows = [
        {
            "n": number,
            "text": draft.text,
            "type": draft.type,
            "category": draft.category,
            "difficulty": draft.difficulty,
            "metadata": draft.metadata,
            "bank_key": draft.bank_key,
        }
        for number, draft in enumerate(drafts, start=1)
    ]
    values = [session_id, now, batch, to_sql_json(rows), present, batch, now, now]
    try:
        with own_statement():
            added = fetch_all(_ASK_BATCH, values)
    except IntegrityError:
        return []
    return _as_asked(added, drafts) if added else []


@transaction.atomic
def _ask_batch_in_steps(
    session_id: str,
    batch: str,
    drafts: Sequence[QuestionDraft],
    present: int | None,
    now: datetime,
) -> list[AskedQuestion]:
    """The same one step after the other; rivals wait until the transaction ends.

    On SQLite they do since it began (IMMEDIATE), on PostgreSQL from the lock on.
    """
    if is_postgresql():
        lock_session(session_id)
    rival = asked_batch(session_id, batch)
    if rival:
        return rival
    at = to_sql_time(now)
    last_index, number_now, was = fetch_one(_LAST_INDEX, [session_id, session_id]) or (0, 0, "")
    if present is not None and number_now != present:
        raise Outrun
    first_index = last_index + 1
    row = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    values: list[Any] = []
    for number, draft in enumerate(drafts, start=first_index):
        values += [session_id, number, draft.text, draft.type, draft.category, draft.difficulty, at]
        values += [to_sql_json(draft.metadata), draft.bank_key, batch]
    added = fetch_all(
        f"{_INSERT} VALUES {', '.join([row] * len(drafts))} RETURNING id, question_index", values
    )
    begun = fetch_one(
        f"{_BEGIN.format(and_new='', now='%s')} WHERE session_id = %s"
        " RETURNING questions_answered, total_questions, current_question_index",
        [at, at, session_id],
    )
    if begun is None:
        raise NotFound
    asked = (EventKind.ASKED, {"added": len(drafts), **as_progress_data(*begun)})
    emit(session_id, *resumed_and(was, asked), now=now)
    return _as_asked(sorted(added, key=lambda pair: pair[1]), drafts)


def _as_asked(
    added: Sequence[tuple[Any, ...]], drafts: Sequence[QuestionDraft]
) -> list[AskedQuestion]:
    return [
        AskedQuestion(row[0], row[1], d.text, d.type, d.category, d.difficulty, d.metadata)
        for row, d in zip(added, drafts, strict=True)
    ]
