"""Reads what a summary of feedback is made of, in two statements however much there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet, Value

from analytics.calculations import DIMENSIONS, Judgement
from analytics.models import Feedback
from analytics.reports.summary import Said, Summary, summarize
from analytics.visibility import blind_condition
from sessions.enums import Source, Status
from sessions.models import InterviewSession

# Judgements that a summary rests on, the newest: what is said of many more is the dashboard's.
MOST_JUDGEMENTS = 2000
MOST_ROLES = 100


@dataclass(frozen=True)
class Found:
    """`hidden`: interviews with feedback that the reader may not know of yet; `is_cut`: there are
    more judgements, or roles, than it rests on."""

    summary: Summary
    hidden: int
    is_cut: bool


def summary_of(email: str, *, session_ids: Sequence[str] | None, reader: Any = None) -> Found:
    """The summary of one person's feedback, or of everybody's where `email` is empty.

    `session_ids` limits it to those interviews: what a candidate's grants open. Interviews on which
    `reader`, a signed-in user, is blind count as interviews, and nothing of their feedback does.
    What candidates say of themselves does not count. Two statements.
    """
    interviews = InterviewSession.objects.all()
    judged: QuerySet[Feedback] = Feedback.objects.exclude(source=Source.CANDIDATE)
    judged = judged.filter(draft=None)
    if email:
        interviews = interviews.filter(user_email=email)
        judged = judged.filter(session__user_email=email)
    if session_ids is not None:
        interviews = interviews.filter(session_id__in=list(session_ids))
        judged = judged.filter(session__session_id__in=list(session_ids))
    roles = list(
        interviews.values("role")
        .annotate(made=Count("pk"), completed=Count("pk", filter=Q(status=Status.COMPLETED)))
        .order_by("-made", "role")
        .values_list("role", "made", "completed")
    )
    blind: Any = Value(False) if reader is None else blind_condition(reader)
    rows = list(
        judged.annotate(_blind=ExpressionWrapper(blind, output_field=BooleanField()))
        .order_by("-created_at", "-id")
        .values_list(
            *("_blind", "session_id", "source", "author", "created_at", "id"),
            *("session__role", "session__created_at", "strengths", "areas_for_improvement"),
            *DIMENSIONS,
        )[: MOST_JUDGEMENTS + 1]
    )
    kept = rows[:MOST_JUDGEMENTS]
    # Of one person the interviews are few; those of a session are whole or not there at all.
    said = [_said(row) for row in kept if not row[0]]
    summary = summarize(
        {role: (made, completed) for role, made, completed in roles},
        said,
        of_one_person=bool(email) or session_ids is not None,
    )
    return Found(
        summary,
        hidden=len({row[1] for row in kept if row[0]}),
        is_cut=len(rows) > MOST_JUDGEMENTS,
    )


def _said(row: Any) -> Said:
    _blind, session_id, source, author, created, row_id, role, made_at, strong, weak, *scores = row
    judgement = Judgement(session_id, f"{source}:{author}", created, row_id, tuple(scores))
    return Said(judgement, role, made_at, strong, weak)
