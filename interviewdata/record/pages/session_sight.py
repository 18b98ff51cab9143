"""What stands beside the record: may this reader see scores, what reviewers noted, which sounds
could not be decoded, which event was the last."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Subquery, Value

from analytics.visibility import blind_condition
from interviewdata.common.aggregates import Joined
from sessions.models import AudioPeaks, InterviewEvent, InterviewSession, UserResponse


@dataclass(frozen=True)
class ReviewNotes:
    """What belongs to one row of feedback that came from the form: scores with notes and evidence
    as `Review.scores` holds them."""

    scores: list[Any]
    override_reason: str


@dataclass(frozen=True)
class Sight:
    """blind: scores of others are hidden from this reader; notes: by id of feedback, of the
    reader alone where blind; unreadable: SHA-256 of sounds that could not be decoded;
    last_event: the id of the newest event, 0 where there is none."""

    blind: bool = True
    notes: dict[int, ReviewNotes] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()
    last_event: int = 0


def sight_of(user: Any, session_id: str) -> Sight:
    """One statement."""
    sounds = UserResponse.objects.filter(session__session_id=session_id).values("audio_sha256")
    problems = (
        AudioPeaks.objects.filter(audio_sha256__in=sounds)
        .exclude(problem="")
        .order_by()
        .annotate(_all=Value(1))
        .values("_all")
        .annotate(digests=Joined("audio_sha256"))
        .values("digests")
    )
    newest = InterviewEvent.objects.filter(session_id=OuterRef("session_id")).order_by("-id")
    rows = list(
        InterviewSession.objects.filter(session_id=session_id)
        .annotate(
            _blind=ExpressionWrapper(blind_condition(user), output_field=BooleanField()),
            _problems=Subquery(problems),
            _last_event=Subquery(newest.values("id")[:1]),
        )
        .values_list(
            "_blind",
            "_problems",
            "_last_event",
            "reviews__reviewer_id",
            "reviews__feedback_id",
            "reviews__scores",
            "reviews__override_reason",
        )
    )
    if not rows:
        return Sight()
    blind, digests, last_event = rows[0][:3]
    return Sight(
        blind=bool(blind),
        notes={
            feedback_id: ReviewNotes(scores if isinstance(scores, list) else [], reason or "")
            for *_same, reviewer_id, feedback_id, scores, reason in rows
            if feedback_id is not None and (not blind or reviewer_id == user.pk)
        },
        unreadable=frozenset((digests or "").split(" ")) - {""},
        last_event=last_event or 0,
    )
