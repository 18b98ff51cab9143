"""One reader for all streams of a process: new events are read once and handed to who waits.

A stream first reads what it missed, then takes what the reader brings; by the ids of events
nothing comes twice and nothing is left out. Reading happens in one thread with one connection to
the database, however many watch.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connections
from django.utils import timezone

from sessions import feed
from sessions.feed import Event, Place, Presence, Running

logger = logging.getLogger(__name__)

READ_EVERY_SECONDS = 0.4
AFTER_TROUBLE_SECONDS = 2.0
# A watcher that is so far behind is let go: it comes back with the id of its last event.
MOST_WAITING = 1_000
# Signs of life are looked for this far back, since they are committed a little after their time.
_PRESENCE_OVERLAP = timedelta(seconds=2)


class OfAll(NamedTuple):
    """An event among all interviews, and the interview as it is now."""

    place: Place
    session_id: str
    event: Event
    interview: Running | None


class Sign(NamedTuple):
    session_id: str
    presence: Presence


class TooMany(Exception):
    """This process watches for as many as it may."""


Item = Event | OfAll | Sign | None  # None: the stream is over


@dataclass(eq=False)
class Watcher:
    queue: asyncio.Queue[Item] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING + 1))
    is_behind: bool = False

    def give(self, item: Item) -> None:
        if self.is_behind:
            return
        if item is not None and self.queue.qsize() >= MOST_WAITING:
            self.is_behind = True
            item = None
        self.queue.put_nowait(item)


class Hub:
    """The streams of one process and one event loop. `most`: how many it holds."""

    def __init__(self, *, most: int, every: float = READ_EVERY_SECONDS) -> None:
        self.most, self.every = most, every
        self._of_one: dict[str, set[Watcher]] = {}
        self._known: dict[str, int] = {}
        self._of_all: set[Watcher] = set()
        self._place = Place(0, 0)
        self._signs: dict[str, datetime] = {}
        self._seen_since = timezone.now()
        self._reader: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="events")

    @property
    def watchers(self) -> int:
        return len(self._of_all) + sum(map(len, self._of_one.values()))

    async def read(self, act: Callable[..., Any], *values: Any) -> Any:
        """Call a function that reads, in the hub's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _reading, act, values)

    async def watch_one(self, session_id: str, after: int) -> AsyncIterator[Event | Sign]:
        """Events of one interview after one of them, and signs of life, as they come."""
        watcher = self._admit(self._of_one.setdefault(session_id, set()))
        try:
            last = after
            while missed := await self.read(feed.events_after, session_id, last):
                for event in missed:
                    last = event.id
                    yield event
            # The reader begins here, or where it stands already: what lies between is skipped.
            self._known[session_id] = min(self._known.get(session_id, last), last)
            self._start()
            while (item := await watcher.queue.get()) is not None:
                if isinstance(item, Event):
                    if item.id <= last:
                        continue
                    last = item.id
                yield item  # type: ignore[misc]
        finally:
            self._leave(session_id, watcher)

    async def watch_all(self, after: Place) -> AsyncIterator[OfAll | Sign]:
        """Events of all interviews after a place, and signs of life, as they come."""
        watcher = self._admit(self._of_all)
        try:
            last = after
            while missed := await self.read(_of_all_with_interviews, last):
                for one in missed:
                    last = one.place
                    yield one
            is_first = len(self._of_all) == 1
            self._place = last if is_first else min(self._place, last)
            self._start()
            while (item := await watcher.queue.get()) is not None:
                if isinstance(item, OfAll):
                    if item.place <= last:
                        continue
                    last = item.place
                yield item  # type: ignore[misc]
        finally:
            self._of_all.discard(watcher)

    def _admit(self, group: set[Watcher]) -> Watcher:
        if self.watchers >= self.most:
            raise TooMany
        watcher = Watcher()
        group.add(watcher)
        return watcher

    def _leave(self, session_id: str, watcher: Watcher) -> None:
        group = self._of_one.get(session_id, set())
        group.discard(watcher)
        if not group:
            self._of_one.pop(session_id, None)
            self._known.pop(session_id, None)

    def _start(self) -> None:
        if self._reader is None or self._reader.done():
            self._seen_since = timezone.now()
            self._signs.clear()
            self._reader = asyncio.get_running_loop().create_task(self._go_on_reading())

    async def _go_on_reading(self) -> None:
        while self.watchers:
            pause = self.every
            try:
                await self._read_once()
            except Exception:
                # The database is away: everybody waits, nobody misses anything.
                logger.warning("reading events failed; trying again", exc_info=True)
                pause = AFTER_TROUBLE_SECONDS
            await asyncio.sleep(pause)

    async def _read_once(self) -> None:
        if self._known:
            found = await self.read(feed.events_after_each, dict(self._known))
            for session_id, events in found.items():
                if session_id in self._known:
                    self._known[session_id] = max(self._known[session_id], events[-1].id)
                for watcher in self._of_one.get(session_id, ()):
                    for event in events:
                        watcher.give(event)
        if self._of_all:
            for one in await self.read(_of_all_with_interviews, self._place):
                self._place = one.place
                for watcher in self._of_all:
                    watcher.give(one)
        await self._read_signs()

    async def _read_signs(self) -> None:
        since, self._seen_since = self._seen_since, timezone.now() - _PRESENCE_OVERLAP
        for session_id, presence in (await self.read(feed.present_since, since)).items():
            if self._signs.get(session_id) == presence.seen_at:
                continue
            self._signs[session_id] = presence.seen_at
            sign = Sign(session_id, presence)
            for watcher in (*self._of_one.get(session_id, ()), *self._of_all):
                watcher.give(sign)
        oldest = timezone.now() - timedelta(minutes=1)
        self._signs = {key: at for key, at in self._signs.items() if at > oldest}


def _reading(act: Callable[..., Any], values: tuple[Any, ...]) -> Any:
    try:
        return act(*values)
    except Exception:
        # Whatever it was, the next reading begins with a connection that works.
        with contextlib.suppress(Exception):
            connections.close_all()
        raise


def _of_all_with_interviews(place: Place) -> list[OfAll]:
    found = feed.events_of_all_after(place)
    interviews = feed.running_of(session_id for _place, session_id, _event in found)
    return [
        OfAll(at, session_id, event, interviews.get(session_id)) for at, session_id, event in found
    ]
