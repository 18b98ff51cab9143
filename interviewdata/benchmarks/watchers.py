"""How long an answer takes while 200 people watch, beside how long it takes while nobody does.

Both servers run as `manage.py serve` runs them: one for requests, one process for streams. Of the
watchers one in ten follows all interviews, the others one each, of those that are being answered.
Slices with and without watchers take turns; a figure is the median of the rounds' ratios.
"""

from __future__ import annotations

import contextlib
import http.client
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import orjson
import psycopg

from interviewdata.benchmarks.contest import ROOT, Contender, Load
from interviewdata.benchmarks.servers import events, scratch_database

if TYPE_CHECKING:
    from interviewdata.benchmarks.run import Run

WATCHERS, OF_ALL = 200, 20
# A thousand people who each answer every ten seconds; nobody is as quick as that.
RATE = 100.0
P95_MOST = 2.0
CONNECTIONS = 8


def measure_watchers(run: Run, monitor: psycopg.Connection) -> None:
    """Prints both p95 (milliseconds), their ratio, and how many events the watchers got."""
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(
            scratch_database(run.options.database, f"{run.prefix}_watched")
        )
        material = run.seed(database, "watched", 0, "ours", sessions=1000)
        load = Load([material], CONNECTIONS)
        stack.callback(load.close)
        streams_port = run.port + 1
        mine = run.serve(
            run.ours, "ours_watched", "ours", database, monitor,
            EVENTS_URL=f"http://127.0.0.1:{streams_port}",
        )  # fmt: skip
        stack.callback(mine.server.stop)
        streams = run.serve(events, "events", "ours", database, monitor)
        stack.callback(streams.server.stop)
        audience = Audience(material, mine.server.port, run.folder / "watchers.log")
        stack.callback(audience.close)
        result = {
            name: _with_and_without(run, load, mine, audience, rate)
            for name, rate in (("paced", RATE), ("as_many_as_possible", 0.0))
        }
        result["events"] = audience.told()
    run.results["watchers"] = result
    paces = {"paced": f"{RATE:.0f} a second", "as_many_as_possible": "as many as possible"}
    for name, words in paces.items():
        found = result[name]
        print(
            f"p95 of an answer, {words}: {found['alone_p95_ms']:.1f} ms alone,"
            f" {found['watched_p95_ms']:.1f} ms with {WATCHERS} watchers,"
            f" {found['ratio']:.2f} times (at most {P95_MOST:.0f}:"
            f" {'ok' if found['ok'] else 'short'}); answers a second {found['alone_rate']:.0f} and"
            f" {found['watched_rate']:.0f}; errors {found['errors']}",
            flush=True,
        )
    print(f"Events that reached watchers: {result['events']:,}", flush=True)


def _with_and_without(
    run: Run, load: Load, mine: Contender, audience: Audience, rate: float
) -> dict[str, Any]:
    seconds = max(2.0, 2 * run.options.seconds)
    load.send("response_text", mine, 0.5)
    alone, watched = [], []
    for turn in range(run.options.rounds):
        for with_them in (False, True) if turn % 2 == 0 else (True, False):
            if with_them:
                audience.come()
            found = load.send("response_text", mine, seconds, rate)
            (watched if with_them else alone).append(found)
            if with_them:
                audience.go()
    value = median(w["p95_ms"] / a["p95_ms"] for a, w in zip(alone, watched, strict=True))
    return {
        "alone_p95_ms": median(one["p95_ms"] for one in alone),
        "watched_p95_ms": median(one["p95_ms"] for one in watched),
        "alone_rate": median(one["requests"] / one["seconds"] for one in alone),
        "watched_rate": median(one["requests"] / one["seconds"] for one in watched),
        "errors": sum(one["errors"] for one in alone + watched),
        "ratio": round(value, 3),
        "target": P95_MOST,
        "ok": value <= P95_MOST,
    }


class Audience:
    """The watchers' process: it comes, stays as long as it should, and goes."""

    def __init__(self, material: Path, port: int, log: Path) -> None:
        self.log = log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "interviewdata.benchmarks.watch", str(material), str(port),
             str(WATCHERS), str(OF_ALL)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, cwd=ROOT,
        )  # fmt: skip

    def come(self) -> None:
        """Returns when all streams are open."""
        self._say("come")
        time.sleep(0.3)  # what each is told first has been told

    def go(self) -> None:
        self._say("go")
        time.sleep(0.3)

    def told(self) -> int:
        return int(self._say("told"))

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
        self.log.close()

    def _say(self, word: str) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(word.encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the watchers broke off:\n{Path(self.log.name).read_text()[-2000:]}")
        return orjson.loads(line)


def ticket(port: int, path: str, token: str) -> tuple[str, int, str, str]:
    """Host, port, path and ticket of the stream that `path` names."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    reply = connection.getresponse()
    content = orjson.loads(reply.read())
    connection.close()
    if reply.status != 200:
        raise SystemExit(f"{path}: {reply.status} {content}")
    host, _, where = content["stream"]["url"].removeprefix("http://").partition("/")
    name, _, number = host.partition(":")
    return name, int(number), f"/{where}", content["stream"]["ticket"]
