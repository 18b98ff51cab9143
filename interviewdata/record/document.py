"""One interview as one document: all seven tables, read in one statement.

Session data, pages and every export start here. The database writes each row as JSON text; word
times travel as a column of their own, untouched, and are spliced in. HOT.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from analytics.models import AnalysisJob, Feedback, FeedbackDraft, InterviewAnalytics
from interviewdata.common.errors import NotFound
from interviewdata.common.rowjson import json_object, vendor_of
from interviewdata.common.sql import fetch_all
from sessions.access import Grant, Head
from sessions.enums import BEST_FIRST, Source
from sessions.models import InterviewQuestion, InterviewSession, Transcript, UserResponse

FORMAT_VERSION = "1.0"
_RANK = (
    "CASE {t}.source "
    + " ".join(f"WHEN '{source.value}' THEN {rank}" for rank, source in enumerate(BEST_FIRST))
    + " END"
)


@dataclass
class Record:
    """JSON texts of one interview's rows, in order: questions by index, responses by question and
    revision (current ones apart as well), transcripts and feedbacks best first."""

    session: bytes = b""
    total_questions: int = 0
    questions_answered: int = 0
    questions: list[bytes] = field(default_factory=list)
    responses: list[bytes] = field(default_factory=list)
    current_responses: list[bytes] = field(default_factory=list)
    transcripts: list[bytes] = field(default_factory=list)
    feedbacks: list[bytes] = field(default_factory=list)
    analytics: bytes = b"null"
    # How its analysis stands, and what a model drafted, where those were asked for.
    jobs: list[bytes] = field(default_factory=list)
    drafts: list[bytes] = field(default_factory=list)
    # Whether there is feedback that whoever reads this may not see yet.
    feedback_hidden: bool = False

    def hide_feedback_of_others(self, reviewer: str) -> None:
        """Leave only what the reviewer of that user name has said themselves."""
        own = []
        for body in self.feedbacks:
            row = orjson.loads(body)
            if row["source"] == Source.REVIEWER and row["author"] == reviewer:
                own.append(body)
        self.feedback_hidden = len(own) < len(self.feedbacks)
        self.feedbacks = own
        self.drafts = []

    def summary(self) -> bytes:
        total = self.total_questions
        return orjson.dumps(
            {
                "total_questions": total,
                "total_responses": len(self.current_responses),
                "has_transcript": bool(self.transcripts),
                "has_feedback": bool(self.feedbacks),
                "completion_rate": round(self.questions_answered / total, 4) if total else 0.0,
            }
        )


@functools.cache
def _statement(
    vendor: str, grant_column: str = "", with_jobs: bool = False, with_drafts: bool = False
) -> str:
    """One row a table row: part, two sort keys, a flag, JSON text, word times.

    Six times the session id, once more each `with_jobs` and `with_drafts`. What a model drafted is
    no feedback that anybody gave, and in nothing but what asks for it. With `grant_column` rows
    come only where a grant has the right value there: the session id, that value.
    """

    def row(model: type, table: str, **options: object) -> str:
        return json_object(model, table, vendor=vendor, **options)  # type: ignore[arg-type]

    text = "::text" if vendor == "postgresql" else ""
    rank = _RANK.format
    wanted, opened = "%s", ""
    if grant_column:
        wanted = "(SELECT session_id FROM opened)"
        opened = (
            "WITH opened AS (SELECT session_id FROM access_grants WHERE session_id = %s"
            f" AND {grant_column} = %s AND revoked_at IS NULL LIMIT 1)"
        )
    return f"""{opened}
SELECT 0 AS part, s.total_questions AS a, s.questions_answered AS b, 0 AS flag,
       {row(InterviewSession, "s")} AS body, NULL AS words
FROM interview_sessions s WHERE s.session_id = {wanted}
UNION ALL
SELECT 1, q.question_index, 0, 0, {row(InterviewQuestion, "q")}, NULL
FROM interview_questions q WHERE q.session_id = {wanted}
UNION ALL
SELECT 2, q.question_index, r.revision, CASE WHEN r.is_current THEN 1 ELSE 0 END,
       {
        row(
            UserResponse,
            "r",
            extra={"question_text": "q.question_text", "question_index": "q.question_index"},
        )
    },
       NULL
FROM user_responses r JOIN interview_questions q ON q.id = r.question_id
WHERE r.session_id = {wanted}
UNION ALL
SELECT 3, {rank(t="t")}, -t.id, 0, {row(Transcript, "t", leave_out=("word_timestamps",))},
       t.word_timestamps{text}
FROM transcripts t WHERE t.session_id = {wanted}
UNION ALL
SELECT 4, {rank(t="f")}, -f.id, 0, {row(Feedback, "f")}, NULL
FROM feedback f WHERE f.session_id = {wanted}
  AND NOT EXISTS (SELECT 1 FROM feedback_drafts d WHERE d.feedback_id = f.id)
