"""`/reports/adverse-impact/`: selection and scoring rates of groups, in sums alone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.pages.report_forms import ImpactForm
from analytics.pages.report_period import IMPACT
from analytics.pages.report_reply import report_reply, wants_pdf
from analytics.reports.impact import impact
from analytics.reports.impact_document import Asked, impact_report
from analytics.services.group_data import Period, outcomes_of, still_to_judge
from analytics.visibility import is_judge
from interviewdata.common.staff_pages import actor_of, staff_page
from sessions.services.access_record import record_access


@require_safe
@staff_page(IMPACT)
def report_impact(request: HttpRequest) -> HttpResponse:
    """The report: 3 statements beside those of the user, 2 for who is still to judge.

    Who judges without seeing others' scores never gets it, whatever permissions they were given:
    it is made of those scores.
    """
    user: Any = request.user
    if is_judge(user):
        raise PermissionDenied
    form = ImpactForm(request.GET)
    first, last = form.months()
    asked = Asked(
        first,
        last,
        form.role,
        form.attribute_word,
        form.least_score,
        settings.SMALLEST_GROUP_SHOWN,
    )
    period = Period(_midnight(first), _midnight(last + timedelta(days=1)), form.role)
    waiting = still_to_judge(user, period)
    found = None
    if not waiting:
        outcomes = outcomes_of(period, asked.attribute)
        found = impact(outcomes, threshold=asked.threshold, least=asked.least)
    record_access(
        actor=actor_of(request),
        action="export" if wants_pdf(request) else "read",
        resource="adverse-impact report",
        session_ids=[],
        detail=(
            f"{first} to {last}, by {asked.attribute}, from {asked.threshold}"
            f"{', role ' + asked.role if asked.role else ''}"
        ),
    )
    return report_reply(
        request,
        impact_report(
            found,
            asked,
            still_to_judge=waiting,
            reader=user.get_username(),
            now=timezone.now(),
        ),
        file_name=f"adverse_impact_{first}_{last}_{asked.attribute}.pdf",
        form=form,
    )


def _midnight(day: date) -> datetime:
    """The first moment of a day in the reader's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
