"""The record page: everything of one interview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from analytics.visibility import MAY_REVIEW
from interviewdata.common.staff_pages import actor_of, staff_page
from interviewdata.record.document import Record, read_record
from interviewdata.record.pages import copies, session_looks
from interviewdata.record.pages.nested_facts import Node, facts_of, text_of
from interviewdata.record.pages.session_answers import Question, questions_of, recordings_of
from interviewdata.record.pages.session_drafts import MAY_DRAFT, drafting_of
from interviewdata.record.pages.session_feedback import judgements_of, said_by
from interviewdata.record.pages.session_figures import Figures, figures_of
from interviewdata.record.pages.session_health import findings_of
from interviewdata.record.pages.session_jobs import MAY_CHANGE, analysis_of
from interviewdata.record.pages.session_live import live_of
from interviewdata.record.pages.session_sight import Sight, sight_of
from interviewdata.record.pages.session_transcript import (
    ShownTranscript,
    Version,
    show_transcript,
)
from sessions.access import AUDIO_PERMISSION, RECORD_PERMISSIONS
from sessions.services.access_record import record_access

_PARTS = {
    "questions": "interview_sessions.view_interviewquestion",
    "answers": "interview_sessions.view_userresponse",
    "transcript": "interview_sessions.view_transcript",
    "feedback": "analytics.view_feedback",
    "analytics": "analytics.view_interviewanalytics",
    "looks": session_looks.PERMISSION,
    "sound": AUDIO_PERMISSION,
}
_ANALYTICS = (
    ("question_analytics", gettext_noop("Questions")),
    ("voice_metrics", gettext_noop("Voice")),
    ("emotion_analysis", gettext_noop("Tone")),
    ("response_patterns", gettext_noop("Patterns")),
)


@dataclass(frozen=True)
class Head:
    """The interview's own row, as the page shows it. Durations in seconds."""

    session_id: str
    person: str
    person_url: str
    role: str
    mode: str
    difficulty: str
    asked_type: str
    status: str
    created_at: datetime
    start_time: datetime | None
    end_time: datetime | None
    planned: float
    took: float | None
    answered: int
    total: int
    features: list[str]
    more: Node | None


@dataclass(frozen=True)
class Analytics:
    """What was computed. figures: ours, answer by answer; parts: everything, title and value;
    reported: what the candidate's client said."""

    by: str
    engine: str
    updated_at: datetime
    figures: Figures | None
    parts: list[tuple[str, Node]]
    reported: Node | None


@require_safe
@staff_page("interview_sessions.view_interviewsession")
def session_record(request: HttpRequest, session_id: str) -> HttpResponse:
    """Statements: login (2), who is blind, record, access record, who looked: 6 at most.

    Raises NotFound. Parts that the reader has no permission for are named, not shown.
    """
    user: Any = request.user
    may = {part: user.has_perm(permission) for part, permission in _PARTS.items()}
    # First what the last event was: what happens between the two is told again, never left out.
    sight = sight_of(user, session_id)
    may_draft = may["feedback"] and user.has_perm(MAY_DRAFT)
    record = read_record(
        session_id, with_jobs=may["analytics"] or may_draft, with_drafts=may["feedback"]
    )
    record_access(
        actor=actor_of(request), action="read", resource="record", session_ids=[session_id]
    )
    if sight.blind:
        record.hide_feedback_of_others(user.get_username())
    head = _head(orjson.loads(record.session))
    questions = _questions(record, may)
    transcript, versions = _transcript(record, questions, may)
    context = {
        "head": head,
        "may": may,
        "may_export": user.has_perms(RECORD_PERMISSIONS),
        "questions": questions,
        "findings": _findings(questions, head, transcript, sight, may),
        "recordings": len(recordings_of(questions)),
        "unreadable": sight.unreadable,
        "transcript": transcript,
        "versions": versions,
        "shown_version": next((one for one in versions if one.is_shown), None),
        "analytics": _analytics(record) if may["analytics"] else None,
        "analysis": analysis_of(
            record.jobs, questions, session_id=session_id, may_change=user.has_perm(MAY_CHANGE)
        )
        if may["analytics"]
        else None,
        "copies_url": copies.address_of(session_id) if user.has_perms(copies.PERMISSIONS) else "",
        "blind": sight.blind,
        "live": live_of(after=sight.last_event, status=head.status, may=may, blind=sight.blind),
        "looks": session_looks.looks_at(session_id) if may["looks"] else [],
        "review_url": _address("review-form", session_id) if user.has_perm(MAY_REVIEW) else "",
        "list_url": _address("session-list"),
        "versions_url": _address("transcript-correct", session_id) if transcript else "",
    }
    if may["feedback"]:
        context["judgements"] = judgements_of(
            [orjson.loads(row) for row in record.feedbacks],
            notes=sight.notes,
            transcript=transcript,
            transcript_id=versions[0].pk if versions else None,
        )
        context["drafting"] = drafting_of(
            record.drafts,
            record.jobs,
            session_id=session_id,
            may_draft=may_draft and not sight.blind,
        )
    return render(request, "record/session_record.html", context)


