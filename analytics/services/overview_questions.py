"""What the questions of a period are worth: asked, answered, time taken, scores, discrimination."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, FilteredRelation, Q, TextField
from django.db.models.functions import Cast, Coalesce

from analytics.figures import Mean, Quartiles, Share, discrimination, mean_score, quartiles, share
from analytics.services.overview import Scored
from interviewdata.common.aggregates import Joined, TextRows
from sessions.models import InterviewQuestion

QUESTIONS_SHOWN = 25


@dataclass(frozen=True)
class QuestionFigures:
    """One wording and category. `answered` is of the times it was asked; `mean_seconds` and
    `seconds` are of the current answers that say how long they took; `scores` of what raters gave
    its category in the interviews where it was asked; see figures.discrimination for the last."""

    text: str
    category: str
    answered: Share
    mean_seconds: float | None
    seconds: Quartiles | None
    scores: Mean | None
    discrimination: float | None
    judged: int

    @property
    def asked(self) -> int:
        return self.answered.whole

    @property
    def median_seconds(self) -> float | None:
        return self.seconds.median if self.seconds else None


@dataclass(frozen=True)
class Questions:
    """The questions asked most in the newest interviews; `left_out`: there are further ones."""

    shown: list[QuestionFigures]
    left_out: bool


def read_questions(session_ids: Iterable[str], sample: Iterable[Scored]) -> Questions:
    """The 25 questions asked most in these interviews. One statement.

    `sample` gives the scores: those interviews alone that the reader may know the scores of.
    """
    asked = (
        InterviewQuestion.objects.filter(session_id__in=TextRows(session_ids))
        # At most one answer a question is current, so the join makes no row twice.
        .annotate(current=FilteredRelation("responses", condition=Q(responses__is_current=True)))
        .values("question_text", "category")
        .annotate(
            asked=Count("id"),
            answered=Count("current__id"),
            seconds=Joined(
                Cast(Coalesce("current__response_duration", "current__audio_duration"), TextField())
            ),
            interviews=Joined(Cast(F("session__id"), TextField())),
        )
        .order_by("-asked", "question_text", "category")[: QUESTIONS_SHOWN + 1]
    )
    scored = {one.pk: one for one in sample}
    found = []
    for row in asked:
        pairs, items = _judged(
            [scored[pk] for text in set(row["interviews"].split()) if (pk := int(text)) in scored],
            row["category"],
        )
        times = [float(text) for text in (row["seconds"] or "").split()]
        found.append(
            QuestionFigures(
                text=row["question_text"],
                category=row["category"],
                answered=share(row["answered"], row["asked"]),
                mean_seconds=sum(times) / len(times) if times else None,
                seconds=quartiles(times),
                scores=mean_score(items),
                discrimination=discrimination(pairs),
                judged=len(pairs),
            )
        )
    return Questions(found[:QUESTIONS_SHOWN], len(found) > QUESTIONS_SHOWN)


def _judged(
    interviews: Sequence[Scored], category: str
) -> tuple[list[tuple[float, float]], list[float]]:
    """(score of the item, mean of the interview's other categories) where there are others, and
    all scores of the item."""
    name = category.strip().lower()
    pairs, items = [], []
    for one in interviews:
        item = one.categories.get(name)
        if item is None:
            continue
        items.append(item)
        rest = [value for other, value in one.categories.items() if other != name]
        if rest:
            pairs.append((item, sum(rest) / len(rest)))
    return pairs, items
