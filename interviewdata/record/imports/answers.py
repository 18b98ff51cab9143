"""The file of "Download my answers": one interview as a browser had it, its sound in base64."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from interviewdata.common.errors import DomainError
from interviewdata.common.wire.inputs import (
    EmailField,
    Input,
    JsonField,
    MillisecondsField,
    NumberField,
    TextField,
    WholeNumberField,
)
from interviewdata.record.imports.mistakes import Mistake, first_mistake
from sessions.api.inputs import (
    MAX_ANSWER_CHARACTERS,
    DifficultyField,
    ModeField,
    RoleField,
    SessionIdField,
)
from sessions.audio.encoded import decode_base64_audio
from sessions.audio.facts import UnreadableAudio
from sessions.enums import Difficulty, Mode, as_difficulty, as_mode
from sessions.services.audio import CheckedAudio, check_audio

FORMAT = "interview-answers"
VERSION = 1


@dataclass(frozen=True)
class FileQuestion:
    """`index` from 0, `time_limit` in seconds."""

    index: int
    text: str
    type: str
    category: str
    difficulty: str
    time_limit: float | None


@dataclass(frozen=True)
class FileAnswer:
    """`question_text` is never empty, `given_at` is the client's clock; None: not handed in."""

    number: int
    question_index: int
    question_text: str
    text: str
    sound: CheckedAudio | None
    response_duration: float | None
    given_at: datetime | None


@dataclass(frozen=True)
class AnswersFile:
    client_session: str
    session_id: str
    user_email: str
    interview_type: str
    mode: Mode
    role: str
    difficulty: Difficulty
    duration: int
    consent: dict[str, Any] | None
    create_key_sha256: str
    questions: list[FileQuestion]
    answers: list[FileAnswer]


class _SoundField(serializers.Field[bytes, Any, Any, Any]):
    """Bytes as base64."""

    def to_internal_value(self, data: Any) -> bytes:
        try:
            return decode_base64_audio(data)
        except UnreadableAudio as error:
            raise ValidationError(str(error)) from error


class _AudioInput(Input):
    contentType = TextField(source="content_type", required=False, max_length=200)
    sha256 = serializers.RegexField(r"\A[0-9a-fA-F]{64}\Z")
    base64 = _SoundField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if hashlib.sha256(attrs["base64"]).hexdigest() != attrs["sha256"].lower():
            raise ValidationError({"sha256": "The sound has another digest; the file is damaged."})
        return attrs


class _AnswerInput(Input):
    questionIndex = WholeNumberField(source="question_index", min_value=0, max_value=10_000)
    question = TextField(required=False, max_length=10_000)
    answer = TextField(required=False, max_length=MAX_ANSWER_CHARACTERS)
    responseDuration = NumberField(
        source="response_duration", default=None, allow_null=True, min_value=0, max_value=604_800
    )
    timestamp = MillisecondsField(default=None, allow_null=True)
    audio = _AudioInput(default=None, allow_null=True)


class _QuestionInput(Input):
    index = WholeNumberField(min_value=0, max_value=10_000)
    question = TextField(max_length=10_000)
    type = TextField(required=False, max_length=60)
    category = TextField(required=False, max_length=120)
    difficulty = TextField(required=False, max_length=20)
    timeLimit = NumberField(
        source="time_limit", default=None, allow_null=True, min_value=0, max_value=604_800
    )


class _InterviewInput(Input):
    userEmail = EmailField(source="user_email")
    type = ModeField()
    role = RoleField()
    difficulty = DifficultyField()
    duration = WholeNumberField(min_value=1, max_value=1440)


class _AnswersInput(Input):
    version = WholeNumberField()
    clientSession = serializers.UUIDField(source="client_session")
    sessionId = SessionIdField(source="session_id", default="", allow_null=True)
    interview = _InterviewInput()
    consent = JsonField(kind=dict, required=False)
    createKeySha256 = serializers.RegexField(
        r"\A[0-9a-f]{64}\Z", source="create_key_sha256", default=None, allow_null=True
    )
    questions = _QuestionInput(many=True)
    answers = _AnswerInput(many=True)

    def validate_version(self, value: int) -> int:
        if value != VERSION:
            raise ValidationError(f"Version {value} is not known here; known: {VERSION}.")
        return value


def read_answers(value: dict[str, Any]) -> AnswersFile:
    """The file, every sound of it readable and measured. Raises Mistake, which names the field,
    and NotNow where sound cannot be checked just now. No statement."""
    try:
        data = _AnswersInput.read(value)
    except ValidationError as error:
        raise first_mistake(error.detail) from error
    interview = data["interview"]
    mode, difficulty = as_mode(interview["type"]), as_difficulty(interview["difficulty"])
    assert mode is not None
    assert difficulty is not None
    questions = _questions(data["questions"])
    return AnswersFile(
        client_session=str(data["client_session"]),
        session_id=data["session_id"] or "",
        user_email=interview["user_email"],
        interview_type=interview["type"],
        mode=mode,
        role=interview["role"],
        difficulty=difficulty,
        duration=interview["duration"],
        consent=data["consent"],
        create_key_sha256=data["create_key_sha256"] or "",
        questions=questions,
        answers=_answers(data["answers"], {one.index: one.text for one in questions}),
    )


def _questions(rows: list[dict[str, Any]]) -> list[FileQuestion]:
    """In order of their index. Raises Mistake."""
    seen: set[int] = set()
    for number, row in enumerate(rows):
        if row["index"] in seen:
            raise Mistake(f"questions[{number}].index", "Another question has this index.")
        seen.add(row["index"])
    return [
        FileQuestion(
            index=row["index"],
            text=row["question"],
            type=row["type"],
            category=row["category"],
            difficulty=row["difficulty"],
            time_limit=row["time_limit"],
        )
        for row in sorted(rows, key=lambda row: row["index"])
    ]


def _answers(rows: list[dict[str, Any]], asked: dict[int, str]) -> list[FileAnswer]:
    """Those that say anything. Raises Mistake, NotNow."""
    found = []
    for number, row in enumerate(rows):
        text = row["question"] or asked.get(row["question_index"], "")
        if not text:
            raise Mistake(
                f"answers[{number}].questionIndex",
                "The file has no question with this index, and no `question` here.",
            )
        sound = _checked(row["audio"], number)
        if not row["answer"] and sound is None:
            continue
        found.append(
            FileAnswer(
                number=number,
                question_index=row["question_index"],
                question_text=text,
                text=row["answer"],
                sound=sound,
                response_duration=row["response_duration"],
                given_at=row["timestamp"],
            )
        )
    return found


def _checked(audio: dict[str, Any] | None, number: int) -> CheckedAudio | None:
    if audio is None:
        return None
    field = f"answers[{number}].audio.base64"
    try:
        return check_audio(audio["base64"], size=len(audio["base64"]), field=field)
    except DomainError as error:
        if error.code == "unavailable":
            raise
        raise Mistake(field, error.message.removeprefix(f"{field}: ")) from error
