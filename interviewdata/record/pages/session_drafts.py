"""What a language model drafted of one interview, in words, and the button that asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from analytics.calculations import DIMENSIONS
from analytics.models import UNFINISHED, JobKind, JobState
from analytics.models.names import dimension_label
from analytics.services.drafts import drafts_are_on, request_draft
from interviewdata.common.errors import Conflict
from interviewdata.common.staff_pages import actor_of, staff_page
from interviewdata.record.pages.session_timeline import number
from sessions.services.access_record import record_access

MAY_DRAFT = "analytics.draft_feedback"


@dataclass(frozen=True)
class Quote:
    """A passage that was found. place: where the page has it; index: of its question, or None."""

    text: str
    place: str
    index: int | None


@dataclass(frozen=True)
class Dimension:
    name: str
    score: float | None
    reason: str
    quotes: list[Quote]


@dataclass(frozen=True)
class Draft:
    """is_cut: the model was sent a part of what was said; prompt: its SHA-256."""

    pk: int
    model: str
    engine: str
    prompt: str
    created_at: datetime
    is_cut: bool
    summary: str
    dimensions: list[Dimension]


@dataclass(frozen=True)
class Drafting:
    """drafts: newest first; is_busy: one is being made; problem: why the last attempt failed;
    next_at: when it is tried again; url: of the button, empty where it is not to be pressed."""

    drafts: list[Draft]
    is_busy: bool
    problem: str
    next_at: datetime | None
    url: str


def drafting_of(
    drafts: Sequence[bytes], jobs: Sequence[bytes], *, session_id: str, may_draft: bool
) -> Drafting:
    """`drafts` and `jobs` as the record has them. No statement."""
    rows = [orjson.loads(row) for row in jobs]
    job = next((row for row in rows if row["kind"] == JobKind.DRAFT), None) if may_draft else None
    problem = gettext(job["problem"]) if job and job["problem"] else ""
    waits = bool(job and job["state"] == JobState.WAITING and problem)
    busy = bool(job and job["state"] in UNFINISHED and not problem)
    return Drafting(
        drafts=[_draft(orjson.loads(row)) for row in drafts],
        is_busy=busy,
        problem=problem,
        next_at=datetime.fromisoformat(job["not_before"]) if job and waits else None,
        url=_address(session_id) if may_draft and drafts_are_on() and not busy else "",
    )


def _draft(row: dict[str, Any]) -> Draft:
    scores = row["scores"] if isinstance(row["scores"], dict) else {}
    # Below the first line, which says what the page says by itself, and before the scores.
    heading, _, summary = row["summary"].partition("\n\n")
    return Draft(
        pk=row["id"],
        model=row["model"],
        engine=row["engine"],
        prompt=row["prompt_sha256"],
        created_at=datetime.fromisoformat(row["created_at"]),
        is_cut="\n" in heading,
        summary=summary.partition("\n\nOverall:")[0],
        dimensions=[
            _dimension(name, scores[name])
            for name in DIMENSIONS
            if isinstance(scores.get(name), dict)
        ],
    )


def _dimension(name: str, entry: dict[str, Any]) -> Dimension:
    quotes = entry.get("quotes")
    return Dimension(
        dimension_label(name),
        number(entry.get("score")),
        str(entry.get("reason") or ""),
        [_quote(one) for one in (quotes if isinstance(quotes, list) else []) if _is_quote(one)],
    )


def _is_quote(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("text"), str)


def _quote(one: dict[str, Any]) -> Quote:
    index = one.get("question_index")
    if type(index) is not int:
        return Quote(one["text"], "#transcript", None)
    return Quote(one["text"], f"#question-{index}", index)


@staff_page("interview_sessions.view_interviewsession", "analytics.view_feedback", MAY_DRAFT)
@require_POST
def session_draft(request: HttpRequest, session_id: str) -> HttpResponse:
    """Have feedback drafted; back to the page. Statements: login (2), whether there is such an
    interview, the job, access record. Raises NotFound."""
    try:
        request_draft(session_id=session_id)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        record_access(
            actor=actor_of(request),
            action="write",
            resource="feedback_drafts",
            session_ids=[session_id],
        )
        messages.success(request, gettext("A draft is being made; look again in a minute."))
    return redirect(reverse("session-record", args=[session_id]) + "#feedback")


def _address(session_id: str) -> str:
    """Empty where an imported id fits into no address."""
    try:
        return reverse("session-draft", args=[session_id])
    except NoReverseMatch:
        return ""
