from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analytics.models.feedback import Feedback
from interviewdata.common.names import name_for_people


class FeedbackDraft(models.Model):
    """What a language model would have said of an interview: for whoever judges it, never a score.

    Its row of feedback has no scores in its columns, so nothing counts it; those of the model
    stand here, each with its reason and with quotes that were found in what was said. Written by
    `analytics.services.drafts` alone. Decision 18 says why so.
    """

    feedback = models.OneToOneField(Feedback, on_delete=models.CASCADE, related_name="draft")
    model = models.CharField(max_length=200)
    engine = models.CharField(max_length=120)
    prompt_sha256 = models.CharField(max_length=64, help_text=_("SHA-256 over what was sent"))
    scores = models.JSONField(
        help_text=_("dimension → {score, reason, quotes: [{text, question_index, start, end}]}")
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "feedback_drafts"
        default_permissions = ()
        permissions = [
            ("draft_feedback", "Can have a language model draft feedback"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(model="") & ~Q(engine="") & ~Q(prompt_sha256=""),
                name="%(app_label)s_%(class)s_says_by_what",
                violation_error_message=_("Say by which model, engine and prompt it was made."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("draft by %(model)s") % {"model": self.model}


name_for_people(
    FeedbackDraft,
    _("feedback draft"),
    _("feedback drafts"),
    feedback=_("feedback"),
    model=_("model"),
    engine=_("engine"),
    prompt_sha256=_("prompt sha256"),
    scores=_("scores"),
    created_at=_("created at"),
)
