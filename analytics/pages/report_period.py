"""`/reports/` and `/reports/period/`: which reports there are, and how interviewing went."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from analytics.calculations import DIMENSIONS
from analytics.models.names import dimension_label
from analytics.pages.compare_shown import VERDICTS
from analytics.pages.dashboard_links import Links
from analytics.pages.report_forms import PeriodForm
from analytics.pages.report_reply import report_reply, wants_pdf
from analytics.reports.period import Counted, Dimension, PeriodFigures, period_report
from analytics.services import overview
from analytics.services.comparison import InterviewFilter
from analytics.services.comparison_scores import rater_figures
from analytics.services.overview_scores import by_dimension
from analytics.services.period import Filters
from analytics.visibility import SEE_SCORES
from interviewdata.common.staff_pages import actor_of, staff_page
from sessions.enums import Status
from sessions.services.access_record import record_access

SCORES = "analytics.view_feedback"
FIGURES = "analytics.view_dashboardstats"
IMPACT = "analytics.view_adverse_impact"


@require_safe
@staff_page()
def reports(request: HttpRequest) -> HttpResponse:
    """The reports this reader may ask for. No statement beside those of the user."""
    user: Any = request.user
    found = []
    if user.has_perm(FIGURES):
        found.append(
            (
                gettext("Period report"),
                reverse("report-period"),
                gettext(
                    "Interviews of some weeks: how many, how they ended, what was scored, how far "
                    "raters agree."
                ),
            )
        )
    if user.has_perm(IMPACT):
        found.append(
            (
                gettext("Adverse-impact report"),
                reverse("report-impact"),
                gettext(
                    "How often people of different groups are selected, from what they said of "
                    "themselves voluntarily; sums alone."
                ),
            )
        )
    if not found:
        raise PermissionDenied
    return render(request, "analytics/reports/reports.html", {"reports": found})


@require_safe
@staff_page(FIGURES)
def report_period(request: HttpRequest) -> HttpResponse:
    """The report: 8 statements beside those of the user, one more with a role, two less for who
    may not see how far raters agree."""
    user: Any = request.user
    form = PeriodForm(request.GET)
    first, last = form.days()
    found = _figures(user, Filters(first, last, role=f"={form.role}" if form.role else ""))
    record_access(
        actor=actor_of(request),
        action="export" if wants_pdf(request) else "read",
        resource="period report",
        session_ids=[],
        detail=request.GET.urlencode(),
    )
    return report_reply(
        request,
        period_report(found, reader=user.get_username(), now=timezone.now()),
        file_name=f"period_report_{first}_{last}.pdf",
        form=form,
    )


def _figures(user: Any, filters: Filters) -> PeriodFigures:
    role = filters.role.removeprefix("=")
    links = Links.for_reader(user, filters)
    counts = overview.read_counts(filters)
    newest = overview.read_newest(filters)
    may_see_scores = user.has_perm(SCORES)
    sample = overview.read_sample(user, filters) if may_see_scores else None
    sees_raters = may_see_scores and user.has_perm(SEE_SCORES)
    dimensions = _dimensions(sample, links)
    compared = 0
    if sees_raters:
        figures = rater_figures(
            user, InterviewFilter(role=role, since=filters.start, until=filters.end)
        )
        compared = figures.interviews
        url = _compare_url(user, filters, role)
        dimensions = [
            replace(
                one, agreement=found, verdict=gettext(VERDICTS[found.verdict]), agreement_url=url
            )
            for one, found in zip(dimensions, figures.agreements, strict=True)
        ]
    return PeriodFigures(
        first=filters.created_from,
        last=filters.created_to,
        role=role,
        statuses=[
            Counted(str(word.label), counts.by_status.get(word, 0), links.rows(status=word.value))
            for word in Status
        ],
        total=Counted(gettext("All"), counts.total, links.rows()),
        completion=counts.completion,
        abandonment=counts.abandonment,
        to_completion=newest.to_completion,
        may_see_scores=may_see_scores,
        scored=Counted(gettext("Scored"), len(sample.rows) if sample else 0, links.scored()),
        dimensions=dimensions,
        hidden=sample.hidden if sample else 0,
        scores_cut=bool(sample and sample.is_cut),
        times_cut=newest.is_cut,
        sees_raters=sees_raters,
        compared=compared,
        sample=overview.SAMPLE,
    )


def _dimensions(sample: overview.Sample | None, links: Links) -> list[Dimension]:
    """All five; the list of sessions knows of overall scores, so that is where it leads to."""
    found = dict(by_dimension(sample.rows)) if sample else {}
    return [
        Dimension(
            dimension_label(name),
            found.get(name),
            links.scored() if name == DIMENSIONS[0] else "",
        )
        for name in DIMENSIONS
    ]


def _compare_url(user: Any, filters: Filters, role: str) -> str:
    """The page that compares these interviews; empty for who may not open it."""
    if not user.has_perm("interview_sessions.view_interviewsession"):
        return ""
    query = {
        "by": "scores",
        "since": filters.created_from.isoformat(),
        "until": filters.created_to.isoformat(),
        "role": role,
    }
    return f"{reverse('compare')}?{urlencode({k: v for k, v in query.items() if v})}"
