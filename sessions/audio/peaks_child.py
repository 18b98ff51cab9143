"""Run as a program: the loudest sample of each part of one sound file.

    python -I -S peaks_child.py DESCRIPTOR DEMUXER FOLDER

The arguments are those of probe_child, whose limits on files, sockets and processes hold here too:
decoders written in C meet hostile bytes. One line of JSON on stdout: {"duration": seconds of
sound, "peaks": [0–100], "engine": name and version} or {"refused": word}.
"""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import json
import os
import resource
import struct
import sys
from array import array
from pathlib import Path
from typing import Any

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 60
BUCKETS = 400
# Sound is folded into fine parts while it is decoded: how long it is shows only at the end.
PARTS_A_SECOND = 50
LONGEST_SECONDS = 6 * 3600
# Looked at: at least so many samples a second of each channel. The outline of a voice is the same
# with all of them, for three times the work.
SAMPLES_A_SECOND = 16_000
# Time stamps waver; only a pause longer than this is drawn as silence.
PAUSE_SECONDS = 0.1
FULL = 10_000
MOST_DAMAGED = 200

DEMUXERS: dict[str, tuple[str, ...]] = {
    "matroska": ("opus", "libopus", "vorbis", "libvorbis", "flac", "aac", "mp3", "mp3float",
                 "pcm_f32le", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_u8"),
    "ogg": ("opus", "libopus", "vorbis", "libvorbis", "flac"),
    "wav": ("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le",
            "pcm_alaw", "pcm_mulaw"),
    "mov": ("aac", "alac", "flac", "mp3", "mp3float", "opus", "libopus"),
    "mp3": ("mp3", "mp3float"),
    "flac": ("flac",),
    "aac": ("aac",),
}  # fmt: skip
# Sample format of a frame → (code of the array module, value of the loudest sample).
FORMATS: dict[str, tuple[Any, float]] = {
    "s16": ("h", 32768.0),
    "s32": ("i", 2147483648.0),
    "flt": ("f", 1.0),
    "dbl": ("d", 1.0),
}


class Outline:
    """The loudest sample of each part of a second, at the time where a player plays it."""

    def __init__(self) -> None:
        self.parts = array("H")
        self.seconds = 0.0  # how much is drawn, pauses included
        self.origin: float | None = None

    def add(self, frame: Any) -> None:
        """Raises ValueError for a sample format that no decoder above gives."""
        name = frame.format.name
        planar = name.endswith("p")
        code, full = FORMATS.get(name.removesuffix("p"), ("", 0.0))
        if name.removesuffix("p") == "u8":
            code, full = "B", 128.0
        if not code or frame.rate <= 0:
            raise ValueError(name)
        self._pause(frame.time)
        channels = len(frame.layout.channels)
        size = struct.calcsize(code)
        length = frame.samples * size * (1 if planar else channels)
        views: list[Any] = [
            memoryview(plane).cast("B")[:length].cast(code) for plane in frame.planes
        ]
        if not planar:
            views = [views[0][channel::channels] for channel in range(channels)]
        step = max(1, frame.rate // SAMPLES_A_SECOND)
        middle = 128 if code == "B" else 0
        start = 0
        while start < frame.samples:
            at = self.seconds + start / frame.rate
            # A hair on, so that rounding does not put a boundary before itself.
            part = int(at * PARTS_A_SECOND + 1e-6)
            left = round(((part + 1) / PARTS_A_SECOND - at) * frame.rate)
            stop = min(start + max(1, left), frame.samples)
            loudest = 0.0
            for view in views:
                some = view[start:stop:step]
                loudest = max(loudest, abs(max(some) - middle), abs(min(some) - middle))
            self._put(part, loudest / full)
            start = stop
        self.seconds += frame.samples / frame.rate

    def _pause(self, time: float | None) -> None:
        if time is None:
            return
        if self.origin is None:
            # Time before 0 is the encoder's run-up, which players leave out.
            self.origin = max(0.0, time)
        at = time - self.origin
        if at - self.seconds > PAUSE_SECONDS:
            self.seconds = at

    def _put(self, index: int, loudest: float) -> None:
        if index >= LONGEST_SECONDS * PARTS_A_SECOND:
            raise OverflowError
        if index >= len(self.parts):
            self.parts.extend([0] * (index + 1 - len(self.parts)))
        # Written so that what is not a number counts as silence.
        value = int(min(loudest, 1.0) * FULL) if loudest > 0 else 0
        self.parts[index] = max(self.parts[index], value)

    def peaks(self) -> list[int]:
        """At most BUCKETS numbers from 0 to 100 (full scale), each for an equal part."""
        total = len(self.parts)
        buckets = min(BUCKETS, total)
        return [
            -(-max(self.parts[i * total // buckets : (i + 1) * total // buckets]) * 100 // FULL)
            for i in range(buckets)
        ]


def _draw(av: Any, base: Any, descriptor: int, demuxer: str) -> dict[str, object]:
    options = {
        "format_whitelist": demuxer,
        "codec_whitelist": ",".join(DEMUXERS[demuxer]),
        "protocol_whitelist": "none",
    }
    if demuxer == "mov":
        options["enable_drefs"] = "0"
    outline = Outline()
    with av.open(
        base._Descriptor(descriptor), "r", format=demuxer, options=options,
        metadata_errors="replace",
    ) as container:  # fmt: skip
        if not container.streams.audio:
            return {"refused": "silent"}
        stream = container.streams.audio[0]
        context = stream.codec_context
        if context is None or context.codec.name not in DEMUXERS[demuxer]:
            return {"refused": "codec"}
        context.thread_count = 1
        damaged = 0
        # An error of the demuxer is a damaged tail; what came before it can be played.
        with contextlib.suppress(av.error.FFmpegError):
            for packet in container.demux(stream):
                try:
                    for frame in packet.decode():
                        outline.add(frame)
                except av.error.InvalidDataError:
                    damaged += 1
                    if damaged > MOST_DAMAGED:
                        break
    if not outline.parts:
        return {"refused": "broken"}
    return {"duration": round(outline.seconds, 3), "peaks": outline.peaks()}


def _probe_child() -> Any:
    """The module next door, which gives up rights in the same way. It is on no path."""
    path = Path(__file__).with_name("probe_child.py")
    spec = importlib.util.spec_from_file_location("probe_child", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(arguments: list[str]) -> int:
    descriptor, demuxer, folder = int(arguments[0]), arguments[1], arguments[2]
    base = _probe_child()
    base._lower(resource.RLIMIT_CORE, 0)
    base._lower(resource.RLIMIT_FSIZE, 64 * 1024)
    base._lower(resource.RLIMIT_AS, MEMORY_BYTES)
    base._lower(resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1)
    sys.path.append(folder)
    try:
        av = base._load()
    except Exception as error:
        return int(base._fail(error))
    base._lower(resource.RLIMIT_NOFILE, 0)
    if hasattr(resource, "RLIMIT_NPROC"):
        base._lower(resource.RLIMIT_NPROC, 0)
    try:
        answer = _draw(av, base, descriptor, demuxer)
    except ImportError as error:
        return int(base._fail(error))
    except OverflowError:
        answer = {"refused": "long"}
    except OSError as error:
        if error.errno in (errno.EMFILE, errno.EIO):
            return int(base._fail(error))
        answer = {"refused": "broken"}
    except Exception:
        answer = {"refused": "broken"}
    answer["engine"] = f"PyAV {av.__version__}, outline 1"
    print(json.dumps(answer), flush=True)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
