"""The watchers of `watchers`: a process of its own that keeps streams open and counts what comes.

`python -m interviewdata.benchmarks.watch MATERIAL PORT WATCHERS OF_ALL` reads words from stdin:
"come" (answers when all streams are open), "go", "told" (answers with the events so far).
"""

from __future__ import annotations

import asyncio
import pickle
import sys
from pathlib import Path
from typing import Any

import uvloop

from interviewdata.benchmarks.watchers import ticket


class Watchers:
    def __init__(self, addresses: list[tuple[str, str]], port: int) -> None:
        self.addresses, self.port = addresses, port
        self.events = 0
        self.writers: list[asyncio.StreamWriter] = []
        self.readers: list[asyncio.Task[None]] = []

    async def come(self) -> int:
        for path, token in self.addresses:
            host, port, where, opens = await asyncio.to_thread(ticket, self.port, path, token)
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(
                f"GET {where} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/event-stream\r\n"
                f"Authorization: Bearer {opens}\r\n\r\n".encode()
            )
            head = await reader.readuntil(b"\r\n\r\n")
            if head[9:12] != b"200":
                raise SystemExit(f"no stream: {head!r}")
            self.writers.append(writer)
            self.readers.append(asyncio.create_task(self._read(reader)))
        return len(self.writers)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(65536):
            self.events += data.count(b"\nid: ") + data.startswith(b"id: ")

    async def go(self) -> int:
        for task in self.readers:
            task.cancel()
        for writer in self.writers:
            writer.close()
        self.writers, self.readers = [], []
        return 0


async def main(material: Any, port: int, number: int, of_all: int) -> None:
    addresses = [("/api/interview/live", material.service_token)] * of_all
    for session_id, token in material.asked[: number - of_all]:
        addresses.append((f"/api/interview/progress/{session_id}", token))
    watchers = Watchers(addresses, port)
    while word := (await asyncio.to_thread(sys.stdin.readline)).strip():
        if word == "come":
            answer = await watchers.come()
        elif word == "go":
            answer = await watchers.go()
        else:
            answer = watchers.events
        print(answer, flush=True)


if __name__ == "__main__":
    found = pickle.loads(Path(sys.argv[1]).read_bytes())["ours"]
    uvloop.run(main(found, *map(int, sys.argv[2:])))
