"""The review form: `/sessions/<session_id>/review/`, and the draft it keeps while one types."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from analytics.models import Review, ReviewAssignment, ReviewDraft
from analytics.models.names import dimension_labels
from analytics.pages.review_entry import (
    Draft,
    cards_of,
    draft_of,
    overall_so_far,
    read_draft,
    read_entry,
    transcripts_in,
)
from analytics.pages.review_material import questions_with_answers, shown_transcript
from analytics.pages.review_results import rater_rows
from analytics.services.assignment import is_overdue
from analytics.services.evidence import words_by_transcript
from analytics.services.review import (
    STILL_RUNNING,
    drop_draft,
    newest_review,
    save_draft,
    submit_review,
)
from analytics.services.rubric import categories_for
from analytics.visibility import MAY_REVIEW, is_blind
from interviewdata.common.errors import DomainError, NotFound
from interviewdata.common.staff_pages import actor_of, staff_page
from interviewdata.common.wire.replies import STATUS_OF_CODE, error_reply, success
from sessions.models import InterviewSession
from sessions.services.access_record import record_access

# To review, and to see what the page shows beside the form.
PERMISSIONS = (
    MAY_REVIEW,
    "interview_sessions.view_interviewsession",
    "interview_sessions.view_interviewquestion",
    "interview_sessions.view_userresponse",
    "interview_sessions.view_transcript",
)
VIEW_FEEDBACK = "analytics.view_feedback"


@staff_page(*PERMISSIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def review_form(request: HttpRequest, session_id: str) -> HttpResponseBase:
    """The form with what it judges; a POST submits the review and comes back to the page, which
    then shows what others said. At most 15 statements to show."""
    interview = _interview(session_id)
    if request.method != "POST":
        return _page(request, interview)
    draft = read_draft(request.POST)
    transcript = shown_transcript(session_id)
    entry = read_entry(
        draft,
        transcript=transcript.pk if transcript else 0,
        words=transcript.words if transcript else (),
    )
    if entry.errors:
        return _page(request, interview, typed=draft, errors=entry.errors, status=400)
    try:
        submit_review(
            session_id=session_id,
            reviewer=request.user,
            scores=entry.scores,
            overall=entry.overall,
            reason=entry.reason,
        )
    except NotFound:
        raise
    except DomainError as refusal:
        errors = refusal.fields or {"": [refusal.message]}
        return _page(
            request, interview, typed=draft, errors=errors, status=STATUS_OF_CODE[refusal.code]
        )
    messages.success(request, gettext("Your review is in."))
    return redirect("review-form", session_id=session_id)


@staff_page(*PERMISSIONS)
@require_POST
def review_draft(request: HttpRequest, session_id: str) -> HttpResponseBase:
    """Keeps (or, with `drop`, throws away) what is typed. A script gets JSON, a form the page."""
    wants_json = "application/json" in request.headers.get("Accept", "")
    after = request.POST.get("after", "0")
    is_number = after.isascii() and after.isdecimal() and len(after) <= 18
    try:
        if "drop" in request.POST:
            drop_draft(session_id=session_id, reviewer=request.user)
        else:
            draft = save_draft(
                session_id=session_id,
                reviewer=request.user,
                content=read_draft(request.POST),
                after=int(after) if is_number else 0,
            )
    except DomainError as refusal:
        if wants_json:
            return error_reply(refusal, request)
        if isinstance(refusal, NotFound):
            raise
        messages.error(request, refusal.message)
        return redirect("review-form", session_id=session_id)
    if wants_json:
        return success("The draft was saved.", savedAt=draft.updated_at)
    if "drop" in request.POST:
        messages.success(request, gettext("The draft was thrown away."))
    else:
        messages.success(request, gettext("The draft was saved."))
    return redirect("review-form", session_id=session_id)


def _interview(session_id: str) -> InterviewSession:
    interview = InterviewSession.objects.filter(session_id=session_id).first()
    if interview is None:
        raise NotFound
    return interview


def _page(
    request: HttpRequest,
    interview: InterviewSession,
    *,
    typed: Draft | None = None,
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; `typed` and `errors` where a submission was refused."""
    user: Any = request.user
    session_id = interview.session_id
    rubric = categories_for(interview)
    own = newest_review(session_id, user)
    kept = ReviewDraft.objects.filter(session=interview, reviewer=user).first()
    draft = _draft(typed, kept, own, rubric)
    transcript = shown_transcript(session_id)
    words = {transcript.pk: transcript.words} if transcript else {}
    words |= words_by_transcript(session_id, transcripts_in(draft) - set(words))
    cards = cards_of(rubric, draft, words, errors or {})
    assignment = ReviewAssignment.objects.filter(session=interview, reviewer=user).first()
    blind = is_blind(user, session_id)
    may_see = user.has_perm(VIEW_FEEDBACK)
    record_access(
        actor=actor_of(request), action="read", resource="review", session_ids=[session_id]
    )
    return render(
        request,
        "analytics/review_form.html",
        {
            "interview": interview,
            "record_url": _record_url(session_id),
            "is_running": interview.status in STILL_RUNNING,
            "assignment": assignment,
            "overdue": assignment is not None and is_overdue(assignment, timezone.now()),
            "own": own,
            "draft": kept,
            "draft_content": draft,
            "after": own.pk if own else 0,
            "cards": cards,
            "overall": overall_so_far(cards),
            "errors": errors or {},
            "other_errors": _other_errors(errors or {}, rubric),
            "transcript": transcript,
            "questions": questions_with_answers(session_id),
            "blind": blind,
            "may_see": may_see,
            "headings": dimension_labels(),
            "raters": rater_rows(user, session_id) if may_see and not blind else [],
        },
        status=status,
    )


def _draft(typed: Draft | None, kept: ReviewDraft | None, own: Review | None, rubric: Any) -> Draft:
    """What the form begins with: what was just sent, else the draft, else the own review."""
    if typed is not None:
        return typed
    if kept is not None:
        return {"scores": {}, "overall": "", "reason": "", **kept.content}
    if own is not None:
        return draft_of(own, rubric)
    return {"scores": {}, "overall": "", "reason": ""}


def _other_errors(errors: dict[str, list[str]], rubric: Any) -> list[str]:
    """What is wrong and stands beside no field of the form."""
    shown = {f"{part}-{c.pk}" for c in rubric for part in ("score", "note", "times", "evidence")}
    shown |= {"overall", "reason"}
    return [text for name, texts in errors.items() if name not in shown for text in texts]


def _record_url(session_id: str) -> str:
    """The page of the whole interview, which stands a floor above."""
    try:
        return reverse("session-record", args=[session_id])
    except NoReverseMatch:
        return reverse("admin:interview_sessions_interviewsession_changelist")
