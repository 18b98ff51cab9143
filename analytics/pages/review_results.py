"""What all raters said of one interview, side by side, for whoever may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from analytics.models import SCORE_FIELDS, Feedback
from analytics.models.names import category_label
from analytics.visibility import visible_feedback, visible_reviews
from sessions.enums import Source

# Of raters who are no reviewers, what they are.
_KINDS = {
    Source.SERVICE.value: gettext_noop("service"),
    Source.IMPORT.value: gettext_noop("import"),
}


@dataclass(frozen=True)
class RaterRow:
    """One rater's newest judgement: `scores` in order of SCORE_FIELDS, further categories, texts,
    and the details of a review made on the form. `kind` is empty for a reviewer."""

    name: str
    kind: str
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
    given = Feedback.objects.filter(session__session_id=session_id, draft=None)
    rows = visible_feedback(user, given)
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
        kind=gettext(_KINDS[row.source]) if row.source in _KINDS else "",
        is_own=is_own,
        at=row.created_at,
        scores=[getattr(row, name) for name in SCORE_FIELDS],
        categories=list(categories.items()),
        texts=[] if review else [str(t) for t in (texts if isinstance(texts, list) else [texts])],
        details=_details(review) if review else [],
        override_reason=review.override_reason if review else "",
        weighted=review.weighted_score if review else None,
    )


def _details(review: Any) -> list[dict[str, Any]]:
    """What a review says beside its scores, each with the `label` of its category."""
    return [
        {**entry, "label": category_label(entry["category"], entry["dimension"])}
        for entry in review.scores
        if entry["note"] or entry["evidence"]
    ]
