"""What the feedback of some interviews says together: plain values in, dataclasses out; no Django.

A score of an interview is, here as everywhere, the mean over its raters, of each rater the newest
judgement (`calculations.session_scores`); means, spread and trend are over interviews.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum, sqrt
from typing import Any

from analytics.calculations import DIMENSIONS, Judgement, mean, session_scores, slope

MOST_PHRASES = 20
PHRASE_CHARACTERS = 200


@dataclass(frozen=True)
class Said:
    """One judgement with what it rests on: the interview's role and making, and its two lists.

    `strengths` and `weaknesses` are whatever JSON was sent; texts in a list are phrases.
    """

    judgement: Judgement
    role: str
    made_at: datetime
    strengths: Any = ()
    weaknesses: Any = ()


@dataclass(frozen=True)
class MeanOf:
    """A mean 0–10 over `n` interviews, made of `ratings` scores; 0 where n is 0."""

    mean: float
    n: int
    ratings: int


@dataclass(frozen=True)
class Spread:
    """Lowest and highest interview, and the standard deviation of the sample (divisor n − 1);
    0 where there are fewer than one, or two."""

    lowest: float
    highest: float
    deviation: float


@dataclass(frozen=True)
class Phrase:
    """A phrase as it was last written, and in how many interviews it was said."""

    text: str
    n: int


@dataclass(frozen=True)
class Role:
    """One role: spelling in capitals makes no other. `dimensions` by column of feedback."""

    name: str
    interviews: int
    completed: int
    dimensions: dict[str, MeanOf]


@dataclass(frozen=True)
class Point:
    session_id: str
    made_at: datetime
    overall: float


@dataclass(frozen=True)
class Improvement:
    """The least-squares line through overall scores in the order the interviews were made: `slope`
    points an interview, from `first` to `last`; all 0 below two interviews."""

    n: int
    slope: float
    first: float
    last: float
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Summary:
    """`dimensions` are ranked, the best mean first; roles by number of interviews."""

    interviews: int
    completed: int
    scored: int
    ratings: int
    overall: MeanOf
    spread: Spread
    roles: list[Role]
    dimensions: list[tuple[str, MeanOf]]
    strengths: list[Phrase]
    weaknesses: list[Phrase]
    improvement: Improvement


def summarize(
    counts: Mapping[str, tuple[int, int]], said: Iterable[Said], *, of_one_person: bool
) -> Summary:
    """The summary of interviews and what was said of them.

    `counts`: role → (interviews, completed). A trend is of one person or says nothing: scores of
    several people in the order of their interviews improve nobody.
    """
    newest = _newest(said)
    scores = session_scores(one.judgement for one in newest)
    about = {one.judgement.session_id: one for one in newest}
    overall = [row[0] for row in scores.values() if row[0] is not None]
    everything = _means(newest, scores)
    points = sorted(
        (
            Point(session_id, about[session_id].made_at, round(row[0], 6))
            for session_id, row in scores.items()
            if row[0] is not None
        ),
        key=lambda point: (point.made_at, point.session_id),
    )
    return Summary(
        interviews=sum(all_of for all_of, _completed in counts.values()),
        completed=sum(completed for _all, completed in counts.values()),
        scored=len(overall),
        ratings=everything[DIMENSIONS[0]].ratings,
        overall=everything[DIMENSIONS[0]],
        spread=_spread(overall),
        roles=_roles(counts, newest, scores),
        dimensions=sorted(
            ((name, found) for name, found in everything.items() if found.n),
            key=lambda pair: (-pair[1].mean, DIMENSIONS.index(pair[0])),
        ),
        strengths=phrases((one.judgement.session_id, one.strengths) for one in newest),
        weaknesses=phrases((one.judgement.session_id, one.weaknesses) for one in newest),
        improvement=improvement(points) if of_one_person else improvement([]),
    )


def phrases(lists: Iterable[tuple[str, Any]]) -> list[Phrase]:
    """(session id, list of texts) → phrases, those of the most interviews first, at most
    MOST_PHRASES; capitals, spaces and a full stop at the end make no other phrase.

    The order that comes in decides the spelling: the last one stands.
    """
    said: dict[str, set[str]] = {}
    spelt: dict[str, str] = {}
    for session_id, texts in lists:
        for text in texts if isinstance(texts, (list, tuple)) else [texts]:
            if not isinstance(text, str):
                continue
            shown = " ".join(text.split()).rstrip(" .;,")
            if not shown:
                continue
            key = shown.casefold()
            said.setdefault(key, set()).add(session_id)
            spelt[key] = shown
    in_order = sorted(said, key=lambda key: (-len(said[key]), key))
    return [Phrase(_cut(spelt[key]), len(said[key])) for key in in_order[:MOST_PHRASES]]


def improvement(points: Sequence[Point]) -> Improvement:
    """The trend through points in their order."""
    values = [point.overall for point in points]
    steep = slope(values)
    if steep is None:
        return Improvement(len(values), 0.0, 0.0, 0.0, tuple(points))
    middle, average = (len(values) - 1) / 2, fsum(values) / len(values)
    return Improvement(
        len(values),
        round(steep, 6),
        round(average - steep * middle, 6),
        round(average + steep * middle, 6),
        tuple(points),
    )


def _cut(text: str) -> str:
    return text if len(text) <= PHRASE_CHARACTERS else f"{text[: PHRASE_CHARACTERS - 1]}…"


def _newest(said: Iterable[Said]) -> list[Said]:
    """Of each rater of an interview the newest, oldest first."""
    found: dict[tuple[str, str], Said] = {}
    in_order = sorted(said, key=lambda one: (one.judgement.created_at, one.judgement.row_id))
    for one in in_order:
        key = (one.judgement.session_id, one.judgement.rater)
        found.pop(key, None)  # so that it stands where the newest does
        found[key] = one
    return list(found.values())


def _means(
    newest: Sequence[Said], scores: Mapping[str, tuple[float | None, ...]]
) -> dict[str, MeanOf]:
    found = {}
    for place, name in enumerate(DIMENSIONS):
        values = [row[place] for row in scores.values() if row[place] is not None]
        ratings = sum(one.judgement.scores[place] is not None for one in newest)
        found[name] = MeanOf(round(mean(values) or 0.0, 6), len(values), ratings)
    return found


def _spread(values: Sequence[float]) -> Spread:
    if not values:
        return Spread(0.0, 0.0, 0.0)
    middle = fsum(values) / len(values)
    squares = fsum((value - middle) ** 2 for value in values)
    deviation = sqrt(squares / (len(values) - 1)) if len(values) > 1 else 0.0
    return Spread(round(min(values), 6), round(max(values), 6), round(deviation, 6))


def _roles(
    counts: Mapping[str, tuple[int, int]],
    newest: Sequence[Said],
    scores: Mapping[str, tuple[float | None, ...]],
) -> list[Role]:
    names: dict[str, str] = {}
    totals: dict[str, tuple[int, int]] = {}
    for name, (interviews, completed) in counts.items():
        key = name.casefold()
        names.setdefault(key, name)
        before = totals.get(key, (0, 0))
        totals[key] = (before[0] + interviews, before[1] + completed)
    of_role: dict[str, list[Said]] = {}
    for one in newest:
        of_role.setdefault(one.role.casefold(), []).append(one)
        names.setdefault(one.role.casefold(), one.role)
    found = []
    for key, name in names.items():
        rows = of_role.get(key, [])
        own = {one.judgement.session_id for one in rows}
        means = _means(rows, {k: row for k, row in scores.items() if k in own})
        interviews, completed = totals.get(key, (0, 0))
        found.append(Role(name, interviews, completed, means))
    return sorted(found, key=lambda role: (-role.interviews, role.name.casefold()))
