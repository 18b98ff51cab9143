"""What clients send to the judgement endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError

from interviewdata.common.wire.inputs import (
    Input,
    JsonField,
    NumberField,
    TextField,
    TextListField,
)
from sessions.api.inputs import SessionIdField

_SCORES = (
    "overallScore",
    "technicalScore",
    "communicationScore",
    "problemSolvingScore",
    "confidenceScore",
)


class ScoreField(NumberField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "0–10")
        super().__init__(default=None, allow_null=True, min_value=0, max_value=10, **kwargs)


class CategoriesField(JsonField):
    """An object of name → score 0–10."""

    look = {
        "type": "object",
        "additionalProperties": {"type": "number", "minimum": 0, "maximum": 10},
        "propertyNames": {"maxLength": 200},
        "maxProperties": 100,
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(kind=dict, required=False, **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, float]:
        value = super().to_internal_value(data)
        if len(value) > 100:
            raise ValidationError("At most 100 categories.")
        if any(len(name) > 200 for name in value):
            raise ValidationError("The name of a category has 200 characters at most.")
        for name, score in value.items():
            if isinstance(score, bool) or not isinstance(score, (int, float)):
                raise ValidationError(f"{name[:60]}: a score is a number from 0 to 10.")
            if not 0 <= score <= 10:
                raise ValidationError(f"{name[:60]}: a score is between 0 and 10.")
        return value  # type: ignore[no-any-return]


class FeedbackInput(Input):
    sessionId = SessionIdField(source="session_id")
    userEmail = TextField(source="user_email", required=False, max_length=254)
    overallScore = ScoreField(source="overall_score")
    technicalScore = ScoreField(source="technical_score")
    communicationScore = ScoreField(source="communication_score")
    problemSolvingScore = ScoreField(source="problem_solving_score")
    confidenceScore = ScoreField(source="confidence_score")
    categories = CategoriesField()
    detailedFeedback = TextListField(source="detailed_feedback")
    suggestions = TextListField()
    strengths = TextListField()
    areasForImprovement = TextListField(source="areas_for_improvement")
    aiGeneratedFeedback = TextField(
        source="ai_generated_feedback", required=False, max_length=1_000_000
    )
    transcript = JsonField(required=False)
    ttsFeedback = TextField(source="tts_feedback", required=False, max_length=1_000_000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.pop("user_email")
        for name in ("detailed_feedback", "suggestions", "strengths", "areas_for_improvement"):
            attrs[name] = attrs[name] or []
        attrs["categories"] = attrs["categories"] or {}
        has_content = any(
            value not in (None, "", [], {}) for name, value in attrs.items() if name != "session_id"
        )
        if not has_content:
            raise ValidationError(
                {"overallScore": f"Send a score ({', '.join(_SCORES)}) or a text."}
            )
        return attrs


class AnalyticsInput(Input):
    sessionId = SessionIdField(source="session_id")
    questionAnalytics = JsonField(source="question_analytics", kind=(dict, list), required=False)
    voiceMetrics = JsonField(source="voice_metrics", kind=(dict, list), required=False)
    emotionAnalysis = JsonField(source="emotion_analysis", kind=(dict, list), required=False)
    responsePatterns = JsonField(source="response_patterns", kind=(dict, list), required=False)
    engine = TextField(required=False, max_length=120, help_text="what computed it, and version")
