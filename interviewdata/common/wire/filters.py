"""Filters of lists: values of the query string, each refused in words that name the cure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.utils.dateparse import parse_date, parse_datetime

LARGEST_ID = 2**63 - 1
NOT_A_MOMENT = "Send a time as ISO 8601, for example 2026-11-20T09:30:00Z."


def as_moment(text: str) -> datetime:
    """An ISO 8601 time or date in UTC, where it names no offset. Raises ValueError."""
    try:
        found = parse_datetime(text)
        if found is None:
            day = parse_date(text)
            if day is None:
                raise ValueError(NOT_A_MOMENT)
            found = datetime(day.year, day.month, day.day, tzinfo=UTC)
        # Year 1 and 9999 with an offset have no name in UTC: OverflowError.
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(NOT_A_MOMENT) from error


class _WordField(forms.CharField):
    def __init__(
        self, *, known: Callable[[str], Any], words: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.known, self.words = known, words

    def clean(self, value: Any) -> Any:
        word = super().clean(value)
        if not word:
            return None
        meaning = self.known(word)
        if meaning is None:
            raise forms.ValidationError(
                f"Unknown word “{word[:60]}”; use one of: {', '.join(self.words)}."
            )
        return meaning


class WordFilter(django_filters.Filter):
    """One of the known words or an alias; `known` maps a word to its meaning or None."""

    field_class = _WordField

    def __init__(self, *args: Any, words: Sequence[str], **kwargs: Any) -> None:
        self.words = words
        super().__init__(*args, words=words, **kwargs)


def word_filter(words: Sequence[str], **kwargs: Any) -> WordFilter:
    """A filter by exactly these lower-case words."""

    def known(word: str) -> str | None:
        return word.lower() if word.lower() in words else None

    return WordFilter(words=words, known=known, **kwargs)


class YesNoFilter(WordFilter):
    """`true` or `false`; anything else is refused, not overlooked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        meanings = {"true": True, "1": True, "false": False, "0": False}
        super().__init__(
            *args,
            words=["true", "false"],
            known=lambda word: meanings.get(word.lower()),
            **kwargs,
        )


class _MomentField(forms.CharField):
    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return as_moment(text)
        except ValueError:
            raise forms.ValidationError(NOT_A_MOMENT) from None


class MomentFilter(django_filters.Filter):
    """A time, ISO 8601; without an offset it is UTC."""

    field_class = _MomentField


class IdFilter(django_filters.Filter):
    """A positive whole number as ids are."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=LARGEST_ID, **kwargs)


class EmailFilter(django_filters.CharFilter):
    """An e-mail, compared as e-mails are kept: trimmed and lower-cased."""

    def filter(self, qs: Any, value: Any) -> Any:
        return super().filter(qs, value.strip().lower() if value else value)


def created_filters() -> tuple[MomentFilter, MomentFilter]:
    """`created_after` (at or after) and `created_before` (before)."""
    return (
        MomentFilter(
            field_name="created_at",
            lookup_expr="gte",
            label="created at or after this time (ISO 8601, UTC without an offset)",
        ),
        MomentFilter(
            field_name="created_at",
            lookup_expr="lt",
            label="created before this time (ISO 8601, UTC without an offset)",
        ),
    )
