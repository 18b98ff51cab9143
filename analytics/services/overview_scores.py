"""Scores of a sample in groups: by role, mode, difficulty, by dimension, by person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.calculations import DIMENSIONS
from analytics.figures import (
    FEWEST_FOR_TREND,
    Distribution,
    Mean,
    Trend,
    bins_of,
    distribution,
    mean_score,
    trend,
)
from analytics.services.overview import Scored

MOST_GROUPS = 12
MOST_PEOPLE = 10


@dataclass(frozen=True)
class Group:
    """`name` is the word of the record (a role, a mode); `rows` the interviews behind it."""

    name: str
    figures: Mean
    distribution: Distribution | None
    bins: tuple[int, ...]
    rows: tuple[Scored, ...]


@dataclass(frozen=True)
class Groups:
    """The largest groups first; `left_out` how many more there are."""

    shown: list[Group]
    left_out: int


@dataclass(frozen=True)
class Person:
    """Somebody with several scored interviews, oldest score first."""

    email: str
    scores: tuple[float, ...]
    trend: Trend
    rows: tuple[Scored, ...]


def by_attribute(sample: Sequence[Scored], attribute: str) -> Groups:
    """The overall scores by `role`, `mode` or `difficulty`; spelling in capitals makes no group."""

    def name_of(one: Scored) -> str:
        return str(getattr(one, attribute))

    groups = _grouped(sample, name_of)
    return Groups(groups[:MOST_GROUPS], max(0, len(groups) - MOST_GROUPS))


def by_dimension(sample: Sequence[Scored]) -> list[tuple[str, Mean]]:
    """(column of feedback, figures) of each dimension that anybody scored."""
    found = []
    for place, name in enumerate(DIMENSIONS):
        values = [value for one in sample if (value := one.scores[place]) is not None]
        figures = mean_score(values)
        if figures is not None:
            found.append((name, figures))
    return found


def overall(sample: Sequence[Scored]) -> Group | None:
    """All of the sample as one group; None where there is none."""
    groups = _grouped(sample, lambda _one: "")
    return groups[0] if groups else None


def people(sample: Sequence[Scored]) -> list[Person]:
    """Who has three or more scored interviews in the sample: those with the most, ten at most."""
    by_email: dict[str, list[Scored]] = {}
    for one in sample:
        by_email.setdefault(one.email, []).append(one)
    several = sorted(
        ((email, rows) for email, rows in by_email.items() if len(rows) >= FEWEST_FOR_TREND),
        key=lambda pair: (-len(pair[1]), pair[0]),
    )
    found = []
    for email, rows in several[:MOST_PEOPLE]:
        in_order = sorted(rows, key=lambda one: (one.created_at, one.pk))
        scores = tuple(one.overall for one in in_order)
        line = trend(scores)
        assert line is not None
        found.append(Person(email, scores, line, tuple(in_order)))
    return found


def _grouped(sample: Sequence[Scored], name_of: Callable[[Scored], str]) -> list[Group]:
    by_name: dict[str, list[Scored]] = {}
    for one in sample:
        by_name.setdefault(name_of(one).casefold(), []).append(one)
    groups = []
    for rows in by_name.values():
        scores = [one.overall for one in rows]
        figures = mean_score(scores)
        assert figures is not None
        groups.append(
            Group(name_of(rows[0]), figures, distribution(scores), bins_of(scores), tuple(rows))
        )
    return sorted(groups, key=lambda group: (-group.figures.n, group.name.casefold()))
