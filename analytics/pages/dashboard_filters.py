"""What the dashboard can be asked for: one form, read from the URL.

A bad value is said at its field and left out; everything else still holds, as in the sessions list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analytics.services.period import DEFAULT_WEEKS, MOST_WEEKS, Filters, default_days
from sessions.enums import Difficulty, Mode, Status

_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
_MOST_DAYS = timedelta(weeks=MOST_WEEKS)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a day as 2026-11-20.")},
    )


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", _("Any")), *choices],
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )


class DashboardFilters(forms.Form):
    """After `is_valid()` `cleaned_data` holds what is in order; `filters()` fills in the rest."""

    created_from = _day(_("Created from"))
    created_to = _day(_("Created to"))
    role = forms.CharField(
        label=_("Role"),
        required=False,
        max_length=120,
        help_text=_("begins with; *data finds it anywhere"),
        widget=forms.TextInput(attrs={"list": "roles"}),
    )
    mode = _choice(_("Mode"), Mode.choices)
    difficulty = _choice(_("Difficulty"), Difficulty.choices)
    status = _choice(_("Status"), Status.choices)

    use_required_attribute = False

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="filter-%s")
        for name in self.fields:
            if self[name].errors:
                widget = self.fields[name].widget
                widget.attrs["aria-invalid"] = "true"
                # Browsers drop what is no day from a field for days, and say so on the console.
                if isinstance(widget, forms.DateInput):
                    widget.input_type = "text"
                    widget.attrs.pop("type", None)

    def clean_created_from(self) -> date | None:
        return _in_range(self.cleaned_data["created_from"])

    def clean_created_to(self) -> date | None:
        day = _in_range(self.cleaned_data["created_to"])
        begin = self.cleaned_data.get("created_from")
        if day and begin and day < begin:
            raise forms.ValidationError(gettext("This is before the first day; it is left out."))
        if day and begin and day - begin >= _MOST_DAYS:
            raise forms.ValidationError(gettext("Choose two years at most; this is left out."))
        return day

    def filters(self, newest: datetime | None) -> Filters:
        """What the page is about; `newest` is when the last interview was made. Where one day is
        given, the other is 12 weeks away, or today."""
        given = self.cleaned_data
        first, last = given.get("created_from"), given.get("created_to")
        if first is None and last is None:
            first, last = default_days(newest)
        elif last is None:
            assert first is not None
            last = min(max(timezone.localdate(), first), first + _MOST_DAYS - timedelta(days=1))
        elif first is None:
            first = max(last - timedelta(weeks=DEFAULT_WEEKS) + timedelta(days=1), _FIRST_DAY)
        return Filters(
            first,
            last,
            role=given.get("role") or "",
            mode=given.get("mode") or "",
            difficulty=given.get("difficulty") or "",
            status=given.get("status") or "",
        )


@dataclass(frozen=True)
class Chip:
    """A filter that is set: its name, its value in words, the query of the page without it."""

    label: str
    value: str
    without: str


def chips(form: DashboardFilters, query: QueryDict) -> Iterator[Chip]:
    """The filters that are set, in the order of the form."""
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if value in (None, ""):
            continue
        choices: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
        words = dict(choices)
        rest = query.copy()
        rest.pop(name, None)
        yield Chip(str(field.label), str(words.get(value, value)), f"?{rest.urlencode()}")


def known_roles(roles: Sequence[str]) -> list[str]:
    """What to offer for the role: short of what a page may hold."""
    return list(roles[:200])


def _in_range(day: date | None) -> date | None:
    if day is not None and not _FIRST_DAY <= day <= _LAST_DAY:
        raise forms.ValidationError(gettext("Choose a day between 2000 and 2199."))
    return day
