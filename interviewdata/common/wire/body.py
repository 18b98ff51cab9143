"""Reads a body: one JSON object, whatever the Content-Type says, or a form with a file."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, RawPostDataException, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from interviewdata.common.errors import Invalid, TooLarge, UnsupportedMedia

MAX_DEPTH = 32
MAX_KEYS = 500
MAX_NODES = 2_000_000


def json_limit_sentence() -> str:
    return (
        f"A JSON body may have {settings.MAX_JSON_BYTES // 1024 // 1024} MiB at most; "
        "send larger sound as multipart/form-data."
    )


def is_multipart(request: HttpRequest) -> bool:
    return (request.content_type or "") == "multipart/form-data"


def read_object(request: HttpRequest) -> dict[str, Any]:
    """The body as a dict of JSON values. Raises Invalid or TooLarge.

    Refused: anything but an object, NaN and infinities, NUL characters and lone surrogates (the
    databases cannot keep them), more than MAX_DEPTH levels or MAX_KEYS keys. Raises
    UnsupportedMedia for a form or a compressed body. Of a key sent twice the last counts.
    """
    try:
        raw = request.body
    except RequestDataTooBig as error:
        raise TooLarge(json_limit_sentence()) from error
    except RawPostDataException as error:  # its Idempotency-Key had it read as a form
        raise UnsupportedMedia("Send a JSON object, not a form.") from error
    except (UnreadablePostError, OSError) as error:
        raise Invalid("The body broke off; send it again.") from error
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdecimal() and len(raw) < int(announced):
        # Servers hand on what came before a connection broke; half a body may look whole.
        raise Invalid("The body broke off; send it again.")
    if not raw.strip():
        raise Invalid("The body is empty; send a JSON object.")
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        if is_multipart(request):
            raise UnsupportedMedia("Send a JSON object, not a form.") from error
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise UnsupportedMedia("Send the JSON as it is, not compressed.") from error
        raise Invalid(f"The body is not valid JSON: {error}."[:300]) from error
    if not isinstance(value, dict):
        raise Invalid('The body must be a JSON object, like {"sessionId": "…"}.')
    check_values(value)
    return value


def check_values(value: dict[str, Any]) -> None:
    """Raise Invalid for what the databases cannot keep and for too much of anything.

    Walks without recursion; hostile nesting must not reach Python's own limit.
    """
    level: list[Any] = [value]
    nodes = 0
    for _depth in range(MAX_DEPTH):
        following: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                if len(item) > MAX_KEYS:
                    raise Invalid(f"An object has more than {MAX_KEYS} keys.")
                for key in item:
                    if "\x00" in key:
                        raise Invalid("A key holds a NUL character; remove it.")
                parts: Any = item.values()
            else:
                parts = item
            for part in parts:
                if isinstance(part, str):
                    if "\x00" in part:
                        raise Invalid("A text holds a NUL character; remove it.")
                elif isinstance(part, (dict, list)):
                    following.append(part)
            nodes += len(item)
        if nodes > MAX_NODES:
            raise Invalid(f"The body has more than {MAX_NODES} values.")
        if not following:
            return
        level = following
    raise Invalid(f"The body is nested deeper than {MAX_DEPTH} levels.")


class _Ending:
    """Passes a stream on and keeps its last bytes."""

    KEPT_BYTES = 4096

    def __init__(self, stream: Any) -> None:
        self._stream, self.last = stream, b""

    def read(self, *size: int) -> bytes:
        data: bytes = self._stream.read(*size)
        self.last = (self.last + data[-self.KEPT_BYTES :])[-self.KEPT_BYTES :]
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def read_form(request: HttpRequest) -> tuple[dict[str, Any], dict[str, UploadedFile]]:
    """The texts and files of a multipart form. Raises Invalid or TooLarge.

    An empty text is what a form sends for a field nobody filled in: it counts as absent.
    """
    ending = None
    if not hasattr(request, "_post"):
        ending = _Ending(request._stream)  # type: ignore[attr-defined]
        request._stream = ending  # type: ignore[assignment,attr-defined]
    try:
        texts = {name: request.POST[name] for name in request.POST if request.POST[name] != ""}
        files = {name: request.FILES[name] for name in request.FILES}
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent) as error:
        raise TooLarge(
            f"A form may have one file of {settings.MAX_AUDIO_MB} MiB at most, "
            f"{settings.DATA_UPLOAD_MAX_NUMBER_FIELDS} fields and "
            f"{settings.MAX_JSON_BYTES // 1024 // 1024} MiB of text."
        ) from error
    except (MultiPartParserError, UnreadablePostError, OSError) as error:
        raise Invalid("The form is not valid multipart/form-data.") from error
    boundary = request.content_params["boundary"].encode()  # type: ignore[index]
    if ending is not None and b"--" + boundary + b"--" not in ending.last:
        # Django takes half a file for a whole one when the form ends before its last boundary.
        raise Invalid("The form broke off before its end; send it again.")
    for name, text in texts.items():
        if "\x00" in text or "\x00" in name:
            raise Invalid("A text holds a NUL character; remove it.")
    return texts, files  # type: ignore[return-value]


def request_digest(request: HttpRequest) -> str:
    """SHA-256 (hex) of what the body says; a form's boundary plays no part."""
    if not is_multipart(request):
        try:
            return hashlib.sha256(request.body).hexdigest()
        except RequestDataTooBig as error:
            raise TooLarge(json_limit_sentence()) from error
        except (UnreadablePostError, OSError) as error:
            raise Invalid("The body broke off; send it again.") from error
    texts, files = read_form(request)
    digest = hashlib.sha256(orjson.dumps(texts, option=orjson.OPT_SORT_KEYS))
    for name in sorted(files):
        digest.update(name.encode())
        for chunk in files[name].chunks():
            digest.update(chunk)
        files[name].seek(0)
    return digest.hexdigest()
