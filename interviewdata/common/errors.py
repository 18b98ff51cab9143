"""What services raise when a request cannot be done: a stable code and words for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class DomainError(Exception):
    """Base of all refusals. `fields` maps wire names to sentences that name the cure."""

    code = "invalid"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        fields: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.fields = {name: list(texts) for name, texts in (fields or {}).items()}


class Invalid(DomainError):
    code = "invalid"

    @classmethod
    def field(cls, name: str, sentence: str) -> Invalid:
        return cls(f"{name}: {sentence}", fields={name: [sentence]})


class Forbidden(DomainError):
    code = "forbidden"


class NotFound(DomainError):
    """Also what a stranger's object answers: the two cannot be told apart."""

    code = "not_found"

    def __init__(self, message: str = "There is nothing here under that address.") -> None:
        super().__init__(message)


class Conflict(DomainError):
    code = "conflict"


class LengthRequired(DomainError):
    code = "length_required"


class TooLarge(DomainError):
    code = "too_large"


class UnsupportedMedia(DomainError):
    code = "unsupported_media_type"


class Unprocessable(DomainError):
    code = "unprocessable"

    @classmethod
    def field(cls, name: str, sentence: str) -> Unprocessable:
        return cls(f"{name}: {sentence}", fields={name: [sentence]})


class NotNow(DomainError):
    """The machine, not the request, is at fault; the same call may succeed later."""

    code = "unavailable"
