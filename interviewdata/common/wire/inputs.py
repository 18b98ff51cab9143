"""Input serializers: shape and type of what clients send, in wire names."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self

import orjson
from django.core.validators import ProhibitNullCharactersValidator
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.validators import ProhibitSurrogateCharactersValidator

# Python's own readers also take "1_000", " 7 " and "nan".
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,20}(\.0{1,10})?")


class Input(serializers.Serializer[Any]):
    """A plain DRF serializer that is built once and reads many requests.

    DRF copies all fields for every instance; reading keeps no state in them, so one bound
    instance serves all requests and threads, in a fifth of the time.
    """

    @classmethod
    @functools.cache
    def _reader(cls) -> Self:
        return cls(data={})

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """The validated values by Python names, every key there. Raises ValidationError."""
        return cls._reader().run_validation(data)  # type: ignore[no-any-return]


class PlainTextField(serializers.CharField):
    """A text; a number is none, though DRF would spell it out."""

    default_error_messages = {
        "invalid": "Send a text.",
        "characters": "The text holds characters that are none (NUL or half of a pair).",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # DRF looks at every character in Python: 60 µs a kilobyte. `to_internal_value` has it
        # looked for in C.
        self.validators = [v for v in self.validators if not isinstance(v, _CHARACTER_VALIDATORS)]

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if "\x00" in data or not (data.isascii() or _is_unicode(data)):
            self.fail("characters")
        return super().to_internal_value(data)


_CHARACTER_VALIDATORS = (ProhibitNullCharactersValidator, ProhibitSurrogateCharactersValidator)


def _is_unicode(text: str) -> bool:
    """Whether a text can be written as UTF-8: it has no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class SeedField(serializers.CharField):
    """A text or a whole number; 7 and "7" are the same seed."""

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, float):
            self.fail("invalid")
        return super().to_internal_value(data)


class TextField(PlainTextField):
    """A text kept as it is: not trimmed; null counts as absent where blank may be."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("trim_whitespace", False)
        if not kwargs.get("required", True):
            kwargs.setdefault("default", "")
            kwargs.pop("required")
            kwargs.setdefault("allow_blank", True)
            kwargs.setdefault("allow_null", True)
        super().__init__(**kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        value = super().run_validation(data)
        return "" if value is None else value


class NumberField(serializers.FloatField):
    """A finite number; `true` is none."""

    default_error_messages = {"finite": "A finite number is required."}

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or (isinstance(data, str) and not _NUMBER.fullmatch(data)):
            self.fail("invalid")
        try:
            value = super().to_internal_value(data)
        except (OverflowError, TypeError):
            self.fail("invalid")
        if not math.isfinite(value):
            self.fail("finite")
        return value


class WholeNumberField(serializers.IntegerField):
    """A whole number; `true` is none."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or (isinstance(data, float) and not data.is_integer()):
            self.fail("invalid")
        if isinstance(data, str) and not _WHOLE_NUMBER.fullmatch(data):
            self.fail("invalid")
        return super().to_internal_value(data)


class EmailField(serializers.EmailField):
    """An e-mail address, trimmed and lower-cased."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 254)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data).strip().lower()

    def run_validation(self, data: Any = serializers.empty) -> Any:
        value = super().run_validation(data)
        return value.lower() if isinstance(value, str) else value


class WordField(PlainTextField):
    """One of the known words or an alias; `known` maps a word to its meaning or None."""

    default_error_messages = {"unknown": "Unknown word “{word}”; use one of: {words}."}

    def __init__(self, *, known: Any, words: list[str], **kwargs: Any) -> None:
        self.known, self.words = known, words
        kwargs.setdefault("max_length", 60)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        word = super().to_internal_value(data)
        if self.known(word) is None:
            self.fail("unknown", word=word[:60], words=", ".join(self.words))
        return word


class JsonField(serializers.Field[Any, Any, Any, Any]):
    """A JSON value, or the same as JSON text (existing clients send both)."""

    default_error_messages = {
        "kind": "Send {kind}, as JSON or as JSON text.",
        "many": "At most {most} entries.",
    }

    def __init__(
        self,
        *,
        kind: type | tuple[type, ...] | None = None,
        most: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.kind, self.most = kind, most
        if not kwargs.pop("required", True):
            kwargs.setdefault("default", None)
            kwargs.setdefault("allow_null", True)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        value = data
        if isinstance(data, str):
            try:
                value = orjson.loads(data)
            except orjson.JSONDecodeError:
                if self.kind is not None:
                    self._fail_kind()
            if value is None and not self.allow_null:
                self.fail("null")
            if "\x00" in data or "\\u0000" in data:
                raise ValidationError("A text holds a NUL character; remove it.")
            if data.count("[") + data.count("{") > 64 and not _shallow(value):
                raise ValidationError("The value is nested too deep.")
        if self.kind is not None and not isinstance(value, self.kind):
            self._fail_kind()
        if self.most is not None and isinstance(value, (dict, list)) and len(value) > self.most:
            self.fail("many", most=self.most)
        return value

    def _fail_kind(self) -> None:
        kinds = self.kind if isinstance(self.kind, tuple) else (self.kind,)
        names: dict[Any, str] = {dict: "an object", list: "a list"}
        self.fail("kind", kind=" or ".join(names.get(k, str(k)) for k in kinds))  # type: ignore[arg-type]

    def to_representation(self, value: Any) -> Any:
        return value


def _shallow(value: Any) -> bool:
    level = [value]
    for _depth in range(32):
        level = [
            part
            for item in level
            for part in (item.values() if isinstance(item, dict) else item)
            if isinstance(part, (dict, list))
        ]
        if not level:
            return True
    return False


class TextListField(JsonField):
    """A list of texts, also sent as one text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        value = super().to_internal_value(data)
        if isinstance(value, str):
            value = [value] if value.strip() else []
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise ValidationError("Send a list of texts, or one text.")
        if len(value) > 500 or sum(map(len, value)) > 1_000_000:
            raise ValidationError("At most 500 texts of 1,000,000 characters together.")
        return value


class MillisecondsField(serializers.Field[datetime, Any, Any, Any]):
    """A moment as milliseconds since 1970 (JavaScript's Date.now()), or an ISO 8601 text."""

    def to_internal_value(self, data: Any) -> datetime:
        try:
            if isinstance(data, bool):
                raise ValueError
            if isinstance(data, str) and not _NUMBER.fullmatch(data):
                found = datetime.fromisoformat(data.strip())
                # In UTC here: at the ends of the calendar that is refused, not a 500 on writing.
                found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
            else:
                found = datetime.fromtimestamp(float(data) / 1000, UTC)
            if found.year < 1970:
                raise ValueError
            return found
        except (ValueError, TypeError, OverflowError, OSError) as error:
            raise ValidationError("Send milliseconds since 1970, or an ISO 8601 time.") from error

    def to_representation(self, value: datetime) -> Any:
        return value
