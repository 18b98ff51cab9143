"""Bodies that nobody means well by, at every POST: a 4xx in the envelope, and nothing is kept."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from interviewdata.tests.calls import POSTS, cookie_of, is_envelope, raw_post, stored
from sessions.models import InterviewSession
from sessions.tests.audio.samples import wav

pytestmark = pytest.mark.django_db

MIB = 1024 * 1024


def _with(text: str) -> Callable[[dict], bytes]:
    """The good body with one more member, written as it is."""
    return lambda good: (json.dumps(good)[:-1] + ", " + text + "}").encode()


def _nested(depth: int, opening: str = "[", closing: str = "]") -> str:
    return opening * depth + "1" + closing * depth


def _first_text_is(text: str) -> Callable[[dict], bytes]:
    """The good body with another text under its first name (sessionId, userEmail or email)."""
    return lambda good: json.dumps({**good, next(iter(good)): text}).encode()


HOSTILE: dict[str, Callable[[dict], bytes]] = {
    "empty": lambda good: b"",
    "white space": lambda good: b" \r\n\t ",
    "null": lambda good: b"null",
    "true": lambda good: b"true",
    "number": lambda good: b"7",
    "text": lambda good: b'"sessionId"',
    "empty list": lambda good: b"[]",
    "list of good bodies": lambda good: json.dumps([good]).encode(),
    "text of a good body": lambda good: json.dumps(json.dumps(good)).encode(),
    "empty object": lambda good: b"{}",
    "100,000 brackets": lambda good: b"[" * 100_000,
    "100,000 objects": lambda good: b'{"a":' * 100_000,
    "deep list": _with('"deep": ' + _nested(40)),
    "deep object": _with('"deep": ' + _nested(40, '{"a":', "}")),
    "deep beyond the parser": _with('"deep": ' + _nested(5000)),
    "cut in the middle": lambda good: json.dumps(good).encode()[:-3],
    "two objects": lambda good: json.dumps(good).encode() * 2,
    "something behind": lambda good: json.dumps(good).encode() + b"\x00",
    "comma at the end": _with(""),
    "comment": _with("/* none */"),
    "single quotes": lambda good: repr(good).encode(),
    "NaN": _with('"number": NaN'),
    "Infinity": _with('"number": Infinity'),
    "minus Infinity": _with('"number": -Infinity'),
    "1e400": _with('"number": 1e400'),
    "5,000 digits": _with('"number": ' + "9" * 5000),
    "hexadecimal": _with('"number": 0x10'),
    "NUL in a text": _with('"text": "a\\u0000b"'),
    "NUL in a key": _with('"a\\u0000b": 1'),
    "NUL deep inside": _with('"text": [[{"a": ["\\u0000"]}]]'),
    "NUL byte": _with('"text": "a\x00b"'),
    "control character": _with('"text": "a\x01b"'),
    "high surrogate": _with('"text": "\\ud800"'),
    "low surrogate": _with('"text": "\\udc00 "'),
    "surrogate in a key": _with('"\\ud83d": 1'),
    "surrogates the wrong way round": _with('"text": "\\udc00\\ud800"'),
    "invalid UTF-8": lambda good: json.dumps(good).encode()[:-1] + b', "text": "\xff\xfe"}',
    "overlong UTF-8": lambda good: json.dumps(good).encode()[:-1] + b', "text": "\xc0\x80"}',
    "surrogate in UTF-8": lambda good: json.dumps(good).encode()[:-1] + b', "t": "\xed\xa0\x80"}',
    "UTF-16": lambda good: json.dumps(good).encode("utf-16"),
    "UTF-32": lambda good: json.dumps(good).encode("utf-32"),
    "byte order mark": lambda good: b"\xef\xbb\xbf" + json.dumps(good).encode(),
    "many keys": lambda good: json.dumps({**good, **{f"k{n}": n for n in range(501)}}).encode(),
    "many keys inside": _with('"a": ' + json.dumps({f"k{n}": n for n in range(501)})),
    "3 MB of base64 for an id": _first_text_is("QUJD" * (3 * MIB // 4)),
    "form text": lambda good: b"sessionId=1&userEmail=ann%40example.org",
    "XML": lambda good: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "script": lambda good: b"<script>alert(1)</script>",
    "prototype for an id": lambda good: json.dumps(
        {**good, next(iter(good)): {"__proto__": {"admin": True}}}
    ).encode(),
    "list for an id": lambda good: json.dumps({**good, next(iter(good)): ["a"]}).encode(),
    "number for an id": lambda good: json.dumps({**good, next(iter(good)): 17}).encode(),
    "huge number for an id": lambda good: json.dumps({**good, next(iter(good)): 10**30}).encode(),
    "true for an id": lambda good: json.dumps({**good, next(iter(good)): True}).encode(),
    "injection for an id": _first_text_is("' OR 1=1; DROP TABLE interview_sessions --"),
    "path for an id": _first_text_is("../../../etc/passwd\r\nX: y"),
}


def trouble_with(reply: Any, before: dict) -> str:
    """What is wrong with a refusal; empty where nothing is."""
    if not 400 <= reply.status_code < 500:
        return f"{reply.status_code}: {reply.content[:200]!r}"
    if not is_envelope(reply):
        return f"no envelope: {reply.content[:200]!r}"
    return "" if stored() == before else "left a trace"


def assert_refused_without_trace(reply: Any, before: dict) -> None:
    assert trouble_with(reply, before) == ""


@pytest.mark.parametrize("path", POSTS)
def test_hostile_body_is_refused_and_leaves_no_trace(api, interview, path):
    before = stored()
    troubles = {}
    for name, body in HOSTILE.items():
        reply = api.generic(
            "POST", path, body(POSTS[path](interview)), content_type="text/plain;charset=UTF-8"
        )
        troubles[name] = trouble_with(reply, before)
    assert {name: trouble for name, trouble in troubles.items() if trouble} == {}


# Legal JSON, if strange: taken or refused, but answered, and never half.
STRANGE: dict[str, Callable[[dict], bytes]] = {
    "prototype": _with('"__proto__": {"isAdmin": true}, "constructor": {"prototype": {}}'),
    "very long key": _with(json.dumps("k" * 100_000) + ": 1"),
    "empty key": _with('"": 1'),
    "key with quotes and dollars": _with(json.dumps("$where'\"; --") + ": 1"),
    "a key twice": lambda good: (
        b'{"sessionId": "another", "userEmail": "b@example.org", "email": "b@example.org", '
        + json.dumps(good).encode()[1:]
    ),
    "numbers at the ends": _with('"a": [1e308, -1e308, 5e-324, 18446744073709551615, -0.0]'),
    "beyond 64 bits": _with('"a": 123456789012345678901234567890'),
    "astral characters": _with('"a": "\\ud83d\\ude00 \U0001f600"'),
    "direction marks": _with('"a": "\u202e\u2066"'),
    "500 KB of text": _with('"a": "' + "ab " * 170_000 + '"'),
}


@pytest.mark.parametrize("path", POSTS)
def test_strange_but_legal_body_is_answered(api, interview, question_bank, path):
    for name, body in STRANGE.items():
        content = body(POSTS[path](interview))
        reply = api.generic("POST", path, content, content_type="application/json")
        assert (name, reply.status_code) == (name, 200)
        assert json.loads(b"".join(reply) if reply.streaming else reply.content)
    record = api.get(f"/api/interview/session-data/{interview}").json()
    assert record["success"] is True


def _lying(body: bytes) -> dict[str, tuple[bytes, dict[str, str]]]:
    return {
        "longer than the body": (body, {"CONTENT_LENGTH": str(len(body) + 10)}),
        "longer than half a body": (body[:-3], {"CONTENT_LENGTH": str(len(body))}),
        "shorter than the body": (body, {"CONTENT_LENGTH": str(len(body) - 5)}),
        "zero": (body, {"CONTENT_LENGTH": "0"}),
        "none": (body, {"CONTENT_LENGTH": ""}),
        "negative": (body, {"CONTENT_LENGTH": "-1"}),
        "a word": (body, {"CONTENT_LENGTH": "many"}),
        "with a fraction": (body, {"CONTENT_LENGTH": "1e3"}),
        "5,000 digits": (body, {"CONTENT_LENGTH": "9" * 5000}),
        "other digits": (body, {"CONTENT_LENGTH": "٣"}),
        "too large": (body, {"CONTENT_LENGTH": str(17 * MIB)}),
    }


@pytest.mark.parametrize("path", POSTS)
def test_lying_content_length_is_refused(api, interview, path):
    good = json.dumps(POSTS[path](interview)).encode()
    before = stored()
    for name, (body, meta) in _lying(good).items():
        trouble = trouble_with(raw_post(path, body, cookie_of(api), **meta), before)
        assert (name, trouble) == (name, "")


@pytest.mark.parametrize("path", POSTS)
def test_chunked_body_without_length_gets_411(api, interview, path):
    body = json.dumps(POSTS[path](interview)).encode()
    before = stored()
    reply = raw_post(
        path, body, cookie_of(api), CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked"
    )
    assert reply.status_code == 411
    assert_refused_without_trace(reply, before)


def test_body_of_17_mib_gets_413(api, interview):
    before = stored()
    reply = raw_post("/api/interview/response", b" " * (17 * MIB), cookie_of(api))
    assert reply.status_code == 413
    assert_refused_without_trace(reply, before)


@pytest.mark.parametrize("path", POSTS)
def test_compressed_body_gets_415(api, interview, path):
    body = gzip.compress(json.dumps(POSTS[path](interview)).encode())
    before = stored()
    reply = raw_post(path, body, cookie_of(api), HTTP_CONTENT_ENCODING="gzip")
    assert reply.status_code == 415
    assert_refused_without_trace(reply, before)


CHARSETS = ("zlib", "utf-16", "idna", "nonsense", "utf-7", "rot13")


@pytest.mark.parametrize("path", POSTS)
def test_body_is_utf_8_whatever_charset_is_named(api, interview, question_bank, path):
    body = json.dumps(POSTS[path](interview)).encode()
    for charset in CHARSETS:
        kind = f"text/plain; charset={charset}"
        reply = raw_post(path, body, cookie_of(api), CONTENT_TYPE=kind)
        assert (charset, reply.status_code) == (charset, 200)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain; x*=nonsense''y",
        "multipart/form-data",
        "multipart/form-data; boundary=" + "x" * 300,
        "application/x-www-form-urlencoded; charset=latin-1",
        "\xff\xfe",
        ";;;",
        "a/b; " + "c=d; " * 3000,
    ],
)
def test_hostile_content_type_is_answered(api, interview, content_type):
    body = json.dumps(POSTS["/api/interview/end"](interview)).encode()
    reply = raw_post("/api/interview/end", body, cookie_of(api), CONTENT_TYPE=content_type)
    assert reply.status_code == 200
    assert InterviewSession.objects.get(session_id=interview).status == "completed"


def _form(*parts: tuple[str, bytes], ending: bytes = b"--\r\n") -> bytes:
    lines = [b"--edge\r\n" + head.encode() + b"\r\n\r\n" + body for head, body in parts]
    return b"\r\n".join(lines) + b"\r\n--edge" + ending


def _text(name: str, value: str) -> tuple[str, bytes]:
    return f'Content-Disposition: form-data; name="{name}"', value.encode()


def _file(name: str, value: bytes, file_name: str = "a.wav") -> tuple[str, bytes]:
    head = f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"'
    return f"{head}\r\nContent-Type: audio/wav", value


HOSTILE_FORMS: dict[str, Callable[[list], bytes]] = {
    "nothing": lambda good: b"",
    "no parts": lambda good: b"--edge--\r\n",
    "another boundary": lambda good: _form(*good).replace(b"edge", b"other"),
    "broken off in the file": lambda good: _form(*good, _file("audio", wav()))[:-200],
    "no last boundary": lambda good: _form(*good, _file("audio", wav()), ending=b"\r\n"),
    "unreadable sound": lambda good: _form(*good, _file("audio", b"not a sound at all")),
    "empty sound": lambda good: _form(*good, _file("audio", b"")),
    "sound under another name": lambda good: _form(*good, _file("file", wav())),
    "two sounds": lambda good: _form(*good, _file("audio", wav()), _file("audio", wav())),
    "NUL in a text": lambda good: _form(*good, _text("question", "a\x00b")),
    "NUL in a name": lambda good: _form(*good, _text("a\x00b", "c")),
    "300 fields": lambda good: _form(*good, *(_text(f"f{n}", "v") for n in range(300))),
    "no session": lambda good: _form(*good[1:]),
    "negative index": lambda good: _form(good[0], _text("questionIndex", "-1"), *good[2:]),
    "word for a number": lambda good: _form(*good, _text("responseDuration", "long")),
    "nan for a number": lambda good: _form(*good, _text("confidenceScore", "nan")),
}


@pytest.mark.parametrize("name", HOSTILE_FORMS)
def test_hostile_form_is_refused_and_leaves_no_trace(api, interview, name):
    good = [_text("sessionId", interview), _text("questionIndex", "0"), _text("answer", "Yes.")]
    before = stored()
    reply = raw_post(
        "/api/interview/response",
        HOSTILE_FORMS[name](good),
        cookie_of(api),
        CONTENT_TYPE="multipart/form-data; boundary=edge",
    )
    assert_refused_without_trace(reply, before)


@pytest.mark.parametrize("path", [path for path in POSTS if path != "/api/interview/response"])
def test_form_where_json_is_taken_gets_415(api, interview, path):
    before = stored()
    reply = raw_post(
        path,
        _form(_text("sessionId", interview)),
        cookie_of(api),
        CONTENT_TYPE="multipart/form-data; boundary=edge",
    )
    assert reply.status_code == 415
    assert_refused_without_trace(reply, before)


def test_hostile_file_names_are_of_no_consequence(api, interview, media_folder):
    for name in ("../../etc/passwd", "a\\b\\..\\c.exe", "x" * 5000, "\u202egpj.wav", ".."):
        body = _form(
            _text("sessionId", interview),
            _text("questionIndex", "0"),
            _file("audio", wav(), file_name=name),
        )
        reply = raw_post(
            "/api/interview/response",
            body,
            cookie_of(api),
            CONTENT_TYPE="multipart/form-data; boundary=edge",
        )
        assert reply.status_code in (200, 400)
    files = [p for p in media_folder.rglob("*") if p.is_file()]
    assert len(files) == 1
    assert files[0].suffix == ".wav"
