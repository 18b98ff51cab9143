"""Streams of events from a real event process that is killed and started again."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 120


class Follower(threading.Thread):
    """A client as it should be: asks for a ticket, follows the stream, comes back with the id of
    its last event."""

    def __init__(self, house: Any, path: str, token: str, place: str) -> None:
        super().__init__(daemon=True)
        self.house, self.path, self.token, self.place = house, path, token, place
        self.ids: list[str] = []
        self.values: list[dict[str, Any]] = []
        self.streams = 0
        self.over = False

    def run(self) -> None:
        while not self.over:
            try:
                stream = self.house.call(self.path, token=self.token)["stream"]
                self._follow(stream)
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)

    def _follow(self, stream: dict[str, Any]) -> None:
        address = urlsplit(stream["url"])
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
        headers = {
            "Accept": "text/event-stream",
            "Authorization": f"Bearer {stream['ticket']}",
            "Last-Event-ID": self.place,
        }
        connection.request("GET", address.path, headers=headers)
        reply = connection.getresponse()
        assert reply.status == 200
        self.streams += 1
        event: dict[str, str] = {}
        while not self.over and (line := reply.readline()):
            text = line.decode().rstrip("\n")
            if text:
                name, _, value = text.partition(": ")
                event[name] = value
                continue
            if "data" in event and "id" in event:
                self.ids.append(event["id"])
                self.values.append(json.loads(event["data"]))
                self.place = event["id"]
            event = {}

    def wait_for(self, number: int) -> None:
        _wait_until(lambda: len(self.ids) >= number)
        time.sleep(1)  # whatever would come twice comes now
        self.over = True


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)


def test_every_event_comes_once_and_in_order_through_kills(house):
    session_id, token = house.interview()
    path = f"/api/interview/progress/{session_id}"
    first = house.call(path, token=token)["lastEventId"]
    live = house.call("/api/interview/live", token=house.service_token)["place"]
    one = Follower(house, path, token, str(first))
    everything = Follower(house, "/api/interview/live", house.service_token, live)
    one.start()
    everything.start()
    other = house.interview("bob")
    restart = threading.Thread()
    for number in range(60):
        house.answer(session_id, token, number)
        house.answer(*other, number)
        if number in (15, 40):
            if number == 40:
                restart.join()
                _wait_until(lambda: min(one.streams, everything.streams) >= 2)
            house.events.kill()
            restart = threading.Thread(target=house.events.start)
            restart.start()
        time.sleep(0.02)
    restart.join()
    one.wait_for(60)
    _wait_until(lambda: sum(value["id"] > first for value in everything.values) >= 120 + 4)
    everything.over = True
    told = house.call(f"{path}?after={first}", token=token)["events"]
    assert [event["kind"] for event in told] == ["answered"] * 60
    assert [int(number) for number in one.ids] == [event["id"] for event in told]
    assert one.streams >= 3
    # Of all interviews: Bob's creation, three questions and both people's answers. Where another
    # transaction was open as the place was asked for, what was there before is told as well.
    assert len(everything.ids) == len(set(everything.ids))
    assert sum(value["id"] > first for value in everything.values) == 120 + 4
    places = [tuple(map(int, place.split("-"))) for place in everything.ids]
    assert places == sorted(places)
    for person in (session_id, other[0]):
        answers = [
            value["id"]
            for value in everything.values
            if value["sessionId"] == person and value["kind"] == "answered"
        ]
        assert answers == sorted(answers)
        assert len(answers) == 60


def test_two_hundred_watchers_hold_no_connection_to_the_database(house):
    session_id, token = house.interview()
    path = f"/api/interview/progress/{session_id}"
    followers = [Follower(house, path, token, "0") for _ in range(200)]
    for follower in followers:
        follower.start()
    _wait_until(lambda: sum(follower.streams for follower in followers) >= 200)
    assert sum(follower.streams for follower in followers) >= 200
    house.answer(session_id, token, 0)
    # Created, three questions, one answer.
    _wait_until(lambda: all(len(follower.ids) >= 5 for follower in followers))
    time.sleep(1)
    assert [len(follower.ids) for follower in followers] == [5] * 200
    for follower in followers:
        follower.over = True
    assert _connections(house) <= 10


def _connections(house: Any) -> int:
    """To the scratch database, of both servers; 0 on SQLite."""
    if not house.answers.database_url:
        return 0
    import psycopg

    with psycopg.connect(house.answers.database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])
