from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from interviewdata.common.names import name_for_people
from sessions.enums import Source, use_one_of

SCORE_FIELDS = (
    "overall_score",
    "technical_score",
    "communication_score",
    "problem_solving_score",
    "confidence_score",
)


def _scores_in_range() -> Q:
    condition = Q()
    for name in SCORE_FIELDS:
        condition &= Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0, f"{name}__lte": 10})
    return condition


def score_field() -> models.FloatField[float | None, float | None]:
    return models.FloatField(null=True, blank=True, help_text="0–10")


class FeedbackManager(models.Manager["Feedback"]):
    def get_by_natural_key(
        self, session_id: str, source: str, author: str, fingerprint: str
    ) -> Feedback:
        return self.get(
            session__session_id=session_id, source=source, author=author, fingerprint=fingerprint
        )


class Feedback(models.Model):
    """One rater's judgement of one interview. Never changed: a new judgement is a new row."""

    session = models.ForeignKey(
        "interview_sessions.InterviewSession",
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="feedbacks",
        db_index=False,  # the unique constraint below begins with it
    )
    user_email = models.CharField(max_length=254)
    overall_score = score_field()
    technical_score = score_field()
    communication_score = score_field()
    problem_solving_score = score_field()
    confidence_score = score_field()
    categories = models.JSONField(default=dict, blank=True, help_text=_("name → 0–10"))
    detailed_feedback = models.JSONField(default=list, blank=True)
    suggestions = models.JSONField(default=list, blank=True)
    strengths = models.JSONField(default=list, blank=True)
    areas_for_improvement = models.JSONField(default=list, blank=True)
    ai_generated_feedback = models.TextField(blank=True)
    transcript = models.JSONField(null=True, blank=True)
    tts_feedback = models.TextField(blank=True)
    source = models.CharField(max_length=20, choices=Source.choices)
    author = models.CharField(max_length=150, blank=True)
    fingerprint = models.CharField(max_length=64, help_text=_("SHA-256 over what was sent"))
    created_at = models.DateTimeField(default=timezone.now)

    objects = FeedbackManager()

    class Meta:
        db_table = "feedback"
        indexes = [
            # Judgements of all interviews, newest first: the list of /api/v1/feedback.
            models.Index(F("created_at").desc(), F("id").desc(), name="feedback_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "source", "author", "fingerprint"],
                name="%(app_label)s_%(class)s_saved_once",
                violation_error_message=_("This feedback is kept already."),
            ),
            models.CheckConstraint(
                condition=_scores_in_range(),
                name="%(app_label)s_%(class)s_score_range",
                violation_error_message=_("Scores are between 0 and 10."),
            ),
            models.CheckConstraint(
                condition=Q(source__in=Source.values),
                name="%(app_label)s_%(class)s_source_known",
                violation_error_message=use_one_of(Source.values),
            ),
        ]

    def __str__(self) -> str:
        return gettext("feedback %(id)s (%(source)s)") % {"id": self.pk, "source": self.source}

    def natural_key(self) -> tuple[str, str, str, str]:
        return (self.session_id, self.source, self.author, self.fingerprint)


name_for_people(
    Feedback,
    _("feedback"),
    pgettext_lazy("plural", "feedback"),
    session=_("session"),
    user_email=_("user email"),
    overall_score=_("overall score"),
    technical_score=_("technical score"),
    communication_score=_("communication score"),
    problem_solving_score=_("problem solving score"),
    confidence_score=_("confidence score"),
    categories=_("categories"),
    detailed_feedback=_("detailed feedback"),
    suggestions=_("suggestions"),
    strengths=_("strengths"),
    areas_for_improvement=_("areas for improvement"),
    ai_generated_feedback=_("ai generated feedback"),
    transcript=_("transcript"),
    tts_feedback=_("tts feedback"),
    source=_("source"),
    author=_("author"),
    fingerprint=_("fingerprint"),
    created_at=_("created at"),
)
