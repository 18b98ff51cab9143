"""Streams that stay open, where the server is asynchronous: the event process."""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections.abc import AsyncIterator, Callable
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from sessions.feed import Event, Place
from sessions.streams import sse, ticket
from sessions.streams.hub import Hub, OfAll, Sign, TooMany
from sessions.wire import event_as_wire, of_all_as_wire, presence_as_wire

BEAT_SECONDS = 15.0
# A client whose stream is over comes back at once, with the credentials of that time.
COME_BACK_MILLISECONDS = 1_000
TRY_LATER_MILLISECONDS = 30_000

_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()


def are_possible(request: HttpRequest) -> bool:
    return isinstance(request, ASGIRequest)


def of_one(session_id: str, after: int, first: bytes) -> HttpResponseBase:
    """The events of one interview after one of them, behind `first`."""
    return _reply(lambda hub: hub.watch_one(session_id, after), first)


def of_all(after: Place) -> HttpResponseBase:
    return _reply(lambda hub: hub.watch_all(after), f"id: {after}\n\n".encode())


def _reply(watch: Callable[[Hub], AsyncIterator[Any]], first: bytes) -> HttpResponseBase:
    # This request asks the database no more; its connection would be held as long as the stream.
    connections.close_all()
    return sse.marked(StreamingHttpResponse(_stream(watch, first), content_type=sse.CONTENT_TYPE))


async def _stream(watch: Callable[[Hub], AsyncIterator[Any]], first: bytes) -> AsyncIterator[bytes]:
    yield sse.retry(COME_BACK_MILLISECONDS) + first
    watching = watch(_hub())
    ends = asyncio.get_running_loop().time() + ticket.STREAM_SECONDS
    waiting: asyncio.Task[Any] | None = None
    try:
        while (left := ends - asyncio.get_running_loop().time()) > 0:
            waiting = waiting or asyncio.ensure_future(anext(watching))
            done, _ = await asyncio.wait((waiting,), timeout=min(BEAT_SECONDS, left))
            if not done:
                yield sse.STILL_HERE
                continue
            finished, waiting = waiting, None
            try:
                yield _as_bytes(finished.result())
            except StopAsyncIteration:
                return
    except TooMany:
        yield sse.retry(TRY_LATER_MILLISECONDS)
    finally:
        if waiting is not None:
            waiting.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration, TooMany):
                await waiting
        await watching.aclose()  # type: ignore[attr-defined]


def _hub() -> Hub:
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(most=settings.MOST_STREAMS)
    return _hubs[loop]


def _as_bytes(item: Event | OfAll | Sign) -> bytes:
    if isinstance(item, Sign):
        told = {"sessionId": item.session_id, "presence": presence_as_wire(item.presence)}
        return sse.event("presence", told)
    if isinstance(item, OfAll):
        told = of_all_as_wire(item.session_id, item.event, item.interview)
        return sse.event(item.event.kind, told, item.place)
    return sse.event(item.kind, event_as_wire(item), item.id)
