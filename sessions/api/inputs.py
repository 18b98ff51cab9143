"""What clients send to the capture endpoints, in their words."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from interviewdata.common.wire.inputs import (
    EmailField,
    Input,
    JsonField,
    MillisecondsField,
    NumberField,
    PlainTextField,
    SeedField,
    TextField,
    WholeNumberField,
    WordField,
)
from sessions.enums import (
    DIFFICULTY_ALIASES,
    MODE_ALIASES,
    Difficulty,
    Mode,
    PresenceState,
    as_difficulty,
    as_mode,
)

MODE_WORDS = [*Mode.values, *MODE_ALIASES]
DIFFICULTY_WORDS = [*Difficulty.values, *DIFFICULTY_ALIASES]
MAX_ANSWER_CHARACTERS = 200_000
MAX_SESSION_DATA_BYTES = 1_000_000


class ModeField(WordField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(known=as_mode, words=MODE_WORDS, **kwargs)


class DifficultyField(WordField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(known=as_difficulty, words=DIFFICULTY_WORDS, **kwargs)


class RoleField(PlainTextField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=120, **kwargs)


class SessionIdField(PlainTextField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=128, trim_whitespace=False, **kwargs)


class CreateSessionInput(Input):
    userEmail = EmailField(source="user_email")
    type = ModeField(default="mixed", help_text="mode or alias; kept as interview_type")
    role = RoleField(default="Software Engineer")
    difficulty = DifficultyField(default="intermediate")
    duration = WholeNumberField(default=30, min_value=1, max_value=1440, help_text="minutes")
    features = JsonField(kind=list, most=200, default=list, help_text="list of texts")


class StartInput(Input):
    userEmail = EmailField(source="user_email")
    role = RoleField()
    interviewMode = ModeField(source="mode", default="mixed")


class PresenceInput(Input):
    sessionId = SessionIdField(source="session_id")
    state = serializers.ChoiceField(choices=PresenceState.values)
    questionIndex = WholeNumberField(
        source="question_index",
        default=None,
        allow_null=True,
        min_value=0,
        max_value=10_000,
        help_text="from 0; the question that is shown",
    )
    unsent = WholeNumberField(
        default=0, min_value=0, max_value=100_000, help_text="answers that wait in the browser"
    )


class QuestionsInput(Input):
    sessionId = SessionIdField(source="session_id")
    mode = ModeField(default=None, allow_null=True, help_text="default: the session's")
    role = RoleField(default=None, allow_null=True, help_text="default: the session's")
    difficulty = DifficultyField(default=None, allow_null=True, help_text="default: the session's")
    count = WholeNumberField(default=5, min_value=1, max_value=50)
    seed = SeedField(
        default="", allow_blank=True, max_length=100, help_text="the same seed, the same set"
    )


class QuestionInput(Input):
    sessionId = SessionIdField(source="session_id")
    questionText = PlainTextField(source="question_text", max_length=10_000)
    questionType = TextField(source="question_type", required=False, max_length=60)
    category = TextField(required=False, max_length=120)
    difficulty = DifficultyField(default=None, allow_null=True)


class ResponseInput(Input):
    sessionId = SessionIdField(source="session_id")
    questionId = WholeNumberField(
        source="question_id", default=None, allow_null=True, min_value=1, max_value=2**62
    )
    questionIndex = WholeNumberField(
        source="question_index",
        default=None,
        allow_null=True,
        min_value=0,
        max_value=10_000,
        help_text="from 0",
    )
    question = TextField(
        required=False, max_length=10_000, help_text="its text, to add a question not yet asked"
    )
    answer = TextField(required=False, max_length=MAX_ANSWER_CHARACTERS)
    userAnswer = TextField(
        source="user_answer",
        required=False,
        max_length=MAX_ANSWER_CHARACTERS,
        help_text="the same as `answer`",
    )
    responseDuration = NumberField(
        source="response_duration",
        default=None,
        allow_null=True,
        min_value=0,
        max_value=604_800,
        help_text="seconds",
    )
    confidenceScore = NumberField(
        source="confidence_score",
        default=None,
        allow_null=True,
        min_value=0,
        max_value=1,
        help_text="0–1",
    )
    emotionDetected = TextField(source="emotion_detected", required=False, max_length=60)
    audioUpload = TextField(
        source="audio_upload",
        required=False,
        max_length=36,
        help_text="the id of a finished upload (`/api/interview/uploads`), instead of a sound",
    )
    timestamp = MillisecondsField(
        source="client_time",
        default=None,
        allow_null=True,
        help_text="the client's clock, milliseconds since 1970",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["question_id"] is None and attrs["question_index"] is None:
            raise ValidationError({"questionIndex": "Send questionId or questionIndex."})
        return attrs


class UploadInput(Input):
    """What Upload-Metadata says; further keys are kept."""

    sessionId = SessionIdField(source="session_id")


class EndInput(Input):
    sessionId = SessionIdField(source="session_id")


class WordTimesField(JsonField):
    """[{word, start, end, confidence}] in seconds; further keys are kept."""

    MAX_WORDS = 500_000
    look = {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["word", "start", "end"],
            "properties": {
                "word": {"type": "string"},
                "start": {"type": "number", "minimum": 0, "maximum": 10_000_000},
                "end": {"type": "number", "minimum": 0, "maximum": 10_000_000},
                "confidence": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
            },
        },
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(kind=list, required=False, **kwargs)

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        words = super().to_internal_value(data)
        if len(words) > self.MAX_WORDS:
            raise ValidationError(f"At most {self.MAX_WORDS} words.")
        for number, word in enumerate(words):
            problem = _word_problem(word)
            if problem:
                raise ValidationError(f"Word {number}: {problem}")
        return words  # type: ignore[no-any-return]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _word_problem(word: Any) -> str:
    if not isinstance(word, dict) or not isinstance(word.get("word"), str):
        return "send {word, start, end, confidence}."
    start, end, confidence = word.get("start"), word.get("end"), word.get("confidence")
    if not _is_number(start) or not _is_number(end):
        return "start and end are seconds."
    assert start is not None
    assert end is not None
    if not 0 <= start <= end <= 10_000_000:
        return "0 ≤ start ≤ end."
    if confidence is not None and not (_is_number(confidence) and 0 <= confidence <= 1):
        return "confidence is between 0 and 1."
    return ""


class TranscriptInput(Input):
    sessionId = SessionIdField(source="session_id")
    transcriptData = JsonField(source="transcript_data", help_text="any JSON, or JSON text")
    userEmail = TextField(source="user_email", required=False, max_length=254)
    wordTimestamps = WordTimesField(source="word_timestamps")
    confidenceScores = JsonField(source="confidence_scores", kind=(list, dict), required=False)
    rawAudioPath = TextField(source="raw_audio_path", required=False, max_length=300)
    processedAudioPath = TextField(source="processed_audio_path", required=False, max_length=300)


def audio_limit_words() -> str:
    return (
        f"in JSON as base64 up to {settings.MAX_JSON_BYTES // 1024 // 1024} MiB a body, "
        f"as a multipart file up to {settings.MAX_AUDIO_MB} MiB"
    )
