"""The record's endpoints in words: the OpenAPI description, with an example of each call."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from analytics.api.schema import StatsLook
from analytics.models import Feedback, InterviewAnalytics
from interviewdata.common.wire.describe import (
    ANYONE_OR_HOLDERS,
    EVERYBODY,
    HOLDERS,
    ErrorEnvelope,
    Output,
    described,
    operation,
    path_text,
    query,
    row_of,
)
from interviewdata.record.inputs import ExportInput
from sessions.api.schema import SESSION_ID
from sessions.models import InterviewQuestion, InterviewSession, Transcript, UserResponse

SESSION = path_text("session_id", "the public id of the interview", SESSION_ID)

SessionRow = row_of(InterviewSession)
QuestionRow = row_of(InterviewQuestion)
AnswerRow = row_of(UserResponse)
ResponseRow = row_of(
    UserResponse,
    "UserResponseWithQuestionRow",
    question_text=serializers.CharField(),
    question_index=serializers.IntegerField(min_value=1, help_text="from 1"),
)
TranscriptRow = row_of(Transcript)
FeedbackRow = row_of(Feedback)
AnalyticsRow = row_of(InterviewAnalytics)


class Summary(Output):
    total_questions = serializers.IntegerField()
    total_responses = serializers.IntegerField(help_text="current answers")
    has_transcript = serializers.BooleanField()
    has_feedback = serializers.BooleanField()
    completion_rate = serializers.FloatField(help_text="answered / total; 0–1")


class SessionDataReply(Output):
    success = serializers.BooleanField()
    session = SessionRow()
    questions = QuestionRow(many=True)
    responses = ResponseRow(many=True)
    transcript = TranscriptRow(allow_null=True)
    feedback = FeedbackRow(allow_null=True)
    feedbacks = FeedbackRow(many=True)
    analytics = AnalyticsRow(allow_null=True)
    summary = Summary()
    feedback_hidden = serializers.BooleanField(
        required=False,
        help_text="true for a reviewer who is to judge before seeing the feedback of others",
    )


class ExportInfo(Output):
    exported_at = serializers.DateTimeField()
    session_id = serializers.CharField()
    format_version = serializers.CharField()


class ExportDocument(Output):
    export_info = ExportInfo()
    interview_session = SessionRow()
    questions = QuestionRow(many=True)
    responses = ResponseRow(many=True, help_text="all revisions")
    transcript = TranscriptRow(allow_null=True)
    transcripts = TranscriptRow(many=True)
    feedback = FeedbackRow(allow_null=True)
    feedbacks = FeedbackRow(many=True)
    analytics = AnalyticsRow(allow_null=True)
    summary = Summary()
    metadata = serializers.JSONField(help_text="units, and how many rows of each kind")


class HealthReply(Output):
    success = serializers.BooleanField()
    status = serializers.ChoiceField(choices=["ok"])
    checks = serializers.DictField(child=serializers.CharField())


class Unhealthy(ErrorEnvelope):
    failing = serializers.ListField(child=serializers.CharField())


class ExportSizes(Output):
    audioBytes = serializers.IntegerField()
    answerCharacters = serializers.IntegerField()


class PreviewReply(Output):
    success = serializers.BooleanField()
    email = serializers.EmailField()
    counts = serializers.DictField(child=serializers.IntegerField())
    sizes = ExportSizes()
    dataTypes = serializers.ListField(child=serializers.CharField())
    formats = serializers.ListField(child=serializers.CharField())


class PersonDocumentInfo(Output):
    exported_at = serializers.DateTimeField()
    format_version = serializers.CharField()
    email = serializers.EmailField()


class PersonDocument(Output):
    """Only the data types that were asked for are there."""

    export_info = PersonDocumentInfo()
    sessions = SessionRow(many=True, required=False)
    questions = QuestionRow(many=True, required=False)
    responses = AnswerRow(many=True, required=False)
    transcripts = TranscriptRow(many=True, required=False)
    feedback = FeedbackRow(many=True, required=False)
    analytics = AnalyticsRow(many=True, required=False)
    stats = StatsLook(required=False)


_SUMMARY = {
    "total_questions": 5,
    "total_responses": 1,
    "has_transcript": False,
    "has_feedback": False,
    "completion_rate": 0.2,
}
describe_record = described(
    session_data=operation(
        "getSessionData",
        "Everything of one interview",
        "Rows carry the column names of their tables; `question_index` counts from 1 there.",
        tag="Record",
        who=HOLDERS,
        also=(403, 404),
        parameters=[
            SESSION,
            query(
                "revisions",
                {"type": "string", "enum": ["current", "all"], "default": "current"},
                "`all` gives earlier answers as well",
            ),
        ],
        reply=SessionDataReply,
    ),
    export=operation(
        "exportSession",
        "One interview as a file",
        "All revisions, all columns, all relations; an attachment "
        "`interview_data_{session_id}.json`.",
        tag="Record",
        who=HOLDERS,
        also=(403, 404),
        parameters=[
            SESSION,
            query("format", {"type": "string", "enum": ["json"], "default": "json"}, "of the file"),
        ],
        reply=ExportDocument,
    ),
)

_BYTES = OpenApiResponse(OpenApiTypes.BINARY, "The sound, or the part of it that was asked for.")
AUDIO_TYPES = (
    "audio/aac",
    "audio/flac",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/webm",
)

describe_audio = described(
    play=operation(
        "getAudio",
        "The sound of an answer",
        "The bytes as they were recorded, under their true type. One range is served. Staff and "
        "services need the permission to listen, `interview_sessions.play_audio`.",
        tag="Record",
        who=HOLDERS,
        also=(403, 404, 416),
        parameters=[
            OpenApiParameter(
                "response_id",
                {"type": "integer", "minimum": 1},
                OpenApiParameter.PATH,
                description="`responseId` of the answer",
            ),
            OpenApiParameter(
                "Range", str, OpenApiParameter.HEADER, description="one range, `bytes=0-1023`"
            ),
            OpenApiParameter(
                "If-None-Match", str, OpenApiParameter.HEADER, description="an ETag that you have"
            ),
        ],
        reply=None,
        other_replies={
            (200, *AUDIO_TYPES): _BYTES,
            (206, *AUDIO_TYPES): _BYTES,
            304: OpenApiResponse(None, "You have it already."),
        },
    )
)

describe_person_export = described(
    preview=operation(
        "previewExport",
        "What an export of a person would hold",
        "Counts and sizes. A candidate sees the interviews of their own grants alone.",
        tag="People",
        who=ANYONE_OR_HOLDERS,
        also=(403,),
        parameters=[query("email", {"type": "string", "format": "email"}, "whose", required=True)],
        reply=PreviewReply,
        reply_example={
            "success": True,
            "email": "ann@example.org",
            "counts": {"sessions": 1, "questions": 5, "responses": 1},
            "sizes": {"audioBytes": 48213, "answerCharacters": 37},
            "dataTypes": ["sessions", "questions", "responses"],
            "formats": ["json"],
        },
    ),
    data=operation(
        "exportPerson",
        "Everything of a person as a file",
        "An attachment. A candidate gets the interviews of their own grants alone; a staff cookie "
        "opens nothing here, a service's token does.",
        tag="People",
        who=ANYONE_OR_HOLDERS,
        body=ExportInput,
        example={"email": "ann@example.org", "dataTypes": ["sessions", "stats"]},
        reply=PersonDocument,
    ),
)

describe_health = described(
    check=operation(
        "getHealth",
        "Do database and storage answer?",
        "503 names in `failing` which does not.",
        tag="Service",
        who=EVERYBODY,
        reply=HealthReply,
        reply_example={
            "success": True,
            "status": "ok",
            "checks": {"database": "ok", "storage": "ok"},
        },
    )
)
