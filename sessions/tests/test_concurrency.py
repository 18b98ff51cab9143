"""Many at once: one row, one file, equal replies, no error. ROUNDS= sets how often (default 5)."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from conftest import ApiClient
from sessions.models import (
    AccessGrant,
    IdempotencyRecord,
    InterviewQuestion,
    InterviewSession,
    UserResponse,
)
from sessions.tests.audio.samples import recorded_webm

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROUNDS = int(os.environ.get("ROUNDS", "5"))
CREATE = "/api/interview/create-session"
LONG_KEY = "4c1f6f0e-8a52-4f0e-9b0e-1d8f3f2a7c55"


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What `act(0)` … `act(count - 1)` give, each in a thread of its own, begun together."""
    begin = threading.Barrier(count)
    results: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            begin.wait()
            results[number] = act(number)
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def same_browser(browser: ApiClient) -> ApiClient:
    """The same cookies in a client of its own: test clients are not for several threads."""
    other = ApiClient(raise_request_exception=False)
    for name, morsel in browser.cookies.items():
        other.cookies[name] = morsel.value
    return other


def replies_of(results: list[Any]) -> list[dict[str, Any]]:
    """The bodies; every reply must have been a 200."""
    assert [getattr(one, "status_code", one) for one in results] == [200] * len(results)
    return [json.loads(one.content) for one in results]


@pytest.fixture
def sound() -> bytes:
    return recorded_webm(1.0)


def audio_form(session_id: str, sound: bytes, text: str, index: int = 0) -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return {
        "sessionId": session_id,
        "questionIndex": str(index),
        "answer": text,
        "audio": SimpleUploadedFile("answer.webm", sound, content_type="audio/webm"),
    }


def files_under(folder: Path) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


def test_the_same_answer_fifty_times_at_once_is_one_row_and_one_file(
    api, interview, sound, media_folder
):
    for number in range(ROUNDS):
        text = f"answer of round {number}"

        def answer(_number: int, text: str = text) -> Any:
            return same_browser(api).post(
                "/api/interview/response", audio_form(interview, sound, text)
            )

        replies = replies_of(at_once(50, answer))
        rows = UserResponse.objects.filter(user_answer=text)
        assert rows.count() == 1
        assert {reply["responseId"] for reply in replies} == {rows.get().pk}
        assert [reply["message"] for reply in replies].count("The answer was saved.") == 1
        assert len(files_under(media_folder)) == 1
        assert UserResponse.objects.filter(is_current=True).get().user_answer == text
        assert InterviewSession.objects.get(session_id=interview).questions_answered == 1
    assert UserResponse.objects.count() == ROUNDS


def test_the_same_answer_with_one_key_fifty_times_at_once_has_equal_replies(
    api, interview, sound, media_folder
):
    def answer(_number: int) -> Any:
        return same_browser(api).post(
            "/api/interview/response",
            audio_form(interview, sound, "with a key"),
            headers={"Idempotency-Key": LONG_KEY},
        )

    results = at_once(50, answer)
    replies_of(results)
    assert len({reply.content for reply in results}) == 1
    assert UserResponse.objects.count() == 1
    assert len(files_under(media_folder)) == 1
    assert IdempotencyRecord.objects.count() == 1


def test_fifty_different_answers_at_once_are_fifty_revisions(api, interview):
    def answer(number: int) -> Any:
        return same_browser(api).call(
            "/api/interview/response",
            {"sessionId": interview, "questionIndex": 1, "answer": f"answer {number}"},
        )

    replies = replies_of(at_once(50, answer))
    assert len({reply["responseId"] for reply in replies}) == 50
    rows = UserResponse.objects.filter(question__question_index=2)
    assert sorted(rows.values_list("revision", flat=True)) == list(range(1, 51))
    assert rows.filter(is_current=True).get().revision == 50
    session = InterviewSession.objects.get(session_id=interview)
    assert (session.questions_answered, session.total_questions) == (1, 3)
    assert {reply["progress"]["answered"] for reply in replies} == {1}


def test_answers_to_different_questions_at_once_are_all_counted(api, interview):
    def answer(number: int) -> Any:
        return same_browser(api).call(
            "/api/interview/response",
            {"sessionId": interview, "questionIndex": number % 3, "answer": f"answer {number}"},
        )

    replies_of(at_once(30, answer))
    session = InterviewSession.objects.get(session_id=interview)
    assert (session.questions_answered, session.current_question_index) == (3, 3)
    assert UserResponse.objects.filter(is_current=True).count() == 3


