"""Contenders of one comparison: who is called, by what load, and what each of them did."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import psycopg

from interviewdata.benchmarks.servers import Server

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Contender:
    """A server and the material it is called with."""

    server: Server
    material: str
    monitor: psycopg.Connection | None


@dataclass
class Tally:
    """What one contender did in all rounds of one comparison."""

    rates: list[float] = field(default_factory=list)
    requests: int = 0
    errors: int = 0
    first_error: str = ""
    server_cpu: float = 0.0
    database_cpu: float = 0.0

    def summary(self) -> dict[str, Any]:
        each = 1000 / max(self.requests, 1)
        return {
            "requests_per_second": round(median(self.rates), 1) if self.rates else 0.0,
            "requests": self.requests,
            "errors": self.errors,
            "first_error": self.first_error,
            "server_cpu_ms": round(self.server_cpu * each, 3),
            "database_cpu_ms": round(self.database_cpu * each, 3),
        }


class Load:
    """The load generator's process."""

    def __init__(self, materials: list[Path], connections: int) -> None:
        self.connections = connections
        self.process = subprocess.Popen(
            [sys.executable, "-m", "interviewdata.benchmarks.load", *map(str, materials)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )

    def send(
        self, call: str, contender: Contender, seconds: float, rate: float = 0
    ) -> dict[str, Any]:
        """Load for `seconds`; 0: one request, whose answer is checked. rate: requests a second,
        0 for as many as are answered."""
        order = {
            "call": call,
            "material": contender.material,
            "port": contender.server.port,
            "seconds": seconds,
            "connections": self.connections,
            "rate": rate,
        }
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(orjson.dumps(order) + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the load generator broke off")
        return orjson.loads(line)

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def compare(
    load: Load, pairs: list[tuple[Contender, str, float]], rounds: int
) -> list[Tally] | str:
    """Let (contender, call, seconds) take turns; their tallies, or why there is none."""
    for contender, call, _seconds in pairs:
        for _ in range(3):
            found = load.send(call, contender, 0)
            if found["errors"]:
                return f"{contender.server.name}: {found['first_error']}"
        load.send(call, contender, 0.2)  # plans, caches and connections of every worker
    tallies = [Tally() for _ in pairs]
    for turn in range(rounds):
        order = list(zip(pairs, tallies, strict=True))
        for (contender, call, seconds), tally in order if turn % 2 == 0 else reversed(order):
            before = contender.server.cpu_seconds(contender.monitor)
            found = load.send(call, contender, seconds)
            after = contender.server.cpu_seconds(contender.monitor)
            tally.rates.append(found["requests"] / found["seconds"])
            tally.requests += found["requests"]
            tally.errors += found["errors"]
            tally.first_error = tally.first_error or found["first_error"]
            tally.server_cpu += after[0] - before[0]
            tally.database_cpu += after[1] - before[1]
    return tallies


def ratio(one: Tally, other: Tally) -> float:
    return median(a / max(b, 1e-9) for a, b in zip(one.rates, other.rates, strict=True))