def _head(row: Mapping[str, Any]) -> Head:
    start, end = _moment(row["start_time"]), _moment(row["end_time"])
    features = row["features"] if isinstance(row["features"], list) else [row["features"]]
    return Head(
        session_id=row["session_id"],
        person=row["user_email"],
        person_url=_address("person", row["user_email"]),
        role=row["role"],
        mode=row["interview_mode"],
        difficulty=row["difficulty"],
        asked_type=row["interview_type"],
        status=row["status"],
        created_at=datetime.fromisoformat(row["created_at"]),
        start_time=start,
        end_time=end,
        planned=row["planned_duration"] * 60,
        took=(end - start).total_seconds() if start and end else None,
        answered=row["questions_answered"],
        total=row["total_questions"],
        features=[text_of(feature) for feature in features],
        more=facts_of(row["session_data"]),
    )


def _questions(record: Record, may: Mapping[str, bool]) -> list[Question]:
    """Answers are told by their questions: without these there is no place for them."""
    if not may["questions"]:
        return []
    responses = [orjson.loads(row) for row in record.responses] if may["answers"] else []
    return questions_of([orjson.loads(row) for row in record.questions], responses)


def _transcript(
    record: Record, questions: list[Question], may: Mapping[str, bool]
) -> tuple[ShownTranscript | None, list[Version]]:
    """The transcript that stands for the interview, and all that are kept, best first."""
    if not may["transcript"] or not record.transcripts:
        return None, []
    rows = [orjson.loads(row) for row in record.transcripts]
    answers = [
        (answer.pk, question.index)
        for question in questions
        for answer in (question.current, *question.older)
        if answer is not None
    ]
    shown = show_transcript(
        rows[0],
        recordings_of(questions) if may["sound"] else [],
        of_response=dict(answers),
        of_question={question.pk: question.index for question in questions},
    )
    versions = [
        Version(
            row["id"],
            said_by(row["source"], row["author"]),
            datetime.fromisoformat(row["created_at"]),
            row["corrects_id"],
            place == 0,
        )
        for place, row in enumerate(rows)
    ]
    return shown, versions


def _findings(
    questions: list[Question],
    head: Head,
    transcript: ShownTranscript | None,
    sight: Sight,
    may: Mapping[str, bool],
) -> list[Any] | None:
    """None where the reader may not see what health is told from."""
    if not (may["questions"] and may["answers"]):
        return None
    return list(
        findings_of(
            questions,
            status=head.status,
            has_transcript=transcript is not None if may["transcript"] else None,
            unreadable=sight.unreadable,
        )
    )


def _analytics(record: Record) -> Analytics | None:
    row = orjson.loads(record.analytics)
    if row is None:
        return None
    parts = [(title, _unwrapped(facts_of(row[column]), title)) for column, title in _ANALYTICS]
    return Analytics(
        by=said_by(row["source"], ""),
        engine=row["engine"],
        updated_at=datetime.fromisoformat(row["updated_at"]),
        figures=figures_of(row),
        parts=[(gettext(title), node) for title, node in parts if node is not None],
        reported=facts_of(row["reported"]),
    )


def _unwrapped(node: Node | None, title: str) -> Node | None:
    """{"questions": […]} under the heading "Questions" need not say it again."""
    if node is not None and len(node.entries) == 1 and node.entries[0][0] == title:
        return node.entries[0][1]
    return node


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _address(name: str, *values: str) -> str:
    """The address of a page; empty where there is none, or an imported id fits into none."""
    try:
        return reverse(name, args=values)
    except NoReverseMatch:
        return ""
