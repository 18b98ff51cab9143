"""Clients that send answers with sound, again and again until each is acknowledged."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import secrets
import threading
import uuid
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

from sessions.tests.audio.samples import element, encoded

# At 256 kbit/s some 32 kB a second: 50 to 400 kB.
SECONDS = (1.8, 3.0, 5.0, 8.0, 12.2)
ANSWERS_A_SESSION = 100
EBML_VOID = 0xEC


def sounds() -> list[bytes]:
    return [encoded("webm", "libopus", seconds, bit_rate=256_000) for seconds in SECONDS]


@dataclass(frozen=True)
class Answer:
    session_id: str
    index: int
    text: str
    sound: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sound).hexdigest()


@dataclass(frozen=True)
class Acknowledged:
    """What the server said it keeps. `tries`: how often the answer was sent until it said so."""

    response_id: int
    session_id: str
    text: str
    sha256: str
    size: int
    tries: int


class Client(threading.Thread):
    """One candidate after the other, each a browserless client with a bearer token."""

    def __init__(self, port: int, samples: list[bytes], stop: threading.Event, seed: int) -> None:
        super().__init__(daemon=True)
        self._port, self._samples, self._stop_sending = port, samples, stop
        self._random = random.Random(seed)
        self._connection: HTTPConnection | None = None
        self.acknowledged: list[Acknowledged] = []
        self.sessions: list[str] = []
        self.refused: list[str] = []

    def run(self) -> None:
        while not self._stop_sending.is_set():
            made = self._create()
            if made is None:
                return
            session_id, token = made
            for index in range(ANSWERS_A_SESSION):
                if not self._answer(session_id, token, index):
                    return

    def _create(self) -> tuple[str, str] | None:
        key = str(uuid.uuid4())
        body = json.dumps({"userEmail": f"{key}@example.org", "role": "Tester"}).encode()
        reply, _tries = self._until_acknowledged(
            "/api/interview/create-session", body, "application/json", {"Idempotency-Key": key}
        )
        if reply is None:
            return None
        self.sessions.append(reply["sessionId"])
        return reply["sessionId"], reply["accessToken"]

    def _answer(self, session_id: str, token: str, index: int) -> bool:
        # A few bytes nobody plays make every sound another file.
        sound = self._random.choice(self._samples) + element(EBML_VOID, secrets.token_bytes(16))
        answer = Answer(session_id, index, f"answer {secrets.token_hex(8)}", sound)
        make = self._random.choice((as_form, as_json))
        body, content_type = make(answer)
        reply, tries = self._until_acknowledged(
            "/api/interview/response", body, content_type, {"Authorization": f"Bearer {token}"}
        )
        if reply is None:
            return False
        self.acknowledged.append(
            Acknowledged(
                reply["responseId"], session_id, answer.text, answer.sha256, len(sound), tries
            )
        )
        return True

    def _until_acknowledged(
        self, path: str, body: bytes, content_type: str, headers: dict[str, str]
    ) -> tuple[dict[str, Any] | None, int]:
        """Send the same until a 200 comes back; None when it is time to stop."""
        tries = 0
        while not self._stop_sending.is_set():
            tries += 1
            try:
                if self._connection is None:
                    self._connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
                self._connection.request(
                    "POST", path, body, {"Content-Type": content_type, **headers}
                )
                reply = self._connection.getresponse()
                content = reply.read()
            except (OSError, HTTPException):
                self._hang_up()
                self._stop_sending.wait(0.02)
                continue
            if reply.status == 200:
                return json.loads(content), tries
            self.refused.append(f"{reply.status} {content[:200]!r}")
            self._stop_sending.wait(0.1)
        self._hang_up()
        return None, tries

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def as_json(answer: Answer) -> tuple[bytes, str]:
    blob = base64.b64encode(answer.sound).decode()
    body = {
        "sessionId": answer.session_id,
        "questionIndex": answer.index,
        "question": f"Question {answer.index}?",
        "answer": answer.text,
        "audioBlob": f"data:audio/webm;codecs=opus;base64,{blob}",
    }
    return json.dumps(body).encode(), "text/plain;charset=UTF-8"


def as_form(answer: Answer) -> tuple[bytes, str]:
    boundary = secrets.token_hex(12)
    texts = {
        "sessionId": answer.session_id,
        "questionIndex": answer.index,
        "question": f"Question {answer.index}?",
        "answer": answer.text,
    }
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in texts.items()
    )
    file_head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="audio"; filename="a.webm"\r\n'
        "Content-Type: audio/webm\r\n\r\n"
    )
    end = f"\r\n--{boundary}--\r\n"
    body = (head + file_head).encode() + answer.sound + end.encode()
    return body, f"multipart/form-data; boundary={boundary}"
