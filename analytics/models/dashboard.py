from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.models.feedback import score_field
from interviewdata.common.names import name_for_people


class DashboardStatsManager(models.Manager["DashboardStats"]):
    def get_by_natural_key(self, user_email: str) -> DashboardStats:
        return self.get(user_email=user_email)


class DashboardStats(models.Model):
    """One person's figures: a cache of what counting the other tables gives.

    Triggers make the row and count interviews (migration 0002); `analytics.services.dashboard`
    rebuilds the scores at every feedback.
    """

    user_email = models.CharField(max_length=254, unique=True)
    total_interviews = models.PositiveIntegerField(default=0)
    completed_interviews = models.PositiveIntegerField(default=0)
    avg_overall_score = score_field()
    avg_technical_score = score_field()
    avg_communication_score = score_field()
    avg_problem_solving_score = score_field()
    avg_confidence_score = score_field()
    total_time_spent = models.FloatField(default=0, help_text=_("seconds"))
    last_interview_date = models.DateTimeField(null=True, blank=True)
    best_score = score_field()
    improvement_trend = models.FloatField(
        null=True, blank=True, help_text=_("points per interview, signed")
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = DashboardStatsManager()

    class Meta:
        db_table = "dashboard_stats"
        verbose_name_plural = _("dashboard stats")
        constraints = [
            models.CheckConstraint(
                condition=Q(total_time_spent__gte=0, best_score__isnull=True)
                | Q(total_time_spent__gte=0, best_score__gte=0, best_score__lte=10),
                name="%(app_label)s_%(class)s_ranges",
                violation_error_message=_("Scores are between 0 and 10, times not negative."),
            ),
        ]

    def __str__(self) -> str:
        return self.user_email

    def natural_key(self) -> tuple[str]:
        return (self.user_email,)


name_for_people(
    DashboardStats,
    _("dashboard stats"),
    _("dashboard stats"),
    user_email=_("user email"),
    total_interviews=_("total interviews"),
    completed_interviews=_("completed interviews"),
    avg_overall_score=_("avg overall score"),
    avg_technical_score=_("avg technical score"),
    avg_communication_score=_("avg communication score"),
    avg_problem_solving_score=_("avg problem solving score"),
    avg_confidence_score=_("avg confidence score"),
    total_time_spent=_("total time spent"),
    last_interview_date=_("last interview date"),
    best_score=_("best score"),
    improvement_trend=_("improvement trend"),
    created_at=_("created at"),
    updated_at=_("updated at"),
)
