"""The judgement endpoints in words: the OpenAPI description, with an example of each call."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from analytics.api.inputs import AnalyticsInput, FeedbackInput
from interviewdata.common.wire.describe import (
    ANYONE_OR_HOLDERS,
    HOLDERS,
    Acknowledgement,
    Output,
    described,
    operation,
    path_text,
    query,
)
from sessions.api.schema import AT, SESSION_ID
from sessions.enums import Mode, Status

EMAIL = path_text("email", "whose; trimmed and lower-cased", "ann@example.org")
_BY_EMAIL = (
    "A candidate is answered from the interviews of their own grants alone; a foreign and an "
    "unknown e-mail get the same empty answer."
)
_SCORE: dict[str, Any] = {
    "allow_null": True,
    "help_text": "0–10; 0 where nothing was scored; null for a reviewer who is still to judge",
}


class StatsLook(Output):
    totalInterviews = serializers.IntegerField()
    completedInterviews = serializers.IntegerField()
    avgOverallScore = serializers.FloatField(**_SCORE)
    avgTechnicalScore = serializers.FloatField(**_SCORE)
    avgCommunicationScore = serializers.FloatField(**_SCORE)
    avgProblemSolvingScore = serializers.FloatField(**_SCORE)
    avgConfidenceScore = serializers.FloatField(**_SCORE)
    totalTimeSpent = serializers.FloatField(help_text="seconds")
    lastInterviewDate = serializers.DateTimeField(allow_null=True)
    bestScore = serializers.FloatField(**_SCORE)
    improvementTrend = serializers.FloatField(
        allow_null=True,
        help_text="points per interview, signed; null for a reviewer who is still to judge",
    )


class StatsReply(Output):
    success = serializers.BooleanField()
    stats = StatsLook()


class FeedbackSaved(Acknowledgement):
    feedbackId = serializers.IntegerField()
    stats = StatsLook()


class AnalyticsSaved(Acknowledgement):
    analyticsId = serializers.IntegerField()
    warnings = serializers.ListField(child=serializers.CharField())


class HistoryEntry(Output):
    sessionId = serializers.CharField()
    role = serializers.CharField()
    interviewMode = serializers.ChoiceField(choices=Mode.choices)
    status = serializers.ChoiceField(choices=Status.choices)
    startTime = serializers.DateTimeField(allow_null=True)
    endTime = serializers.DateTimeField(allow_null=True)
    totalQuestions = serializers.IntegerField()
    questionsAnswered = serializers.IntegerField()
    overallScore = serializers.FloatField(allow_null=True, help_text="0–10, mean over raters")
    title = serializers.CharField()
    description = serializers.CharField()
    score = serializers.FloatField(allow_null=True, help_text="the same as overallScore")
    created_at = serializers.DateTimeField()
    type = serializers.CharField()


class HistoryReply(Output):
    success = serializers.BooleanField()
    history = HistoryEntry(many=True)
    total = serializers.IntegerField()


_STATS = {
    "totalInterviews": 3,
    "completedInterviews": 2,
    "avgOverallScore": 7.5,
    "avgTechnicalScore": 8.0,
    "avgCommunicationScore": 7.0,
    "avgProblemSolvingScore": 7.5,
    "avgConfidenceScore": 7.0,
    "totalTimeSpent": 3600.0,
    "lastInterviewDate": AT,
    "bestScore": 8.5,
    "improvementTrend": 0.5,
}

describe_feedback = described(
    save=operation(
        "saveFeedback",
        "Save feedback; completes the interview",
        "Scores are 0–10; send at least one score or text. Lists may also be one text. What a "
        "candidate sends is kept as theirs and never counts in the statistics.",
        tag="Judgement",
        who=HOLDERS,
        also=(404,),
        body=FeedbackInput,
        example={
            "sessionId": SESSION_ID,
            "overallScore": 7.5,
            "technicalScore": 8,
            "categories": {"Databases": 8},
            "strengths": ["Measures before changing anything."],
            "areasForImprovement": "Speak about costs as well.",
        },
        reply=FeedbackSaved,
        reply_example={
            "success": True,
            "message": "The feedback was saved.",
            "feedbackId": 12,
            "stats": _STATS,
        },
    )
)

describe_analytics = described(
    save=operation(
        "saveAnalytics",
        "Save what was computed about an interview",
        "Parts that are not sent stay as they are.",
        tag="Judgement",
        who=HOLDERS,
        also=(404,),
        body=AnalyticsInput,
        example={
            "sessionId": SESSION_ID,
            "voiceMetrics": {"words_per_minute": 128},
            "questionAnalytics": [{"questionId": 101, "seconds": 42.5}],
        },
        reply=AnalyticsSaved,
        reply_example={
            "success": True,
            "message": "The analytics were saved.",
            "analyticsId": 7,
            "warnings": [],
        },
    )
)

describe_person = described(
    stats=operation(
        "getStats",
        "A person's statistics",
        _BY_EMAIL,
        tag="People",
        who=ANYONE_OR_HOLDERS,
        also=(403, 404),
        parameters=[EMAIL],
        reply=StatsReply,
        reply_example={"success": True, "stats": _STATS},
    ),
    history=operation(
        "getHistory",
        "A person's interviews, newest first",
        _BY_EMAIL,
        tag="People",
        who=ANYONE_OR_HOLDERS,
        also=(403, 404),
        parameters=[
            EMAIL,
            query(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": 100, "default": 5},
                "how many at most",
            ),
        ],
        reply=HistoryReply,
        reply_example={
            "success": True,
            "history": [
                {
                    "sessionId": SESSION_ID,
                    "role": "Backend Developer",
                    "interviewMode": "technical",
                    "status": "completed",
                    "startTime": AT,
                    "endTime": "2026-11-22T10:00:00Z",
                    "totalQuestions": 5,
                    "questionsAnswered": 5,
                    "overallScore": 7.5,
                    "title": "Backend Developer: Technical interview",
                    "description": "5 of 5 questions answered, intermediate, completed.",
                    "score": 7.5,
                    "created_at": AT,
                    "type": "technical",
                }
            ],
            "total": 1,
        },
    ),
)
