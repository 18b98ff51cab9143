"""`/api/v1/`: sessions, questions, responses, transcripts. Read-only, for staff and services."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from interviewdata.common.wire.describe import row_of
from interviewdata.common.wire.filters import (
    EmailFilter,
    IdFilter,
    WordFilter,
    YesNoFilter,
    created_filters,
    word_filter,
)
from sessions.api.inputs import DIFFICULTY_WORDS, MODE_WORDS
from sessions.api.schema import AT, SESSION_ID
from sessions.api.v1_base import TableViewSet
from sessions.api.v1_schema import described_table, session_address
from sessions.enums import Source, Status, as_difficulty, as_mode
from sessions.models import InterviewQuestion, InterviewSession, Transcript, UserResponse


class SessionFilters(django_filters.FilterSet):
    status = word_filter(Status.values, label="status of the interview")
    interview_mode = WordFilter(known=as_mode, words=MODE_WORDS, label="mode or alias")
    difficulty = WordFilter(known=as_difficulty, words=DIFFICULTY_WORDS, label="or alias")
    role = django_filters.CharFilter(lookup_expr="iexact", label="role, in upper or lower case")
    user_email = EmailFilter(label="e-mail of the person")
    created_after, created_before = created_filters()


class QuestionFilters(django_filters.FilterSet):
    session_id = django_filters.CharFilter(label="id of the interview")
    question_type = django_filters.CharFilter(lookup_expr="iexact", label="type of question")
    category = django_filters.CharFilter(lookup_expr="iexact", label="category")
    difficulty = WordFilter(known=as_difficulty, words=DIFFICULTY_WORDS, label="or alias")
    bank_key = django_filters.CharFilter(label="entry of the question bank")


class ResponseFilters(django_filters.FilterSet):
    session_id = django_filters.CharFilter(label="id of the interview")
    question_id = IdFilter(label="id of the question")
    is_current = YesNoFilter(label="the newest answer to its question")
    is_late = YesNoFilter(label="received after the interview's end")
    has_audio = YesNoFilter(method="with_audio", label="comes with sound")
    created_after, created_before = created_filters()

    def with_audio(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return rows.filter(audio_bytes__gt=0) if value else rows.filter(audio_bytes=0)


class TranscriptFilters(django_filters.FilterSet):
    session_id = django_filters.CharFilter(label="id of the interview")
    user_email = EmailFilter(label="e-mail of the person")
    source = word_filter(Source.values, label="who gave it")
    created_after, created_before = created_filters()


@described_table(
    "SessionTable",
    row=row_of(InterviewSession),
    address=session_address(SESSION_ID),
    example={
        "id": 17,
        "session_id": SESSION_ID,
        "user_email": "ann@example.org",
        "role": "Backend Developer",
        "interview_type": "tech",
        "interview_mode": "technical",
        "difficulty": "intermediate",
        "planned_duration": 30,
        "features": ["audio"],
        "status": "active",
        "start_time": AT,
        "end_time": None,
        "total_questions": 5,
        "questions_answered": 2,
        "current_question_index": 2,
        "session_data": {"campaign": "spring"},
        "created_at": AT,
        "updated_at": AT,
    },
)
class SessionTableViewSet(TableViewSet):
    """HOT: list."""

    model = InterviewSession
    resource = "sessions"
    permission = "interview_sessions.view_interviewsession"
    filters = SessionFilters
    search_columns = ("user_email", "role", "session_id")

    def lookup(self, key: str | int) -> dict[str, Any]:
        return {"session_id": key}


@described_table(
    "QuestionTable",
    row=row_of(InterviewQuestion),
    example={
        "id": 17,
        "session_id": SESSION_ID,
        "question_index": 1,
        "question_text": "How would you find a slow query?",
        "question_type": "technical",
        "category": "Databases",
        "difficulty": "intermediate",
        "asked_at": AT,
        "metadata": {"expected_keywords": ["index"], "time_limit": 180},
        "bank_key": "technical-databases-1",
        "batch": "",
    },
)
class QuestionTableViewSet(TableViewSet):
    model = InterviewQuestion
    resource = "questions"
    permission = "interview_sessions.view_interviewquestion"
    filters = QuestionFilters
    search_columns = ("question_text", "category")
    orderings = ("-id", "id")


@described_table(
    "ResponseTable",
    row=row_of(UserResponse),
    notes="All revisions of answers; `is_current` marks the newest. ",
    example={
        "id": 17,
        "session_id": SESSION_ID,
        "question_id": 17,
        "user_answer": "I would measure first.",
        "audio_file_path": "",
        "audio_sha256": "",
        "audio_content_type": "",
        "audio_bytes": 0,
        "audio_duration": None,
        "response_duration": 41.5,
        "confidence_score": 0.8,
        "emotion_detected": "",
        "revision": 1,
        "is_current": True,
        "is_late": False,
        "client_time": AT,
        "fingerprint": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "idempotency_key": "",
        "created_at": AT,
        "updated_at": AT,
    },
)
class ResponseTableViewSet(TableViewSet):
    model = UserResponse
    resource = "responses"
    permission = "interview_sessions.view_userresponse"
    filters = ResponseFilters
    search_columns = ("user_answer",)
    orderings = ("-id", "id")


class TranscriptListedRow(row_of(Transcript)):  # type: ignore[misc]
    """A transcript as the list shows it."""

    word_timestamps = None


@described_table(
    "TranscriptTable",
    row=row_of(Transcript),
    listed=TranscriptListedRow,
    notes="The list leaves out `word_timestamps`. ",
    example={
        "id": 17,
        "session_id": SESSION_ID,
        "user_email": "ann@example.org",
        "transcript_data": {"text": "I would measure first."},
        "confidence_scores": [0.94],
        "raw_audio_path": "",
        "processed_audio_path": "",
        "source": "service",
        "author": "transcriber",
        "fingerprint": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
        "created_at": AT,
        "updated_at": AT,
    },
)
class TranscriptTableViewSet(TableViewSet):
    """Word times are most of a transcript: the list leaves them to `retrieve`."""

    model = Transcript
    resource = "transcripts"
    permission = "interview_sessions.view_transcript"
    filters = TranscriptFilters
    search_columns = ("user_email", "author")
    leave_out_of_list = frozenset({"word_timestamps"})
