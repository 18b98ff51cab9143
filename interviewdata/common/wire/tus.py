"""The tus 1.0.0 protocol in headers: what is spoken here, and how requests are read.

https://tus.io/protocols/resumable-upload; extensions creation, checksum, termination, expiration.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from django.http import HttpRequest

from interviewdata.common.errors import DomainError, Invalid

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,termination,expiration"
CHECKSUM_ALGORITHMS = ("sha1", "sha256")
PART_CONTENT_TYPE = "application/offset+octet-stream"
PATH = "/api/interview/uploads"

MAX_METADATA_CHARACTERS = 4096
# For pages of other origins (CORS): what they may send and see besides the usual.
CORS_METHODS = "HEAD, PATCH, DELETE"
CORS_HEADERS = "Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata, Upload-Checksum"
CORS_EXPOSED = (
    "Location, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, "
    "Tus-Checksum-Algorithm, Upload-Length, Upload-Offset, Upload-Metadata, Upload-Expires"
)

_WHOLE_NUMBER = re.compile(r"[0-9]{1,15}")
_METADATA_KEY = re.compile(r"[!-+\--~]{1,100}")  # printable ASCII without space and comma
_DIGEST_BYTES = {"sha1": 20, "sha256": 32}


@dataclass(frozen=True)
class Checksum:
    algorithm: str
    digest: bytes


def is_upload(request: HttpRequest) -> bool:
    path = request.path_info
    return path == PATH or path.startswith(f"{PATH}/")


def check_version(request: HttpRequest) -> None:
    """Raise DomainError (412) unless the request speaks our version."""
    if request.META.get("HTTP_TUS_RESUMABLE") != VERSION:
        raise DomainError(
            f"Send the header Tus-Resumable: {VERSION}, the version of tus that is spoken here.",
            code="unsupported_version",
            fields={"Tus-Resumable": [f"Send {VERSION}."]},
        )


def read_number(request: HttpRequest, name: str) -> int:
    """The whole number in the header `name` (below 10**15). Raises Invalid."""
    text = request.headers.get(name)
    if text is None:
        raise Invalid.field(name, "This header is required.")
    if not _WHOLE_NUMBER.fullmatch(text):
        raise Invalid.field(name, "Send a whole number of bytes.")
    return int(text)


def read_checksum(request: HttpRequest) -> Checksum | None:
    """What Upload-Checksum promises; None where it is not sent. Raises Invalid."""
    text = request.headers.get("Upload-Checksum")
    if text is None:
        return None
    algorithm, _, encoded = text.partition(" ")
    if algorithm not in CHECKSUM_ALGORITHMS:
        raise Invalid.field(
            "Upload-Checksum", f"Use one of: {', '.join(CHECKSUM_ALGORITHMS)}; a space; base64."
        )
    digest = _decoded(encoded)
    if digest is None or len(digest) != _DIGEST_BYTES[algorithm]:
        raise Invalid.field("Upload-Checksum", f"This is no {algorithm} digest in base64.")
    return Checksum(algorithm, digest)


def read_metadata(request: HttpRequest) -> dict[str, str]:
    """Key → value (UTF-8) of Upload-Metadata. Raises Invalid."""
    text = request.headers.get("Upload-Metadata", "")
    if len(text) > MAX_METADATA_CHARACTERS:
        raise Invalid.field("Upload-Metadata", f"At most {MAX_METADATA_CHARACTERS} characters.")
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, encoded = pair.partition(" ")
        value = _decoded(encoded.strip())
        if not _METADATA_KEY.fullmatch(key) or value is None or key in found:
            raise Invalid.field(
                "Upload-Metadata", "Send pairs of a key and its value in base64, each key once."
            )
        try:
            found[key] = value.decode()
        except UnicodeDecodeError as error:
            raise Invalid.field("Upload-Metadata", f"{key}: Send base64 of UTF-8.") from error
    return found


def write_metadata(values: dict[str, str]) -> str:
    """Upload-Metadata of these values, as `read_metadata` reads it."""
    return ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" if value else key
        for key, value in values.items()
    )


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
