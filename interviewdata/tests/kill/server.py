"""The real server on data of its own, started and killed as often as asked."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Granian as in production: two workers of two threads, a process group of its own. `more`
    goes into its environment."""

    how = (
        *("--interface", "wsgi", "--workers", "2", "--blocking-threads", "2"),
        "interviewdata.wsgi:application",
    )

    def __init__(self, folder: Path, *, database_url: str = "", port: int = 0, **more: str) -> None:
        self.folder, self.port = folder, port or free_port()
        self.database_url = database_url
        self._process: subprocess.Popen[bytes] | None = None
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
        } | {
            "DATA_DIR": str(folder),
            "SECRET_KEY": "for the kill test only, it guards nothing at all",
            "DEBUG": "1",  # no collected static files are needed
            "ALLOWED_HOSTS": "127.0.0.1",
            "LOG_LEVEL": "ERROR",
            **more,
        }
        if database_url:
            self.environment["DATABASE_URL"] = database_url

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self) -> None:
        """Returns when the server answers."""
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "--no-ws", "--log-level", "error"),
                *("--host", "127.0.0.1", "--port", str(self.port), *self.how),
            ],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"The server ended with {self._process.returncode}.")
            try:
                connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
                connection.request("GET", "/api/interview-modes")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.02)
            finally:
                connection.close()
        raise RuntimeError(f"The server did not answer within {START_SECONDS} s.")

    def kill(self) -> None:
        """kill -9 for the server and all its workers at once; nobody gets to tidy up."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


class EventServer(Server):
    """The process that keeps streams of events open."""

    how = ("--interface", "asginl", "--workers", "1", "interviewdata.asgi:application")


class ScratchDatabase:
    """A PostgreSQL database that is there for the time of the test."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.name = f"interviewdata_kill_{os.getpid()}"

    def __enter__(self) -> str:
        self._execute(f'CREATE DATABASE "{self.name}"')
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{self.name}"))

    def __exit__(self, *_error: object) -> None:
        self._execute(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]
