"""Scores and statistics: plain values in, dataclasses out; no Django."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum

DIMENSIONS = (
    "overall_score",
    "technical_score",
    "communication_score",
    "problem_solving_score",
    "confidence_score",
)


@dataclass(frozen=True)
class Judgement:
    """One feedback row as statistics see it. `scores`: 0–10 or None, in order of DIMENSIONS."""

    session_id: str
    rater: str
    created_at: datetime
    row_id: int
    scores: tuple[float | None, ...]


@dataclass(frozen=True)
class Interview:
    session_id: str
    created_at: datetime
    start_time: datetime | None
    end_time: datetime | None
    is_completed: bool


@dataclass(frozen=True)
class PersonStats:
    """One person's figures; scores 0–10, times in seconds, None where nothing was scored."""

    total_interviews: int
    completed_interviews: int
    averages: tuple[float | None, ...]
    total_time_spent: float
    last_interview_date: datetime | None
    best_score: float | None
    improvement_trend: float | None


def mean(values: Iterable[float | None]) -> float | None:
    """Arithmetic mean of what is there; None where nothing is."""
    found = [value for value in values if value is not None]
    return fsum(found) / len(found) if found else None


def session_scores(judgements: Iterable[Judgement]) -> dict[str, tuple[float | None, ...]]:
    """session_id → scores: of each rater the newest judgement, the mean over raters."""
    newest: dict[tuple[str, str], Judgement] = {}
    for judgement in judgements:
        key = (judgement.session_id, judgement.rater)
        known = newest.get(key)
        if known is None or (judgement.created_at, judgement.row_id) > (
            known.created_at,
            known.row_id,
        ):
            newest[key] = judgement
    by_session: dict[str, list[Judgement]] = {}
    for judgement in newest.values():
        by_session.setdefault(judgement.session_id, []).append(judgement)
    return {
        session_id: tuple(mean(column) for column in zip(*(j.scores for j in rows), strict=True))
        for session_id, rows in by_session.items()
    }


def weighted_mean(pairs: Iterable[tuple[float, float | None]]) -> float | None:
    """The overall score of (weight, score) pairs: Σw·s / Σw over what was scored, six decimals.

    Weighted arithmetic mean. A pair without a score counts neither above nor below the line;
    None where nothing was scored, or where all that was scored weighs nothing.
    """
    scored = [(weight, score) for weight, score in pairs if score is not None]
    weights = fsum(weight for weight, _score in scored)
    if weights <= 0:
        return None
    return _rounded(fsum(weight * score for weight, score in scored) / weights)


def slope(values: Sequence[float]) -> float | None:
    """Least-squares slope of `values` against 0, 1, 2 …; None below two values.

    b = Σ(x − x̄)(y − ȳ) / Σ(x − x̄)² (Legendre 1805), in units of `values` a step.
    """
    count = len(values)
    if count < 2:
        return None
    middle = (count - 1) / 2
    average = fsum(values) / count
    above = fsum((x - middle) * (y - average) for x, y in enumerate(values))
    return above / fsum((x - middle) ** 2 for x in range(count))


def person_stats(interviews: Sequence[Interview], judgements: Sequence[Judgement]) -> PersonStats:
    """The statistics of one person.

    An average is the mean over scored interviews of the interview's score (`session_scores`); the
    trend is the slope of overall scores in the order the interviews were made; time is the sum of
    end − start over completed interviews.
    """
    scores = session_scores(judgements)
    in_order = sorted(interviews, key=lambda i: (i.created_at, i.session_id))
    scored = [scores[i.session_id] for i in in_order if i.session_id in scores]
    columns = list(zip(*scored, strict=True)) if scored else [()] * len(DIMENSIONS)
    overall = [value for value in columns[0] if value is not None]
    trend = slope(overall)
    return PersonStats(
        total_interviews=len(in_order),
        completed_interviews=sum(i.is_completed for i in in_order),
        averages=tuple(_rounded(mean(column)) for column in columns),
        total_time_spent=_rounded(
            fsum(
                (i.end_time - i.start_time).total_seconds()
                for i in in_order
                if i.is_completed and i.end_time and i.start_time
            )
        )
        or 0.0,
        last_interview_date=max((i.start_time or i.created_at for i in in_order), default=None),
        best_score=_rounded(max(overall, default=None)),
        improvement_trend=_rounded(trend),
    )


def _rounded(value: float | None) -> float | None:
    """Six decimals: the same figure on every database and in every sum's order."""
    return None if value is None else round(value, 6)
