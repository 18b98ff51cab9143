"""What clients send to the exports of a person."""

from __future__ import annotations

from typing import Any

from django.db import models
from rest_framework.exceptions import ValidationError

from analytics.models import Feedback, InterviewAnalytics
from interviewdata.common.wire.inputs import EmailField, Input, JsonField, WordField
from sessions.models import InterviewQuestion, InterviewSession, Transcript, UserResponse

TABLES: dict[str, type[models.Model]] = {
    "sessions": InterviewSession,
    "questions": InterviewQuestion,
    "responses": UserResponse,
    "transcripts": Transcript,
    "feedback": Feedback,
    "analytics": InterviewAnalytics,
}
DATA_TYPES = [*TABLES, "stats"]
FORMATS = ["json"]


class DataTypesField(JsonField):
    look = {"type": "array", "items": {"type": "string", "enum": DATA_TYPES}, "maxItems": 20}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(kind=list, most=20, required=False, **kwargs)


class ExportInput(Input):
    email = EmailField()
    dataTypes = DataTypesField(source="data_types", help_text="default: all")
    format = WordField(
        known=lambda word: word if word in FORMATS else None, words=FORMATS, default="json"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wanted = attrs["data_types"] or DATA_TYPES
        unknown = [str(name)[:40] for name in wanted if name not in DATA_TYPES]
        if unknown:
            raise ValidationError(
                {"dataTypes": f"Unknown: {', '.join(unknown)}; use {', '.join(DATA_TYPES)}."}
            )
        attrs["data_types"] = [name for name in DATA_TYPES if name in wanted]
        return attrs


class PreviewInput(Input):
    email = EmailField()
