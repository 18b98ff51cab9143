"""`/dashboard/`: how interviewing goes, by week, role, mode, difficulty and question."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from analytics import figures
from analytics.pages import dashboard_parts as parts
from analytics.pages.dashboard_filters import DashboardFilters, chips, known_roles
from analytics.pages.dashboard_links import Links
from analytics.services import overview, overview_scores
from analytics.services.overview_questions import read_questions
from analytics.services.period import Filters
from interviewdata.common.sql import planned_each_time
from interviewdata.common.staff_pages import actor_of, staff_page
from sessions.enums import Status
from sessions.services.access_record import record_access

SCORES = "analytics.view_feedback"
QUESTIONS = "interview_sessions.view_interviewquestion"
PEOPLE = "interview_sessions.view_interviewsession"


@require_safe
@staff_page("analytics.view_dashboardstats")
def dashboard(request: HttpRequest) -> HttpResponse:
    """The page: 8 statements beside those of the user, whatever the period holds.

    Scores are shown to who may see feedback, questions and people to who may see those.
    """
    user: Any = request.user
    form = DashboardFilters(request.GET)
    form.is_valid()
    with planned_each_time():
        recent = overview.read_recent()
        filters = form.filters(recent.newest)
        links = Links.for_reader(user, filters)
        counts = overview.read_counts(filters)
        sample = overview.read_sample(user, filters) if user.has_perm(SCORES) else None
        newest = overview.read_newest(filters)
        questions = (
            read_questions(newest.session_ids, sample.rows if sample else [])
            if user.has_perm(QUESTIONS)
            else None
        )
    scores = _scores(sample, links, user) if sample else {}
    record_access(
        actor=actor_of(request),
        action="read",
        resource="dashboard",
        session_ids=scores.pop("told_apart", []),
        detail=request.GET.urlencode(),
    )
    context = {
        "form": form,
        "chips": list(chips(form, request.GET)),
        "roles": known_roles(recent.roles),
        "filters": filters,
        "is_moved": _is_moved(form, filters),
        "counts": counts,
        "weeks": parts.weeks_part(counts, links),
        "stats": _stats(counts, filters, links),
        "newest": newest,
        "to_first_score": overview.to_first_score(sample.rows) if sample else None,
        "may_see_scores": sample is not None,
        "sample": sample,
        "sample_size": overview.SAMPLE,
        "fewest": figures.FEWEST_FOR_INTERVAL,
        "fewest_judged": figures.FEWEST_FOR_DISCRIMINATION,
        "questions": parts.question_rows(questions.shown, links) if questions else None,
        "questions_left_out": bool(questions and questions.left_out),
        **scores,
    }
    return render(request, "analytics/dashboard.html", context)


def _scores(sample: overview.Sample, links: Links, user: Any) -> dict[str, Any]:
    whole = overview_scores.overall(sample.rows)
    groups = {
        column: overview_scores.by_attribute(sample.rows, column)
        for column in ("role", "mode", "difficulty")
    }
    people = overview_scores.people(sample.rows) if user.has_perm(PEOPLE) else []
    shown = [group for found in groups.values() for group in found.shown]
    overall = parts.group_row(whole, gettext("All"), links.scored()) if whole else None
    return {
        "overall": overall,
        "overall_link": _figure(overall.n, gettext("scored interviews")) if overall else "",
        "distribution": whole.distribution if whole else None,
        "bins": parts.bin_rows(whole, links) if whole and whole.distribution else [],
        "groups": [parts.groups_part(column, found, links) for column, found in groups.items()],
        "dimensions": parts.dimension_rows(overview_scores.by_dimension(sample.rows)),
        "people": parts.person_rows(people, links),
        "told_apart": parts.told_apart([*shown, *([whole] if whole else [])], people),
    }


def _figure(cell: parts.Cell, what: str) -> str:
    """The component as HTML, for a number that stands within a sentence."""
    return render_to_string("components/figure.html", {"cell": cell, "what": what})


def _stats(counts: overview.Counts, filters: Filters, links: Links) -> list[dict[str, str]]:
    """The figures at the head of the page. Shares say nothing where one status is asked for."""
    found = [
        {"label": gettext("Interviews"), "value": parts.number(counts.total), "url": links.rows()},
    ]
    if not filters.status:
        for label, status, share in (
            (gettext("Completed"), Status.COMPLETED, counts.completion),
            (gettext("Abandoned"), Status.ABANDONED, counts.abandonment),
        ):
            found.append(
                {
                    "label": label,
                    "value": parts.number(share.part),
                    "url": links.rows(status=status.value) if share.part else "",
                    "note": parts.share_note(share),
                }
            )
    return found


def _is_moved(form: DashboardFilters, filters: Filters) -> bool:
    """Whether the default period ends before today, since nothing was made of late."""
    given = form.cleaned_data
    asked = given.get("created_from") or given.get("created_to")
    return not asked and filters.created_to < timezone.localdate()
