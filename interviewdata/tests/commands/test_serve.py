"""`manage.py serve`, which `make run` ends in: two servers that end together, and a worker."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from interviewdata.tests.kill.server import ROOT, Server, free_port

NAME = "serve"
PATIENCE_SECONDS = 60


def answers(port):
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/api/interview-modes")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def wait_until(is_so):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_both_servers_answer_and_end_together(tmp_path, how):
    environment = Server(tmp_path).environment
    port, events_port = free_port(), free_port()
    command = [sys.executable, "manage.py", NAME, "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(
        [*command, "--events-port", str(events_port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        wait_until(lambda: answers(port) and answers(events_port))
        os.kill(process.pid, how)
        assert process.wait(PATIENCE_SECONDS) == 0
    finally:
        if process.poll() is None:
            process.kill()
    assert not answers(port)
    assert not answers(events_port)
    assert process.stdout is not None
    assert f"http://127.0.0.1:{port}/" in process.stdout.read().decode()


@pytest.mark.slow
def test_a_port_that_is_taken_is_1(tmp_path):
    taken = Server(tmp_path)
    taken.start()
    try:
        command = [sys.executable, "manage.py", NAME, "--port", str(taken.port)]
        done = subprocess.run(
            [*command, "--events-port", str(free_port()), "--workers", "1"],
            cwd=ROOT,
            env=taken.environment,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    finally:
        taken.kill()
    assert done.returncode == 1


def worker_of(process):
    """The process id of its `manage.py work`; 0 where there is none."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for child in children:
        with suppress(OSError):
            if Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[2:3] == [b"work"]:
                return int(child)
    return 0


@pytest.mark.slow
def test_the_worker_is_started_again_and_ends_with_the_servers(tmp_path):
    server = Server(tmp_path)
    assert server.manage("migrate", "-v", "0").returncode == 0
    port, events_port = free_port(), free_port()
    command = [sys.executable, "manage.py", NAME, "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(
        [*command, "--events-port", str(events_port)],
        cwd=ROOT,
        env=server.environment,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(lambda: answers(port) and worker_of(process))
        first = worker_of(process)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: worker_of(process) not in (0, first))
        second = worker_of(process)
        assert answers(port)
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
    finally:
        if process.poll() is None:
            process.kill()
    assert not Path(f"/proc/{second}").exists()


@pytest.mark.slow
def test_the_worker_can_be_left_out(tmp_path):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", NAME, "--port", str(port), "--events-port",
         str(free_port()), "--workers", "1", "--no-worker"],
        cwd=ROOT,
        env=Server(tmp_path).environment,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        wait_until(lambda: answers(port))
        assert worker_of(process) == 0
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
    finally:
        if process.poll() is None:
            process.kill()
