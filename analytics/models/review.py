"""Reviews: what reviewers judge by, who is to judge what, and what they said."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from analytics.models.feedback import Feedback, score_field
from analytics.models.names import category_label
from interviewdata.common.names import name_for_people


class RubricCategory(models.Model):
    """One thing that reviewers score, from 0 to 10, with what low, middle and high mean.

    The four dimensions of feedback are categories too: `dimension` names the column their score
    goes to; all others go to `feedback.categories` by name.
    """

    DIMENSIONS = (
        ("technical_score", pgettext_lazy("dimension", "technical")),
        ("communication_score", pgettext_lazy("dimension", "communication")),
        ("problem_solving_score", pgettext_lazy("dimension", "problem solving")),
        ("confidence_score", pgettext_lazy("dimension", "confidence")),
    )

    name = models.CharField(max_length=80, unique=True)
    description = models.TextField(blank=True)
    anchor_low = models.TextField(blank=True, help_text=_("what 0–3 looks like"))
    anchor_middle = models.TextField(blank=True, help_text=_("what 4–6 looks like"))
    anchor_high = models.TextField(blank=True, help_text=_("what 7–10 looks like"))
    weight = models.FloatField(default=1, help_text=_("share in the overall score; 0: none"))
    modes = models.JSONField(
        default=list, blank=True, help_text=_("interview modes it is for; empty: all")
    )
    roles = models.JSONField(
        default=list, blank=True, help_text=_("roles it is for, in lower case; empty: all")
    )
    dimension = models.CharField(max_length=40, blank=True, choices=DIMENSIONS)
    position = models.PositiveSmallIntegerField(default=100, help_text=_("order on the form"))
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "rubric_categories"
        verbose_name_plural = _("rubric categories")
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=100),
                name="%(app_label)s_%(class)s_weight_range",
                violation_error_message=_("A weight is between 0 and 100."),
            ),
            models.UniqueConstraint(
                fields=["dimension"],
                condition=~Q(dimension=""),
                name="%(app_label)s_%(class)s_dimension_once",
                violation_error_message=_("Another category stands for this dimension."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name as pages show it."""
        return category_label(self.name, self.dimension)


class ReviewAssignment(models.Model):
    """Somebody is to review an interview. Until the review is in, its other scores are hidden
    from them (analytics.visibility)."""

    session = models.ForeignKey(
        "interview_sessions.InterviewSession",
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="assignments",
        db_index=False,  # the unique constraint below begins with it
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="review_assignments",
        db_index=False,  # the queue's index begins with it
    )
    due_at = models.DateTimeField(null=True, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        db_table = "review_assignments"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "reviewer"],
                name="%(app_label)s_%(class)s_once",
                violation_error_message=_("This reviewer has this interview already."),
            ),
        ]
        indexes = [
            # A reviewer's queue: what is open, the most urgent first.
            models.Index(fields=["reviewer", "submitted_at", "due_at"], name="assignment_queue"),
        ]

    def __str__(self) -> str:
        return gettext("assignment %(id)s") % {"id": self.pk}


class ReviewDraft(models.Model):
    """What a reviewer has typed so far. Nobody else sees it; it goes when the review is in."""

    session = models.ForeignKey(
        "interview_sessions.InterviewSession",
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    content = models.JSONField(default=dict)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "review_drafts"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "reviewer"], name="%(app_label)s_%(class)s_once"
            ),
        ]

    def __str__(self) -> str:
        return gettext("draft %(id)s") % {"id": self.pk}


class Review(models.Model):
    """One reviewer's scores with notes and evidence; its judgement is a row of `feedback`.

    A piece of evidence is {transcript (id), first, last (indexes of words), start, end (s), text}.
    Never changed: scoring again makes a new review, and the newest of each reviewer counts.
    """

    session = models.ForeignKey(
        "interview_sessions.InterviewSession",
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="reviews",
        db_index=False,
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="reviews",
        db_index=False,
    )
    feedback = models.OneToOneField(Feedback, on_delete=models.CASCADE, related_name="review")
    scores = models.JSONField(
        default=list,
        help_text="[{category, dimension, score, weight, note, evidence: [{…}]}]",
    )
    weighted_score = score_field()
    override_reason = models.TextField(
        blank=True, help_text=_("why the overall score is not the weighted mean; empty: it is")
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "reviews"
        permissions = [
            ("see_scores", "Can see others' scores before giving own"),
        ]
        indexes = [
            # Has this reviewer judged this interview? Asked wherever scores are shown.
            models.Index(fields=["reviewer", "session"], name="review_by_reviewer"),
            # All reviews of an interview, newest first.
            models.Index(F("session"), F("id").desc(), name="review_of_session"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(weighted_score__isnull=True)
                | Q(weighted_score__gte=0, weighted_score__lte=10),
                name="%(app_label)s_%(class)s_score_range",
                violation_error_message=_("Scores are between 0 and 10."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("review %(id)s") % {"id": self.pk}


name_for_people(
    RubricCategory,
    _("rubric category"),
    _("rubric categories"),
    name=_("name"),
    description=_("description"),
    anchor_low=_("anchor low"),
    anchor_middle=_("anchor middle"),
    anchor_high=_("anchor high"),
    weight=_("weight"),
    modes=_("modes"),
    roles=_("roles"),
    dimension=_("dimension"),
    position=_("position"),
    is_active=_("is active"),
)

name_for_people(
    ReviewAssignment,
    _("review assignment"),
    _("review assignments"),
    session=_("session"),
    reviewer=_("reviewer"),
    due_at=_("due at"),
    assigned_by=_("assigned by"),
    created_at=_("created at"),
    submitted_at=_("submitted at"),
)

name_for_people(
    ReviewDraft,
    _("review draft"),
    _("review drafts"),
    session=_("session"),
    reviewer=_("reviewer"),
    content=_("content"),
    updated_at=_("updated at"),
)

name_for_people(
    Review,
    _("review"),
    _("reviews"),
    session=_("session"),
    reviewer=_("reviewer"),
    feedback=_("feedback"),
    scores=_("scores"),
    weighted_score=_("weighted score"),
    override_reason=_("override reason"),
    created_at=_("created at"),
)
