from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from analytics.models.feedback import score_field


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
    total_time_spent = models.FloatField(default=0, help_text="seconds")
    last_interview_date = models.DateTimeField(null=True, blank=True)
    best_score = score_field()
    improvement_trend = models.FloatField(
        null=True, blank=True, help_text="points per interview, signed"
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = DashboardStatsManager()

    class Meta:
        db_table = "dashboard_stats"
        verbose_name_plural = "dashboard stats"
        constraints = [
            models.CheckConstraint(
                condition=Q(total_time_spent__gte=0, best_score__isnull=True)
                | Q(total_time_spent__gte=0, best_score__gte=0, best_score__lte=10),
                name="%(app_label)s_%(class)s_ranges",
                violation_error_message="Scores are between 0 and 10, times not negative.",
            ),
        ]

    def __str__(self) -> str:
        return self.user_email

    def natural_key(self) -> tuple[str]:
        return (self.user_email,)
