"""What the page of comparison is asked for: read from the address, and written back into links."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.services.comparison import MOST_CHOSEN, InterviewFilter
from interviewdata.common.errors import Invalid
from interviewdata.common.wire.filters import LARGEST_ID
from interviewdata.common.wire.lists import MOST_CHARACTERS, Cursor
from sessions.enums import Difficulty, Mode

ANSWERS, SCORES = "answers", "scores"
HIDDEN = "hidden"
_MOST_LETTERS = 100_000
# At the edges of the calendar a day has no next one, and no midnight in another zone.
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(9000, 1, 1)


def _choice(label: Any, choices: Any, anything: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", anything), *choices])


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(_FIRST_DAY), MaxValueValidator(_LAST_DAY)],
    )


class _Filters(forms.Form):
    """Fields that both forms have; what is filled in wrongly narrows nothing and is said."""

    role = forms.CharField(label=_("Role"), required=False, max_length=120)
    mode = _choice(_("Mode"), Mode.choices, _("All modes"))
    difficulty = _choice(_("Difficulty"), Difficulty.choices, _("All difficulties"))

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query, auto_id="compare-%s")
        self.is_valid()

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value}


class QuestionForm(_Filters):
    q = forms.CharField(
        label=_("Words of a question"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    field_order = ("q", "role", "mode", "difficulty")


class ScoresForm(_Filters):
    since = _day(_("From"))
    until = _day(_("To"))
    scored = _choice(_("Scores"), [("1", _("Only scored interviews"))], _("Scored or not"))


@dataclass(frozen=True)
class Place:
    """One address of the page, as far as it was understood; links are made from it alone, so
    nothing else that stood in the address comes back into the page.

    `question_id`, `bank_key` and `text` name the question, the first that is given; `letters` is
    how many candidates stand on the pages before: the first here is the next letter.
    """

    by: str = ANSWERS
    names_hidden: bool = False
    session_ids: tuple[str, ...] = ()
    left_out: int = 0
    question_id: int = 0
    bank_key: str = ""
    text: str = ""
    filters: dict[str, Any] = field(default_factory=dict)
    cursor: str = ""
    letters: int = 0

    def parameters(self) -> list[tuple[str, str]]:
        """The address as (name, value), without what says nothing."""
        named = {
            "by": self.by,
            "names": HIDDEN if self.names_hidden else "",
            "question": self.question_id or "",
            "bank_key": self.bank_key,
            "text": self.text,
            **self.filters,
            "cursor": self.cursor,
            "letters": self.letters or "",
        }
        chosen = [("session", session_id) for session_id in self.session_ids]
        return [(name, str(value)) for name, value in named.items() if value] + chosen

    def url(self, **changes: Any) -> str:
        """The address with some of it changed; another page or filter begins at the first page."""
        place = replace(self, **{"cursor": "", "letters": 0, **changes})
        return f"{reverse('compare')}?{urlencode(place.parameters())}"

    def interviews(self) -> InterviewFilter:
        """Which interviews this address names; days are those of the reader's zone."""
        if self.session_ids:
            return InterviewFilter(session_ids=self.session_ids)
        given, until = self.filters, self.filters.get("until")
        return InterviewFilter(
            role=given.get("role", ""),
            mode=given.get("mode", ""),
            difficulty=given.get("difficulty", ""),
            since=_midnight(given.get("since")),
            until=_midnight(until + timedelta(days=1)) if until else None,
        )

    def position(self) -> Cursor | None:
        """Where the page begins; a cursor that is none of this list begins at the first."""
        ordering = "-created_at" if self.by == SCORES else "-id"
        try:
            is_time = self.by == SCORES
            return Cursor.of_text(self.cursor, ordering, is_time=is_time) if self.cursor else None
        except Invalid:
            return None


def read_place(query: QueryDict) -> tuple[Place, QuestionForm | ScoresForm]:
    """The address and the form of its filters. Raises nothing: what makes no sense is left out."""
    chosen = list(dict.fromkeys(filter(None, map(_plain, query.getlist("session")))))
    by = query.get("by") or (SCORES if chosen else ANSWERS)
    by = SCORES if by == SCORES else ANSWERS
    form = ScoresForm(query) if by == SCORES else QuestionForm(query)
    place = Place(
        by=by,
        names_hidden=query.get("names") == HIDDEN,
        session_ids=tuple(chosen[:MOST_CHOSEN]),
        left_out=max(0, len(chosen) - MOST_CHOSEN),
        question_id=_number(query.get("question", ""), LARGEST_ID),
        bank_key=_plain(query.get("bank_key", "")),
        # A question may be long; an address this long no browser sends.
        text="" if "\0" in query.get("text", "") else query.get("text", ""),
        filters=form.given(),
        cursor=_plain(query.get("cursor", "")),
        letters=_number(query.get("letters", ""), _MOST_LETTERS),
    )
    return place, form


def _plain(text: str) -> str:
    """A text that a database takes and an address holds; empty for another."""
    return text if len(text) <= MOST_CHARACTERS and "\0" not in text else ""


def _number(text: str, largest: int) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) <= 19
    return int(text) if is_number and int(text) <= largest else 0


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
