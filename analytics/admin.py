"""The admin of judgement: feedback, analytics and statistics, on their own and by interview."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import BaseModelFormSet

from analytics.models import SCORE_FIELDS, DashboardStats, Feedback, InterviewAnalytics
from sessions.admin.base import EvidenceAdmin, EvidenceInline, pretty_json
from sessions.admin.interviews import InterviewSessionAdmin

_LISTS = ("detailed_feedback", "strengths", "areas_for_improvement", "suggestions")
_PARTS = (
    "question_analytics",
    "voice_metrics",
    "emotion_analysis",
    "response_patterns",
    "reported",
)


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


class FeedbackInline(EvidenceInline):
    """One statement."""

    model = Feedback
    template = "admin/record/feedback.html"
    ordering = ("-created_at", "-id")

    def prepare(self, formset: BaseModelFormSet) -> None:
        """Give each instance what its template shows: `scores` and `lists`."""
        for form in formset.forms:
            row: Any = form.instance
            row.scores = [
                (_words(name.removesuffix("_score")), getattr(row, name)) for name in SCORE_FIELDS
            ]
            row.lists = [
                (_words(name), texts if isinstance(texts, list) else [texts])
                for name in _LISTS
                if (texts := getattr(row, name))
            ]


class AnalyticsInline(EvidenceInline):
    """One statement."""

    model = InterviewAnalytics
    template = "admin/record/analytics.html"

    def prepare(self, formset: BaseModelFormSet) -> None:
        """Give each instance what its template shows: `parts`."""
        for form in formset.forms:
            row: Any = form.instance
            row.parts = [
                (_words(name), pretty_json(value))
                for name in _PARTS
                if (value := getattr(row, name))
            ]


# The interview's page belongs to the floor below; what is judged of it is added from here.
InterviewSessionAdmin.further_inlines += [FeedbackInline, AnalyticsInline]


@admin.register(Feedback)
class FeedbackAdmin(EvidenceAdmin):
    list_display = (
        "user_email",
        "of_interview",
        "overall_score",
        "technical_score",
        "communication_score",
        "source",
        "author",
        "created_at",
    )
    list_filter = ("source",)
    search_fields = ("user_email", "author", "=session__session_id")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    hidden = ("fingerprint",)


@admin.register(InterviewAnalytics)
class InterviewAnalyticsAdmin(EvidenceAdmin):
    list_display = ("user_email", "of_interview", "source", "engine", "updated_at")
    list_filter = ("source",)
    search_fields = ("user_email", "engine", "=session__session_id")
    ordering = ("-id",)


@admin.register(DashboardStats)
class DashboardStatsAdmin(EvidenceAdmin):
    """Counted from the other tables; nobody writes them."""

    session_attribute = None
    list_display = (
        "user_email",
        "total_interviews",
        "completed_interviews",
        "avg_overall_score",
        "best_score",
        "improvement_trend",
        "last_interview_date",
    )
    search_fields = ("user_email",)
    date_hierarchy = "last_interview_date"
    ordering = ("user_email",)
