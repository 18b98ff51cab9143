"""Runs both servers (the one that answers, and the one that keeps streams of events open) and the
worker in the background."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

# A server that is stopping finishes the requests it has; then it is made to stop.
PATIENCE_SECONDS = 10
# A worker that ends at once, again and again, is started every so many seconds.
LONGEST_PAUSE = 30.0
ANSWERS, EVENTS = "interviewdata.wsgi:application", "interviewdata.asgi:application"


class Stopped(Exception):
    pass


class Command(BaseCommand):
    help = (
        "Serves on this machine with two groups of processes (granian): requests on --port, "
        "streams of events on --events-port, so that watching never holds what takes answers; "
        "and with a worker in the background (`work`), which is started again when it ends. "
        "Ends all when it is interrupted or terminated, and when one of the servers ends."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--events-port", type=int, help="default: the port after --port")
        parser.add_argument(
            "--no-worker", action="store_true", help="leave out the worker in the background"
        )
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        events_port = options["events_port"] or port + 1
        for one in (port, events_port):
            _must_be_free(host, one)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        servers: list[subprocess.Popen[bytes]] = []
        worker = BackgroundWorker()
        try:
            # Pages stand at the other port: another origin, which gets bearer access only.
            pages = ",".join(f"http://{name}:{port}" for name in dict.fromkeys((host, "localhost")))
            events = [*_command("asginl", host, events_port, 1), EVENTS]
            servers.append(_start(events, CORS_ALLOWED_ORIGINS=pages))
            answers = _command("wsgi", host, port, options["workers"])
            answers += ["--blocking-threads", "2", ANSWERS]
            servers.append(_start(answers, EVENTS_URL=f"http://{host}:{events_port}"))
            self.stdout.write(f"Interview data is at http://{host}:{port}/ (stop it with Ctrl-C)")
            self.stdout.flush()
            while all(server.poll() is None for server in servers):
                if not options["no_worker"]:
                    worker.keep_going()
                time.sleep(0.5)
            self.stderr.write("One of the servers has ended; see its words above.")
            sys.exit(1)
        except Stopped:
            self.stdout.write("Stopping.")
        finally:
            _end([*servers, *worker.processes()])


def _must_be_free(host: str, port: int) -> None:
    """Granian would share a port that another server has, and each would get half the requests."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} of {host} cannot be had ({error.strerror}); name another: make run "
                "PORT=…, or --port and --events-port."
            ) from error


def _stop(*_signal: Any) -> None:
    raise Stopped


def _command(interface: str, host: str, port: int, workers: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", interface),
        *("--host", host, "--port", str(port), "--workers", str(workers)),
        *("--no-ws", "--respawn-failed-workers", "--log-level", "warning"),
    ]


def _start(command: list[str], **environment: str) -> subprocess.Popen[bytes]:
    """In a session of its own: Ctrl-C reaches us alone, and we end it in order."""
    return subprocess.Popen(
        command,
        env={**os.environ, **{k: v for k, v in environment.items() if k not in os.environ}},
        start_new_session=True,
    )


class BackgroundWorker:
    """`manage.py work`, started again when it ends; the later, the more often that was."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._started = self._pause = self._next = 0.0

    def keep_going(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        if self._process is not None and self._started:
            lasted = time.monotonic() - self._started
            self._pause = 1.0 if lasted > LONGEST_PAUSE else min(LONGEST_PAUSE, 2 * self._pause + 1)
            self._started = 0.0
            self._next = time.monotonic() + self._pause
        if self._process is None or time.monotonic() >= self._next:
            command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "work"]
            self._process, self._started = _start([*command, "-v", "0"]), time.monotonic()

    def processes(self) -> list[subprocess.Popen[bytes]]:
        return [self._process] if self._process is not None else []


def _end(servers: list[subprocess.Popen[bytes]]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for server in servers:
        if server.poll() is None:
            server.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for server in servers:
        try:
            server.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
