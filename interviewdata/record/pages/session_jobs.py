"""How the analysis of one interview stands, in words, and the button that has it tried again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from analytics.models import UNFINISHED, JobKind, JobState
from analytics.services.jobs import analyse_again, retry
from analytics.services.transcriber import why_none
from interviewdata.common.errors import NotFound
from interviewdata.common.staff_pages import actor_of, staff_page
from interviewdata.record.pages.session_answers import Question
from sessions.models import InterviewSession
from sessions.services.access_record import record_access

MAY_CHANGE = "analytics.change_interviewanalytics"


@dataclass(frozen=True)
class AnswerState:
    """One current answer. state: of its job, empty where it has none yet; problem: why it failed;
    next_at: when it is tried again; by: what listened and measured, in words, one line each."""

    question_index: int
    state: str
    problem: str = ""
    next_at: datetime | None = None
    by: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Analysis:
    """What the page shows. through, total: of the current answers; composing: whether the
    interview's own figures are still to be made; can_retry: something failed; can_repeat: all is
    through and could be made again; notes: what holds for all of it."""

    answers: list[AnswerState]
    through: int
    total: int
    failed: int
    composing: str
    problem: str
    can_retry: bool
    can_repeat: bool
    notes: list[str]
    url: str

    @property
    def is_done(self) -> bool:
        return self.through == self.total and not self.composing and not self.problem


def analysis_of(
    rows: Sequence[bytes], questions: Sequence[Question], *, session_id: str, may_change: bool
) -> Analysis | None:
    """`rows`: the record's jobs; None where there is no answer to tell of. No statement."""
    jobs = [orjson.loads(row) for row in rows]
    of_answer = {job["response_id"]: job for job in jobs if job["response_id"] is not None}
    interview = next((job for job in jobs if job["kind"] == JobKind.INTERVIEW), None)
    answers = [
        _state(
            question.index, of_answer.get(question.current.pk), bool(question.current.audio_bytes)
        )
        for question in questions
        if question.current is not None
    ]
    if not answers:
        return None
    failed = [one for one in answers if one.problem and one.state != JobState.DONE]
    composing = interview["state"] if interview and interview["state"] in UNFINISHED else ""
    problem = gettext(interview["problem"]) if interview and interview["problem"] else ""
    busy = bool(composing) or any(one.state in ("", *UNFINISHED) for one in answers)
    url = _address(session_id) if may_change else ""
    return Analysis(
        answers=answers,
        through=sum(one.state == JobState.DONE for one in answers),
        total=len(answers),
        failed=len(failed),
        composing=composing,
        problem=problem,
        can_retry=bool(url and (failed or problem)),
        can_repeat=bool(url and settings.ANALYSIS and not busy and not failed and not problem),
        notes=_notes(any(q.current and q.current.audio_bytes for q in questions)),
        url=url,
    )


def _state(index: int, job: dict[str, Any] | None, has_sound: bool) -> AnswerState:
    if job is None:
        return AnswerState(index, "")
    waits = job["state"] == JobState.WAITING
    return AnswerState(
        index,
        job["state"],
        problem=gettext(job["problem"]) if job["problem"] else "",
        next_at=datetime.fromisoformat(job["not_before"]) if waits and job["problem"] else None,
        by=_by(job, has_sound) if job["engine"] else [],
    )


def _by(job: dict[str, Any], has_sound: bool) -> list[str]:
    """What made the figures that are there; they may be older than what is being done now."""
    lines = [job["engine"]]
    heard = job["transcription"] or {}
    if heard.get("engine"):
        named = {"engine": heard["engine"], "model": heard.get("model") or "–"}
        lines.append(gettext("words heard by %(engine)s, model %(model)s") % named)
    elif job["sound_problem"]:
        problem = gettext(job["sound_problem"])
        lines.append(gettext("its sound was not listened to: %(problem)s") % {"problem": problem})
    elif has_sound:
        lines.append(gettext("its words were not heard: there was no speech model"))
    return lines


def _notes(has_sound: bool) -> list[str]:
    notes = []
    if not settings.ANALYSIS:
        notes.append(gettext("Analysis is switched off here (ANALYSIS)."))
    if has_sound and (reason := why_none()):
        measured = gettext("Recordings are measured, but their words are not heard.")
        notes.append(f"{measured} {reason}")
    if not settings.EMOTION_ANALYSIS:
        notes.append(gettext("The tone of words is not computed here (EMOTION_ANALYSIS)."))
    return notes


@staff_page("interview_sessions.view_interviewsession", MAY_CHANGE)
@require_POST
def session_analyse(request: HttpRequest, session_id: str) -> HttpResponse:
    """What failed is tried again; with `all` everything is analysed anew. Back to the page.

    Statements: login (2), whether there is such an interview, the jobs, access record.
    """
    if not InterviewSession.objects.filter(session_id=session_id).exists():
        raise NotFound
    anew = "all" in request.POST
    now = timezone.now()
    if anew:
        count = analyse_again(session_id=session_id, now=now)
    else:
        count = retry(session_id=session_id, now=now)
    record_access(
        actor=actor_of(request),
        action="write",
        resource="analysis",
        session_ids=[session_id],
        detail="analysed again" if anew else "tried again",
    )
    if count:
        words = ngettext(
            "%(count)s analysis begins again.", "%(count)s analyses begin again.", count
        )
        messages.success(request, words % {"count": count})
    else:
        messages.info(request, gettext("There is nothing to try again just now."))
    return redirect(reverse("session-record", args=[session_id]) + "#analysis")


def _address(session_id: str) -> str:
    """Empty where an imported id fits into no address."""
    try:
        return reverse("session-analyse", args=[session_id])
    except NoReverseMatch:
        return ""
