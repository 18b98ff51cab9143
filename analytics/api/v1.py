"""`/api/v1/`: feedback, analytics, stats. Read-only, for staff and services."""

from __future__ import annotations

from typing import Any

import django_filters

from analytics.models import DashboardStats, Feedback, InterviewAnalytics
from analytics.visibility import SCORE_FIGURES, hidden_figures_condition, visible_feedback
from interviewdata.common.wire.describe import path_text, row_of
from interviewdata.common.wire.filters import EmailFilter, created_filters, word_filter
from sessions.access import Principal
from sessions.api.schema import AT, SESSION_ID
from sessions.api.v1_base import TableViewSet, View
from sessions.api.v1_schema import described_table, session_address
from sessions.enums import Source


class FeedbackFilters(django_filters.FilterSet):
    session_id = django_filters.CharFilter(label="id of the interview")
    user_email = EmailFilter(label="e-mail of the person")
    source = word_filter(Source.values, label="who gave it")
    created_after, created_before = created_filters()


class AnalyticsFilters(django_filters.FilterSet):
    session_id = django_filters.CharFilter(label="id of the interview")
    user_email = EmailFilter(label="e-mail of the person")
    source = word_filter(Source.values, label="who gave it")
    engine = django_filters.CharFilter(label="what computed it")


class StatsFilters(django_filters.FilterSet):
    user_email = EmailFilter(label="e-mail of the person")


@described_table(
    "FeedbackTable",
    row=row_of(Feedback),
    example={
        "id": 17,
        "session_id": SESSION_ID,
        "user_email": "ann@example.org",
        "overall_score": 7.5,
        "technical_score": 8,
        "communication_score": 7,
        "problem_solving_score": None,
        "confidence_score": None,
        "categories": {"Databases": 8},
        "detailed_feedback": ["Explains well."],
        "suggestions": [],
        "strengths": ["Calm under pressure."],
        "areas_for_improvement": [],
        "ai_generated_feedback": "",
        "transcript": None,
        "tts_feedback": "",
        "source": "reviewer",
        "author": "rita",
        "fingerprint": "b5d4045c3f466fa91fe2cc6abe79232a1a57cdf104f7a26e716e0a1e2789df78",
        "created_at": AT,
    },
)
class FeedbackTableViewSet(TableViewSet):
    model = Feedback
    resource = "feedback"
    permission = "analytics.view_feedback"
    filters = FeedbackFilters
    search_columns = ("user_email", "author", "ai_generated_feedback")

    def view_of(self, principal: Principal) -> View | None:
        user = principal.signed_in
        return None if user is None else View(visible_feedback(user))


@described_table(
    "AnalyticsTable",
    row=row_of(InterviewAnalytics),
    address=session_address(SESSION_ID),
    example={
        "id": 17,
        "session_id": SESSION_ID,
        "user_email": "ann@example.org",
        "question_analytics": {},
        "emotion_analysis": {},
        "voice_metrics": {"words_per_minute": 132},
        "response_patterns": {},
        "reported": {},
        "source": "service",
        "engine": "voice 1.0",
        "created_at": AT,
        "updated_at": AT,
    },
)
class AnalyticsTableViewSet(TableViewSet):
    """One row an interview, named by its session id."""

    model = InterviewAnalytics
    resource = "analytics"
    permission = "analytics.view_interviewanalytics"
    filters = AnalyticsFilters
    search_columns = ("user_email", "engine")
    orderings = ("-id", "id")

    def lookup(self, key: str | int) -> dict[str, Any]:
        return {"session_id": key}


@described_table(
    "StatsTable",
    row=row_of(DashboardStats),
    address=path_text("person", "e-mail of the person, or the id of the row", "ann@example.org"),
    example={
        "id": 17,
        "user_email": "ann@example.org",
        "total_interviews": 3,
        "completed_interviews": 2,
        "avg_overall_score": 7.25,
        "avg_technical_score": 8,
        "avg_communication_score": 7,
        "avg_problem_solving_score": None,
        "avg_confidence_score": None,
        "total_time_spent": 3100,
        "last_interview_date": AT,
        "best_score": 7.5,
        "improvement_trend": 0.5,
        "created_at": AT,
        "updated_at": AT,
    },
)
class StatsTableViewSet(TableViewSet):
    """One row a person, named by e-mail or id."""

    model = DashboardStats
    resource = "stats"
    permission = "analytics.view_dashboardstats"
    filters = StatsFilters
    search_columns = ("user_email",)
    orderings = ("-id", "id", "user_email", "-user_email")
    session_column = None

    def view_of(self, principal: Principal) -> View | None:
        user = principal.signed_in
        if user is None:
            return None
        return View(DashboardStats.objects.all(), SCORE_FIGURES, hidden_figures_condition(user))

    def lookup(self, key: str | int) -> dict[str, Any]:
        text = str(key).strip().lower()
        if text.isascii() and text.isdecimal():
            # No id has more digits; a database would refuse the number.
            return {"pk": int(text) if len(text) <= 18 else 0}
        return {"user_email": text}
