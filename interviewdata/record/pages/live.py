"""The page of running interviews: who is there, how far, and when they last gave a sign of life."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from interviewdata.common.staff_pages import actor_of, staff_page
from sessions import feed
from sessions.services.access_record import record_access


@require_safe
@staff_page("interview_sessions.view_interviewsession")
def live(request: HttpRequest) -> HttpResponse:
    """4 statements: session row and user with permissions, running interviews, access record.

    The script (static/js/pages/live.js) goes on from what `/api/interview/live` tells.
    """
    now = timezone.now()
    running, number = feed.running_interviews(now)
    record_access(
        actor=actor_of(request),
        action="list",
        resource="live",
        session_ids=[one.session_id for one in running],
    )
    context = {
        "running": running,
        "number": number,
        "now": now,
        "silence": feed.silence().total_seconds(),
    }
    return render(request, "record/live.html", context)
