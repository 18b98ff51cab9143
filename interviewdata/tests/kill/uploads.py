"""Candidates that send long recordings in parts, until each is acknowledged as an answer.

After a break they ask where to go on, as tus has it, and hold the server to what it acknowledged:
an offset never goes back.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import secrets
import threading
import uuid
from http.client import HTTPConnection, HTTPException
from typing import Any

from interviewdata.common.wire.tus import PART_CONTENT_TYPE, PATH
from interviewdata.tests.kill.load import Acknowledged
from sessions.tests.audio.samples import element

EBML_VOID = 0xEC
VERSION = {"Tus-Resumable": "1.0.0"}
FEWEST_BYTES, MOST_BYTES = 8_000, 90_000  # of a part


class Uploader(threading.Thread):
    """One candidate with a bearer token, one recording after the other."""

    def __init__(self, port: int, samples: list[bytes], stop: threading.Event, seed: int) -> None:
        super().__init__(daemon=True)
        self._port, self._samples, self._stop_sending = port, samples, stop
        self._random = random.Random(seed)
        self._connection: HTTPConnection | None = None
        self._token: dict[str, str] = {}
        self.acknowledged: list[Acknowledged] = []
        self.sessions: list[str] = []
        self.refused: list[str] = []
        self.resumed = 0
        self.lost: list[str] = []

    def run(self) -> None:
        session_id = self._create()
        index = 0
        while session_id and not self._stop_sending.is_set():
            sound = self._random.choice(self._samples) + element(EBML_VOID, secrets.token_bytes(16))
            if not self._upload(session_id, index, sound):
                return
            index += 1

    def _create(self) -> str:
        key = str(uuid.uuid4())
        body = json.dumps({"userEmail": f"{key}@example.org", "role": "Tester"}).encode()
        reply = self._send(
            "POST", "/api/interview/create-session", body, {"Idempotency-Key": key}, {200}
        )
        if reply is None:
            return ""
        made = json.loads(reply[2])
        self._token = {"Authorization": f"Bearer {made['accessToken']}"}
        self.sessions.append(made["sessionId"])
        return str(made["sessionId"])

    def _upload(self, session_id: str, index: int, sound: bytes) -> bool:
        encoded = base64.b64encode(session_id.encode()).decode()
        headers = {
            **VERSION,
            **self._token,
            "Upload-Length": str(len(sound)),
            "Upload-Metadata": f"sessionId {encoded}",
            "Idempotency-Key": str(uuid.uuid4()),
        }
        begun = self._send("POST", PATH, b"", headers, {201})
        if begun is None:
            return False
        tries = 1
        offset = 0
        while offset < len(sound):
            sent = self._part(begun[1]["Location"], sound, offset)
            if sent is None:
                return False
            offset, whole = sent
            tries += not whole
        text = f"recording {secrets.token_hex(8)}"
        body = {
            "sessionId": session_id,
            "questionIndex": index,
            "question": f"Question {index}?",
            "answer": text,
            "audioUpload": begun[1]["Location"].rpartition("/")[2],
        }
        reply = self._send(
            "POST", "/api/interview/response", json.dumps(body).encode(), self._token, {200}
        )
        if reply is None:
            return False
        self.resumed += tries > 1
        self.acknowledged.append(
            Acknowledged(
                json.loads(reply[2])["responseId"],
                session_id,
                text,
                hashlib.sha256(sound).hexdigest(),
                len(sound),
                tries,
            )
        )
        return True

    def _part(self, address: str, sound: bytes, offset: int) -> tuple[int, bool] | None:
        """Where the next part begins, and whether this one went through at once."""
        end = offset + self._random.randint(FEWEST_BYTES, MOST_BYTES)
        piece = sound[offset:end]
        headers = {**VERSION, **self._token, "Content-Type": PART_CONTENT_TYPE,
                   "Upload-Offset": str(offset)}  # fmt: skip
        if self._random.random() < 0.7:
            digest = base64.b64encode(hashlib.sha256(piece).digest()).decode()
            headers["Upload-Checksum"] = f"sha256 {digest}"
        try:
            status, answered, content = self._once("PATCH", address, piece, headers)
        except (OSError, HTTPException):
            self._hang_up()
            asked = self._send("HEAD", address, b"", {**VERSION, **self._token}, {200})
            if asked is None:
                return None
            there = int(asked[1]["Upload-Offset"])
            if there < offset:
                self.lost.append(f"{address}: {offset} bytes were acknowledged, {there} are there")
            return there, False
        if status != 204:
            self.refused.append(f"{status} {content[:200]!r}")
            return None
        return int(answered["Upload-Offset"]), True

    def _send(
        self, method: str, path: str, body: bytes, headers: dict[str, str], wanted: set[int]
    ) -> tuple[int, Any, bytes] | None:
        """The same again until it is answered; None when it is time to stop, or refused."""
        while not self._stop_sending.is_set():
            try:
                reply = self._once(method, path, body, headers)
            except (OSError, HTTPException):
                self._hang_up()
                self._stop_sending.wait(0.02)
                continue
            if reply[0] in wanted:
                return reply
            self.refused.append(f"{method} {path}: {reply[0]} {reply[2][:200]!r}")
            return None
        self._hang_up()
        return None

    def _once(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, Any, bytes]:
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        self._connection.request(method, path, body, headers)
        reply = self._connection.getresponse()
        content = reply.read()
        return reply.status, reply.headers, content

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
