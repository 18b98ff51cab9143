"""What the sessions list can be asked for: one form, read from the URL.

A bad value is said at its field and left out; everything else still holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import formats
from django.utils.text import get_text_list
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from interviewdata.common.errors import Invalid
from interviewdata.common.wire.filters import as_moment
from interviewdata.common.wire.lists import Cursor
from sessions.enums import Difficulty, Mode, Status
from sessions.search import MOST_CHARACTERS, parse

SORTS = (("newest", _("Newest first")), ("oldest", _("Oldest first")), ("person", _("Person")))
_YES_NO = (("yes", _("Yes")), ("no", _("No")))
_ANY = ("", _("Any"))
_NOT_OF_THE_LIST = {"invalid_choice": _("Choose one of the list.")}
_SCORE_FIELDS = ("score_from", "score_to")
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[_ANY, *choices],
        error_messages=_NOT_OF_THE_LIST,
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a day as 2026-11-20.")},
    )


class _ScoreField(forms.FloatField):
    """Takes "7,5" as well as "7.5", in every language: a link is sent to readers of another one."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


def _score(label: Any) -> forms.FloatField:
    return _ScoreField(
        label=label,
        required=False,
        min_value=0,
        max_value=10,
        # No input of type "number": a browser shows nothing of a value that is none.
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "invalid": _("Write a number from 0 to 10."),
            "min_value": _("Scores begin at 0."),
            "max_value": _("Scores end at 10."),
        },
    )


def _text(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=254, help_text=help_text)


class SessionFilters(forms.Form):
    """The filters of the list; after `is_valid()` `cleaned_data` holds those that are in order.

    `may_see_scores`: whether the reader may see scores at all; `kinds`: which texts they may read.
    """

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    status = _choice(_("Status"), Status.choices)
    mode = _choice(_("Mode"), Mode.choices)
    difficulty = _choice(_("Difficulty"), Difficulty.choices)
    role = _text(_("Role"), _("begins with; *data finds it anywhere"))
    person = _text(_("Person"), _("e-mail begins with; *smith finds it anywhere"))
    created_from = _day(_("Created from"))
    created_to = _day(_("Created to"))
    score_from = _score(_("Score from"))
    score_to = _score(_("Score to"))
    audio = _choice(_("Has audio"), _YES_NO)
    transcript = _choice(_("Has transcript"), _YES_NO)
    review = forms.ChoiceField(
        label=_("Review"),
        required=False,
        choices=[_ANY, ("needed", _("Needed"))],
        help_text=_("completed, and nobody has reviewed it"),
        error_messages=_NOT_OF_THE_LIST,
    )
    sort = forms.ChoiceField(
        label=_("Sort"),
        required=False,
        choices=SORTS,
        error_messages=_NOT_OF_THE_LIST,
    )

    use_required_attribute = False

    def __init__(self, data: QueryDict, *, may_see_scores: bool, kinds: list[str]) -> None:
        super().__init__(data, auto_id="filter-%s")
        if not may_see_scores:
            for name in _SCORE_FIELDS:
                del self.fields[name]
        if not kinds:
            del self.fields["q"]
        else:
            self.fields["q"].help_text = gettext(
                "in %(texts)s; “in quotes” for a phrase; the last word may be a beginning"
            ) % {"texts": _and(kinds)}

    def full_clean(self) -> None:
        """Beside Django's: a day that is none stays to be seen, in an input of text."""
        super().full_clean()
        for name in set(self.errors) & set(self.fields):
            self.fields[name].widget.input_type = "text"  # type: ignore[attr-defined]

    def clean_q(self) -> str:
        text = str(self.cleaned_data["q"])
        if text and parse(text) is None:
            raise forms.ValidationError(gettext("Write a word: letters or digits."))
        return text

    def clean_created_from(self) -> date | None:
        return _in_range(self.cleaned_data["created_from"])

    def clean_created_to(self) -> date | None:
        day = _in_range(self.cleaned_data["created_to"])
        begin = self.cleaned_data.get("created_from")
        if day and begin and day < begin:
            raise forms.ValidationError(gettext("This is before the first day; it is left out."))
        return day

    def clean_score_to(self) -> float | None:
        score: float | None = self.cleaned_data["score_to"]
        lowest = self.cleaned_data.get("score_from")
        if score is not None and lowest is not None and score < lowest:
            raise forms.ValidationError(gettext("This is below the lowest score; it is left out."))
        return score

    def given(self) -> dict[str, Any]:
        """Filter → value, those that are set and in order; without the sort."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "sort" and value not in (None, "")
        }

    @property
    def order(self) -> str:
        """One of SORTS."""
        return str(self.cleaned_data.get("sort") or SORTS[0][0])


@dataclass(frozen=True)
class Chip:
    """A filter that is set: its name, its value in words, the query of the page without it."""

    label: str
    value: str
    without: str


def chips(form: SessionFilters, query: QueryDict) -> Iterator[Chip]:
    """The filters that are set, in the order of the form."""
    for name in form.fields:
        value = form.given().get(name)
        if value is None:
            continue
        field = form.fields[name]
        words: dict[Any, Any] = dict(getattr(field, "choices", ()))
        shown = (
            gettext("“%(words)s”") % {"words": value} if name == "q" else words.get(value, value)
        )
        if isinstance(value, float):
            shown = formats.number_format(f"{value:g}")
        rest = query.copy()
        for gone in (name, "cursor"):
            rest.pop(gone, None)
        yield Chip(str(field.label), str(shown), f"?{rest.urlencode()}")


def read_cursor(query: QueryDict, sort: str) -> Cursor | None:
    """The place where the page begins; None for the beginning, also where it is nonsense or was
    made for another order: an old link then shows the first page."""
    text = query.get("cursor", "")
    if not text or len(text) > 1000:
        return None
    try:
        cursor = Cursor.of_text(text, sort, is_time=sort != "person")
        if sort == "person":
            person_place(cursor)
    except (Invalid, ValueError):
        return None
    return cursor


def person_place(cursor: Cursor) -> tuple[str, datetime]:
    """The e-mail and the time at which a page of the list by person begins. Raises ValueError."""
    email, _, created = str(cursor.value).rpartition(" ")
    return email, as_moment(created)


def _in_range(day: date | None) -> date | None:
    if day is not None and not _FIRST_DAY <= day <= _LAST_DAY:
        raise forms.ValidationError(gettext("Choose a day between 1970 and 2199."))
    return day


def _and(kinds: list[str]) -> str:
    """ "questions, answers and transcripts": kinds of sessions.search.KINDS, as the text names
    them that says where a search looks."""
    words = {
        "answer": pgettext("searched in", "answers"),
        "transcript": pgettext("searched in", "transcripts"),
        "question": pgettext("searched in", "questions"),
    }
    return get_text_list([words[kind] for kind in kinds], gettext("and"))
