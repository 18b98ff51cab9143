"""Run as a program: looks at one MP4, MP3, FLAC or AAC file with FFmpeg's parsers.

    python -I -S probe_child.py DESCRIPTOR DEMUXER FOLDER

DESCRIPTOR is an inherited file descriptor, DEMUXER one of DECODERS, FOLDER the one that holds
the package `av`. One line of JSON on stdout: {"duration": seconds} or {"refused": word}.

Parsers written in C meet hostile bytes here, so the process gives up whatever it does not need
before the first byte is read: memory, time, and every further file, socket, thread and process.
Imports nothing of ours, so that it starts fast and runs without the project's path.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
import json
import os
import resource
import struct
import sys
from typing import Any

MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 15

# Sound decoders each demuxer may hand its packets to. Pictures on a cover are never decoded.
DECODERS = {
    "mov": ("aac", "alac", "flac", "mp3", "mp3float", "opus", "libopus"),
    "mp3": ("mp3", "mp3float"),
    "flac": ("flac",),
    "aac": ("aac",),
}
# Packets among which one has to give sound; an MP3 cut from a longer one starts with a few that
# do not.
PROOF_PACKETS = 64


class _Descriptor:
    """A file for PyAV that keeps its own position: the descriptor's is shared with the parent."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._pos = 0
        self._size = os.fstat(descriptor).st_size

    def read(self, size: int) -> bytes:
        block = os.pread(self._descriptor, size, self._pos)
        self._pos += len(block)
        return block

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._pos, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError("before the beginning")
        self._pos = base + offset
        return self._pos

    def tell(self) -> int:
        return self._pos


def _lower(limit: int, soft: int, hard: int | None = None) -> None:
    """Sets a limit for good, staying under one that is stricter already."""
    present = resource.getrlimit(limit)[1]
    hard = soft if hard is None else hard
    if present != resource.RLIM_INFINITY:
        soft, hard = min(soft, present), min(hard, present)
    resource.setrlimit(limit, (soft, hard))


def _examine(av: Any, descriptor: int, demuxer: str) -> dict[str, object]:
    options = {
        "format_whitelist": demuxer,
        "codec_whitelist": ",".join(DECODERS[demuxer]),
        "protocol_whitelist": "none",
        "enable_drefs": "0",  # MP4 tracks that lie in another file
    }
    if demuxer != "mov":
        del options["enable_drefs"]
    with av.open(
        _Descriptor(descriptor), "r", format=demuxer, options=options, metadata_errors="replace"
    ) as container:
        sounds = list(container.streams.audio)
        if any(
            not stream.disposition & av.stream.Disposition.attached_pic
            for stream in container.streams.video
        ):
            return {"refused": "video"}
        if len(sounds) != 1:
            return {"refused": "streams" if sounds else "silent"}
        stream = sounds[0]
        context = stream.codec_context
        if context is None or context.codec.name not in DECODERS[demuxer]:
            return {"refused": "codec"}
        context.thread_count = 1
        return _measure(av, container, stream)


def _measure(av: Any, container: Any, stream: Any) -> dict[str, object]:
    proven = False
    tried = 0
    begin: int | None = None
    end = 0
    try:
        for packet in container.demux(stream):
            if not proven:
                tried += 1
                with contextlib.suppress(av.error.InvalidDataError):
                    proven = any(frame.samples > 0 for frame in packet.decode())
                if not proven and tried >= PROOF_PACKETS:
                    return {"refused": "broken"}
            if packet.size == 0 or packet.is_corrupt:
                continue
            start = packet.pts if packet.pts is not None else packet.dts
            if start is None:
                start = end
            if begin is None:
                begin = end = start
            end = max(end, start + (packet.duration or 0))
    except av.error.FFmpegError:
        # A damaged tail; what came before it can be played.
        pass
    if not proven or begin is None:
        return {"refused": "broken"}
    # Time before 0 is the encoder's run-up, which players leave out.
    return {"duration": float((end - max(begin, 0)) * stream.time_base)}


def _load() -> Any:
    """PyAV, with the modules it otherwise imports on first use: later none can be opened."""
    import av
    import av.error
    import av.logging
    import av.stream

    for name in ("av.audio.stream", "av.video.stream", "av.subtitles.stream", "av.data.stream"):
        with contextlib.suppress(ImportError):  # names differ between versions of PyAV
            importlib.import_module(name)
    av.logging.set_level(av.logging.PANIC)
    silence = struct.pack(
        "<4sI8sIHHIIHH4sI", b"RIFF", 100, b"WAVEfmt ", 16, 1, 1, 8000, 16000, 2, 16, b"data", 64
    )
    with av.open(io.BytesIO(silence + bytes(64)), "r", format="wav") as container:
        _measure(av, container, container.streams.audio[0])
    return av


def _fail(error: Exception) -> int:
    """Says that this process, not the file, is at fault."""
    print(json.dumps({"failed": f"{type(error).__name__}: {error}"[:500]}))
    return 3


def main(arguments: list[str]) -> int:
    descriptor, demuxer, folder = int(arguments[0]), arguments[1], arguments[2]
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 64 * 1024)  # stdout may be a file when tried out by hand
    _lower(resource.RLIMIT_AS, MEMORY_BYTES)
    # SIGXCPU first; SIGKILL a second later for code that ignores it.
    _lower(resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1)
    sys.path.append(folder)
    try:
        av = _load()
    except Exception as error:
        return _fail(error)
    # From here on nothing can be opened or connected to, whatever the file refers to.
    _lower(resource.RLIMIT_NOFILE, 0)
    if hasattr(resource, "RLIMIT_NPROC"):
        _lower(resource.RLIMIT_NPROC, 0)
    try:
        answer = _examine(av, descriptor, demuxer)
    except ImportError as error:
        return _fail(error)
    except OSError as error:  # some of PyAV's errors are OSErrors as well
        if error.errno in (errno.EMFILE, errno.EIO):
            return _fail(error)
        answer = {"refused": "broken"}
    except Exception:
        answer = {"refused": "broken"}
    print(json.dumps(answer), flush=True)
    # Nothing is left to tidy up, and native clean-up of a hostile file is one more risk.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