def test_new_questions_of_a_client_at_once_have_indexes_of_their_own(api, interview):
    def answer(number: int) -> Any:
        return same_browser(api).call(
            "/api/interview/response",
            {
                "sessionId": interview,
                "questionIndex": 0,
                "question": f"A question of my own, number {number % 5}?",
                "answer": "So.",
            },
        )

    replies_of(at_once(20, answer))
    indexes = InterviewQuestion.objects.values_list("question_index", flat=True)
    assert sorted(indexes) == list(range(1, 9))
    assert UserResponse.objects.count() == 5
    assert InterviewSession.objects.get(session_id=interview).total_questions == 8


def test_create_with_one_key_twenty_times_at_once_is_one_session(db):
    for number in range(ROUNDS):
        body = {"userEmail": f"ann{number}@example.org"}

        def create(_number: int, body: dict = body, key: str = f"{LONG_KEY}-{number}") -> Any:
            browser = ApiClient(raise_request_exception=False)
            return browser.call(CREATE, body, Idempotency_Key=key)

        results = at_once(20, create)
        replies_of(results)
        assert len({reply.content for reply in results}) == 1
        assert InterviewSession.objects.filter(user_email=body["userEmail"]).count() == 1
    assert AccessGrant.objects.count() == ROUNDS


@pytest.mark.parametrize("with_key", [False, True])
def test_questions_twenty_times_at_once_are_one_batch(api, question_bank, with_key):
    made = api.call(CREATE, {"userEmail": "ann@example.org", "type": "technical"}).json()
    key = {"Idempotency_Key": LONG_KEY} if with_key else {}

    def ask(_number: int) -> Any:
        body = {"sessionId": made["sessionId"], "count": 4, "seed": "one"}
        return same_browser(api).call("/api/interview-modes/questions", body, **key)

    results = at_once(20, ask)
    replies = replies_of(results)
    assert len({json.dumps(reply["questions"]) for reply in replies}) == 1
    if with_key:
        assert len({reply.content for reply in results}) == 1
    assert InterviewQuestion.objects.count() == 4
    assert InterviewSession.objects.get().total_questions == 4


def test_batches_of_different_arguments_at_once_are_all_kept(api, question_bank):
    made = api.call(CREATE, {"userEmail": "ann@example.org", "type": "technical"}).json()

    def ask(number: int) -> Any:
        body = {"sessionId": made["sessionId"], "count": 2, "seed": f"seed {number}"}
        return same_browser(api).call("/api/interview-modes/questions", body)

    replies_of(at_once(16, ask))
    indexes = InterviewQuestion.objects.values_list("question_index", flat=True)
    assert sorted(indexes) == list(range(1, 33))
    assert InterviewSession.objects.get().total_questions == 32
    # Nobody is asked a thing twice, whoever chose it at the same time.
    assert InterviewQuestion.objects.values("bank_key").distinct().count() == 32


def test_two_creates_at_once_from_one_browser_both_hold(api):
    """A page gives the browser its id; the interviews that it then makes at once are both its."""
    api.get("/admin/login/")

    def create(number: int) -> Any:
        return same_browser(api).call(CREATE, {"userEmail": f"ann{number}@example.org"})

    made = replies_of(at_once(2, create))
    for one in made:
        read = api.get(f"/api/interview/session-data/{one['sessionId']}")
        assert read.status_code == 200


def test_feedback_and_end_at_once_complete_the_interview_once(api, interview):
    def act(number: int) -> Any:
        if number % 2:
            return same_browser(api).call("/api/interview/end", {"sessionId": interview})
        body = {"sessionId": interview, "overallScore": 6}
        return same_browser(api).call("/api/feedback/save", body)

    results = at_once(20, act)
    replies = replies_of(results)
    assert len({one["feedbackId"] for one in replies if "feedbackId" in one}) == 1
    session = InterviewSession.objects.get(session_id=interview)
    assert session.status == "completed"
    assert session.feedbacks.count() == 1


def test_eight_writers_never_meet_a_locked_database(api, interview, sound):
    """Reads and writes of all kinds, each thread ten times."""

    def act(number: int) -> Any:
        browser = same_browser(api)
        statuses = []
        for step in range(10):
            sent = browser.post(
                "/api/interview/response",
                audio_form(interview, sound, f"{number} {step}", index=step % 3),
            )
            read = browser.get(f"/api/interview/session-data/{interview}?revisions=all")
            made = browser.call(CREATE, {"userEmail": f"w{number}@example.org"})
            statuses += [sent.status_code, read.status_code, made.status_code]
        return statuses

    assert at_once(8, act) == [[200] * 30] * 8
    assert UserResponse.objects.count() == 80


def test_threads_have_connections_of_their_own():
    """What these tests rest on: no thread shares the test's own transaction."""
    own = connections["default"]
    assert at_once(2, lambda _number: connections["default"] is own) == [False, False]
