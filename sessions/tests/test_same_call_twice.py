"""The same call twice without any key: never a second row, file or count."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sessions.models import InterviewQuestion, InterviewSession, UserResponse
from sessions.tests.audio.samples import recorded_webm

RESPONSE = "/api/interview/response"


def test_questions_again_are_the_same_questions(api, interview, question_bank):
    body = {"sessionId": interview, "count": 3, "mode": "technical"}
    first = api.call("/api/interview-modes/questions", body).json()
    again = api.call("/api/interview-modes/questions", body).json()
    assert first["questions"] == again["questions"]
    assert first["config"] == again["config"]
    assert InterviewQuestion.objects.count() == 6


def test_end_twice_gives_the_same_reply_and_keeps_the_first_end(api, interview):
    first = api.call("/api/interview/end", {"sessionId": interview})
    end = InterviewSession.objects.get().end_time
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        again = api.call("/api/interview/end", {"sessionId": interview})
    assert first.content == again.content
    assert InterviewSession.objects.get().end_time == end


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        ("/api/transcript/save", {"transcriptData": {"text": "a"}}, "transcriptId"),
        ("/api/feedback/save", {"overallScore": 5, "strengths": "calm"}, "feedbackId"),
        ("/api/analytics/save", {"voiceMetrics": {"pace": 1}}, "analyticsId"),
        ("/api/interview/question", {"questionText": "Why?"}, "questionId"),
    ],
)
def test_save_again_gives_the_row_that_is_there(api, interview, path, body, name):
    first = api.call(path, {"sessionId": interview, **body}).json()
    again = api.call(path, {"sessionId": interview, **body}).json()
    assert first[name] == again[name]
    assert first == again


def test_answer_with_the_same_sound_another_way_is_the_same_answer(api, interview, media_folder):
    sound = recorded_webm(1.0)
    encoded = base64.b64encode(sound).decode()
    body = {"sessionId": interview, "questionIndex": 0, "answer": "so"}
    ids = {
        api.call(RESPONSE, {**body, "audioBlob": encoded}).json()["responseId"],
        api.call(RESPONSE, {**body, "audioBlob": f"data:audio/webm;base64,{encoded}"}).json()[
            "responseId"
        ],
        api.post(RESPONSE, {**body, "audio": SimpleUploadedFile("a.webm", sound)}).json()[
            "responseId"
        ],
    }
    assert len(ids) == 1
    assert len([path for path in media_folder.rglob("*") if path.is_file()]) == 1


def test_answer_to_another_question_is_another_answer(api, interview):
    body = {"sessionId": interview, "answer": "the same words"}
    first = api.call(RESPONSE, {**body, "questionIndex": 0}).json()
    second = api.call(RESPONSE, {**body, "questionIndex": 1}).json()
    assert first["responseId"] != second["responseId"]
    assert second["progress"]["answered"] == 2


def test_answer_after_the_end_is_kept_and_marked_late(api, interview):
    body = {"sessionId": interview, "questionIndex": 0, "answer": "from the queue"}
    api.call("/api/interview/end", {"sessionId": interview})
    reply = api.call(RESPONSE, body)
    assert reply.status_code == 200
    assert "late" in reply.json()["warnings"][0]
    assert UserResponse.objects.get().is_late is True
    session = InterviewSession.objects.get()
    assert (session.status, session.questions_answered) == ("completed", 1)
