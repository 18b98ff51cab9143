"""`GET /api/feedback/analytics`: what the feedback of a person's interviews says together."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from analytics.api.summary_schema import WIRE_DIMENSIONS, describe_summary
from analytics.reports.summary import MeanOf, Phrase, Role
from analytics.services.feedback_summary import MOST_ROLES, Found, summary_of
from interviewdata.common.wire.inputs import EmailField, Input
from interviewdata.common.wire.replies import success
from sessions.api.base import InterviewViewSet
from sessions.api.person import readable_sessions

PERMISSIONS = ("interview_sessions.view_interviewsession", "analytics.view_feedback")


class SummaryInput(Input):
    email = EmailField(default="", allow_blank=True)


@describe_summary
class FeedbackSummaryViewSet(InterviewViewSet):
    """Statements: who asks (a candidate's grants 1, a service 1, staff 2), interviews by role,
    feedback; of staff and services the access record. Without `email` the second reads the index
    by role of all interviews."""

    def show(self, request: HttpRequest) -> HttpResponseBase:
        email = SummaryInput.read({"email": request.GET.get("email", "").strip()})["email"]
        sessions = readable_sessions(self.principal, PERMISSIONS)
        found = summary_of(email, session_ids=sessions, reader=self.principal.signed_in)
        shown = [point.session_id for point in found.summary.improvement.points]
        self.record_access("read", "feedback analytics", shown, detail=email or "everybody")
        return success(email=email, **_on_the_wire(found))


def _on_the_wire(found: Found) -> dict[str, Any]:
    summary = found.summary
    return {
        "overview": {
            "interviews": summary.interviews,
            "completed": summary.completed,
            "scored": summary.scored,
            "overall": _mean(summary.overall),
            "spread": {
                "lowest": summary.spread.lowest,
                "highest": summary.spread.highest,
                "standardDeviation": summary.spread.deviation,
            },
            "hidden": found.hidden,
            "isCut": found.is_cut or len(summary.roles) > MOST_ROLES,
        },
        "roles": [_role(role) for role in summary.roles[:MOST_ROLES]],
        "dimensions": [
            {"dimension": WIRE_DIMENSIONS[name], **_mean(mean)} for name, mean in summary.dimensions
        ],
        "strengths": _phrases(summary.strengths),
        "weaknesses": _phrases(summary.weaknesses),
        "improvement": {
            "n": summary.improvement.n,
            "slope": summary.improvement.slope,
            "first": summary.improvement.first,
            "last": summary.improvement.last,
            "points": [
                {
                    "sessionId": point.session_id,
                    "createdAt": point.made_at,
                    "overall": point.overall,
                }
                for point in summary.improvement.points
            ],
        },
    }


def _mean(mean: MeanOf) -> dict[str, Any]:
    return {"mean": mean.mean, "n": mean.n, "ratings": mean.ratings}


def _role(role: Role) -> dict[str, Any]:
    return {
        "role": role.name,
        "interviews": role.interviews,
        "completed": role.completed,
        "scored": role.dimensions["overall_score"].n,
        "dimensions": {WIRE_DIMENSIONS[name]: _mean(m) for name, m in role.dimensions.items()},
    }


def _phrases(phrases: list[Phrase]) -> list[dict[str, Any]]:
    return [{"phrase": phrase.text, "n": phrase.n} for phrase in phrases]
