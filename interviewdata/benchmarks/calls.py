"""What is measured: the requests of each call, and what a right answer to them looks like.

Everything here runs in the load generator's process and knows nothing of Django. A request is a
list of byte strings that are sent one after the other; the n-th request of a call differs from
all others, so that no answer is taken for a retry.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

Request = list[bytes]
QUESTIONS = 5
PATCH_BYTES = 12  # of each recording are its own; 12 bytes are 16 characters of base64
ANSWER = (
    "I would begin with the numbers that users feel, then follow one slow request through every "
    "layer until the time is accounted for. Last year that showed us a missing index. "
) * 6
BROWSER = (
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n"
    b"Accept: */*\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: en\r\n"
)


@dataclass(frozen=True)
class Material:
    """What seeding made for one server: pairs (session id, bearer token), in lists by purpose."""

    host: str
    fresh: list[tuple[str, str]]  # without questions
    asked: list[tuple[str, str]]  # with QUESTIONS questions, to be answered
    small: list[tuple[str, str]]  # whole records without a transcript
    words: list[tuple[str, str]]  # whole records with a transcript of 1,000 words
    service_token: str
    browser_cookie: str
    staff_cookie: str
    audio: bytes
    audio_patch_at: int  # a multiple of 3, inside the sound itself


def _post(material: Material, path: str, body: list[bytes], kind: str, more: str = "") -> Request:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {material.host}\r\nOrigin: http://{material.host}\r\n"
        f"Sec-Fetch-Site: same-origin\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {sum(map(len, body))}\r\n{more}"
    )
    return [head.encode() + BROWSER + b"\r\n", *body]


def _json(material: Material, path: str, value: dict[str, Any], more: str = "") -> Request:
    return _post(material, path, [orjson.dumps(value)], "text/plain;charset=UTF-8", more)


def _get(material: Material, path: str, token: str) -> Request:
    head = f"GET {path} HTTP/1.1\r\nHost: {material.host}\r\nAuthorization: Bearer {token}\r\n"
    return [head.encode() + BROWSER + b"\r\n"]


def _bearer(token: str) -> str:
    return f"Authorization: Bearer {token}\r\n"


def _create(material: Material, n: int, more: str = "") -> Request:
    return _json(
        material,
        "/api/interview/create-session",
        {
            "userEmail": f"candidate{n}@example.org",
            "type": "technical",
            "role": "Backend Developer",
            "difficulty": "intermediate",
            "duration": 30,
            "features": ["audio", "transcript"],
            "client": "browser",
        },
        more,
    )


def create_first(material: Material, n: int) -> Request:
    """A browser's first call: it has no cookie and is given one."""
    return _create(material, n)


def create_again(material: Material, n: int) -> Request:
    """A browser that has its cookie already."""
    return _create(material, n, f"Cookie: {material.browser_cookie}\r\n")


def questions(material: Material, n: int) -> Request:
    turn, number = divmod(n, len(material.fresh))
    session_id, token = material.fresh[number]
    return _json(
        material,
        "/api/interview-modes/questions",
        {"sessionId": session_id, "count": QUESTIONS, "seed": f"seed {turn}"},
        _bearer(token),
    )


def _answer_of(material: Material, n: int) -> tuple[str, str, int]:
    """Session, token and question index of the n-th answer: all sessions, then the next index."""
    turn, number = divmod(n, len(material.asked))
    session_id, token = material.asked[number]
    return session_id, token, turn % QUESTIONS


def response_text(material: Material, n: int) -> Request:
    session_id, token, index = _answer_of(material, n)
    return _json(
        material,
        "/api/interview/response",
        {
            "sessionId": session_id,
            "questionIndex": index,
            "answer": f"{n}. {ANSWER}",
            "audioBlob": None,
            "responseDuration": 42.5,
            "confidenceScore": 0.8,
            "emotionDetected": "calm",
            "timestamp": 1_760_000_000_000 + n,
        },
        _bearer(token),
    )


def _patched(material: Material, n: int) -> tuple[bytes, bytes, bytes]:
    at = material.audio_patch_at
    patch = n.to_bytes(PATCH_BYTES, "big")
    return material.audio[:at], patch, material.audio[at + PATCH_BYTES :]


_base64_of: dict[bytes, bytes] = {}


def _as_base64(part: bytes) -> bytes:
    """Encoded once: the load generator should leave the machine to the servers."""
    if part not in _base64_of:
        _base64_of[part] = base64.b64encode(part)
    return _base64_of[part]


def response_base64(material: Material, n: int) -> Request:
    session_id, token, index = _answer_of(material, n)
    before, patch, after = _patched(material, n)
    body = [
        f'{{"sessionId":"{session_id}","questionIndex":{index},"answer":"Answer {n}",'
        f'"responseDuration":25.0,"audioBlob":"data:audio/webm;codecs=opus;base64,'.encode(),
        _as_base64(before),
        base64.b64encode(patch),
        _as_base64(after),
        b'"}',
    ]
    return _post(
        material, "/api/interview/response", body, "text/plain;charset=UTF-8", _bearer(token)
    )


_BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW7"


def response_multipart(material: Material, n: int) -> Request:
    session_id, token, index = _answer_of(material, n)
    fields = {
        "sessionId": session_id,
        "questionIndex": index,
        "answer": f"Answer {n}",
        "responseDuration": 25.0,
    }
    texts = "".join(
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    body = [
        f'{texts}--{_BOUNDARY}\r\nContent-Disposition: form-data; name="audio"; '
        f'filename="answer.webm"\r\nContent-Type: audio/webm;codecs=opus\r\n\r\n'.encode(),
        *_patched(material, n),
        f"\r\n--{_BOUNDARY}--\r\n".encode(),
    ]
    kind = f"multipart/form-data; boundary={_BOUNDARY}"
    return _post(material, "/api/interview/response", body, kind, _bearer(token))


def record_small(material: Material, n: int) -> Request:
    session_id, token = material.small[n % len(material.small)]
    return _get(material, f"/api/interview/session-data/{session_id}", token)


def record_words(material: Material, n: int) -> Request:
    session_id, token = material.words[n % len(material.words)]
    return _get(material, f"/api/interview/session-data/{session_id}", token)


def record_plain(material: Material, n: int) -> Request:
    """The same record from the bare endpoint's other statement; we have no such address."""
    session_id, token = material.words[n % len(material.words)]
    return _get(material, f"/plain/session-data/{session_id}", token)


def list_page(material: Material, n: int) -> Request:
    return _get(material, "/api/v1/sessions?limit=50", material.service_token)


def list_recorded(material: Material, n: int) -> Request:
    """The same page from the bare endpoint's other statement; we have no such address."""
    return _get(material, "/recorded/sessions", material.service_token)


# Pages for staff, as a browser asks for them.
PAGES = {
    "page_sessions": "/sessions/",
    "page_filtered": "/sessions/?status=completed&mode=technical&difficulty=advanced",
    "page_search": "/sessions/?q=slow+997",
    # No interview is both; a part of a role that four in a million have; a mean, which is computed.
    "page_nothing": "/sessions/?status=completed&mode=behavioral",
    "page_nothing_by_person": "/sessions/?status=completed&mode=behavioral&sort=person",
    "page_rare_role": "/sessions/?role=*turbine",
    "page_scores": "/sessions/?score_from=3&score_to=7",
    "page_dashboard": "/dashboard/",
    "page_dashboard_mode": "/dashboard/?mode=technical",
    "page_dashboard_role": "/dashboard/?role=*analyst&difficulty=advanced",
    "page_dashboard_active": "/dashboard/?status=active",
}


def _page(path: str) -> Callable[[Material, int], Request]:
    def request(material: Material, n: int) -> Request:
        head = (
            f"GET {path} HTTP/1.1\r\nHost: {material.host}\r\nCookie: {material.staff_cookie}\r\n"
        )
        return [head.encode() + BROWSER + b"\r\n"]

    return request


def static_bytes(material: Material, n: int) -> Request:
    return _get(material, "/api/static-bytes", material.service_token)


MAKERS: dict[str, Callable[[Material, int], Request]] = {
    "create_first": create_first,
    "create_again": create_again,
    "questions": questions,
    "response_text": response_text,
    "response_base64": response_base64,
    "response_multipart": response_multipart,
    "record_small": record_small,
    "record_words": record_words,
    "record_plain": record_plain,
    "list_page": list_page,
    "list_recorded": list_recorded,
    "static_bytes": static_bytes,
    **{name: _page(path) for name, path in PAGES.items()},
}


def problem_with(call: str, material: Material, head: bytes, body: bytes) -> str:
    """What is wrong with the first answer to a call; empty where it is as it should be."""
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        return f"{head[:60]!r} {body[:300]!r}"
    if call == "static_bytes":
        return ""
    if call in PAGES:
        return "" if b"<h1" in body and b"Sign out" in body else f"no page: {body[:200]!r}"
    reply = orjson.loads(body)
    expected: dict[str, Callable[[Any], bool]] = {
        "create_first": lambda r: bool(r["sessionId"]) and bool(r["accessToken"]),
        "create_again": lambda r: bool(r["sessionId"]) and bool(r["accessToken"]),
        "questions": lambda r: len(r["questions"]) == QUESTIONS,
        "response_text": lambda r: r["responseId"] > 0 and r["progress"]["total"] == QUESTIONS,
        "response_base64": lambda r: r["audioSaved"] and bool(r["audioFilePath"]),
        "response_multipart": lambda r: r["audioSaved"] and bool(r["audioFilePath"]),
        "record_small": lambda r: len(r["responses"]) == QUESTIONS and r["transcript"] is None,
        "record_words": lambda r: len(r["transcript"]["word_timestamps"]) == 1000,
        "record_plain": lambda r: len(r["transcript"]["word_timestamps"]) == 1000,
        "list_page": lambda r: len(r["results"]) == 50,
        "list_recorded": lambda r: len(r["results"]) == 50,
    }
    return "" if expected[call](reply) else f"unexpected answer {body[:300]!r}"
