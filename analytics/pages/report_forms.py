"""What reports are asked for, read from the address: days or months, a role, a threshold."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analytics.group_words import ATTRIBUTES
from analytics.services.period import MOST_WEEKS, default_days

_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
USUAL_THRESHOLD = 6


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a day as 2026-11-20.")},
    )


class ReportForm(forms.Form):
    """`from`, `to` and `role`; what is filled in wrongly is said and left out."""

    use_required_attribute = False
    days_help: Any = ""

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="report-%s")
        own = dict(self.fields)
        # A word of Python's cannot be an attribute of the class.
        self.fields = {
            "from": _day(_("From"), self.days_help),
            "to": _day(_("To")),
            "role": forms.CharField(
                label=_("Role"), required=False, max_length=120, help_text=_("empty: all")
            ),
            **own,
        }
        self.is_valid()
        for name in self.errors:
            widget = self.fields[name].widget
            widget.attrs["aria-invalid"] = "true"
            # Browsers drop what is no day from a field for days.
            if isinstance(widget, forms.DateInput):
                widget.input_type = "text"
                widget.attrs.pop("type", None)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        for name in ("from", "to"):
            day = found.get(name)
            if day and not _FIRST_DAY <= day <= _LAST_DAY:
                self.add_error(name, gettext("Choose a day between 2000 and 2199."))
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if first and last and last < first:
            self.add_error("to", gettext("This is before the first day; it is left out."))
        return self.cleaned_data

    @property
    def role(self) -> str:
        return str(self.cleaned_data.get("role") or "").strip()


class PeriodForm(ReportForm):
    """Days, both in the period; without any the last twelve weeks."""

    def days(self) -> tuple[date, date]:
        """First and last day, two years apart at most."""
        usual_first, usual_last = default_days(None)
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if last is None:
            last = max(usual_last, first) if first else usual_last
        if first is None:
            first = usual_first if usual_first <= last else last - timedelta(weeks=12)
        first = max(first, _FIRST_DAY)
        most = timedelta(weeks=MOST_WEEKS)
        return (first, last) if last - first < most else (last - most + timedelta(days=1), last)


class ImpactForm(ReportForm):
    """Whole months, an attribute, a threshold in whole points: questions that differ by one day or
    a tenth of a point would tell people apart."""

    days_help = _("whole months are taken")

    attribute = forms.ChoiceField(
        label=_("Groups by"),
        required=False,
        choices=list(ATTRIBUTES.items()),
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )
    threshold = forms.TypedChoiceField(
        label=_("Selected from a score of"),
        required=False,
        coerce=int,
        choices=[(n, str(n)) for n in range(1, 11)],
        initial=USUAL_THRESHOLD,
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )

    def __init__(self, data: QueryDict) -> None:
        shown = data.copy()
        # A bound form shows no initial values, and a list without one its first entry.
        if not shown.get("threshold"):
            shown["threshold"] = str(USUAL_THRESHOLD)
        super().__init__(shown)

    @property
    def attribute_word(self) -> str:
        return str(self.cleaned_data.get("attribute") or next(iter(ATTRIBUTES)))

    @property
    def least_score(self) -> int:
        return int(self.cleaned_data.get("threshold") or USUAL_THRESHOLD)

    def months(self) -> tuple[date, date]:
        """First day of the first month and last day of the last; without any the last twelve."""
        last = self.cleaned_data.get("to") or timezone.localdate()
        first = self.cleaned_data.get("from")
        if first is None or first > last:
            first = date(last.year - 1, last.month, 1)
            first = _month_after(first)
        return first.replace(day=1), _month_after(last) - timedelta(days=1)


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
