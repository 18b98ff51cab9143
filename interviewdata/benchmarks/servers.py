"""Servers and scratch databases of a run: started, watched, taken away again."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

_TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60


def processors() -> int:
    return len(os.sched_getaffinity(0))


@contextlib.contextmanager
def scratch_database(address: str, name: str) -> Iterator[str]:
    """A new, empty database beside the one at `address`; its own address. Dropped afterwards."""
    quoted = sql.Identifier(name)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(quoted))
        try:
            parts = urlsplit(address)
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))


@dataclass
class Server:
    """A server process with its workers. `name` is also what its database connections say."""

    name: str
    port: int
    command: list[str]
    environment: dict[str, str]
    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def start(self) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment | {"PGAPPNAME": self.name},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        give_up = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            if self.process.poll() is not None or time.monotonic() > give_up:
                raise SystemExit(f"{self.name} did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def cpu_seconds(self, monitor: psycopg.Connection | None) -> tuple[float, float]:
        """CPU spent so far by the server's processes and by their database backends."""
        assert self.process is not None
        own = sum(_cpu(pid) for pid in _family(self.process.pid))
        backends = 0.0
        if monitor is not None:
            rows = monitor.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = %s", [self.name]
            )
            backends = sum(_cpu(row[0]) for row in rows)
        return own, backends


def ours(
    name: str, port: int, environment: dict[str, str], folder: Path, threads: int = 2
) -> Server:
    """Our server as production runs it (Makefile and docs/operations.md)."""
    command = [
        str(Path(sys.executable).with_name("granian")),
        "--interface=wsgi",
        "--host=127.0.0.1",
        f"--port={port}",
        f"--workers={processors()}",
        f"--blocking-threads={threads}",
        "--no-ws",
        "--log-level=warning",
        "interviewdata.wsgi:application",
    ]
    return Server(name, port, command, environment, folder)


def events(name: str, port: int, environment: dict[str, str], folder: Path) -> Server:
    """Our process for streams of events, as `manage.py serve` runs it."""
    command = [
        str(Path(sys.executable).with_name("granian")),
        "--interface=asginl",
        "--host=127.0.0.1",
        f"--port={port}",
        "--workers=1",
        "--no-ws",
        "--log-level=warning",
        "interviewdata.asgi:application",
    ]
    return Server(name, port, command, environment, folder)


def bare(name: str, port: int, environment: dict[str, str], folder: Path) -> Server:
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--host=127.0.0.1",
        f"--port={port}",
        f"--workers={processors()}",
        "--loop=uvloop",
        "--http=httptools",
        "--no-access-log",
        "--log-level=warning",
        "interviewdata.benchmarks.bare:app",
    ]
    return Server(name, port, command, environment, folder)


def _cpu(pid: int) -> float:
    """Seconds of a process that may be gone, or on another machine: then 0."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _family(pid: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found
