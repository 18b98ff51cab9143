"""The admin of judgement: feedback, analytics and statistics, on their own and by interview."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import BooleanField, Case, ExpressionWrapper, F, Model, QuerySet, When
from django.forms import BaseModelFormSet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext

from analytics import interview_actions, job_admin, review_admin
from analytics.models import SCORE_FIELDS, DashboardStats, Feedback, InterviewAnalytics
from analytics.models.names import dimension_label
from analytics.pages.numbers import local
from analytics.visibility import (
    SCORE_FIGURES,
    hidden_figures_condition,
    is_blind,
    visible_feedback,
)
from sessions.admin.base import EvidenceAdmin, EvidenceInline, pretty_json
from sessions.admin.interviews import InterviewSessionAdmin

__all__ = ["interview_actions", "job_admin", "review_admin"]  # register what judgement adds

_LISTS = ("detailed_feedback", "strengths", "areas_for_improvement", "suggestions")
_PARTS = (
    "question_analytics",
    "voice_metrics",
    "emotion_analysis",
    "response_patterns",
    "reported",
)


def _name(model: type[Model], column: str) -> Any:
    """The name of a column as a heading, lazily."""
    return capfirst(model._meta.get_field(column).verbose_name)  # type: ignore[union-attr]


class FeedbackInline(EvidenceInline):
    """What the user may see of it. Two statements: the rows, and whether there are hidden ones."""

    model = Feedback
    template = "admin/record/feedback.html"
    ordering = ("-created_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feedback]:
        return visible_feedback(request.user, super().get_queryset(request))

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Tells the template, by the formset's class, whether the user is still to judge."""
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.hides_some = obj is not None and is_blind(request.user, obj.session_id)
        return formset

    def prepare(self, formset: BaseModelFormSet) -> None:
        """Give each instance what its template shows: `scores` and `lists`."""
        for form in formset.forms:
            row: Any = form.instance
            row.scores = [(dimension_label(name), getattr(row, name)) for name in SCORE_FIELDS]
            row.lists = [
                (_name(Feedback, name), texts if isinstance(texts, list) else [texts])
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
                (_name(InterviewAnalytics, name), pretty_json(value))
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
    list_filter = ("source", "created_at")
    search_fields = ("user_email", "author", "=session__session_id")
    ordering = ("-created_at", "-id")
    hidden = ("fingerprint",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feedback]:
        return visible_feedback(request.user, super().get_queryset(request))


@admin.register(InterviewAnalytics)
class InterviewAnalyticsAdmin(EvidenceAdmin):
    list_display = ("user_email", "of_interview", "source", "engine", "updated_at")
    list_filter = ("source",)
    search_fields = ("user_email", "engine", "=session__session_id")
    ordering = ("-id",)


def _figure(name: str) -> Callable[[Any], str]:
    """A column of a figure made from scores; in words where it is hidden. It sorts by what is
    shown: the order of hidden figures would tell them."""

    @admin.display(description=_name(DashboardStats, name), ordering=f"shown_{name}")
    def show(row: Any) -> str:
        if row.figures_hidden:
            return gettext("hidden until your score is in")
        value = getattr(row, name)
        return "–" if value is None else local(f"{value:.2f}".rstrip("0").rstrip("."))

    show.__name__ = name
    return show


@admin.register(DashboardStats)
class DashboardStatsAdmin(EvidenceAdmin):
    """Counted from the other tables; nobody writes them."""

    session_attribute = None
    figures = {name: _figure(name) for name in SCORE_FIGURES}
    list_display = (
        "user_email",
        "total_interviews",
        "completed_interviews",
        figures["avg_overall_score"],
        figures["best_score"],
        figures["improvement_trend"],
        "last_interview_date",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[DashboardStats]:
        rows = super().get_queryset(request)
        shown = {
            f"shown_{name}": Case(When(figures_hidden=False, then=F(name))) for name in self.figures
        }
        hidden = ExpressionWrapper(hidden_figures_condition(request.user), BooleanField())
        return rows.annotate(figures_hidden=hidden).annotate(**shown)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [self.figures.get(name, name) for name in super().get_fields(request, obj)]

    list_filter = ("last_interview_date",)
    search_fields = ("user_email",)
    ordering = ("user_email",)
