"""Server-sent events (WHATWG HTML, section 9.2) as bytes."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponseBase

CONTENT_TYPE = "text/event-stream"
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Accel-Buffering": "no",  # nginx hands events on as they come
}
STILL_HERE = b": still here\n\n"


def event(name: str, data: Any, event_id: object = None) -> bytes:
    """One event; `data` as JSON, which has no line breaks of its own."""
    head = b"" if event_id is None else f"id: {event_id}\n".encode()
    body = orjson.dumps(data, option=orjson.OPT_UTC_Z)
    return head + b"event: " + name.encode() + b"\ndata: " + body + b"\n\n"


def retry(milliseconds: int) -> bytes:
    """After how long a client that lost the stream is to come back."""
    return f"retry: {milliseconds}\n\n".encode()


def is_wanted(request: HttpRequest) -> bool:
    return CONTENT_TYPE in request.META.get("HTTP_ACCEPT", "")


def marked(reply: HttpResponseBase) -> HttpResponseBase:
    for name, value in HEADERS.items():
        reply[name] = value
    return reply
