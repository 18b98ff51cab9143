"""From a figure to the rows behind it: the sessions list under the same filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from analytics.figures import BINS
from analytics.services.period import Filters

# The phrase of a question that the list searches for; it reads twenty words.
_PHRASE_WORDS = 18
# A bin holds what is below its upper border; the list's upper border belongs to it.
_JUST_BELOW = 0.999999


@dataclass(frozen=True)
class Links:
    """Addresses of lists; all empty for a reader who may not open the list."""

    filters: Filters
    list_url: str

    @classmethod
    def for_reader(cls, user: Any, filters: Filters) -> Links:
        if not user.has_perm("interview_sessions.view_interviewsession"):
            return cls(filters, "")
        try:
            return cls(filters, reverse("session-list"))
        except NoReverseMatch:
            return cls(filters, "")

    def rows(self, **changes: Any) -> str:
        """The interviews of the page with some filters changed."""
        if not self.list_url:
            return ""
        query = self.filters.as_query() | {name: str(value) for name, value in changes.items()}
        return f"{self.list_url}?{urlencode(query)}"

    def days(self, first: date, last: date, **changes: Any) -> str:
        return self.rows(created_from=first.isoformat(), created_to=last.isoformat(), **changes)

    def scored(self, **changes: Any) -> str:
        """Those of them that have a score."""
        return self.rows(score_from=0, **changes)

    def group(self, attribute: str, name: str) -> str:
        """The scored interviews of a role, mode or difficulty."""
        return self.scored(**{attribute: f"={name}" if attribute == "role" else name})

    def bin(self, place: int) -> str:
        """The interviews with a score in that bin of a distribution."""
        highest = place + (1 if place == BINS - 1 else _JUST_BELOW)
        return self.rows(score_from=place, score_to=f"{highest:g}" if highest == 10 else highest)

    def question(self, text: str) -> str:
        """The interviews in which these words were asked or said."""
        words = text.replace('"', " ").split()[:_PHRASE_WORDS]
        return self.rows(q='"' + " ".join(words) + '"')


def person_url(email: str) -> str:
    return reverse("person", args=[email])
