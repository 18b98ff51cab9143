"""Sound over the API: permission first, then bytes, whole or by range."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import parse_etags

from interviewdata.common.errors import NotFound, NotNow
from interviewdata.common.wire.replies import failure
from interviewdata.record.schema import describe_audio
from sessions.access import AUDIO_PERMISSION, may_read
from sessions.api.base import InterviewViewSet
from sessions.models import UserResponse
from sessions.services.audio import open_audio

CHUNK_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})", re.IGNORECASE)
_ENDING = re.compile(r"\.([A-Za-z0-9]{1,8})\Z")


@describe_audio
class AudioViewSet(InterviewViewSet):
    def play(self, request: HttpRequest, response_id: int) -> HttpResponseBase:
        found = (
            UserResponse.objects.filter(pk=response_id)
            .exclude(audio_file_path="")
            .values_list(
                "session_id", "audio_file_path", "audio_content_type", "audio_sha256", "audio_bytes"
            )
            .first()
        )
        # Asked before telling whether there is anything: both answers are the same to a stranger.
        session_id = str(found[0]) if found else ""
        may_read(self.principal, session_id, (AUDIO_PERMISSION,))
        if found is None:
            raise NotFound
        _session_id, path, content_type, sha256, size = found
        etag = f'"{sha256}"'
        headers = {
            "Content-Type": content_type,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Content-Disposition": f'inline; filename="answer-{response_id}.{_ending(path)}"',
            "Accept-Ranges": "bytes",
            "ETag": etag,
            "Cache-Control": "private, no-cache",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        asked = request.headers.get("Range", "")[:100]
        part = f" {asked}" if asked.isprintable() and asked else ""
        self.record_access("listen", "audio", [session_id], detail=f"response {response_id}{part}")
        if _is_known(request, etag):
            kept = {name: headers[name] for name in ("ETag", "Cache-Control")}
            return HttpResponse(status=304, headers=kept)
        start, end, partial = _range_of(request, size, etag)
        if partial and start > end:
            refusal = failure("range_not_satisfiable", f"The file has {size} bytes.")
            refusal["Content-Range"] = f"bytes */{size}"
            return refusal
        headers["Content-Length"] = str(end - start + 1)
        if partial:
            headers["Content-Range"] = f"bytes {start}-{end}/{size}"
        status = 206 if partial else 200
        if request.method == "HEAD":
            return HttpResponse(status=status, headers=headers)
        try:
            file = open_audio(path)
        except (OSError, SuspiciousFileOperation) as error:  # imported rows may name any path
            raise NotNow("The sound cannot be read from its store just now.") from error
        reply = StreamingHttpResponse(_part(file, start, end), status=status, headers=headers)
        # Also where nobody ever reads the stream.
        reply._resource_closers.append(file.close)  # type: ignore[attr-defined]
        return reply


def _ending(path: str) -> str:
    found = _ENDING.search(path)
    return found[1] if found else "bin"


def _is_known(request: HttpRequest, etag: str) -> bool:
    """Whether the client has it already (RFC 9110, 13.1.2: compared weakly; comes before Range)."""
    sent = request.headers.get("If-None-Match", "")
    known = [one.removeprefix("W/") for one in parse_etags(sent)] if sent else []
    return etag in known or known == ["*"]


def _range_of(request: HttpRequest, size: int, etag: str) -> tuple[int, int, bool]:
    """First and last byte to send and whether that is a part; first > last: not satisfiable.

    Only one range is served (RFC 9110, 14.2 lets a server ignore others); an If-Range of another
    version gets the whole. Ranges are for GET alone (14.2).
    """
    whole = (0, size - 1, False)
    if request.method != "GET":
        return whole
    match = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if match is None or request.headers.get("If-Range", etag) != etag:
        return whole
    first, last = match.groups()
    if first == "" and last == "":
        return whole
    if first == "":
        length = int(last)
        return (max(0, size - length), size - 1, True) if length else (1, 0, True)
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return whole
    return (start, end, True) if start < size else (1, 0, True)


def _part(file: Any, start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        left = end - start + 1
        while left > 0:
            chunk = file.read(min(CHUNK_BYTES, left))
            if not chunk:
                return
            left -= len(chunk)
            yield chunk