UNION ALL
SELECT 5, 0, 0, 0, {row(InterviewAnalytics, "a")}, NULL
FROM interview_analytics a WHERE a.session_id = {wanted}
{_jobs(vendor, wanted) if with_jobs else ""}
{_drafts(vendor, wanted) if with_drafts else ""}
ORDER BY 1, 2, 3
""".replace("'%!.17g'", "'%%!.17g'")


def _jobs(vendor: str, wanted: str) -> str:
    """How the analysis of each answer stands, and by what its words were heard."""
    # SQLite: nested JSON is a text; PostgreSQL has it as it is.
    heard = "json(v.transcription)" if vendor == "sqlite" else "v.transcription"
    found = {"engine": "v.engine", "transcription": heard, "sound_problem": "v.problem"}
    body = json_object(AnalysisJob, "j", vendor=vendor, leave_out=("claim",), extra=found)
    return f"""UNION ALL
SELECT 6, j.id, 0, 0, {body}, NULL
FROM analysis_jobs j LEFT JOIN response_analyses v ON v.response_id = j.response_id
WHERE j.session_id = {wanted}"""


def _drafts(vendor: str, wanted: str) -> str:
    """Newest first."""
    body = json_object(
        FeedbackDraft, "d", vendor=vendor, extra={"summary": "f.ai_generated_feedback"}
    )
    return f"""UNION ALL
SELECT 7, -d.id, 0, 0, {body}, NULL
FROM feedback f JOIN feedback_drafts d ON d.feedback_id = f.id WHERE f.session_id = {wanted}"""


def read_record(
    session_id: str,
    using: str = DEFAULT_DB_ALIAS,
    *,
    with_jobs: bool = False,
    with_drafts: bool = False,
) -> Record:
    """Everything of one interview, `with_jobs` of its analysis, `with_drafts` of feedback. One
    statement. Raises NotFound."""
    statement = _statement(vendor_of(using), with_jobs=with_jobs, with_drafts=with_drafts)
    record = _as_record(fetch_all(statement, [session_id] * (6 + with_jobs + with_drafts), using))
    if record is None:
        raise NotFound
    return record


def read_granted_record(session_id: str, grant: Grant) -> Record | None:
    """The same where the grant opens the interview, else None. One statement, access included."""
    statement = _statement(vendor_of(), grant.column)
    record = _as_record(fetch_all(statement, [session_id, grant.value]))
    if record is None or timezone.now() > Head.of_row(orjson.loads(record.session)).reading_until:
        return None
    return record


def _as_record(rows: list[tuple[Any, ...]]) -> Record | None:
    if not rows or rows[0][0] != 0:
        return None
    record = Record()
    for part, a, b, flag, body, words in rows:
        text = body.encode()
        if part == 0:
            record.session, record.total_questions, record.questions_answered = text, a, b
        elif part == 1:
            record.questions.append(text)
        elif part == 2:
            record.responses.append(text)
            if flag:
                record.current_responses.append(text)
        elif part == 3:
            record.transcripts.append(
                text[:-1].rstrip() + b', "word_timestamps": ' + words.encode() + b"}"
            )
        elif part == 4:
            record.feedbacks.append(text)
        elif part == 5:
            record.analytics = text
        elif part == 6:
            record.jobs.append(text)
        else:
            record.drafts.append(text)
    return record


def _list(rows: Iterable[bytes]) -> bytes:
    return b"[" + b",".join(rows) + b"]"


def _first(rows: list[bytes]) -> bytes:
    return rows[0] if rows else b"null"


def session_data(record: Record, *, all_revisions: bool) -> bytes:
    """The reply of `GET /api/interview/session-data/{id}`."""
    responses = record.responses if all_revisions else record.current_responses
    return b"".join(
        (
            b'{"success":true,"session":',
            record.session,
            b',"questions":',
            _list(record.questions),
            b',"responses":',
            _list(responses),
            b',"transcript":',
            _first(record.transcripts),
            b',"feedback":',
            _first(record.feedbacks),
            b',"feedbacks":',
            _list(record.feedbacks),
            b',"analytics":',
            record.analytics,
            b',"summary":',
            record.summary(),
            b',"feedback_hidden":true}' if record.feedback_hidden else b"}",
        )
    )


def export_document(record: Record, *, session_id: str, now: datetime) -> bytes:
    """The whole interview as one JSON document (contract of exports), as bytes.

    The API, the admin and the command send just these bytes.
    """
    info = orjson.dumps(
        {"exported_at": now, "session_id": session_id, "format_version": FORMAT_VERSION},
        option=orjson.OPT_UTC_Z,
    )
    metadata = orjson.dumps(
        {
            "schema": "/api/schema/export",
            "times": "ISO 8601, UTC",
            "durations": "seconds",
            "scores": "0–10",
            "confidences": "0–1",
            "question_index": "from 1",
            "counts": {
                "questions": len(record.questions),
                "responses": len(record.responses),
                "current_responses": len(record.current_responses),
                "transcripts": len(record.transcripts),
                "feedbacks": len(record.feedbacks),
            },
            **({"feedback_hidden": True} if record.feedback_hidden else {}),
        }
    )
    return b"".join(
        (
            b'{"export_info":',
            info,
            b',"interview_session":',
            record.session,
            b',"questions":',
            _list(record.questions),
            b',"responses":',
            _list(record.responses),
            b',"transcript":',
            _first(record.transcripts),
            b',"transcripts":',
            _list(record.transcripts),
            b',"feedback":',
            _first(record.feedbacks),
            b',"feedbacks":',
            _list(record.feedbacks),
            b',"analytics":',
            record.analytics,
            b',"summary":',
            record.summary(),
            b',"metadata":',
            metadata,
            b"}\n",
        )
    )
