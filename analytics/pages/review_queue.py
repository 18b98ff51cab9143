"""The reviewers' queue: `/reviews/`. Who assigns also finds there whom to ask and to remind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from analytics.models import Review, ReviewAssignment, ReviewDraft
from analytics.services.assignment import (
    REMIND_WITHIN,
    assign_all,
    is_overdue,
    open_assignments,
    owed,
    reviewers,
)
from analytics.visibility import MAY_REVIEW
from interviewdata.common.errors import NotFound
from interviewdata.common.staff_pages import actor_of, staff_page
from interviewdata.common.wire.filters import LARGEST_ID, as_moment
from sessions.services.access_record import record_access

MAY_ASSIGN = "analytics.add_reviewassignment"
VIEW_SESSIONS = "interview_sessions.view_interviewsession"
ROWS = 50
RECENT = 10


class AssignForm(forms.Form):
    """Which interview, who, until when (the end of that day in the reader's zone)."""

    session_id = forms.CharField(label=_("Interview"), max_length=128)
    reviewers: Any = forms.ModelMultipleChoiceField(
        queryset=None, widget=forms.CheckboxSelectMultiple, label=_("Reviewers")
    )
    due = forms.DateField(
        required=False,
        label=_("Due"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewers"].queryset = reviewers()  # type: ignore[attr-defined]

    def clean_due(self) -> datetime | None:
        day = self.cleaned_data["due"]
        if day is None:
            return None
        end = time(23, 59, tzinfo=timezone.get_current_timezone())
        moment = datetime.combine(day, end)
        if moment <= timezone.now():
            raise forms.ValidationError(gettext("Choose a day to come, or today."))
        return moment


@dataclass(frozen=True)
class Due:
    """An assignment as the page lists it; `overdue` and `soon` are said in words there."""

    row: ReviewAssignment
    overdue: bool
    soon: bool
    has_draft: bool = False


@staff_page(VIEW_SESSIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def review_queue(request: HttpRequest) -> HttpResponseBase:
    """One's own queue, drafts and last reviews; with MAY_ASSIGN a form to assign and a list of
    what is owed. At most 7 statements to show, however many rows."""
    user: Any = request.user
    may_assign = user.has_perm(MAY_ASSIGN)
    if not may_assign and not user.has_perm(MAY_REVIEW):
        raise PermissionDenied
    if request.method != "POST":
        initial = {"session_id": request.GET.get("session", "")[:128]}
        return _page(request, AssignForm(initial=initial) if may_assign else None)
    if not may_assign:
        raise PermissionDenied
    form = AssignForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    try:
        outcome = assign_all(
            session_id=form.cleaned_data["session_id"].strip(),
            reviewers=form.cleaned_data["reviewers"],
            due_at=form.cleaned_data["due"],
            by=user,
        )
    except NotFound:
        form.add_error("session_id", gettext("There is no interview with this id."))
        return _page(request, form, status=400)
    if outcome.names:
        words = gettext("Assigned to %(names)s.") % {"names": ", ".join(outcome.names)}
        messages.success(request, words)
    for refusal in outcome.refusals:
        messages.warning(request, refusal)
    return redirect("review-queue")


def _page(request: HttpRequest, form: AssignForm | None, *, status: int = 200) -> HttpResponse:
    user: Any = request.user
    now = timezone.now()
    queue, more = _cut(open_assignments(user, after=_after(request)))
    drafts = list(
        ReviewDraft.objects.filter(reviewer=user)
        .select_related("session")
        .defer("content")
        .order_by("-updated_at", "-id")[:ROWS]
    )
    done = list(
        Review.objects.filter(reviewer=user)
        .select_related("session", "feedback")
        .defer("scores")
        .order_by("-id")[:RECENT]
    )
    reminders: Sequence[ReviewAssignment] = []
    more_owed = ""
    if form is not None:
        reminders, last = _cut(owed(now=now, after=_owed_after(request)))
        if last is not None and last.due_at is not None:
            name = last.reviewer.get_username()
            more_owed = urlencode({"owed": name, "due": last.due_at.isoformat(), "id": last.pk})
    shown = [*queue, *drafts, *done, *reminders]
    record_access(
        actor=actor_of(request),
        action="list",
        resource="reviews",
        session_ids=sorted({row.session_id for row in shown}),
    )
    typed = {draft.session_id for draft in drafts}
    return render(
        request,
        "analytics/review_queue.html",
        {
            "queue": [_due(row, now, has_draft=row.session_id in typed) for row in queue],
            "more": urlencode(
                {"after": more.due_at.isoformat() if more.due_at else "", "id": more.pk}
            )
            if more
            else "",
            "is_continued": "after" in request.GET,
            "drafts": drafts,
            "done": done,
            "form": form,
            "reminders": [_due(row, now) for row in reminders],
            "more_owed": more_owed,
            "remind_days": REMIND_WITHIN.days,
            "may_review": user.has_perm(MAY_REVIEW),
            "now": now,
        },
        status=status,
    )


def _due(row: ReviewAssignment, now: datetime, *, has_draft: bool = False) -> Due:
    overdue = is_overdue(row, now)
    soon = not overdue and row.due_at is not None and row.due_at <= now + REMIND_WITHIN
    return Due(row, overdue, soon, has_draft)


def _cut(rows: Any) -> tuple[Sequence[Any], Any]:
    """A page of rows, and its last row where there are more after it."""
    found = list(rows[: ROWS + 1])
    return found[:ROWS], found[ROWS - 1] if len(found) > ROWS else None


def _after(request: HttpRequest) -> tuple[datetime | None, int] | None:
    """Where this page of the queue begins; None at the beginning, and for what makes no sense."""
    if "after" not in request.GET:
        return None
    text, pk = request.GET["after"], _id(request)
    try:
        return (as_moment(text) if text else None, pk) if pk else None
    except ValueError:
        return None


def _owed_after(request: HttpRequest) -> tuple[str, datetime, int] | None:
    name, pk = request.GET.get("owed", ""), _id(request)
    if not name or not pk or "\0" in name:
        return None
    try:
        return name[:150], as_moment(request.GET.get("due", "")), pk
    except ValueError:
        return None


def _id(request: HttpRequest) -> int:
    text = request.GET.get("id", "")
    is_number = text.isascii() and text.isdecimal() and len(text) <= 18
    return min(int(text), LARGEST_ID) if is_number else 0
