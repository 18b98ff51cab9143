"""Reviews: drafts while typing, and the judgement itself, with its feedback, kept once.

Which interviews: those that are over. One that was abandoned is judged as it is and stays
abandoned; one that still runs is refused, since scoring must not end it (decision 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from analytics.calculations import weighted_mean
from analytics.models import Review, ReviewAssignment, ReviewDraft, RubricCategory
from analytics.services.evidence import Piece, Word, quotes, words_by_transcript
from analytics.services.feedback import save_feedback
from analytics.services.rubric import categories_for
from interviewdata.common.errors import Conflict, DomainError, Invalid, TooLarge
from sessions.enums import Source, Status
from sessions.models import InterviewSession
from sessions.services.session import lock_session

STEP = 0.5
NOTE_CHARACTERS = 10_000
REASON_CHARACTERS = 2_000
DRAFT_BYTES = 500_000
STILL_RUNNING = (Status.CREATED, Status.ACTIVE)


@dataclass(frozen=True)
class CategoryScore:
    """What a reviewer says of one category: its id, a score 0–10 in steps of 0.5 or None, a note,
    passages of the transcript."""

    category: int
    score: float | None = None
    note: str = ""
    evidence: Sequence[Piece] = ()

    @property
    def is_empty(self) -> bool:
        return self.score is None and not self.note.strip() and not self.evidence


@dataclass
class _Refusals:
    """All that is wrong with a submission, so that it is said at once."""

    fields: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, sentence: str) -> None:
        self.fields.setdefault(name, []).append(sentence)

    def raise_any(self) -> None:
        if self.fields:
            sentences = [text for texts in self.fields.values() for text in texts]
            raise Invalid(sentences[0], fields=self.fields)


def newest_review(session_id: str, reviewer: Any) -> Review | None:
    """The review of this reviewer that counts, with its feedback. One statement."""
    reviews = Review.objects.filter(session__session_id=session_id, reviewer=reviewer)
    return reviews.select_related("feedback").order_by("-id").first()


@transaction.atomic
def submit_review(
    *,
    session_id: str,
    reviewer: Any,
    scores: Iterable[CategoryScore],
    overall: float | None = None,
    reason: str = "",
    now: datetime | None = None,
) -> Review:
    """Keep a reviewer's judgement: a review and its feedback; the assignment is done with it, the
    draft goes. All or nothing, about 20 statements.

    The overall score is `weighted_mean` of what was scored; `overall` replaces it, with `reason`.
    What the reviewer's newest review says already gives that review; anything else is a new one,
    which then counts. The interview keeps its status.

    Raises NotFound; Conflict while the interview is running; Invalid with all that is wrong, under
    `score-ID`, `note-ID`, `evidence-ID` (of the category), `overall`, `reason`, `scores`.
    """
    now = now or timezone.now()
    interview = lock_session(session_id)
    if interview.status in STILL_RUNNING:
        raise Conflict(
            gettext(
                "This interview is still running; it can be scored once it is completed or"
                " abandoned."
            )
        )
    entries = _checked_scores(interview, scores)
    weighted = weighted_mean((entry["weight"], entry["score"]) for entry in entries)
    final, reason = _checked_overall(weighted, overall, reason)
    previous = newest_review(session_id, reviewer)
    if previous is not None and _says(previous, entries, final, reason):
        review = previous
    else:
        review = _keep(interview, reviewer, entries, weighted, final, reason, previous, now)
    ReviewAssignment.objects.filter(
        session=interview, reviewer=reviewer, submitted_at__isnull=True
    ).update(submitted_at=now)
    ReviewDraft.objects.filter(session=interview, reviewer=reviewer).delete()
    return review


def _checked_scores(
    interview: InterviewSession, scores: Iterable[CategoryScore]
) -> list[dict[str, Any]]:
    """The scores as reviews keep them, in order of the rubric; what says nothing is left out."""
    given = [one for one in scores if not one.is_empty]
    rubric = {category.pk: category for category in categories_for(interview)}
    transcripts = words_by_transcript(
        interview.session_id, (piece.transcript for one in given for piece in one.evidence)
    )
    refusals = _Refusals()
    entries: dict[int, dict[str, Any]] = {}
    for one in given:
        category = rubric.get(one.category)
        if category is None:
            sentence = gettext("A category is not part of this interview's rubric any more.")
            refusals.add("scores", sentence)
        elif one.category in entries:
            sentence = gettext("%(category)s: score it once.") % {"category": category.label}
            refusals.add(f"score-{one.category}", sentence)
        else:
            entries[one.category] = _entry(category, one, transcripts, refusals)
    if not refusals.fields and not any(entry["score"] is not None for entry in entries.values()):
        refusals.add("scores", gettext("Score at least one category."))
    refusals.raise_any()
    return [entries[pk] for pk in rubric if pk in entries]


def _entry(
    category: RubricCategory,
    one: CategoryScore,
    transcripts: Mapping[int, Sequence[Word]],
    refusals: _Refusals,
) -> dict[str, Any]:
    number = f"score-{category.pk}"
    if not _is_score(one.score):
        sentence = gettext("%(category)s: a score is between 0 and 10, in steps of 0.5.")
        refusals.add(number, sentence % {"category": category.label})
    note = one.note.strip()
    if len(note) > NOTE_CHARACTERS:
        sentence = gettext("%(category)s: %(most)s characters at most.")
        refusals.add(
            f"note-{category.pk}",
            sentence % {"category": category.label, "most": NOTE_CHARACTERS},
        )
    evidence: list[dict[str, Any]] = []
    try:
        evidence = quotes(category.label, one.evidence, transcripts)
    except DomainError as refusal:
        refusals.add(f"evidence-{category.pk}", refusal.message)
    return {
        "category": category.name,
        "dimension": category.dimension,
        "score": one.score,
        "weight": category.weight,
        "note": note,
        "evidence": evidence,
    }


def _is_score(value: float | None) -> bool:
    return value is None or (isfinite(value) and 0 <= value <= 10 and (value / STEP).is_integer())


def _checked_overall(
    weighted: float | None, overall: float | None, reason: str
) -> tuple[float | None, str]:
    """The overall score and why it is not the weighted mean (empty: it is)."""
    reason = reason.strip()
    refusals = _Refusals()
    if not _is_score(overall):
        sentence = gettext("The overall score is between 0 and 10, in steps of 0.5.")
        refusals.add("overall", sentence)
    elif overall is None and reason:
        sentence = gettext("Say which overall score the reason is for, or take it away.")
        refusals.add("overall", sentence)
    elif overall is not None and overall != weighted and not reason:
        refusals.add("reason", gettext("Say why the overall score is not the weighted mean."))
    if len(reason) > REASON_CHARACTERS:
        sentence = gettext("%(most)s characters at most.") % {"most": REASON_CHARACTERS}
        refusals.add("reason", sentence)
    refusals.raise_any()
    if overall is None or overall == weighted:
        return weighted, ""
    return overall, reason


def _says(review: Review, entries: list[dict[str, Any]], final: float | None, reason: str) -> bool:
    return (
        review.scores == entries
        and review.override_reason == reason
        and review.feedback.overall_score == final
    )


def _keep(
    interview: InterviewSession,
    reviewer: Any,
    entries: list[dict[str, Any]],
    weighted: float | None,
    final: float | None,
    reason: str,
    previous: Review | None,
    now: datetime,
) -> Review:
    content = feedback_content(entries, final, reason)
    feedback, _stats = save_feedback(
        session_id=interview.session_id,
        content=content,
        source=Source.REVIEWER,
        author=reviewer.get_username(),
        completes=False,
        # Whoever returns to an earlier opinion has judged anew: the review before this one is part
        # of what makes it another.
        submission={
            "review_after": previous.pk if previous is not None else None,
            "scores": entries,
            "overall": final,
            "reason": reason,
        },
        now=now,
    )
    return Review.objects.create(
        session=interview,
        reviewer=reviewer,
        feedback=feedback,
        scores=entries,
        weighted_score=weighted,
        override_reason=reason,
        created_at=now,
    )


def feedback_content(
    entries: Sequence[Mapping[str, Any]], final: float | None, reason: str
) -> dict[str, Any]:
    """A review in the columns of feedback: dimensions in theirs, other categories by name, notes
    (and why the overall score was set) as detailed feedback."""
    dimensions: dict[str, float | None] = dict.fromkeys(
        (name for name, _label in RubricCategory.DIMENSIONS), None
    )
    categories: dict[str, float] = {}
    texts = []
    for entry in entries:
        if entry["dimension"]:
            dimensions[entry["dimension"]] = entry["score"]
        elif entry["score"] is not None:
            categories[entry["category"]] = entry["score"]
        if entry["note"]:
            texts.append(f"{entry['category']}: {entry['note']}")
    if reason:
        texts.append(f"Overall score: {reason}")
    return {
        "overall_score": final,
        **dimensions,
        "categories": categories,
        "detailed_feedback": texts,
    }


@transaction.atomic
def save_draft(
    *,
    session_id: str,
    reviewer: Any,
    content: dict[str, Any],
    after: int = 0,
    now: datetime | None = None,
) -> ReviewDraft:
    """Keep what a reviewer has typed so far, as it is; one draft an interview and reviewer.

    `after` is the id of the reviewer's newest review when typing began (0: none yet): a draft that
    arrives after its own review is refused. Raises NotFound, TooLarge, Conflict. 4 statements.
    """
    now = now or timezone.now()
    if len(orjson.dumps(content)) > DRAFT_BYTES:
        raise TooLarge(gettext("A draft has %(most)s kB at most.") % {"most": DRAFT_BYTES // 1000})
    interview = lock_session(session_id)
    newest = (
        Review.objects.filter(session=interview, reviewer=reviewer)
        .order_by("-id")
        .values_list("id", flat=True)
        .first()
    )
    if (newest or 0) != after:
        raise Conflict(gettext("Your review is in; load the page again to go on from it."))
    draft, _created = ReviewDraft.objects.update_or_create(
        session=interview, reviewer=reviewer, defaults={"content": content, "updated_at": now}
    )
    return draft


def drop_draft(*, session_id: str, reviewer: Any) -> bool:
    """Throw a draft away; whether there was one."""
    deleted, _by_model = ReviewDraft.objects.filter(
        session__session_id=session_id, reviewer=reviewer
    ).delete()
    return deleted > 0
