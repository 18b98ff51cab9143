"""What all raters said of one interview, side by side, for whoever may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analytics.models import SCORE_FIELDS, Feedback
from analytics.visibility import visible_feedback, visible_reviews
from sessions.enums import Source

HEADINGS = ("Overall", "Technical", "Communication", "Problem solving", "Confidence")


@dataclass(frozen=True)
class RaterRow:
    """One rater's newest judgement: scores in order of HEADINGS, further categories, texts, and
    the details of a review made on the form."""

    name: str
    source: str
    is_own: bool
    at: Any
    scores: list[float | None]
    categories: list[tuple[str, Any]]
    texts: list[str]
    details: list[dict[str, Any]]
    override_reason: str
    weighted: float | None


def rater_rows(user: Any, session_id: str) -> list[RaterRow]:
    """The newest judgement of each rater that `user` may see, their own first. Two statements.

    A candidate's own scores are left out: they count nowhere.
    """
    rows = visible_feedback(user, Feedback.objects.filter(session__session_id=session_id))
    newest: dict[tuple[str, str], Feedback] = {}
    for row in rows.exclude(source=Source.CANDIDATE).order_by("created_at", "id"):
        newest[row.source, row.author] = row
    reviews = {
        review.feedback_id: review
        for review in visible_reviews(user).filter(
            session__session_id=session_id, feedback__in=[row.pk for row in newest.values()]
        )
    }
    own = (Source.REVIEWER.value, user.get_username())
    shown = sorted(newest.items(), key=lambda item: (item[0] != own, item[0]))
    return [_row(row, reviews.get(row.pk), is_own=key == own) for key, row in shown]


def _row(row: Feedback, review: Any, *, is_own: bool) -> RaterRow:
    texts = row.detailed_feedback
    categories = row.categories if isinstance(row.categories, dict) else {}
    return RaterRow(
        name=row.author or row.get_source_display(),
        source=row.get_source_display(),
        is_own=is_own,
        at=row.created_at,
        scores=[getattr(row, name) for name in SCORE_FIELDS],
        categories=list(categories.items()),
        texts=[] if review else [str(t) for t in (texts if isinstance(texts, list) else [texts])],
        details=[e for e in review.scores if e["note"] or e["evidence"]] if review else [],
        override_reason=review.override_reason if review else "",
        weighted=review.weighted_score if review else None,
    )
