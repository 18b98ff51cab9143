from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from interviewdata.common.names import name_for_people
from sessions.enums import Source, use_one_of


class InterviewAnalyticsManager(models.Manager["InterviewAnalytics"]):
    def get_by_natural_key(self, session_id: str) -> InterviewAnalytics:
        return self.get(session__session_id=session_id)


class InterviewAnalytics(models.Model):
    """What was computed about one interview; `engine` says by what.

    What a candidate's own client sent is kept in `reported` always, and stands in the four
    columns only as long as no service has given its own figures.
    """

    session = models.OneToOneField(
        "interview_sessions.InterviewSession",
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="analytics",
    )
    user_email = models.CharField(max_length=254)
    question_analytics = models.JSONField(default=dict, blank=True)
    emotion_analysis = models.JSONField(default=dict, blank=True)
    voice_metrics = models.JSONField(default=dict, blank=True)
    response_patterns = models.JSONField(default=dict, blank=True)
    reported = models.JSONField(
        default=dict, blank=True, help_text=_("as the candidate's client said")
    )
    source = models.CharField(max_length=20, choices=Source.choices)
    engine = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = InterviewAnalyticsManager()

    class Meta:
        db_table = "interview_analytics"
        verbose_name_plural = _("interview analytics")
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=Source.values),
                name="%(app_label)s_%(class)s_source_known",
                violation_error_message=use_one_of(Source.values),
            ),
        ]

    def __str__(self) -> str:
        return gettext("analytics of %(id)s") % {"id": self.session_id}

    def natural_key(self) -> tuple[str]:
        return (self.session_id,)


name_for_people(
    InterviewAnalytics,
    _("interview analytics"),
    _("interview analytics"),
    session=_("session"),
    user_email=_("user email"),
    question_analytics=_("question analytics"),
    emotion_analysis=_("emotion analysis"),
    voice_metrics=_("voice metrics"),
    response_patterns=_("response patterns"),
    reported=_("reported"),
    source=_("source"),
    engine=_("engine"),
    created_at=_("created at"),
    updated_at=_("updated at"),
)
