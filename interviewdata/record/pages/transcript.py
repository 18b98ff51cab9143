"""The page of a transcript's versions: who corrected what, and the form that corrects.

Nothing here comes from feedback: who must not see scores yet may correct all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from interviewdata.common.errors import Conflict, Invalid, NotFound
from interviewdata.common.staff_pages import actor_of, staff_page
from interviewdata.record.pages.transcript_shown import (
    Difference,
    Passage,
    Version,
    difference_of,
    passages_of,
    versions_of,
)
from sessions.models import InterviewSession, Transcript
from sessions.services.access_record import record_access
from sessions.services.correction import correct_transcript

VIEW = ("interview_sessions.view_interviewsession", "interview_sessions.view_transcript")
CORRECT = "interview_sessions.correct_transcript"


@dataclass(frozen=True)
class Attempt:
    """What somebody sent that is not saved: why, and their texts by the passage's first word."""

    status: int
    problem: str
    base: int
    typed: dict[int, str]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(*VIEW)
def transcript_correct(request: HttpRequest, session_id: str) -> HttpResponse:
    """All versions, the difference of two (`?from=` and `?to=`, ids of transcripts) and, for those
    who may, the newest one to correct. 6 statements with those of the login; saving 5 and the
    service's."""
    if request.method != "POST":
        return _page(request, session_id)
    if not request.user.has_perm(CORRECT):
        raise PermissionDenied
    base = Transcript.objects.filter(
        session__session_id=session_id, pk=_id(request.POST.get("base"))
    ).first()
    if base is None:
        raise NotFound
    changed = {
        passage: text
        for passage in passages_of(base)
        if (text := request.POST.get(passage.name)) is not None
        and " ".join(text.split()) != passage.text
    }
    typed = {passage.first: text for passage, text in changed.items()}
    try:
        version = correct_transcript(
            session_id=session_id,
            transcript_id=base.pk,
            edits=[
                {"first": passage.first, "last": passage.last, "words": text}
                for passage, text in changed.items()
            ],
            author=request.user.get_username(),
        )
    except Invalid as error:
        return _page(request, session_id, Attempt(400, error.message, base.pk, typed))
    except Conflict as error:
        return _page(request, session_id, Attempt(409, error.message, base.pk, typed))
    messages.success(request, gettext("Saved as a new version. The one before it is kept."))
    url = reverse("transcript-correct", args=[session_id])
    return redirect(f"{url}?from={base.pk}&to={version.pk}#difference")


def _id(text: Any) -> int:
    """A row's id as an address or a form has it. Raises NotFound."""
    if not (isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 19):
        raise NotFound
    return int(text)


def _page(request: HttpRequest, session_id: str, attempt: Attempt | None = None) -> HttpResponse:
    interview = (
        InterviewSession.objects.filter(session_id=session_id)
        .only("session_id", "role", "interview_mode", "created_at")
        .first()
    )
    if interview is None:
        raise NotFound
    versions = versions_of(session_id)
    newest = versions[0] if versions else None
    chosen = _chosen(request, versions) if attempt is None else None
    wanted = {attempt.base} if attempt else set()
    wanted |= {version.pk for version in chosen or ()} | ({newest.pk} if newest else set())
    rows = Transcript.objects.filter(session__session_id=session_id).in_bulk(wanted)
    context = {
        "interview": interview,
        "record_url": reverse("session-record", args=[session_id]),
        "versions": versions,
        "attempt": attempt,
        "may_correct": request.user.has_perm(CORRECT),
        "difference": _difference(chosen, rows),
        **_form(newest, rows, attempt),
    }
    record_access(
        actor=actor_of(request),
        action="read",
        resource="transcripts",
        session_ids=[session_id],
        detail="versions",
    )
    status = attempt.status if attempt else 200
    return render(request, "record/transcript_correct.html", context, status=status)


def _chosen(request: HttpRequest, versions: list[Version]) -> tuple[Version, Version] | None:
    """The two versions to compare: those asked for, else the newest and the one it corrects."""
    by_id = {version.pk: version for version in versions}
    if "from" in request.GET or "to" in request.GET:
        try:
            return by_id[_id(request.GET.get("from"))], by_id[_id(request.GET.get("to"))]
        except KeyError as error:
            raise NotFound from error
    if len(versions) < 2:
        return None
    newest = versions[0]
    return by_id.get(newest.corrects or 0, versions[1]), newest


def _difference(
    chosen: tuple[Version, Version] | None, rows: dict[int, Transcript]
) -> Difference | None:
    if chosen is None:
        return None
    old, new = chosen
    return difference_of(old, new, rows[old.pk], rows[new.pk])


def _form(
    newest: Version | None, rows: dict[int, Transcript], attempt: Attempt | None
) -> dict[str, Any]:
    """The passages to correct, with what was typed in them; `unsaved`: what was typed for a
    version that is the newest no more, passage by passage."""
    if newest is None:
        return {"base": None, "passages": [], "unsaved": []}
    passages = passages_of(rows[newest.pk])
    unsaved: list[Passage] = []
    if attempt and attempt.base == newest.pk:
        passages = [passage.typed_as(attempt.typed.get(passage.first)) for passage in passages]
    elif attempt:
        unsaved = [
            passage.typed_as(attempt.typed[passage.first])
            for passage in passages_of(rows[attempt.base])
            if passage.first in attempt.typed
        ]
    return {"base": newest, "passages": passages, "unsaved": unsaved}
