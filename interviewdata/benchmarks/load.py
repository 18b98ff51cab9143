"""The load generator: a process of its own that speaks just enough HTTP/1.1.

`python -m interviewdata.benchmarks.load MATERIAL` reads one order a line from stdin (JSON: call,
material, port, seconds, connections, rate; seconds 0 sends one request and checks its answer) and
writes one result a line: requests, seconds, errors, first_error, p50_ms, p95_ms. With a rate
(requests a second) each request has its moment, and its time counts from that moment: waiting for
an earlier one is no excuse. Without, each connection sends as soon as it has its answer.
"""

from __future__ import annotations

import asyncio
import pickle
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import uvloop

from interviewdata.benchmarks.calls import MAKERS, Material, problem_with

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length: "


class Slice:
    """One contender under load for a while."""

    def __init__(
        self, call: str, material: Material, first: int, seconds: float, rate: float = 0
    ) -> None:
        self.rate = rate
        self.times: list[float] = []
        self.call, self.material, self.number = call, material, first
        self.make = MAKERS[call]
        self.seconds = seconds
        self.requests = self.errors = 0
        self.first_error = ""
        self.stop_at = float("inf")
        self.interval = 0.0  # seconds between two requests of one connection, where there is a rate

    def next_request(self) -> list[bytes] | None:
        if time.perf_counter() >= self.stop_at:
            return None
        self.number += 1
        return self.make(self.material, self.number - 1)

    def answered(self, head: bytes, body: bytes) -> None:
        self.requests += 1
        problem = ""
        if self.seconds == 0:
            problem = problem_with(self.call, self.material, head, body)
        elif head[9:12] != b"200":
            problem = f"{head[:60]!r} {body[:300]!r}"
        if problem:
            self.refuse(problem)

    def refuse(self, problem: str) -> None:
        self.errors += 1
        self.first_error = self.first_error or problem


class Connection(asyncio.Protocol):
    """Sends a request, waits for its answer, sends the next, until the slice is over."""

    def __init__(self, work: Slice, done: asyncio.Future[None]) -> None:
        self.work, self.done = work, done
        self.parts: list[bytes] = []
        self.received = 0
        self.expected = -1
        self.head = b""
        self.due = 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def send(self) -> None:
        if not self.work.rate:
            self.due = time.perf_counter()
            self._send_now()
            return
        # uvloop's clock is not perf_counter's: a delay is what both understand.
        wait = self.due - time.perf_counter()
        asyncio.get_running_loop().call_later(max(0.0, wait), self._send_now)

    def _send_now(self) -> None:
        request = self.work.next_request()
        if request is None:
            self.transport.close()
        else:
            self.transport.writelines(request)

    def data_received(self, data: bytes) -> None:
        self.parts.append(data)
        self.received += len(data)
        if self.expected < 0:
            whole = b"".join(self.parts)
            self.parts = [whole]
            end = whole.find(_END_OF_HEAD)
            if end < 0:
                return
            head = whole[:end]
            at = head.lower().find(_LENGTH)
            if at < 0:
                self.work.refuse(f"an answer without Content-Length: {head[:200]!r}")
                self.transport.close()
                return
            length = head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]
            self.head = head
            self.expected = end + 4 + int(length)
        if self.received >= self.expected:
            head, body = self.head, b"".join(self.parts)[len(self.head) + 4 :]
            self.parts, self.received, self.expected = [], 0, -1
            self.work.times.append(time.perf_counter() - self.due)
            self.due += self.work.interval
            self.work.answered(head, body)
            self.send()

    def connection_lost(self, error: Exception | None) -> None:
        if self.expected >= 0 or (error and self.work.stop_at > time.perf_counter()):
            self.work.refuse(f"the connection broke: {error}")
        if not self.done.done():
            self.done.set_result(None)


async def run_slice(work: Slice, port: int, connections: int) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    open_connections = []
    for _ in range(1 if work.seconds == 0 else connections):
        done = loop.create_future()
        _transport, connection = await loop.create_connection(
            lambda done=done: Connection(work, done), "127.0.0.1", port
        )
        open_connections.append((connection, done))
    began = time.perf_counter()
    work.stop_at = began + work.seconds if work.seconds else float("inf")
    for place, (connection, _done) in enumerate(open_connections):
        if work.rate:
            work.interval = len(open_connections) / work.rate
            connection.due = began + place / work.rate
        connection.send()
        if work.seconds == 0:
            work.stop_at = 0
    await asyncio.wait_for(
        asyncio.gather(*(done for _connection, done in open_connections)), 60 + work.seconds
    )
    return {
        "requests": work.requests,
        "seconds": time.perf_counter() - began,
        "errors": work.errors,
        "first_error": work.first_error,
        "p50_ms": _percentile(work.times, 0.50),
        "p95_ms": _percentile(work.times, 0.95),
    }


def _percentile(times: list[float], share: float) -> float:
    """Milliseconds; the nearest rank."""
    if not times:
        return 0.0
    return round(1000 * sorted(times)[min(len(times) - 1, int(share * len(times)))], 3)


def main() -> None:
    materials: dict[str, Material] = {}
    for path in sys.argv[1:]:
        materials |= pickle.loads(Path(path).read_bytes())
    numbers: dict[tuple[str, str], int] = {}
    for line in sys.stdin:
        order = orjson.loads(line)
        name = order["material"]
        # All calls that answer questions share their counter: they share the sessions too.
        key = (name, order["call"].split("_")[0])
        work = Slice(order["call"], materials[name], numbers.get(key, 0), order["seconds"],
                     order.get("rate", 0))  # fmt: skip
        result = uvloop.run(run_slice(work, order["port"], order["connections"]))
        numbers[key] = work.number
        sys.stdout.write(orjson.dumps(result).decode() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
