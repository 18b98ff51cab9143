"""The parent's side of probe_child: starts it, waits for it, never trusts what it says."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import IO, BinaryIO

from .buffers import descriptor_of
from .facts import LATER, UNDERSTOOD, AudioFacts, AudioNotChecked, UnreadableAudio, believable

logger = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("probe_child.py")
# The child's own limit is 15 s of CPU: who needs longer than this was kept waiting.
WALL_SECONDS = 40.0
ANSWER_BYTES = 4096

# What each demuxer's files are called.
KINDS = {
    "mov": ("audio/mp4", "m4a"),
    "mp3": ("audio/mpeg", "mp3"),
    "flac": ("audio/flac", "flac"),
    "aac": ("audio/aac", "aac"),
}

_REFUSALS = {
    "video": "This is a video; only sound is taken.",
    "streams": "This file has several sound tracks, not one.",
    "silent": "This file holds no sound.",
    "codec": f"This file's sound is of a kind that players do not know; {UNDERSTOOD}.",
    "broken": "This sound file is damaged and cannot be played.",
}
# How a process ends that the file overtaxed or broke; SIGKILL comes from outside.
CRASHES = frozenset(
    -number
    for number in (
        signal.SIGXCPU,
        signal.SIGSEGV,
        signal.SIGABRT,
        signal.SIGFPE,
        signal.SIGBUS,
        signal.SIGILL,
    )
)


def probe(file: BinaryIO, size: int, demuxer: str) -> AudioFacts:
    """Facts of `file` (`size` bytes), which looks like what `demuxer` (a key of KINDS) reads.

    Costs a process: about 0.3 s, most of it start-up. Raises UnreadableAudio, or
    AudioNotChecked where the process could not do its work.
    """
    try:
        with descriptor_of(file, size) as descriptor:
            status, output = run_child(
                CHILD, descriptor, demuxer, wall_seconds=WALL_SECONDS, answer_bytes=ANSWER_BYTES
            )
    except OSError as error:
        logger.exception("the audio probe could not be started")
        raise AudioNotChecked(LATER) from error
    answer = parse_answer(output)
    duration = answer.get("duration")
    if status == 0 and isinstance(duration, float):
        content_type, extension = KINDS[demuxer]
        return AudioFacts(content_type, extension, believable(duration))
    if status == 0 and answer.get("refused") in _REFUSALS:
        raise UnreadableAudio(_REFUSALS[str(answer["refused"])])
    if status in CRASHES:
        logger.warning("the audio probe ended with %s on a file of %d bytes", status, size)
        raise UnreadableAudio(_REFUSALS["broken"])
    logger.error("the audio probe failed: status %s, answer %.300r", status, output)
    raise AudioNotChecked(LATER)


def run_child(
    child: Path,
    descriptor: int,
    demuxer: str,
    *,
    wall_seconds: float,
    answer_bytes: int,
    writable: int | None = None,
) -> tuple[int | None, bytes]:
    """(exit status, the first bytes of stdout); the status is None when time ran out or the
    answer reached `answer_bytes`. writable: a descriptor the child may write to, its last
    argument."""
    deadline = time.monotonic() + wall_seconds
    # "-I -S": no environment, no user folder, no .pth files: what runs is what is written here.
    command = [_python(), "-I", "-S", str(child), str(descriptor), demuxer, _av_folder()]
    inherited = (descriptor,) if writable is None else (descriptor, writable)
    command += map(str, inherited[1:])
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=inherited,
        env=_environment(),
        cwd="/",
    ) as process:
        try:
            assert process.stdout is not None
            output = _read(process.stdout, deadline, answer_bytes)
            if len(output) >= answer_bytes:
                return None, output
            return process.wait(max(0.0, deadline - time.monotonic())), output
        except subprocess.TimeoutExpired:
            return None, b""
        finally:
            if process.poll() is None:
                process.kill()


def _read(pipe: IO[bytes], deadline: float, most: int) -> bytes:
    """What `pipe` gives until its end; at most `most` bytes, at most until `deadline`."""
    output = b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while len(output) < most and (left := deadline - time.monotonic()) > 0:
            if selector.select(left):
                block = os.read(pipe.fileno(), most - len(output))
                if not block:
                    break
                output += block
    return output


def parse_answer(output: bytes) -> dict[str, object]:
    try:
        answer = json.loads(output)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _environment() -> dict[str, str]:
    kept = ("LD_LIBRARY_PATH", "SYSTEMROOT")
    return {"LC_ALL": "C.UTF-8"} | {name: os.environ[name] for name in kept if name in os.environ}


@cache
def _python() -> str:
    """The interpreter; servers that embed Python have their own name in sys.executable."""
    if sys.executable and Path(sys.executable).name.lower().startswith("python"):
        return sys.executable
    return str(Path(sys.exec_prefix) / "bin" / "python3")


@cache
def _av_folder() -> str:
    """The folder `av` is installed in, found without importing it."""
    spec = importlib.util.find_spec("av")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("PyAV (package av) is not installed")
    return str(Path(spec.origin).parent.parent)
