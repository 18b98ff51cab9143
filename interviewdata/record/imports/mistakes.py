"""What is wrong with a file, and where in it."""

from __future__ import annotations

from typing import Any


class Mistake(Exception):
    """`field` as one would write it in JavaScript: `answers[2].audio.sha256`; empty: the whole."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}" if field else sentence)
        self.field, self.sentence = field, sentence


def first_mistake(detail: Any, field: str = "") -> Mistake:
    """The first of the mistakes that a serializer found (`ValidationError.detail`)."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        if name in ("non_field_errors", "nonFieldErrors"):
            return first_mistake(inner, field)
        if isinstance(name, int):  # entries of a list field
            return first_mistake(inner, f"{field}[{name}]")
        return first_mistake(inner, f"{field}.{name}" if field else str(name))
    if isinstance(detail, list) and detail:
        for number, inner in enumerate(detail):
            if isinstance(inner, (dict, list)):
                if inner:  # a good entry of a list of objects has an empty one
                    return first_mistake(inner, f"{field}[{number}]")
            else:
                return Mistake(field, str(inner))
    return Mistake(field, str(detail))
