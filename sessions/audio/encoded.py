"""Sound that arrives as text: a data URL or bare base64."""

from __future__ import annotations

import binascii
import re

import pybase64

from .facts import UnreadableAudio

# A real media type has some 40 characters. It may hold commas: Chromium's FileReader gives
# "data:video/webm;codecs=vp8,opus;base64,…".
_HEAD = re.compile(r"\s{0,8}data:.{0,1000}?;\s{0,8}base64\s{0,8},", re.IGNORECASE | re.DOTALL)

_REFUSAL = "The sound is not base64 text or a data URL with base64 in it."
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_WHITE = b" \t\r\n\v\f"


def decode_base64_audio(value: str) -> bytes:
    """The bytes in `value`: a data URL ("data:audio/webm;codecs=opus;base64,…") or base64.

    The media type a data URL names is not looked at. Both alphabets, missing padding and white
    space are taken. Raises UnreadableAudio for anything else, and for no bytes at all.
    """
    if not isinstance(value, str):
        raise UnreadableAudio(_REFUSAL)
    if value[:64].lstrip()[:5].lower() == "data:":
        head = _HEAD.match(value)
        if head is None:
            raise UnreadableAudio(_REFUSAL)
        value = value[head.end() :]
    try:
        decoded = pybase64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        decoded = _decode_untidy(value)
    if not decoded:
        raise UnreadableAudio("The sound is empty.")
    return decoded


def _decode_untidy(value: str) -> bytes:
    try:
        text = value.encode("ascii").translate(_URL_SAFE, _WHITE).rstrip(b"=")
        return pybase64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableAudio(_REFUSAL) from error
