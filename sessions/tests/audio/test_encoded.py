"""Sound as text: everything a client may call base64."""

from __future__ import annotations

import base64

import pytest

from sessions.audio.encoded import decode_base64_audio
from sessions.audio.facts import UnreadableAudio

SOUND = bytes(range(256)) + b"\xfb\xff\xfe"  # has both letters the alphabets differ in
TEXT = base64.b64encode(SOUND).decode()


@pytest.mark.parametrize(
    "head",
    [
        "",
        "data:audio/webm;base64,",
        "data:audio/webm;codecs=opus;base64,",
        'data:audio/webm; codecs="opus"; rate=48000;base64,',
        "data:;base64,",
        "DATA:Audio/OGG;BASE64,",
        "  data:audio/mp4;base64 ,",
        "data:video/webm;codecs=vp8,opus;base64,",
    ],
)
def test_data_urls_and_bare_base64(head: str) -> None:
    assert decode_base64_audio(head + TEXT) == SOUND


@pytest.mark.parametrize("length", range(1, 9))
def test_padding_may_be_missing(length: int) -> None:
    text = base64.b64encode(SOUND[-length:]).decode()
    assert decode_base64_audio(text) == SOUND[-length:]
    assert decode_base64_audio(text.rstrip("=")) == SOUND[-length:]


def test_url_safe_alphabet() -> None:
    text = base64.urlsafe_b64encode(SOUND).decode()
    assert "-" in text
    assert decode_base64_audio(text) == SOUND


def test_line_breaks() -> None:
    wrapped = base64.encodebytes(SOUND).decode()
    assert decode_base64_audio(wrapped) == SOUND
    assert decode_base64_audio(f"data:audio/webm;base64,\r\n{wrapped}\t ") == SOUND


@pytest.mark.parametrize(
    "value",
    [
        "",
        "=",
        "====",
        " \n",
        "data:audio/webm;base64,",
        "data:audio/webm;base64,====",
        "data:audio/webm," + TEXT,
        "data:audio/webm;base64" + TEXT,
        "data:audio/webm;base64;x=1," + TEXT,
        "data:" + "x" * 2000 + ";base64," + TEXT,
        "blob:http://localhost/0b6a",
        "[object Blob]",
        "{}",
        "A",
        "ABCDE",
        "AB=CDEFG",
        TEXT + "!",
        TEXT + "é",
        TEXT + "\ud800",
        TEXT + "\0",
        None,
        {},
        b"QUJD",
    ],
)
def test_refused(value: object) -> None:
    with pytest.raises(UnreadableAudio):
        decode_base64_audio(value)  # type: ignore[arg-type]
