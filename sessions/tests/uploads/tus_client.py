"""What a tus client sends, over Django's test client."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from interviewdata.common.wire.tus import PART_CONTENT_TYPE, PATH

VERSION = {"Tus-Resumable": "1.0.0"}


def metadata(**values: str) -> str:
    return ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items()
    )


def begin(client: Any, session_id: str, length: int | str, **headers: str) -> Any:
    sent = {
        **VERSION,
        "Upload-Length": str(length),
        "Upload-Metadata": metadata(sessionId=session_id, filetype="audio/webm"),
    }
    return client.post(PATH, headers={**sent, **named(headers)}, content_type="text/plain", data="")


def begun(client: Any, session_id: str, length: int, **headers: str) -> str:
    """The address of a new upload."""
    reply = begin(client, session_id, length, **headers)
    assert reply.status_code == 201, reply.content
    return str(reply["Location"])


def part(client: Any, address: str, offset: int | str, content: bytes, **headers: str) -> Any:
    sent = {**VERSION, "Upload-Offset": str(offset), **named(headers)}
    # Django's client names no type where there is no body.
    kind = {} if content else {"CONTENT_TYPE": PART_CONTENT_TYPE}
    return client.patch(address, content, content_type=PART_CONTENT_TYPE, headers=sent, **kind)


def checksum(content: bytes, algorithm: str = "sha256") -> str:
    digest = hashlib.new(algorithm, content).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


def offset_of(client: Any, address: str, **headers: str) -> int:
    reply = client.head(address, headers={**VERSION, **named(headers)})
    assert reply.status_code == 200, reply.status_code
    return int(reply["Upload-Offset"])


def uploaded(client: Any, session_id: str, content: bytes, *, part_bytes: int = 7000) -> str:
    """The id of an upload that has arrived whole, in parts."""
    address = begun(client, session_id, len(content))
    for offset in range(0, len(content), part_bytes):
        piece = content[offset : offset + part_bytes]
        reply = part(client, address, offset, piece, Upload_Checksum=checksum(piece))
        assert reply.status_code == 204, reply.content
    return address.rpartition("/")[2]


def named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
