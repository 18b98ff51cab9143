"""Candidates by dimension, how far their raters agree, and how severe each rater is.

Everything here is made from the feedback of reviewers, of each rater the newest of an interview,
and never from an interview on which the reader is blind (analytics.visibility).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, QuerySet

from analytics.agreement import Agreement, Ratings, Severity, agreement, severities
from analytics.calculations import DIMENSIONS
from analytics.models import Feedback
from analytics.services.comparison import (
    INTERVIEWEE_COLUMNS,
    MOST_CHOSEN,
    Interviewee,
    InterviewFilter,
    cut_page,
)
from analytics.visibility import blind_condition, visible_feedback
from interviewdata.common.wire.lists import Cursor, ListArguments, in_order
from sessions.enums import Source, Status
from sessions.models import InterviewSession
from sessions.querysets import InterviewSessionQuerySet

INTERVIEWS_A_PAGE = MOST_CHOSEN
# Agreement and severity rest on the newest of the filter: more would make a page wait.
NEWEST_COMPARED = 500

Scores = Mapping[str, tuple[float | None, ...]]
"""rater → scores, 0–10 or None, in order of DIMENSIONS."""


@dataclass(frozen=True)
class JudgedInterview:
    """One interview and what each rater gave it; nothing where `is_hidden`."""

    interviewee: Interviewee
    is_hidden: bool
    by_rater: Scores = field(default_factory=dict)


@dataclass(frozen=True)
class ScoresPage:
    """Interviews, the newest first; cursors of the neighbours, empty: none."""

    interviews: list[JudgedInterview]
    next: str
    previous: str


@dataclass(frozen=True)
class RaterFigures:
    """Agreement on each dimension and each rater's severity, in order of DIMENSIONS.

    `interviews` were looked at; `hidden` of them are left out because the reader is blind there;
    `is_cut` says that the filter holds more than NEWEST_COMPARED.
    """

    interviews: int
    hidden: int
    is_cut: bool
    agreements: list[Agreement]
    severities: dict[str, list[Severity | None]]


def scores_page(
    user: Any, interviews: InterviewFilter, *, only_scored: bool, cursor: Cursor | None = None
) -> ScoresPage:
    """One page of completed (or chosen) interviews with their scores. Two statements.

    `only_scored` leaves out those without a score that `user` may see, so it tells a blind reader
    nothing.
    """
    rows = _interviews_of(interviews)
    if only_scored:
        rows = rows.filter(Exists(_ratings_for(user).filter(session_id=OuterRef("session_id"))))
    arguments = ListArguments(INTERVIEWS_A_PAGE, "-created_at", cursor, "", {})
    page = in_order(rows.annotate(is_hidden=_is_hidden(user)), arguments)
    fetched = list(page.values_list(*INTERVIEWEE_COLUMNS, "id", "is_hidden"))
    place = len(INTERVIEWEE_COLUMNS)
    shown, following, previous = cut_page(
        fetched, arguments, place=place, value=INTERVIEWEE_COLUMNS.index("created_at")
    )
    found = [(Interviewee(*row[:place]), bool(row[place + 1])) for row in shown]
    scores = newest_scores(user, [who.session_id for who, is_hidden in found if not is_hidden])
    return ScoresPage(
        [
            JudgedInterview(who, is_hidden, {} if is_hidden else scores.get(who.session_id, {}))
            for who, is_hidden in found
        ],
        following,
        previous,
    )


def rater_figures(user: Any, interviews: InterviewFilter) -> RaterFigures:
    """Agreement and severity over the newest interviews of a filter. Two statements."""
    newest = list(
        _interviews_of(interviews)
        .newest_first()
        .annotate(is_hidden=_is_hidden(user))
        .values_list("session_id", "is_hidden")[: NEWEST_COMPARED + 1]
    )
    compared = newest[:NEWEST_COMPARED]
    open_ids = [session_id for session_id, is_hidden in compared if not is_hidden]
    scores = newest_scores(user, open_ids)
    columns = [_ratings_of(scores, place) for place in range(len(DIMENSIONS))]
    return RaterFigures(
        interviews=len(compared),
        hidden=len(compared) - len(open_ids),
        is_cut=len(newest) > NEWEST_COMPARED,
        agreements=[agreement(column) for column in columns],
        severities=_by_rater(columns),
    )


def newest_scores(user: Any, session_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """session_id → rater → scores: the newest feedback of each reviewer. One statement."""
    rows = (
        _ratings_for(user).filter(session__session_id__in=session_ids).order_by("created_at", "id")
    )
    found: dict[str, dict[str, Any]] = {}
    for session_id, author, *scores in rows.values_list("session_id", "author", *DIMENSIONS):
        found.setdefault(session_id, {})[author] = tuple(scores)
    return found


def _interviews_of(interviews: InterviewFilter) -> InterviewSessionQuerySet:
    """The interviews to compare: those chosen whatever their status, else the completed ones."""
    rows = InterviewSession.objects.filter(interviews.as_condition())
    if not interviews.session_ids:
        rows = rows.filter(status=Status.COMPLETED)
    return rows


def _is_hidden(user: Any) -> ExpressionWrapper:
    """Whether `user` is blind on an interview."""
    return ExpressionWrapper(blind_condition(user), output_field=BooleanField())


def _ratings_for(user: Any) -> QuerySet[Feedback]:
    return visible_feedback(user, Feedback.objects.filter(source=Source.REVIEWER))


def _ratings_of(scores: Mapping[str, Scores], place: int) -> Ratings:
    """One dimension: session_id → rater → score."""
    return {
        session_id: {rater: given[place] for rater, given in by_rater.items()}
        for session_id, by_rater in scores.items()
    }


def _by_rater(columns: Iterable[Ratings]) -> dict[str, list[Severity | None]]:
    """rater → severity on each dimension, None where they share no interview with another."""
    tables = [{found.rater: found for found in severities(column)} for column in columns]
    raters = sorted({rater for table in tables for rater in table})
    return {rater: [table.get(rater) for table in tables] for rater in raters}
