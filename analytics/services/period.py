"""Which interviews a dashboard is about: days, role, mode, difficulty, status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.db.models import Q
from django.utils import timezone

from sessions.kinds import KindFilter, Kinds, known_kinds

DEFAULT_WEEKS = 12
MOST_WEEKS = 104


@dataclass(frozen=True)
class Week:
    """An ISO week or the part of it that lies in the period. `first` and `last` are days in the
    reader's zone, `start` and `end` their moments (the end is no longer in it)."""

    first: date
    last: date
    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        year, week, _day = self.first.isocalendar()
        return f"{year}-W{week:02}"


@dataclass(frozen=True)
class Filters:
    """`created_from` and `created_to` are days in the reader's zone, both in the period; an empty
    text does not filter."""

    created_from: date
    created_to: date
    role: str = ""
    mode: str = ""
    difficulty: str = ""
    status: str = ""

    @property
    def start(self) -> datetime:
        return _midnight(self.created_from)

    @property
    def end(self) -> datetime:
        return _midnight(self.created_to + timedelta(days=1))

    def as_query(self) -> dict[str, str]:
        """The parameters that say this, in the sessions list as well."""
        values = {
            "created_from": self.created_from.isoformat(),
            "created_to": self.created_to.isoformat(),
            "role": self.role,
            "mode": self.mode,
            "difficulty": self.difficulty,
            "status": self.status,
        }
        return {name: value for name, value in values.items() if value}

    @property
    def wanted(self) -> KindFilter:
        """All but the days."""
        return KindFilter(self.role, self.mode, self.difficulty, self.status)

    @cached_property
    def kinds(self) -> Kinds | None:
        """The kinds that role, mode and difficulty name, where interviews are asked for kind by
        kind; None where not: without these filters too. One statement, once."""
        if not (self.role or self.mode or self.difficulty):
            return None
        return known_kinds(self.wanted)

    def days(self, session: str = "") -> Q:
        """The interviews of these days; `session` is the way there ("session__")."""
        return Q(**{f"{session}created_at__gte": self.start, f"{session}created_at__lt": self.end})

    def condition(self, session: str = "") -> Q:
        """The interviews of this period; `session` is the way there ("session__")."""
        return self.days(session) & self.wanted.condition(session)

    def weeks(self) -> list[Week]:
        """The ISO weeks that the period touches, the oldest first; the outer ones cut to it."""
        found = []
        first = self.created_from
        while first <= self.created_to:
            last = min(first + timedelta(days=6 - first.weekday()), self.created_to)
            found.append(Week(first, last, _midnight(first), _midnight(last + timedelta(days=1))))
            first = last + timedelta(days=1)
        return found


def default_days(newest: datetime | None) -> tuple[date, date]:
    """The 12 ISO weeks that end with this one, or, where nothing was made in them, with the week
    of the newest interview: first and last day."""
    today = timezone.localdate()
    first = _monday(today) - timedelta(weeks=DEFAULT_WEEKS - 1)
    if newest is None or newest >= _midnight(first):
        return first, today
    day = timezone.localdate(newest)
    return _monday(day) - timedelta(weeks=DEFAULT_WEEKS - 1), _monday(day) + timedelta(days=6)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _midnight(day: date) -> datetime:
    """The first moment of a day in the reader's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
