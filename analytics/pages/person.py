"""`/people/<email>/`: all interviews of one person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from analytics.figures import trend
from analytics.models import SCORE_FIELDS, DashboardStats
from analytics.models.names import dimension_label
from analytics.pages.dashboard_parts import in_order
from analytics.services import person as service
from analytics.services.overview import Scored
from interviewdata.common import charts
from interviewdata.common.errors import Invalid
from interviewdata.common.staff_pages import actor_of, staff_page
from interviewdata.common.wire.lists import Cursor
from sessions.access import RECORD_PERMISSIONS
from sessions.services.access_record import record_access

SCORES = "analytics.view_feedback"
FIGURES = "analytics.view_dashboardstats"


@require_safe
@staff_page("interview_sessions.view_interviewsession")
def person(request: HttpRequest, email: str) -> HttpResponseBase:
    """The page: 6 statements beside those of the user, however many interviews there are.

    Whoever has no interviews and whoever never was get the same page. Scores are shown to who may
    see feedback, the figures to who may see those.
    """
    canonical = email.strip().lower()
    if canonical != email:
        # What remains of an address of blanks is nobody's; the page says so.
        return redirect("person", email=canonical or "-")
    user: Any = request.user
    may_see_scores = user.has_perm(SCORES)
    page = service.read_page(
        email, cursor=_cursor(request), user=user, may_see_scores=may_see_scores
    )
    scored = service.read_trend(email, user) if page.rows and may_see_scores else []
    figures = service.read_figures(email, user) if user.has_perm(FIGURES) else None
    record_access(
        actor=actor_of(request),
        action="read",
        resource="person",
        session_ids=sorted(
            {row.interview.session_id for row in page.rows} | {one.session_id for one in scored}
        ),
        detail=email,
    )
    context = {
        "email": email,
        "page": page,
        "shown": len(page.rows),
        "may_see_scores": may_see_scores,
        "has_feedback": any(row.feedback or row.is_hidden for row in page.rows),
        "figures": figures,
        "averages": _averages(figures) if figures else [],
        "trend": _trend(scored) if len(scored) > 1 else None,
        "most_in_trend": service.MOST_IN_TREND,
        "export_url": _export_url(email, user),
    }
    return render(request, "analytics/person.html", context)


def _cursor(request: HttpRequest) -> Cursor | None:
    """The place where the page begins; None for the beginning, also where it is nonsense."""
    text = request.GET.get("cursor", "")
    if not text or len(text) > 1000:
        return None
    try:
        return Cursor.of_text(text, service.ORDER, is_time=True)
    except Invalid:
        return None


def _averages(figures: service.Figures) -> list[tuple[str, float | None]]:
    stats: DashboardStats | None = figures.stats
    if stats is None or figures.is_hidden:
        return []
    return [(dimension_label(name), getattr(stats, f"avg_{name}")) for name in SCORE_FIELDS]


def _trend(scored: list[Scored]) -> dict[str, Any]:
    values = [one.overall for one in scored]
    line = trend(values)
    return {
        "rows": scored[::-1],
        "line": charts.line(values, fit=(line.first, line.last) if line else None),
        "slope": line.slope if line else None,
        # Of two interviews at least: there is no trend of one.
        "summary": gettext("Overall scores of %(n)s interviews in their order: %(scores)s.")
        % {"n": len(values), "scores": in_order(values)},
    }


def _export_url(email: str, user: Any) -> str:
    """Where everything of this person is exported; empty for who may not."""
    if not user.has_perms((*RECORD_PERMISSIONS, FIGURES)):
        return ""
    try:
        return reverse("person-export", args=[email])
    except NoReverseMatch:
        return ""
