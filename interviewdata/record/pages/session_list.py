"""`/sessions/`: all interviews for staff, filtered, searched, in order; and their export."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from interviewdata.common.staff_pages import actor_of, staff_page
from interviewdata.record.bulk import as_line, documents
from interviewdata.record.pages.session_filters import SessionFilters, chips, read_cursor
from interviewdata.record.pages.session_rows import Matching, in_order, matching, read_page
from sessions.access import RECORD_PERMISSIONS
from sessions.models import InterviewSession
from sessions.search import KINDS
from sessions.services.access_record import record_access

MAY_SEE = "interview_sessions.view_interviewsession"
MAY_SEE_SCORES = "analytics.view_feedback"
# How many interviews one download holds. A document takes two or three statements, so this many
# take seconds; the command `export_interviews` takes any number.
MOST_EXPORTED = 2000


def _form(user: Any, query: QueryDict) -> SessionFilters:
    kinds = readable_kinds(user)
    form = SessionFilters(query, may_see_scores=user.has_perm(MAY_SEE_SCORES), kinds=kinds)
    form.is_valid()
    return form


def readable_kinds(user: Any) -> list[str]:
    """The kinds of texts that this reader may search: those whose table they may see."""
    return [kind for kind, permission in KINDS.items() if user.has_perm(permission)]


@staff_page(MAY_SEE)
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """The list. Two statements beside session and user: the rows with all that is shown of them,
    and the access record. Further ones, always as many, with a search (what the words are in, and
    where), a part of an e-mail, and filters by role or by two of status, mode and difficulty."""
    user: Any = request.user
    form = _form(user, request.GET)
    given, kinds = form.given(), readable_kinds(user)
    may_see_scores = user.has_perm(MAY_SEE_SCORES)
    cursor = read_cursor(request.GET, form.order)
    page = read_page(
        matching(given, user=user, kinds=kinds),
        sort=form.order,
        cursor=cursor,
        user=user,
        may_see_scores=may_see_scores,
        search=given.get("q", ""),
        kinds=kinds,
    )
    query = request.META.get("QUERY_STRING", "")
    record_access(
        actor=actor_of(request),
        action="list",
        resource="interview_sessions",
        session_ids=[row.session_id for row in page.rows],
        detail=f"page ?{query}" if query else "page",
    )
    filters = request.GET.copy()
    filters.pop("cursor", None)
    return render(
        request,
        "record/session_list.html",
        {
            "form": form,
            "chips": list(chips(form, request.GET)),
            "page": page,
            "is_first": cursor is None,
            "is_filtered": bool(given),
            "has_more_filters": bool(set(given) - {"q"}) or bool(form.errors),
            "may_see_scores": may_see_scores,
            "may_export": user.has_perms(RECORD_PERMISSIONS),
            "most_exported": MOST_EXPORTED,
            "filters": filters.urlencode(),
        },
    )


@staff_page(*RECORD_PERMISSIONS)
@require_POST
def session_export(request: HttpRequest) -> HttpResponseBase:
    """The chosen interviews (`session_id`), or with `all` those that match `filters`, the query of
    the list. One comes as the document that the API gives, several as JSON Lines, in the order of
    the list, streamed: what the command `export_interviews` writes."""
    filters = QueryDict(request.POST.get("filters", ""))
    back = f"{reverse('session-list')}?{filters.urlencode()}".rstrip("?")
    form = _form(request.user, filters)
    if "all" in request.POST:
        if form.errors:
            messages.error(
                request, gettext("A filter is not in order; correct it, then export."), "bad"
            )
            return redirect(back)
        found = matching(form.given(), user=request.user, kinds=readable_kinds(request.user))
    else:
        chosen = [one for one in request.POST.getlist("session_id") if "\0" not in one]
        rows = InterviewSession.objects.filter(session_id__in=chosen[: MOST_EXPORTED + 1])
        found = Matching(rows, rows)
    session_ids = in_order(found, form.order, MOST_EXPORTED + 1)
    if len(session_ids) > MOST_EXPORTED:
        messages.error(
            request,
            gettext(
                "More than %(most)s interviews match, and that many are exported at once at"
                " most. Narrow the filters, or have the command export_interviews run."
            )
            % {"most": formats.number_format(MOST_EXPORTED, force_grouping=True)},
            "bad",
        )
        return redirect(back)
    if not session_ids:
        messages.warning(
            request, gettext("Nothing to export: choose at least one interview."), "warn"
        )
        return redirect(back)
    exported = documents(
        session_ids, actor=actor_of(request), now=timezone.now(), reader=request.user
    )
    if len(session_ids) == 1:
        # Ids come from imports as well: nothing of one may end the header.
        safe = re.sub(r"[^A-Za-z0-9_-]", "_", session_ids[0])[:100]
        return _download(exported, f"interview_data_{safe}.json", "application/json")
    return _download(map(as_line, exported), "interviews.jsonl", "application/x-ndjson")


def _download(content: Iterable[bytes], name: str, content_type: str) -> StreamingHttpResponse:
    reply = StreamingHttpResponse(content, content_type=content_type)
    reply["Content-Disposition"] = str(content_disposition_header(True, name))
    reply["X-Content-Type-Options"] = "nosniff"
    reply["Cache-Control"] = "no-store"
    return reply
