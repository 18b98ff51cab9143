"""Interviews made, begun and ended; their questions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from interviewdata.common.errors import Invalid
from interviewdata.common.wire.body import read_object
from interviewdata.common.wire.replies import success
from sessions import modes
from sessions.access import access_token, may_answer
from sessions.admission import admit, invitation_of
from sessions.api.base import InterviewViewSet, browser_id_for
from sessions.api.idempotency import UNGUESSABLE_LENGTH
from sessions.api.inputs import (
    MAX_SESSION_DATA_BYTES,
    CreateSessionInput,
    EndInput,
    QuestionInput,
    QuestionsInput,
    StartInput,
)
from sessions.api.invited import fixed_by, fixed_in, insist
from sessions.api.schema import describe_modes, describe_questions, describe_sessions
from sessions.consent import with_receipt
from sessions.enums import Difficulty, Mode, Status, as_difficulty, as_mode
from sessions.models import Invitation
from sessions.questions.pick import Met, context, give_questions
from sessions.services.joining import CREATE_KEY_SHA256, IMPORTED_FROM, join_imported
from sessions.services.question import AskedQuestion, QuestionDraft, ask_question
from sessions.services.session import create_session, end_session

_CREATE_KEYS = frozenset(CreateSessionInput().fields)
_START_KEYS = frozenset(StartInput().fields)
_INVITATION = "invitationId"  # read again by sessions/questions/pick.py
USUAL_MINUTES = 30


def _rest(
    body: dict[str, Any], known: frozenset[str], invitation: Invitation | None
) -> dict[str, Any]:
    """What else was sent, kept in session_data; its consent, the invitation and where it came from
    by our word."""
    rest = {name: value for name, value in body.items() if name not in known}
    if rest and len(orjson.dumps(rest)) > MAX_SESSION_DATA_BYTES:
        raise Invalid("Further configuration may have 1 MB at most.")
    for name in (_INVITATION, CREATE_KEY_SHA256, IMPORTED_FROM):
        rest.pop(name, None)
    if invitation is not None:
        rest[_INVITATION] = invitation.pk
    return with_receipt(rest, now=timezone.now())


@describe_sessions
class SessionViewSet(InterviewViewSet):
    """HOT: create."""

    def create(self, request: HttpRequest) -> HttpResponseBase:
        invitation = invitation_of(self.principal, request)
        fixed = fixed_by(invitation, mode_name="type")
        body = {**fixed, **read_object(request)}
        data = CreateSessionInput.read(body)
        admit(self.principal, invitation)
        mode, difficulty = as_mode(data["type"]), as_difficulty(data["difficulty"])
        assert mode is not None
        assert difficulty is not None
        if fixed:
            words = {"type": mode.value, "difficulty": difficulty.value}
            insist({**body, **data, **words, "userEmail": data["user_email"]}, fixed)
        of_interview: dict[str, Any] = {
            "user_email": data["user_email"],
            "role": data["role"],
            "mode": mode,
            "difficulty": difficulty,
            "planned_duration": data["duration"],
            "features": data["features"],
            "session_data": _rest(body, _CREATE_KEYS, invitation),
            "browser_id": browser_id_for(request, self.principal),
        }
        key = request.META.get("HTTP_IDEMPOTENCY_KEY", "").strip()
        made = None
        if len(key) >= UNGUESSABLE_LENGTH and self.principal.service is None:
            made = join_imported(create_key=key, **of_interview)
        made = made or create_session(interview_type=data["type"], **of_interview)
        return success(
            "The interview session was created.",
            sessionId=made.session_id,
            accessToken=access_token(made.grant_id, made.session_id),
            config={
                "type": data["type"],
                "mode": mode.value,
                "role": data["role"],
                "difficulty": difficulty.value,
                "duration": data["duration"],
                "features": data["features"],
                "created_at": made.created_at,
            },
        )

    def start(self, request: HttpRequest) -> HttpResponseBase:
        invitation = invitation_of(self.principal, request)
        fixed = fixed_by(invitation, mode_name="interviewMode")
        # This call has no words for these two: they are as the invitation has them, or usual.
        difficulty = Difficulty(fixed.pop("difficulty", Difficulty.INTERMEDIATE))
        duration = fixed.pop("duration", USUAL_MINUTES)
        body = {**fixed, **read_object(request)}
        data = StartInput.read(body)
        admit(self.principal, invitation)
        mode = as_mode(data["mode"])
        assert mode is not None
        if fixed:
            words = {"interviewMode": mode.value, "userEmail": data["user_email"]}
            insist({**body, **data, **words}, fixed)
        made = create_session(
            user_email=data["user_email"],
            role=data["role"],
            interview_type=data["mode"],
            mode=mode,
            difficulty=difficulty,
            planned_duration=duration,
            features=[],
            session_data=_rest(body, _START_KEYS, invitation),
            browser_id=browser_id_for(request, self.principal),
            status=Status.ACTIVE,
        )
        return success(
            "The interview has started.",
            sessionId=made.session_id,
            accessToken=access_token(made.grant_id, made.session_id),
            sessionData={
                "sessionId": made.session_id,
                "userEmail": data["user_email"],
                "role": data["role"],
                "interviewMode": mode.value,
                "difficulty": difficulty.value,
                "duration": duration,
                "status": Status.ACTIVE.value,
                "startTime": made.created_at,
                "totalQuestions": 0,
                "questionsAnswered": 0,
            },
        )

    def end(self, request: HttpRequest) -> HttpResponseBase:
        data = EndInput.read(read_object(request))
        head = may_answer(
            self.principal, data["session_id"], "interview_sessions.change_interviewsession"
        )
        interview = end_session(session_id=head.session_id)
        return success("The interview has ended.", status=interview.status)


@describe_questions
class QuestionViewSet(InterviewViewSet):
    def ask(self, request: HttpRequest) -> HttpResponseBase:
        data = QuestionInput.read(read_object(request))
        head = may_answer(
            self.principal, data["session_id"], "interview_sessions.add_interviewquestion"
        )
        difficulty = as_difficulty(data["difficulty"] or head.difficulty)
        assert difficulty is not None
        question = ask_question(
            session_id=head.session_id,
            draft=QuestionDraft(
                text=data["question_text"],
                type=data["question_type"],
                category=data["category"],
                difficulty=difficulty.value,
                metadata={"generator": "service" if self.principal.service else "client"},
            ),
        )
        return success(
            "The question was saved.",
            questionId=question.pk,
            index=question.question_index - 1,
        )


@describe_modes
class ModesViewSet(InterviewViewSet):
    """HOT: questions."""

    # A language model may take long; the request is the same one by its arguments anyway.
    keyed_in_transaction = False

    def list(self, request: HttpRequest) -> HttpResponseBase:
        return success(modes={mode.name: asdict(mode) for mode in modes.MODES})

    def questions(self, request: HttpRequest) -> HttpResponseBase:
        body = read_object(request)
        data = QuestionsInput.read(body)
        head = may_answer(
            self.principal,
            data["session_id"],
            "interview_sessions.add_interviewquestion",
            context(),
        )
        fixed = {} if self.principal.service else fixed_in(head, Met(*head.also).invitation_id)
        if "count" in fixed and "count" not in body:
            data["count"] = fixed["count"]
        mode = as_mode(data["mode"]) if data["mode"] else Mode(head.interview_mode)
        difficulty = (
            as_difficulty(data["difficulty"]) if data["difficulty"] else Difficulty(head.difficulty)
        )
        assert mode is not None
        assert difficulty is not None
        role = data["role"] or head.role
        insist({**data, "mode": mode.value, "role": role, "difficulty": difficulty.value}, fixed)
        asked, notes = give_questions(
            head,
            mode=mode,
            role=role,
            difficulty=difficulty,
            count=data["count"],
            seed=data["seed"],
            once="count" in fixed,
        )
        return success(
            f"{len(asked)} questions.",
            questions=[_on_the_wire(question) for question in asked],
            config={
                "mode": mode.value,
                "role": role,
                "difficulty": difficulty.value,
                "total_questions": len(asked),
                "notes": notes,
            },
        )


def _on_the_wire(question: AskedQuestion) -> dict[str, Any]:
    return {
        "id": question.id,
        "question": question.text,
        "type": question.type,
        "category": question.category,
        "difficulty": question.difficulty,
        "index": question.question_index - 1,
        "timeLimit": question.metadata.get("time_limit"),
    }
