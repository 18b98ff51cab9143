"""The steps of keeping an answer, one statement each: SQLite's way.

PostgreSQL takes the same steps inside its function `record_answer` (migration 0003).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from interviewdata.common.sql import (
    execute,
    fetch_one,
    from_sql_time,
    is_postgresql,
    to_sql_time,
)
from sessions.enums import EventKind
from sessions.services.events import as_progress_data, emit, resumed_and

if TYPE_CHECKING:
    from sessions.services.answer import AnswerDraft


@dataclass(frozen=True)
class Outcome:
    """`word`: new, again, no_session, no_question or other_question (index with another text)."""

    word: str
    response_id: int = 0
    question_id: int = 0
    audio_path: str = ""
    late: bool = False
    answered: int = 0
    total: int = 0
    next_index: int = 0


_SESSION = """
SELECT status, start_time, end_time, total_questions, questions_answered, current_question_index
FROM interview_sessions WHERE session_id = %s
"""
_QUESTION_BY_ID = """
SELECT id, question_text, question_index FROM interview_questions WHERE session_id = %s AND id = %s
"""
_QUESTION_BY_INDEX = """
SELECT id, question_text, question_index FROM interview_questions
WHERE session_id = %s AND question_index = %s
"""
_AGAIN = """
SELECT id, audio_file_path, is_late FROM user_responses
WHERE question_id = %s AND fingerprint = %s
"""
_STEP_BACK = """
UPDATE user_responses SET is_current = false, updated_at = %s
WHERE question_id = %s AND is_current RETURNING revision
"""
_INSERT = f"""
INSERT INTO user_responses (
    session_id, question_id, user_answer, audio_file_path, audio_sha256, audio_content_type,
    audio_bytes, audio_duration, response_duration, confidence_score, emotion_detected,
    revision, is_current, is_late, client_time, fingerprint, idempotency_key, created_at, updated_at
) VALUES ({", ".join(["%s"] * 19)}) RETURNING id
"""
_COUNT = """
SELECT count(*), COALESCE(max(q.question_index), 0)
FROM user_responses r JOIN interview_questions q ON q.id = r.question_id
WHERE r.session_id = %s AND r.is_current
"""
_GO_ON = """
UPDATE interview_sessions SET questions_answered = %s, current_question_index = %s,
    status = CASE WHEN status IN ('created', 'abandoned') THEN 'active' ELSE status END,
    start_time = CASE WHEN status = 'completed' THEN start_time ELSE COALESCE(start_time, %s) END,
    updated_at = %s
WHERE session_id = %s
"""


@transaction.atomic
def keep_answer_in_steps(draft: AnswerDraft, now: datetime) -> Outcome:
    """Keep an answer in at most 8 statements of one transaction."""
    at = to_sql_time(now)
    lock = " FOR UPDATE" if is_postgresql() else ""  # SQLite's IMMEDIATE transaction is the lock
    interview = fetch_one(_SESSION + lock, [draft.session_id])
    if interview is None:
        return Outcome("no_session")
    end_time = from_sql_time(interview[2])

    if draft.question_id is not None:
        asked = fetch_one(_QUESTION_BY_ID, [draft.session_id, draft.question_id])
    else:
        asked = fetch_one(_QUESTION_BY_INDEX, [draft.session_id, draft.question_index])
        if asked is not None and draft.question_text not in ("", asked[1]):
            return Outcome("other_question")
    if asked is None:
        return Outcome("no_question")
    question_id = asked[0]

    again = fetch_one(_AGAIN, [question_id, draft.fingerprint])
    if again is not None:
        return Outcome("again", again[0], question_id, again[1], bool(again[2]), *_kept(interview))

    stepped_back = fetch_one(_STEP_BACK, [at, question_id])
    late = end_time is not None and now > end_time
    audio = draft.audio
    path = audio.path if audio else ""
    revision = (stepped_back[0] if stepped_back else 0) + 1
    inserted = fetch_one(
        _INSERT,
        [
            draft.session_id,
            question_id,
            draft.text,
            path,
            audio.sha256 if audio else "",
            audio.content_type if audio else "",
            audio.size if audio else 0,
            audio.duration if audio else None,
            draft.response_duration,
            draft.confidence_score,
            draft.emotion_detected,
            revision,
            True,
            late,
            to_sql_time(draft.client_time),
            draft.fingerprint,
            draft.idempotency_key,
            at,
            at,
        ],
    )
    counted = fetch_one(_COUNT, [draft.session_id])
    assert inserted is not None
    assert counted is not None
    answered, next_index = counted
    execute(_GO_ON, [answered, next_index, at, at, draft.session_id])
    told = {
        **as_progress_data(answered, interview[3], next_index),
        "questionIndex": asked[2] - 1,
        "responseId": inserted[0],
        "revision": revision,
        "hasAudio": bool(path),
        "late": late,
    }
    emit(draft.session_id, *resumed_and(interview[0], (EventKind.ANSWERED, told)), now=now)
    return Outcome("new", inserted[0], question_id, path, late, answered, interview[3], next_index)


def _kept(interview: tuple[object, ...]) -> tuple[int, int, int]:
    """Answered, total and next index as the row has them."""
    return interview[4], interview[3], interview[5]  # type: ignore[return-value]
