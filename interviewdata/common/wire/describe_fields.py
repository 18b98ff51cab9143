"""How the fields of our inputs look in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension

_MODULE = "interviewdata.common.wire.inputs"
JSON_TEXT = {"type": "string", "format": "json", "contentMediaType": "application/json"}
_KINDS = {dict: "object", list: "array"}


def _of_kind(kind: str) -> dict[str, Any]:
    return {"type": kind, "items": {}} if kind == "array" else {"type": kind}


def _limits(field: Any) -> dict[str, Any]:
    pairs = {"minimum": field.min_value, "maximum": field.max_value}
    return {name: value for name, value in pairs.items() if value is not None}


class JsonFieldLook(OpenApiSerializerFieldExtension):
    target_class = f"{_MODULE}.JsonField"
    match_subclasses = True
    priority = 0

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        look = getattr(self.target, "look", None)
        if look is not None:
            return {"anyOf": [dict(look), dict(JSON_TEXT)]}
        kinds = self.target.kind
        if kinds is None:
            return {}
        kinds = kinds if isinstance(kinds, tuple) else (kinds,)
        return {"anyOf": [*(_of_kind(_KINDS[kind]) for kind in kinds), dict(JSON_TEXT)]}


class TextListFieldLook(OpenApiSerializerFieldExtension):
    target_class = f"{_MODULE}.TextListField"
    match_subclasses = True
    priority = 1

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        many = {"type": "array", "items": {"type": "string"}, "maxItems": 500}
        return {"anyOf": [many, {"type": "string", "maxLength": 1_000_000}]}


class WordFieldLook(OpenApiSerializerFieldExtension):
    target_class = f"{_MODULE}.WordField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        words: list[str | None] = list(self.target.words)
        return {"type": "string", "enum": [*words, None] if self.target.allow_null else words}


class NumberFieldLook(OpenApiSerializerFieldExtension):
    """Forms have nothing but texts, so a number in a text is a number everywhere."""

    target_class = f"{_MODULE}.NumberField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        text = {"type": "string", "format": "number"}
        return {"anyOf": [{"type": "number", **_limits(self.target)}, text]}


class WholeNumberFieldLook(OpenApiSerializerFieldExtension):
    target_class = f"{_MODULE}.WholeNumberField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        text = {"type": "string", "format": "whole-number"}
        return {"anyOf": [{"type": "integer", **_limits(self.target)}, text]}


class SeedFieldLook(OpenApiSerializerFieldExtension):
    target_class = f"{_MODULE}.SeedField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        text = {"type": "string", "maxLength": self.target.max_length}
        return {"anyOf": [text, {"type": "integer"}]}


class MillisecondsFieldLook(OpenApiSerializerFieldExtension):
    target_class = f"{_MODULE}.MillisecondsField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        number = {"type": "number", "minimum": 0, "maximum": 253_402_300_799_000}
        return {"anyOf": [number, {"type": "string", "format": "date-time"}]}
