"""The capture endpoints in words: the OpenAPI description, with an example of each call."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from interviewdata.common.wire.describe import (
    ANYONE_OR_HOLDERS,
    EVERYBODY,
    HOLDERS,
    described,
    operation,
)
from interviewdata.common.wire.inputs import Input, NumberField, WholeNumberField
from sessions.api import inputs
from sessions.api.inputs import (
    EndInput,
    QuestionInput,
    QuestionsInput,
    ResponseInput,
    TranscriptInput,
)
from sessions.api.outputs import (
    EndReply,
    ModesReply,
    QuestionSaved,
    QuestionsReply,
    ResponseSaved,
    SessionCreated,
    SessionStarted,
    TranscriptSaved,
)

SESSION_ID = "4d1b2f0e-6f0c-4a8e-9a55-1c7f6f0c2b11"
AT = "2026-11-22T09:30:00Z"
_TOKEN = "17:4d1b2f0e-6f0c-4a8e-9a55-1c7f6f0c2b11:m0Zr3…"  # noqa: S105  (an example)


# One schema object, or `{}`: JSON.stringify makes that of a Blob.
_SOUND = {
    "anyOf": [
        {"type": "string", "format": "audio", "contentEncoding": "base64"},
        {"type": "object", "maxProperties": 0},
        {"type": "null"},
    ]
}


@extend_schema_field(_SOUND)
class _SoundField(serializers.Field[Any, Any, Any, Any]):
    pass


@extend_schema_field(OpenApiTypes.BINARY)
class _FileField(serializers.Field[Any, Any, Any, Any]):
    pass


class RecordResponseInput(ResponseInput):
    audioBlob = _SoundField(
        required=False,
        help_text=(
            "Data URL or bare base64. `{}` and null mean that no sound arrived: the answer is "
            "kept and `warnings` says so. Text that cannot be decoded gets 422."
        ),
    )
    audio = _SoundField(required=False, help_text="the same as `audioBlob`")


class RecordResponseFormInput(ResponseInput):
    questionId = WholeNumberField(required=False, min_value=1, max_value=2**62)
    questionIndex = WholeNumberField(
        required=False, min_value=0, max_value=10_000, help_text="from 0"
    )
    responseDuration = NumberField(
        required=False, min_value=0, max_value=604_800, help_text="seconds"
    )
    confidenceScore = NumberField(required=False, min_value=0, max_value=1, help_text="0–1")
    audio = _FileField(
        required=False,
        help_text="The recording. Its type is found from the bytes, whatever the form says.",
    )


@extend_schema_field({})
class _AnyField(serializers.Field[Any, Any, Any, Any]):
    pass


# What has a meaning of its own among the rest that `session_data` keeps.
class _FurtherInput(Input):
    consent = _AnyField(
        required=False,
        help_text="To what the candidate agreed: {version, language, givenAt}. The server adds "
        "`recordedAt`, its own time. `GET /interview/` shows the wording of the version.",
    )
    clientSession = _AnyField(
        required=False,
        help_text="The client's own name for the interview, a UUID. With an Idempotency-Key whose "
        "SHA-256 stands in a file of answers that was imported meanwhile, it leads into the "
        "imported interview.",
    )
    questionCount = _AnyField(
        required=False, help_text="how many questions are meant to be asked; 1–50"
    )


# As they are described; views read without what is kept as it comes.
class CreateSessionInput(inputs.CreateSessionInput, _FurtherInput):
    pass


class StartInput(inputs.StartInput, _FurtherInput):
    pass


_INVITED = (
    " Where an invitation has brought this browser, what it fixes ({names}) is filled in if it is "
    "left out; another value gets 400, its name in `fields`."
)
_KEPT = (
    "Anything else in the object is kept in `session_data`. The reply sets the cookie that opens "
    "this interview in this browser; `accessToken` does the same for clients without cookies."
)

describe_sessions = described(
    create=operation(
        "createSession",
        "Create an interview",
        _KEPT + _INVITED.format(names="userEmail, type, role, difficulty, duration, questionCount"),
        tag="Interview",
        who=ANYONE_OR_HOLDERS,
        body=CreateSessionInput,
        example={
            "userEmail": "ann@example.org",
            "type": "technical",
            "role": "Backend Developer",
            "difficulty": "medium",
            "duration": 30,
            "features": ["audio"],
            "consent": {"version": "2026-1", "language": "en", "givenAt": AT},
        },
        reply=SessionCreated,
        reply_example={
            "success": True,
            "message": "The interview session was created.",
            "sessionId": SESSION_ID,
            "accessToken": _TOKEN,
            "config": {
                "type": "technical",
                "mode": "technical",
                "role": "Backend Developer",
                "difficulty": "intermediate",
                "duration": 30,
                "features": ["audio"],
                "created_at": AT,
            },
        },
    ),
    start=operation(
        "startInterview",
        "Create an interview and begin it at once",
        _KEPT + _INVITED.format(names="userEmail, interviewMode, role, questionCount"),
        tag="Interview",
        who=ANYONE_OR_HOLDERS,
        body=StartInput,
        example={
            "userEmail": "ann@example.org",
            "role": "Backend Developer",
            "interviewMode": "behavioral",
        },
        reply=SessionStarted,
        reply_example={
            "success": True,
            "message": "The interview has started.",
            "sessionId": SESSION_ID,
            "accessToken": _TOKEN,
            "sessionData": {
                "sessionId": SESSION_ID,
                "userEmail": "ann@example.org",
                "role": "Backend Developer",
                "interviewMode": "behavioral",
                "difficulty": "intermediate",
                "duration": 30,
                "status": "active",
                "startTime": AT,
                "totalQuestions": 0,
                "questionsAnswered": 0,
            },
        },
    ),
    end=operation(
        "endInterview",
        "End an interview",
        "A second call gives the same reply and keeps the first end.",
        tag="Interview",
        who=HOLDERS,
        also=(404,),
        body=EndInput,
        example={"sessionId": SESSION_ID},
        reply=EndReply,
        reply_example={
            "success": True,
            "message": "The interview has ended.",
            "status": "completed",
        },
    ),
)

describe_modes = described(
    list=operation(
        "listModes",
        "The interview modes",
        tag="Questions",
        who=EVERYBODY,
        reply=ModesReply,
        reply_example={
            "success": True,
            "modes": {
                "technical": {
                    "name": "technical",
                    "description": "Craft of the role: knowledge, reasoning and code.",
                    "duration": 45,
                    "focus_areas": ["fundamentals", "trade-offs"],
                    "scoring_criteria": ["correctness", "depth"],
                }
            },
        },
    ),
    questions=operation(
        "giveQuestions",
        "Give an interview a set of questions",
        "The same arguments again give the same questions. A person gets no question twice until "
        "the bank is used up; what could not be as asked for is said in `config.notes`. What the "
        "invitation of the interview has fixed (mode, role, difficulty, count) is filled in if it "
        "is left out; another value gets 400, and so does a second set where the count is fixed. "
        "Services are not bound.",
        tag="Questions",
        who=HOLDERS,
        also=(404, 409),
        body=QuestionsInput,
        example={
            "sessionId": SESSION_ID,
            "mode": "technical",
            "role": "Backend Developer",
            "difficulty": "intermediate",
            "count": 2,
            "seed": "monday",
        },
        reply=QuestionsReply,
        reply_example={
            "success": True,
            "message": "2 questions.",
            "questions": [
                {
                    "id": 101,
                    "question": "What does an index cost, and whom?",
                    "type": "technical",
                    "category": "Databases",
                    "difficulty": "intermediate",
                    "index": 0,
                    "timeLimit": 180,
                }
            ],
            "config": {
                "mode": "technical",
                "role": "Backend Developer",
                "difficulty": "intermediate",
                "total_questions": 1,
                "notes": [],
            },
        },
    ),
)

describe_questions = described(
    ask=operation(
        "addQuestion",
        "Add a question of your own",
        "The same text again gives the question that is there.",
        tag="Questions",
        who=HOLDERS,
        also=(404, 409),
        body=QuestionInput,
        example={
            "sessionId": SESSION_ID,
            "questionText": "How would you find a slow query?",
            "questionType": "technical",
            "category": "Databases",
            "difficulty": "intermediate",
        },
        reply=QuestionSaved,
        reply_example={
            "success": True,
            "message": "The question was saved.",
            "questionId": 101,
            "index": 0,
        },
    )
)

describe_responses = described(
    record=operation(
        "recordResponse",
        "Record an answer, in text, sound or both",
        "Send `questionId` or `questionIndex`, and `answer` (or `userAnswer`), a sound, or both. "
        "The same answer to the same question again gives the same `responseId`; a different one "
        "is a new revision. Sound in JSON is base64; larger sound goes as multipart/form-data "
        "with a file field `audio`, a long recording in parts (`/api/interview/uploads`), and then "
        "its id as `audioUpload`: 409 while parts are missing, 422 where there is no such upload "
        "(any more). Unreadable sound gets 422 and nothing is kept.",
        tag="Answers",
        who=HOLDERS,
        also=(404, 409),
        body=RecordResponseInput,
        example={
            "sessionId": SESSION_ID,
            "questionIndex": 0,
            "answer": "I would look at the query plan first.",
            "responseDuration": 42.5,
            "confidenceScore": 0.8,
            "timestamp": 1795339800000,
        },
        form=RecordResponseFormInput,
        form_example={
            "sessionId": SESSION_ID,
            "questionIndex": 0,
            "answer": "I would look at the query plan first.",
            "responseDuration": 42.5,
        },
        reply=ResponseSaved,
        reply_example={
            "success": True,
            "message": "The answer was saved.",
            "responseId": 501,
            "questionId": 101,
            "audioFilePath": None,
            "audioSaved": False,
            "warnings": [],
            "progress": {
                "answered": 1,
                "total": 5,
                "currentQuestionIndex": 1,
                "completionRate": 0.2,
            },
        },
    )
)

describe_transcripts = described(
    save=operation(
        "saveTranscript",
        "Save a transcript",
        "Every JSON part may also be sent as JSON text. A transcript is added, never replaced; "
        "the same one again gives the row that is there.",
        tag="Answers",
        who=HOLDERS,
        also=(404,),
        body=TranscriptInput,
        example={
            "sessionId": SESSION_ID,
            "transcriptData": {"text": "I would look at the query plan first."},
            "wordTimestamps": [{"word": "I", "start": 0.1, "end": 0.2, "confidence": 0.98}],
            "confidenceScores": [0.98],
        },
        reply=TranscriptSaved,
        reply_example={
            "success": True,
            "message": "The transcript was saved.",
            "transcriptId": 31,
        },
    )
)
