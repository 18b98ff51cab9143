"""Proves the tables that lists and the dashboard are read from, and makes them anew.

Triggers keep them, so a difference means that somebody wrote past these: a restore with triggers
off, a table rebuilt on SQLite. The first repair of a table makes all its rows anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction

from analytics.services.scores import rebuild_scores, wrong_scores
from analytics.services.tally import rebuild_tallies, wrong_tallies
from analytics.services.tally_days import rebuild_days, wrong_days
from interviewdata.record.integrity import Problem
from sessions.kinds import rebuild_kinds, unknown_kinds


def figure_problems() -> Iterator[Problem]:
    """All of them. Four statements, which read all interviews or judgements; on SQLite two."""
    yield from tally_problems()
    yield from day_problems()
    yield from kind_problems()
    yield from score_problems()


def tally_problems() -> Iterator[Problem]:
    """Quarters of an hour whose tally is not what counting gives."""
    repair = _once(lambda: any(True for _ in wrong_tallies()), rebuild_tallies)
    for quarter, status, told, right in wrong_tallies():
        yield Problem(
            "tally",
            f"interview_tallies {quarter:%Y-%m-%d %H:%M}Z {status}",
            f"says {told} interviews, there are {right}",
            repair,
        )


def day_problems() -> Iterator[Problem]:
    """Days whose interviews of a kind are not what counting gives (PostgreSQL)."""
    repair = _once(wrong_days, rebuild_days)
    for day, role, mode, difficulty, status, told, right in wrong_days():
        yield Problem(
            "day",
            f"interview_days {day} {role}, {mode}, {difficulty}, {status}",
            f"says {told} interviews, there are {right}",
            repair,
        )


def kind_problems() -> Iterator[Problem]:
    """Kinds of interviews that filters do not know of, and pass over (PostgreSQL)."""
    repair = _once(unknown_kinds, rebuild_kinds)
    for role, mode, difficulty in unknown_kinds():
        yield Problem(
            "kind",
            f"interview_kinds {role}, {mode}, {difficulty}",
            "its interviews cannot be found by these filters",
            repair,
        )


def score_problems() -> Iterator[Problem]:
    """Interviews whose overall score or the columns beside it are not those of their rows."""
    repair = _once(wrong_scores, rebuild_scores)
    for session_id, told, right in wrong_scores():
        yield Problem(
            "score",
            f"interview_scores {session_id}",
            "role, mode, difficulty, status or time are not its interview's"
            if told == right
            else f"says {_score(told)}, its judgements give {_score(right)}",
            repair,
        )


def _score(mean: float | None) -> str:
    return "no score" if mean is None else f"{mean:.6g}"


def _once(wrong: Callable[[], Any], rebuild: Callable[[], int]) -> Callable[[], str]:
    def repair() -> str:
        with transaction.atomic():
            # The repairs after the first find nothing left to do.
            if not wrong():
                return "made anew already"
            return f"made anew, {rebuild()} rows"

    return repair
