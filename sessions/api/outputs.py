"""What the capture endpoints answer, for the OpenAPI description."""

from __future__ import annotations

from rest_framework import serializers

from interviewdata.common.wire.describe import Acknowledgement, Output, Progress
from sessions.enums import Difficulty, Mode, Status


class SessionConfig(Output):
    type = serializers.CharField(help_text="as asked for")
    mode = serializers.ChoiceField(choices=Mode.choices)
    role = serializers.CharField()
    difficulty = serializers.ChoiceField(choices=Difficulty.choices)
    duration = serializers.IntegerField(help_text="minutes")
    features = serializers.ListField(child=serializers.JSONField())
    created_at = serializers.DateTimeField()


class SessionCreated(Acknowledgement):
    sessionId = serializers.CharField()
    accessToken = serializers.CharField(help_text="bearer token of this interview alone")
    config = SessionConfig()


class SessionData(Output):
    sessionId = serializers.CharField()
    userEmail = serializers.EmailField()
    role = serializers.CharField()
    interviewMode = serializers.ChoiceField(choices=Mode.choices)
    difficulty = serializers.ChoiceField(choices=Difficulty.choices)
    duration = serializers.IntegerField(help_text="minutes")
    status = serializers.ChoiceField(choices=Status.choices)
    startTime = serializers.DateTimeField()
    totalQuestions = serializers.IntegerField()
    questionsAnswered = serializers.IntegerField()


class SessionStarted(Acknowledgement):
    sessionId = serializers.CharField()
    accessToken = serializers.CharField(help_text="bearer token of this interview alone")
    sessionData = SessionData()


class ModeLook(Output):
    name = serializers.ChoiceField(choices=Mode.choices)
    description = serializers.CharField()
    duration = serializers.IntegerField(help_text="minutes")
    focus_areas = serializers.ListField(child=serializers.CharField())
    scoring_criteria = serializers.ListField(child=serializers.CharField())


class ModesReply(Output):
    success = serializers.BooleanField()
    modes = serializers.DictField(child=ModeLook())


class QuestionLook(Output):
    id = serializers.IntegerField()
    question = serializers.CharField()
    type = serializers.CharField()
    category = serializers.CharField()
    difficulty = serializers.CharField()
    index = serializers.IntegerField(min_value=0, help_text="from 0")
    timeLimit = serializers.FloatField(allow_null=True, help_text="seconds")


class QuestionsConfig(Output):
    mode = serializers.ChoiceField(choices=Mode.choices)
    role = serializers.CharField()
    difficulty = serializers.ChoiceField(choices=Difficulty.choices)
    total_questions = serializers.IntegerField()
    notes = serializers.ListField(
        child=serializers.CharField(), help_text="what is not quite as it was asked for"
    )


class QuestionsReply(Acknowledgement):
    questions = QuestionLook(many=True)
    config = QuestionsConfig()


class QuestionSaved(Acknowledgement):
    questionId = serializers.IntegerField()
    index = serializers.IntegerField(min_value=0, help_text="from 0")


class ResponseSaved(Acknowledgement):
    responseId = serializers.IntegerField()
    questionId = serializers.IntegerField()
    audioFilePath = serializers.CharField(allow_null=True)
    audioSaved = serializers.BooleanField()
    warnings = serializers.ListField(child=serializers.CharField())
    progress = Progress()


class EndReply(Acknowledgement):
    status = serializers.ChoiceField(choices=Status.choices)


class TranscriptSaved(Acknowledgement):
    transcriptId = serializers.IntegerField()
