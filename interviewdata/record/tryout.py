"""One interview through the documented calls, as the script test_interview_data.py does it."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, Protocol

from django.test import Client

EMAIL = "try-out@example.org"
Reply = tuple[int, dict[str, Any]]


class Caller(Protocol):
    def call(self, path: str, body: dict[str, Any] | None = None) -> Reply:
        """POST `body` as JSON, GET without one; (status, JSON reply)."""


class InProcess:
    """Calls the application inside this process, as a browser on this machine would."""

    def __init__(self) -> None:
        self._client = Client(SERVER_NAME="localhost")

    def call(self, path: str, body: dict[str, Any] | None = None) -> Reply:
        if body is None:
            reply = self._client.get(path)
        else:
            reply = self._client.post(path, json.dumps(body), content_type="text/plain")
        return reply.status_code, _as_object(reply.content)


class OverHTTP:
    """Calls a running server, keeping its cookies."""

    def __init__(self, base_url: str) -> None:
        if not base_url.startswith(("http://", "https://")):
            raise ValueError("BASE_URL: begin with http:// or https://")
        self._base_url = base_url.rstrip("/")
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def call(self, path: str, body: dict[str, Any] | None = None) -> Reply:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310  (the scheme is checked above)
            self._base_url + path, data=data, headers={"Content-Type": "text/plain"}
        )
        try:
            with self._opener.open(request, timeout=60) as reply:
                return reply.status, _as_object(reply.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _as_object(error.read())
        except OSError as error:
            return 0, {"error": f"{self._base_url} does not answer: {error}"}


def _as_object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {"error": "the reply is no JSON"}
    return found if isinstance(found, dict) else {"error": "the reply is no JSON object"}


class StepFailed(Exception):
    pass


class _Walk:
    """The steps in order; each returns what its line says beside its name."""

    def __init__(self, caller: Caller, sound: bytes) -> None:
        self._caller = caller
        self._sound = base64.b64encode(sound).decode()
        self.session_id = ""
        self._questions: list[dict[str, Any]] = []

    def _call(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        status, reply = self._caller.call(path, body)
        if status != 200:
            raise StepFailed(f"{path} answered {status}: {reply.get('error', reply)}")
        return reply

    def create(self) -> str:
        body = {"userEmail": EMAIL, "type": "technical", "role": "Backend Developer"}
        self.session_id = self._call("/api/interview/create-session", body)["sessionId"]
        return f"interview {self.session_id}"

    def questions(self) -> str:
        body = {"sessionId": self.session_id, "count": 3}
        self._questions = self._call("/api/interview-modes/questions", body)["questions"]
        return f"{_expect(3, len(self._questions), 'questions')} questions"

    def answers(self) -> str:
        for number, question in enumerate(self._questions):
            body = {
                "sessionId": self.session_id,
                "questionId": question["id"],
                "answer": f"My answer to “{question['question'][:40]}”.",
                "responseDuration": 20,
                "confidenceScore": 0.8,
            }
            if number == 0:
                body["audioBlob"] = f"data:audio/webm;codecs=opus;base64,{self._sound}"
            reply = self._call("/api/interview/response", body)
            _expect(number == 0, reply["audioSaved"], "audioSaved")
        return f"{len(self._questions)} answers, the first with sound"

    def repeated_answer(self) -> str:
        body = {"sessionId": self.session_id, "questionIndex": 1, "answer": "Let me say it again."}
        replies = [self._call("/api/interview/response", body) for _ in range(2)]
        _expect(replies[0]["responseId"], replies[1]["responseId"], "responseId")
        return "the same answer twice is kept once"

    def transcript(self) -> str:
        words = [{"word": "Hello", "start": 0.0, "end": 0.4, "confidence": 0.97}]
        body = {
            "sessionId": self.session_id,
            "transcriptData": {"text": "Hello"},
            "wordTimestamps": words,
            "confidenceScores": [0.97],
        }
        return f"transcript {self._call('/api/transcript/save', body)['transcriptId']}"

    def feedback(self) -> str:
        body = {
            "sessionId": self.session_id,
            "overallScore": 7.5,
            "technicalScore": 8,
            "strengths": ["Finished the try-out"],
        }
        return f"feedback {self._call('/api/feedback/save', body)['feedbackId']}"

    def session_data(self) -> str:
        record = self._call(f"/api/interview/session-data/{self.session_id}")
        _expect("completed", record["session"]["status"], "status")
        _expect(3, len(record["responses"]), "responses")
        _expect(True, record["summary"]["has_transcript"], "has_transcript")
        _expect(True, record["summary"]["has_feedback"], "has_feedback")
        return "completed, 3 responses, transcript and feedback"

    def export(self) -> str:
        document = self._call(f"/api/interview/export/{self.session_id}")
        _expect(self.session_id, document["export_info"]["session_id"], "session_id")
        _expect(4, len(document["responses"]), "responses")
        return "4 responses, all revisions"

    def steps(self) -> list[tuple[str, Callable[[], str]]]:
        return [
            ("create session", self.create),
            ("questions", self.questions),
            ("answers", self.answers),
            ("answer again", self.repeated_answer),
            ("transcript", self.transcript),
            ("feedback", self.feedback),
            ("session data", self.session_data),
            ("export", self.export),
        ]


def _expect(expected: Any, found: Any, what: str) -> Any:
    if found != expected:
        raise StepFailed(f"{what} is {found!r}, not {expected!r}")
    return found


def try_out(caller: Caller, *, sound_folder: Path, say: Callable[[str], object]) -> int:
    """Take the steps, a line each; 0 when all did what is documented, else 1 at the first."""
    walk = _Walk(caller, min(sound_folder.glob("*.webm")).read_bytes())
    for name, step in walk.steps():
        try:
            say(f"ok      {name}: {step()}\n")
        except StepFailed as failure:
            say(f"FAILED  {name}: {failure}\n")
            return 1
        except (KeyError, TypeError) as error:
            say(f"FAILED  {name}: the reply lacks {error}\n")
            return 1
    return 0
