"""The counters of an interview, always what counting its rows gives."""

from __future__ import annotations

from interviewdata.common.sql import fetch_one
from sessions.services.events import as_progress_data

_QUESTIONS = "(SELECT count(*) FROM interview_questions q WHERE q.session_id = {s}.session_id)"
_ANSWERED = (
    "(SELECT count(*) FROM user_responses r WHERE r.session_id = {s}.session_id AND r.is_current)"
)
_NEXT = (
    "(SELECT COALESCE(max(q.question_index), 0) FROM user_responses r"
    " JOIN interview_questions q ON q.id = r.question_id"
    " WHERE r.session_id = {s}.session_id AND r.is_current)"
)
COUNTERS = {
    "total_questions": _QUESTIONS,
    "questions_answered": _ANSWERED,
    "current_question_index": _NEXT,
}


def counted(table: str) -> dict[str, str]:
    """Column → SQL that counts it anew for a row of `interview_sessions` called `table`."""
    return {column: sql.format(s=table) for column, sql in COUNTERS.items()}


def recount(session_id: str) -> dict[str, int]:
    """Set the three counters of one interview from its rows. One statement.

    What they are now, as events carry them; empty where there is no such interview.
    """
    parts = ", ".join(f"{name} = {sql}" for name, sql in counted("interview_sessions").items())
    row = fetch_one(
        f"UPDATE interview_sessions SET {parts} WHERE session_id = %s"
        " RETURNING questions_answered, total_questions, current_question_index",
        [session_id],
    )
    return {} if row is None else as_progress_data(*row)
