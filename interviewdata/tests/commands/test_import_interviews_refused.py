"""`import_interviews` refuses a file with a mistake whole, and names the field."""

from __future__ import annotations

import json
import logging

import pytest
from django.core.files.storage import default_storage

from interviewdata.tests.commands.answers_file import a_file, sound
from sessions.models import InterviewQuestion, InterviewSession, UserResponse


def damaged(path, value):
    """The file with another value at `path`; "gone" takes the key away."""
    content = a_file()
    *way, last = path
    place = content
    for step in way:
        place = place[step]
    if value == "gone":
        del place[last]
    else:
        place[last] = value
    return content


WRONG_DIGEST = {**sound(), "sha256": "0" * 64}
NO_SOUND = b"just some text, no sound" * 9
MISTAKES = [
    (("format",), "voiceiq", "format: “voiceiq” is not known here; known: interview-answers."),
    (("format",), 7, "format: What the file says is not known here"),
    (("format",), "gone", "format: What the file says is not known here"),
    (("version",), 2, "version: Version 2 is not known here; known: 1."),
    (("version",), "gone", "version: This field is required."),
    (("clientSession",), "me", "clientSession: Must be a valid UUID."),
    (("clientSession",), None, "clientSession: This field may not be null."),
    (("sessionId",), 7, "sessionId: Send a text."),
    (("sessionId",), "x" * 129, "sessionId: "),
    (("interview",), None, "interview: This field may not be null."),
    (("interview",), [], "interview: "),
    (("interview", "userEmail"), "ann", "interview.userEmail: Enter a valid email address."),
    (("interview", "type"), "chess", "interview.type: Unknown word “chess”"),
    (("interview", "difficulty"), "gone", "interview.difficulty: This field is required."),
    (("interview", "duration"), 0, "interview.duration: "),
    (("interview", "role"), "", "interview.role: "),
    (("consent",), "yes", "consent: Send an object"),
    (("questions",), {}, "questions: "),
    (("questions", 1), "Why?", "questions[1]: "),
    (("questions", 1, "question"), "", "questions[1].question: This field may not be blank."),
    (("questions", 1, "index"), -1, "questions[1].index: "),
    (("questions", 1, "index"), 0, "questions[1].index: Another question has this index."),
    (("questions", 2, "timeLimit"), "soon", "questions[2].timeLimit: "),
    (("answers",), None, "answers: This field may not be null."),
    (("answers", 1), 7, "answers[1]: "),
    (("answers", 1, "questionIndex"), "gone", "answers[1].questionIndex: This field is required."),
    (("answers", 1, "answer"), 7, "answers[1].answer: Send a text."),
    (("answers", 1, "answer"), "a\0b", "A text holds a NUL character"),
    (("answers", 1, "answer"), "x" * 200_001, "answers[1].answer: "),
    (("answers", 1, "responseDuration"), -1, "answers[1].responseDuration: "),
    (("answers", 1, "timestamp"), "yesterday", "answers[1].timestamp: "),
    (("answers", 0, "audio"), "UklGRg==", "answers[0].audio: "),
    (("answers", 0, "audio", "base64"), "***", "answers[0].audio.base64: "),
    (("answers", 0, "audio", "base64"), 7, "answers[0].audio.base64: "),
    (("answers", 0, "audio", "sha256"), "gone", "answers[0].audio.sha256: This field is required."),
    (("answers", 0, "audio", "sha256"), "0" * 63, "answers[0].audio.sha256: "),
    (("answers", 0, "audio"), WRONG_DIGEST, "answers[0].audio.sha256: The sound has another"),
    (("answers", 0, "audio"), sound(NO_SOUND), "answers[0].audio.base64: This is not a sound"),
]


@pytest.mark.parametrize(
    ("path", "value", "said"), MISTAKES, ids=[f"{n} {m[2][:30]}" for n, m in enumerate(MISTAKES)]
)
def test_file_with_a_mistake_is_refused_whole_and_names_the_field(
    take, media_folder, path, value, said
):
    ran = take(damaged(path, value))
    assert ran.code == 1
    assert f"answers.json: {said}" in ran.err
    assert "1 of 1 files could not be imported; nothing of these was stored." in ran.err
    assert ran.out == ""
    assert InterviewSession.objects.count() == 0
    assert not media_folder.exists() or list(media_folder.rglob("*.webm")) == []


def test_answer_without_any_question_is_a_mistake(take):
    ran = take(a_file(questions=[], answers=[{"questionIndex": 3, "answer": "So."}]))
    assert ran.code == 1
    assert "answers[0].questionIndex: The file has no question with this index" in ran.err


@pytest.mark.parametrize("content", ["", "no JSON", "[1]", "7", '{"format": "interview-answers"'])
def test_file_that_is_no_json_object_is_refused(take, content):
    ran = take(content)
    assert (ran.code, InterviewSession.objects.count()) == (1, 0)


def test_hostile_nesting_is_refused(take):
    ran = take('{"format": "interview-answers", "consent": ' + "[" * 100_000)
    assert ran.code == 1
    nested = json.dumps({**a_file(), "consent": {"a": 1}}).replace(
        '{"a": 1}', '{"a":' * 50 + "1" + "}" * 50
    )
    assert "nested deeper" in take(nested).err
    assert InterviewSession.objects.count() == 0


def test_interview_of_somebody_else_is_never_added_to(take, api):
    foreign = api.call("/api/interview/create-session", {"userEmail": "bob@example.org"}).json()
    ran = take(a_file(sessionId=foreign["sessionId"]))
    assert ran.code == 1
    assert "interview.userEmail: The interview of that sessionId is somebody else's" in ran.err
    assert UserResponse.objects.count() == 0


def test_interview_of_another_browser_is_never_added_to(take, api):
    body = {"userEmail": "ann@example.org", "clientSession": "another"}
    made = api.call("/api/interview/create-session", body).json()
    ran = take(a_file(sessionId=made["sessionId"]))
    assert (ran.code, UserResponse.objects.count()) == (1, 0)
    assert "clientSession: " in ran.err


def test_two_interviews_named_at_once_are_refused(take, begun, api):
    other = api.call("/api/interview/create-session", {"userEmail": "ann@example.org"}).json()
    ran = take(a_file(sessionId=other["sessionId"]))
    assert (ran.code, UserResponse.objects.count()) == (1, 1)
    assert "sessionId: This is another interview than clientSession's" in ran.err


def test_store_that_refuses_keeps_nothing_of_the_file(take, monkeypatch, caplog):
    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    with caplog.at_level(logging.CRITICAL):
        ran = take(a_file())
    assert (ran.code, InterviewSession.objects.count(), UserResponse.objects.count()) == (1, 0, 0)


def test_database_that_refuses_one_answer_keeps_nothing_of_the_file(take, monkeypatch, begun):
    from django.db import DatabaseError

    from interviewdata.record.imports import answers_store

    def refuse(draft, *, now):
        raise DatabaseError("disk full")

    monkeypatch.setattr(answers_store, "record_answer", refuse)
    ran = take(a_file())
    assert (ran.code, InterviewQuestion.objects.count(), UserResponse.objects.count()) == (1, 1, 1)
    assert "consent" not in InterviewSession.objects.get().session_data
