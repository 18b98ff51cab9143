"""Whose scores a staff user may see: nobody who is to judge is told what others judged.

A reviewer is blind on an interview from the moment it is assigned to them until their own review
is in; who may review but does not hold `analytics.see_scores` is blind on every interview they
have not reviewed. Blind means: no feedback of anybody else, no figure made from it. Who only reads
(no `analytics.add_review`) and services are not blind. Decision 9 says why.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from analytics.models import DashboardStats, Feedback, Review, ReviewAssignment
from sessions.enums import Source

MAY_REVIEW = "analytics.add_review"
SEE_SCORES = "analytics.see_scores"
# The columns of `dashboard_stats` that are made from scores.
SCORE_FIGURES = tuple(
    name
    for field in DashboardStats._meta.concrete_fields
    if (name := field.name).startswith("avg_") or name in ("best_score", "improvement_trend")
)


def is_judge(user: Any) -> bool:
    """Whether this user is blind wherever they have not judged yet. No statement."""
    return user.has_perm(MAY_REVIEW) and not user.has_perm(SEE_SCORES)


def blind_condition(user: Any, session: str = "session_id") -> Q:
    """The rows of a table on whose interview `user` is blind; `session` names its column."""
    if is_judge(user):
        return Q(~Exists(Review.objects.filter(reviewer_id=user.pk, session_id=OuterRef(session))))
    return Q(
        Exists(
            ReviewAssignment.objects.filter(
                reviewer_id=user.pk, submitted_at__isnull=True, session_id=OuterRef(session)
            )
        )
    )


def is_blind(user: Any, session_id: str) -> bool:
    """Whether the scores of this interview are hidden from this user. One statement."""
    if is_judge(user):
        return not Review.objects.filter(
            reviewer_id=user.pk, session__session_id=session_id
        ).exists()
    return ReviewAssignment.objects.filter(
        reviewer_id=user.pk, submitted_at__isnull=True, session__session_id=session_id
    ).exists()


def visible_feedback(user: Any, rows: QuerySet[Feedback] | None = None) -> QuerySet[Feedback]:
    """The feedback this user may see: their own, and all of interviews they are not blind on."""
    rows = Feedback.objects.all() if rows is None else rows
    own = Q(source=Source.REVIEWER, author=user.get_username())
    return rows.filter(own | ~blind_condition(user))


def hidden_feedback(user: Any) -> QuerySet[Feedback]:
    """What counts in figures and this user may not see. Figures made from any of it are hidden."""
    own = Q(source=Source.REVIEWER, author=user.get_username())
    rows = Feedback.objects.exclude(source=Source.CANDIDATE).filter(draft=None)
    return rows.filter(blind_condition(user) & ~own)


def hidden_figures_condition(user: Any) -> Q:
    """The rows of a table by person (`user_email`) whose score figures are hidden from `user`."""
    return Q(Exists(hidden_feedback(user).filter(session__user_email=OuterRef("user_email"))))


def figures_are_hidden(user: Any, email: str) -> bool:
    """Whether this person's score figures are hidden from `user`. One statement."""
    return hidden_feedback(user).filter(session__user_email=email).exists()


def visible_reviews(user: Any, rows: QuerySet[Review] | None = None) -> QuerySet[Review]:
    """The reviews with notes and evidence this user may see: as `visible_feedback`."""
    rows = Review.objects.all() if rows is None else rows
    return rows.filter(Q(reviewer_id=user.pk) | ~blind_condition(user))
