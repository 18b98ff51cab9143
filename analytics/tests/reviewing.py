"""What tests of reviewing share: reviewers, interviews that are over, transcripts with words."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission, User

from analytics.models import RubricCategory
from analytics.services.review import CategoryScore, submit_review
from sessions.models import InterviewSession, Transcript
from sessions.tests.factories import InterviewSessionFactory, TranscriptFactory

REVIEWER_PERMISSIONS = (
    "analytics.add_review",
    "interview_sessions.view_interviewsession",
    "interview_sessions.view_interviewquestion",
    "interview_sessions.view_userresponse",
    "interview_sessions.view_transcript",
)
WORDS = ["I", "would", "measure", "first.", "Then", "I", "would", "change", "one", "thing."]


def make_reviewer(name: str, *permissions: str) -> User:
    """Staff who may review, and whatever else is named."""
    user = User.objects.create_user(name, password="a-long-password", is_staff=True)
    for label in (*REVIEWER_PERMISSIONS, *permissions):
        app_label, codename = label.split(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app_label, codename=codename)
        )
    return User.objects.get(pk=user.pk)


def over(**fields: Any) -> InterviewSession:
    """An interview that is completed."""
    return InterviewSessionFactory(completed=True, **fields)


def spoken(interview: InterviewSession, words: list[str] = WORDS) -> Transcript:
    """A transcript with a word a second: word n from n to n + 0.8 s."""
    return TranscriptFactory(
        session=interview,
        transcript_data={"text": " ".join(words)},
        word_timestamps=[
            {"word": word, "start": n, "end": n + 0.8, "confidence": 0.9}
            for n, word in enumerate(words)
        ],
    )


def dimensions() -> dict[str, RubricCategory]:
    """The four dimensions by their column, made where a flushed database has lost them."""
    for place, (dimension, label) in enumerate(RubricCategory.DIMENSIONS, 1):
        RubricCategory.objects.get_or_create(
            dimension=dimension, defaults={"name": label.capitalize(), "position": 10 * place}
        )
    return {c.dimension: c for c in RubricCategory.objects.exclude(dimension="")}


def score(dimension: str, value: float | None, **more: Any) -> CategoryScore:
    return CategoryScore(dimensions()[f"{dimension}_score"].pk, value, **more)


def judge(interview: InterviewSession, reviewer: User, value: float = 7, **more: Any) -> Any:
    """A review of one score."""
    return submit_review(
        session_id=interview.session_id,
        reviewer=reviewer,
        scores=[score("technical", value, **more)],
    )
