"""`/sessions/<id>/report/` and `…/report/candidate/`: an interview on paper, as page or PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from analytics.pages.report_reply import report_reply, wants_pdf
from analytics.reports.document import Report
from interviewdata.common.staff_pages import actor_of, staff_page
from interviewdata.record.document import Record, read_record
from interviewdata.record.pages.report_candidate import candidate_report
from interviewdata.record.pages.report_interview import interview_report
from interviewdata.record.pages.report_material import Material, Spoken
from interviewdata.record.pages.session_answers import Question, questions_of, recordings_of
from interviewdata.record.pages.session_feedback import said_by
from interviewdata.record.pages.session_health import findings_of
from interviewdata.record.pages.session_sight import Sight, sight_of
from interviewdata.record.pages.session_transcript import show_transcript
from sessions.services.access_record import record_access

SESSION = "interview_sessions.view_interviewsession"
_PARTS = {
    "questions": "interview_sessions.view_interviewquestion",
    "answers": "interview_sessions.view_userresponse",
    "transcript": "interview_sessions.view_transcript",
    "feedback": "analytics.view_feedback",
    "analytics": "analytics.view_interviewanalytics",
}


@require_safe
@staff_page(SESSION)
def session_report(request: HttpRequest, session_id: str) -> HttpResponse:
    """Statements: login (2), who is blind, record, access record: 5. Raises NotFound. Parts that
    the reader has no permission for are named, not shown."""
    reader = request.user.get_username()
    return _reply(
        request,
        session_id,
        lambda found, now: interview_report(found, reader=reader, now=now),
        resource="report",
    )


@require_safe
@staff_page(SESSION, _PARTS["questions"], _PARTS["answers"], _PARTS["feedback"])
def session_report_candidate(request: HttpRequest, session_id: str) -> HttpResponse:
    """What is handed to the candidate. 5 statements as above. Raises NotFound."""
    return _reply(
        request,
        session_id,
        lambda found, now: candidate_report(found, now=now),
        resource="candidate's report",
    )


def _reply(
    request: HttpRequest,
    session_id: str,
    make: Callable[[Material, datetime], Report],
    *,
    resource: str,
) -> HttpResponse:
    user: Any = request.user
    may = {part: user.has_perm(permission) for part, permission in _PARTS.items()}
    sight = sight_of(user, session_id)
    record = read_record(session_id)
    is_pdf = wants_pdf(request)
    record_access(
        actor=actor_of(request),
        action="export" if is_pdf else "read",
        resource=resource,
        session_ids=[session_id],
        detail="pdf" if is_pdf else "",
    )
    if sight.blind:
        record.hide_feedback_of_others(user.get_username())
    report = make(_material(record, sight, may), timezone.now())
    links = [
        (gettext("Record"), _address("session-record", session_id)),
        (gettext("For reviewers"), _address("session-report", session_id)),
        (gettext("For the candidate"), _address("session-report-candidate", session_id)),
    ]
    return report_reply(
        request,
        report,
        file_name=f"{resource.replace(' ', '_').replace(chr(39), '')}_{session_id}.pdf",
        links=[(label, url) for label, url in links if url and url != request.path],
    )


def _material(record: Record, sight: Sight, may: Mapping[str, bool]) -> Material:
    session = orjson.loads(record.session)
    questions: list[Question] = []
    if may["questions"]:
        answers = record.responses if may["answers"] else []
        questions = questions_of(
            [orjson.loads(row) for row in record.questions], [orjson.loads(row) for row in answers]
        )
    spoken = _spoken(record, questions) if may["transcript"] else None
    findings = (
        findings_of(
            questions,
            status=session["status"],
            has_transcript=spoken is not None if may["transcript"] else None,
            unreadable=sight.unreadable,
        )
        if may["questions"] and may["answers"]
        else []
    )
    return Material(
        session=session,
        questions=questions,
        feedbacks=[orjson.loads(row) for row in record.feedbacks] if may["feedback"] else [],
        notes=sight.notes if may["feedback"] else {},
        spoken=spoken,
        analytics=orjson.loads(record.analytics) if may["analytics"] else None,
        findings=[_sentence(one.text, one.questions) for one in findings],
        may=may,
        is_blind=sight.blind,
    )


def _sentence(text: str, questions: tuple[int, ...]) -> str:
    """A finding with the questions it is about."""
    named = ", ".join(map(str, questions))
    return f"{text}: {named}." if named else text


def _spoken(record: Record, questions: list[Question]) -> Spoken | None:
    if not record.transcripts:
        return None
    row = orjson.loads(record.transcripts[0])
    answers = [
        (answer.pk, question.index)
        for question in questions
        for answer in (question.current, *question.older)
        if answer is not None
    ]
    shown = show_transcript(
        row,
        recordings_of(questions),
        of_response=dict(answers),
        of_question={question.pk: question.index for question in questions},
    )
    by_question: dict[int, list[str]] = {}
    for passage in shown.passages:
        if passage.question_index is not None:
            by_question.setdefault(passage.question_index, []).append(passage.text)
    return Spoken(
        by=said_by(row["source"], row["author"]),
        made_by=_made_by(row["transcript_data"]),
        created_at=datetime.fromisoformat(row["created_at"]),
        word_count=shown.word_count,
        is_corrected=row["corrects_id"] is not None,
        pk=row["id"],
        by_question=by_question,
        starts=shown.starts,
    )


def _made_by(data: Any) -> str:
    """The engine, model and language that a transcript names; empty where it names none."""
    if not isinstance(data, dict):
        return ""
    named = [data.get(name) for name in ("engine", "model", "language")]
    return ", ".join(one[:120] for one in named if isinstance(one, str) and one)


def _address(name: str, session_id: str) -> str:
    """The address of a page; empty where an imported id fits into none."""
    try:
        return reverse(name, args=[session_id])
    except NoReverseMatch:
        return ""
