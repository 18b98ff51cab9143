"""One person's interviews, newest first, with their scores."""

from __future__ import annotations

from typing import Any

from analytics.calculations import DIMENSIONS, Judgement, session_scores
from analytics.models import Feedback
from analytics.visibility import blind_condition
from sessions.enums import Source
from sessions.models import InterviewSession


def history_of(
    email: str, *, session_ids: list[str] | None, limit: int, reader: Any = None
) -> tuple[list[dict[str, Any]], int]:
    """The newest `limit` interviews in wire names, and how many there are. Three statements.

    `session_ids` limits them to those interviews. `overallScore` is the mean over raters, None
    where no reviewer or service has scored, and where `reader`, a signed-in user, is still to
    judge without it; a candidate's own scores do not count.
    """
    interviews = InterviewSession.objects.of_person(email)
    if session_ids is not None:
        interviews = interviews.filter(session_id__in=session_ids)
    total = interviews.count()
    newest = list(interviews.newest_first()[:limit])
    judgements = Feedback.objects.filter(session_id__in=[i.session_id for i in newest])
    if reader is not None:
        judgements = judgements.exclude(blind_condition(reader))
    scores = session_scores(
        Judgement(row[0], f"{row[1]}:{row[2]}", row[3], row[4], tuple(row[5:]))
        for row in judgements.exclude(source=Source.CANDIDATE).values_list(
            "session_id", "source", "author", "created_at", "id", *DIMENSIONS
        )
    )
    return [_entry(interview, scores.get(interview.session_id)) for interview in newest], total


def _entry(interview: InterviewSession, scores: tuple[float | None, ...] | None) -> dict[str, Any]:
    overall = None if scores is None or scores[0] is None else round(scores[0], 6)
    mode = interview.get_interview_mode_display()
    return {
        "sessionId": interview.session_id,
        "role": interview.role,
        "interviewMode": interview.interview_mode,
        "status": interview.status,
        "startTime": interview.start_time,
        "endTime": interview.end_time,
        "totalQuestions": interview.total_questions,
        "questionsAnswered": interview.questions_answered,
        "overallScore": overall,
        "title": f"{interview.role}: {mode} interview",
        "description": (
            f"{interview.questions_answered} of {interview.total_questions} questions answered, "
            f"{interview.get_difficulty_display().lower()}, {interview.status}."
        ),
        "score": overall,
        "created_at": interview.created_at,
        "type": interview.interview_type,
    }
