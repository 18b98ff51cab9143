"""One person: their interviews page by page, their scores, what was said about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from analytics.calculations import DIMENSIONS, Judgement, session_scores
from analytics.models import DashboardStats, Feedback
from analytics.services.overview import Scored, scored_interviews
from analytics.visibility import blind_condition, figures_are_hidden, visible_feedback
from interviewdata.common.wire.lists import Cursor
from sessions.enums import Source
from sessions.models import InterviewSession

PAGE_ROWS = 20
MOST_IN_TREND = 100
ORDER = "-created_at"


@dataclass(frozen=True)
class PersonInterview:
    """One interview as the page lists it. `score`: mean of its raters' newest overall scores, None
    where nobody scored or the reader may not know it, which `is_hidden` tells apart; `feedback`:
    what the reader may see, the newest first."""

    interview: InterviewSession
    score: float | None
    is_hidden: bool
    feedback: list[Feedback]


@dataclass(frozen=True)
class PersonPage:
    """Interviews, the newest first; cursors of the neighbours, empty where there is none."""

    rows: list[PersonInterview] = field(default_factory=list)
    next: str = ""
    previous: str = ""


@dataclass(frozen=True)
class Figures:
    """`stats` is None for who has no interviews; `is_hidden`: those made from scores rest on some
    that the reader may not know yet."""

    stats: DashboardStats | None
    is_hidden: bool


def read_figures(email: str, user: Any) -> Figures:
    """The person's row of `dashboard_stats`. Two statements."""
    stats = DashboardStats.objects.filter(user_email=email).first()
    return Figures(stats, stats is not None and figures_are_hidden(user, email))


def read_page(email: str, *, cursor: Cursor | None, user: Any, may_see_scores: bool) -> PersonPage:
    """A page of interviews with their scores and feedback. Two statements, one without scores."""
    rows = InterviewSession.objects.of_person(email)
    if may_see_scores:
        rows = rows.annotate(
            is_hidden=ExpressionWrapper(blind_condition(user), output_field=BooleanField())
        )
    backwards = cursor is not None and cursor.backwards
    order = ("created_at", "id") if backwards else ("-created_at", "-id")
    if cursor is not None:
        way = "gt" if backwards else "lt"
        # The bound by itself says no more than the rest, but it is what the index is used for.
        rows = rows.filter(**{f"created_at__{way}e": cursor.value}).filter(
            Q(**{f"created_at__{way}": cursor.value}) | Q(**{f"id__{way}": cursor.id})
        )
    found = list(rows.order_by(*order)[: PAGE_ROWS + 1])
    has_more = len(found) > PAGE_ROWS
    found = found[:PAGE_ROWS]
    if backwards:
        found.reverse()
    if not found:
        return PersonPage()
    has_next = backwards or has_more
    has_previous = has_more if backwards else cursor is not None
    return PersonPage(
        _with_feedback(found, user) if may_see_scores else _without(found),
        next=_cursor_at(found[-1], backwards=False) if has_next else "",
        previous=_cursor_at(found[0], backwards=True) if has_previous else "",
    )


def read_trend(email: str, user: Any) -> list[Scored]:
    """The scored ones of the person's newest 100 interviews, the oldest first, without those on
    which `user` is blind. One statement."""
    newest = InterviewSession.objects.of_person(email).exclude(blind_condition(user))
    ids = newest.newest_first().values("session_id")[:MOST_IN_TREND]
    return scored_interviews(Feedback.objects.filter(session_id__in=ids))[::-1]


def _with_feedback(interviews: list[InterviewSession], user: Any) -> list[PersonInterview]:
    rows = visible_feedback(user).filter(
        draft=None, session_id__in=[one.session_id for one in interviews]
    )
    said: dict[str, list[Feedback]] = {}
    for row in rows.order_by("-created_at", "-id").defer("transcript"):
        said.setdefault(row.session_id, []).append(row)
    found = []
    for one in interviews:
        feedback = said.get(one.session_id, [])
        is_hidden = bool(one.is_hidden)  # type: ignore[attr-defined]
        score = None if is_hidden else _score(feedback)
        found.append(PersonInterview(one, score, is_hidden, feedback))
    return found


def _without(interviews: list[InterviewSession]) -> list[PersonInterview]:
    return [PersonInterview(one, None, False, []) for one in interviews]


def _score(feedback: Iterable[Feedback]) -> float | None:
    scores = session_scores(
        Judgement(
            row.session_id,
            f"{row.source}:{row.author}",
            row.created_at,
            row.pk,
            tuple(getattr(row, name) for name in DIMENSIONS),
        )
        for row in feedback
        if row.source != Source.CANDIDATE
    )
    return next((found[0] for found in scores.values()), None)


def _cursor_at(interview: InterviewSession, *, backwards: bool) -> str:
    return Cursor(interview.created_at.isoformat(), interview.pk, backwards).as_text(ORDER)
