"""JSON Schema (2020-12) of an export, made from the models: `GET /api/schema/export`.

Every column of the seven tables is required under its own name and nothing else is allowed, so a
column that an export forgets or invents fails validation.
"""

from __future__ import annotations

import functools
from typing import Any

import orjson
from django.db import models
from django.http import HttpRequest, HttpResponseBase
from drf_spectacular.types import OpenApiTypes

from analytics.models import SCORE_FIELDS, Feedback, InterviewAnalytics
from interviewdata.common.wire.describe import EVERYBODY, described, operation
from interviewdata.common.wire.replies import json_bytes_reply
from interviewdata.common.wire.views import WireViewSet
from interviewdata.record.document import FORMAT_VERSION
from sessions.models import InterviewQuestion, InterviewSession, Transcript, UserResponse

Schema = dict[str, Any]

_WHOLE = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}
_TIME = {"type": "string", "format": "date-time", "description": "ISO 8601, UTC"}
_ANY: Schema = {"description": "any JSON, as it was sent"}
_OBJECT = {"type": "object"}
_TEXTS = {"type": "array", "items": _TEXT}
_SCORE = {"type": "number", "minimum": 0, "maximum": 10}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_SECONDS = {"type": "number", "minimum": 0, "description": "seconds"}

# What a column's type alone does not tell. JSON columns that are not here hold any JSON.
_CLOSER: dict[type[models.Model], dict[str, Schema]] = {
    InterviewSession: {"features": {"type": "array"}, "session_data": _OBJECT},
    InterviewQuestion: {
        "question_index": {"type": "integer", "minimum": 1},
        "metadata": _OBJECT,
    },
    UserResponse: {
        "revision": {"type": "integer", "minimum": 1},
        "confidence_score": _SHARE,
        "response_duration": _SECONDS,
        "audio_duration": _SECONDS,
        "audio_sha256": {"type": "string", "pattern": "^([0-9a-f]{64})?$"},
    },
    Transcript: {
        "word_timestamps": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["word", "start", "end"],
                "properties": {
                    "word": _TEXT,
                    "start": _SECONDS,
                    "end": _SECONDS,
                    "confidence": {**_SHARE, "type": ["number", "null"]},
                },
            },
        }
    },
    Feedback: {
        **dict.fromkeys(SCORE_FIELDS, _SCORE),
        "categories": {"type": "object", "additionalProperties": _SCORE},
        "detailed_feedback": _TEXTS,
        "suggestions": _TEXTS,
        "strengths": _TEXTS,
        "areas_for_improvement": _TEXTS,
    },
    InterviewAnalytics: {},
}


def _column(field: models.Field[Any, Any]) -> Schema:
    """The schema of one column's value, from the kind of its field."""
    if isinstance(field, models.ForeignKey):
        return _column(field.target_field)
    if isinstance(field, models.JSONField):
        return dict(_ANY)
    if isinstance(field, models.DateTimeField):
        return dict(_TIME)
    if isinstance(field, models.BooleanField):
        return {"type": "boolean"}
    if isinstance(field, models.FloatField):
        return {"type": "number"}
    if isinstance(field, models.IntegerField):
        return dict(_WHOLE)
    schema: Schema = dict(_TEXT)
    if field.max_length:
        schema["maxLength"] = field.max_length
    if field.choices:
        schema = {"enum": [value for value, _label in field.flatchoices]}
    return schema


def row(model: type[models.Model], **extra: Schema) -> Schema:
    """The schema of one row: all columns, and `extra` beside them."""
    properties: dict[str, Schema] = {}
    for field in model._meta.concrete_fields:
        name = str(field.column)
        schema = _column(field) | _CLOSER[model].get(name, {})
        if field.help_text and "description" not in schema:
            schema["description"] = str(field.help_text)
        if field.null and "type" in schema:
            schema["type"] = [schema["type"], "null"]
        properties[name] = schema
    return _closed(properties | extra)


def _closed(properties: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _list_of(name: str) -> Schema:
    return {"type": "array", "items": _ref(name)}


def _or_null(name: str) -> Schema:
    return {"anyOf": [_ref(name), {"type": "null"}]}


def export_schema() -> Schema:
    """The schema of `interview_data_{session_id}.json`, as a JSON value."""
    document = _closed(
        {
            "export_info": _closed(
                {
                    "exported_at": _TIME,
                    "session_id": {"type": "string", "minLength": 1, "maxLength": 128},
                    "format_version": {"const": FORMAT_VERSION},
                }
            ),
            "interview_session": _ref("interview_sessions"),
            "questions": _list_of("interview_questions"),
            "responses": _list_of("user_responses"),
            "transcript": _or_null("transcripts"),
            "transcripts": _list_of("transcripts"),
            "feedback": _or_null("feedback"),
            "feedbacks": _list_of("feedback"),
            "analytics": _or_null("interview_analytics"),
            "summary": _closed(
                {
                    "total_questions": _WHOLE,
                    "total_responses": {**_WHOLE, "description": "current answers"},
                    "has_transcript": {"type": "boolean"},
                    "has_feedback": {"type": "boolean"},
                    "completion_rate": {**_SHARE, "description": "answered / total"},
                }
            ),
            "metadata": {"type": "object", "description": "units, and how many rows there are"},
        }
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "/api/schema/export",
        "title": "One interview as one document",
        **document,
        "$defs": {
            "interview_sessions": row(InterviewSession),
            "interview_questions": row(InterviewQuestion),
            "user_responses": row(
                UserResponse,
                question_text=_TEXT,
                question_index={"type": "integer", "minimum": 1},
            ),
            "transcripts": row(Transcript),
            "feedback": row(Feedback),
            "interview_analytics": row(InterviewAnalytics),
        },
    }


@functools.cache
def _content() -> bytes:
    return orjson.dumps(export_schema(), option=orjson.OPT_INDENT_2)


@described(
    show=operation(
        "getExportSchema",
        "The JSON Schema of an export",
        "JSON Schema 2020-12 of the document that `GET /api/interview/export/{session_id}` gives.",
        tag="Service",
        who=EVERYBODY,
        never=(503,),  # no database is asked
        reply=OpenApiTypes.OBJECT,
    )
)
class ExportSchemaViewSet(WireViewSet):
    def show(self, request: HttpRequest) -> HttpResponseBase:
        return json_bytes_reply(_content())
