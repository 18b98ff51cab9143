"""Feedback, analytics, history and statistics."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from analytics.api.inputs import AnalyticsInput, FeedbackInput
from analytics.api.schema import describe_analytics, describe_feedback, describe_person
from analytics.services.analytics import save_analytics
from analytics.services.dashboard import as_columns, compute_stats
from analytics.services.feedback import save_feedback
from analytics.services.history import history_of
from analytics.visibility import SCORE_FIGURES, figures_are_hidden
from interviewdata.common.errors import Invalid
from interviewdata.common.wire.body import read_object
from interviewdata.common.wire.replies import success
from sessions.access import may_answer
from sessions.api.base import InterviewViewSet
from sessions.api.person import readable_sessions
from sessions.emotion import EMOTION_OFF_WARNING, emotion_is_off

_WIRE_STATS = {
    "totalInterviews": "total_interviews",
    "completedInterviews": "completed_interviews",
    "avgOverallScore": "avg_overall_score",
    "avgTechnicalScore": "avg_technical_score",
    "avgCommunicationScore": "avg_communication_score",
    "avgProblemSolvingScore": "avg_problem_solving_score",
    "avgConfidenceScore": "avg_confidence_score",
    "totalTimeSpent": "total_time_spent",
    "lastInterviewDate": "last_interview_date",
    "bestScore": "best_score",
    "improvementTrend": "improvement_trend",
}
STATS_PERMISSIONS = ("interview_sessions.view_interviewsession", "analytics.view_dashboardstats")
HISTORY_PERMISSIONS = ("interview_sessions.view_interviewsession", "analytics.view_feedback")


def stats_on_the_wire(
    email: str, session_ids: list[str] | None, *, reader: Any = None
) -> dict[str, Any]:
    """Statistics in wire names; numbers are numbers (0 where nothing was scored).

    Figures of scores are None where `reader`, a signed-in user, is still to judge without them;
    this costs one statement more.
    """
    columns = as_columns(compute_stats(email, session_ids=session_ids))
    found = {
        wire: 0 if columns[column] is None and wire != "lastInterviewDate" else columns[column]
        for wire, column in _WIRE_STATS.items()
    }
    if reader is not None and figures_are_hidden(reader, email):
        found |= {wire: None for wire, column in _WIRE_STATS.items() if column in SCORE_FIGURES}
    return found


@describe_feedback
class FeedbackViewSet(InterviewViewSet):
    def save(self, request: HttpRequest) -> HttpResponseBase:
        data = FeedbackInput.read(read_object(request))
        head = may_answer(self.principal, data.pop("session_id"), "analytics.add_feedback")
        feedback, _row = save_feedback(
            session_id=head.session_id,
            content=data,
            source=self.principal.source,
            author=self.principal.author,
        )
        # A candidate is told of the interviews of their own grants alone.
        sessions = readable_sessions(self.principal, STATS_PERMISSIONS, writing=True)
        if sessions is None:
            self.record_access("read", "stats", [head.session_id], detail=head.user_email)
        return success(
            "The feedback was saved.",
            feedbackId=feedback.pk,
            stats=stats_on_the_wire(head.user_email, sessions, reader=self.principal.signed_in),
        )


@describe_analytics
class AnalyticsViewSet(InterviewViewSet):
    def save(self, request: HttpRequest) -> HttpResponseBase:
        data = AnalyticsInput.read(read_object(request))
        head = may_answer(
            self.principal, data.pop("session_id"), "analytics.add_interviewanalytics"
        )
        warnings = []
        if data["emotion_analysis"] and emotion_is_off():
            data["emotion_analysis"] = None
            warnings.append(EMOTION_OFF_WARNING)
        row = save_analytics(
            session_id=head.session_id,
            parts=data,
            source=self.principal.source,
            engine=data["engine"] or self.principal.author or "candidate's client",
        )
        return success("The analytics were saved.", analyticsId=row.pk, warnings=warnings)


@describe_person
class PersonViewSet(InterviewViewSet):
    def stats(self, request: HttpRequest, email: str) -> HttpResponseBase:
        email = email.strip().lower()
        sessions = readable_sessions(self.principal, STATS_PERMISSIONS)
        self.record_access("read", "stats", [], detail=email)
        return success(stats=stats_on_the_wire(email, sessions, reader=self.principal.signed_in))

    def history(self, request: HttpRequest, email: str) -> HttpResponseBase:
        email = email.strip().lower()
        limit = _limit(request.GET.get("limit", "5"))
        sessions = readable_sessions(self.principal, HISTORY_PERMISSIONS)
        entries, total = history_of(
            email, session_ids=sessions, limit=limit, reader=self.principal.signed_in
        )
        self.record_access("read", "history", [e["sessionId"] for e in entries], detail=email)
        return success(history=entries, total=total)


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 3 or not 1 <= int(text) <= 100:
        raise Invalid.field("limit", "Send a whole number from 1 to 100.")
    return int(text)
