"""Run as a program: one sound file as plain samples, 16 kHz, mono, 16 bits.

    python -I -S samples_child.py DESCRIPTOR DEMUXER FOLDER OUTPUT

The first arguments are those of probe_child, whose limits on files, sockets and processes hold
here too: decoders written in C meet hostile bytes. OUTPUT is an inherited descriptor of an empty
file, the only one this process writes to: little-endian samples from its beginning. One line of
JSON on stdout: {"samples": how many, "engine": name and version} or {"refused": word}.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import importlib.util
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

MEMORY_BYTES = 512 * 1024 * 1024
# Six hours of speech in Opus take about 60 s.
CPU_SECONDS = 180
RATE = 16_000
SAMPLE_BYTES = 2
LONGEST_SECONDS = 6 * 3600
# Time stamps waver; only a pause longer than this is kept as silence.
PAUSE_SECONDS = 0.1
BLOCK_BYTES = 256 * 1024
MOST_DAMAGED = 200
MACHINE_AT_FAULT = (errno.EMFILE, errno.EIO, errno.ENOSPC, errno.EDQUOT)


class Writer:
    """Puts sound where a player plays it; pauses become holes in the file, which read as zeros."""

    def __init__(self, av: Any, output: int) -> None:
        self._av = av
        self._output = output
        self._graph: Any = None
        self._kind: tuple[str, str, int] | None = None
        self._block = bytearray()
        self._at = 0  # samples before the block
        self._seconds = 0.0  # how much sound has come in, pauses included
        self._origin: float | None = None

    def add(self, frame: Any) -> None:
        """Raises OverflowError where the sound becomes longer than LONGEST_SECONDS."""
        if frame.rate <= 0 or frame.samples <= 0:
            raise ValueError(frame.rate)
        self._pause(frame.time)
        kind = (frame.format.name, frame.layout.name, frame.rate)
        if kind != self._kind:
            self._finish_run()
            self._graph, self._kind = self._converter(*kind), kind
        self._seconds += frame.samples / frame.rate
        if self._seconds > LONGEST_SECONDS:
            raise OverflowError
        frame.pts = None  # the converter counts samples; time stamps were dealt with above
        self._graph.push(frame)
        self._pull()

    def finish(self) -> int:
        """Samples written."""
        self._finish_run()
        self._put_block()
        return self._at

    def _converter(self, format_name: str, layout: str, rate: int) -> Any:
        # By hand rather than by AudioResampler, which would start a thread for each core.
        graph = self._av.filter.Graph()
        graph.threads = 1
        nodes = [
            graph.add(
                "abuffer",
                sample_rate=str(rate),
                sample_fmt=format_name,
                channel_layout=layout,
                time_base=f"1/{rate}",
            ),
            graph.add("aformat", sample_rates=str(RATE), sample_fmts="s16", channel_layouts="mono"),
            graph.add("abuffersink"),
        ]
        graph.link_nodes(*nodes).configure()
        return graph

    def _pause(self, time: float | None) -> None:
        if time is None:
            return
        if self._origin is None:
            # Time before 0 is the encoder's run-up, which players leave out.
            self._origin = max(0.0, time)
        at = time - self._origin
        if at - self._seconds <= PAUSE_SECONDS:
            return
        if at > LONGEST_SECONDS:
            raise OverflowError
        self._finish_run()
        self._put_block()
        self._at = max(self._at, round(at * RATE))
        self._seconds = at

    def _finish_run(self) -> None:
        if self._graph is not None:
            self._graph.push(None)
            self._pull()
        self._graph = self._kind = None

    def _pull(self) -> None:
        while True:
            try:
                frame = self._graph.pull()
            except (BlockingIOError, self._av.error.EOFError):
                return
            self._block += memoryview(frame.planes[0])[: frame.samples * SAMPLE_BYTES]
            if len(self._block) >= BLOCK_BYTES:
                self._put_block()

    def _put_block(self) -> None:
        begin = self._at * SAMPLE_BYTES
        view = memoryview(self._block)
        while view:
            written = os.pwrite(self._output, view, begin)
            begin += written
            view = view[written:]
        self._at += len(self._block) // SAMPLE_BYTES
        self._block = bytearray()


def _decode(
    av: Any, base: Any, descriptor: int, demuxer: str, decoders: tuple[str, ...], output: int
) -> dict[str, object]:
    options = {
        "format_whitelist": demuxer,
        "codec_whitelist": ",".join(decoders),
        "protocol_whitelist": "none",
    }
    if demuxer == "mov":
        options["enable_drefs"] = "0"
    writer = Writer(av, output)
    with av.open(
        base._Descriptor(descriptor), "r", format=demuxer, options=options,
        metadata_errors="replace",
    ) as container:  # fmt: skip
        if not container.streams.audio:
            return {"refused": "silent"}
        stream = container.streams.audio[0]
        context = stream.codec_context
        if context is None or context.codec.name not in decoders:
            return {"refused": "codec"}
        context.thread_count = 1
        damaged = 0
        # An error of the demuxer is a damaged tail; what came before it can be played.
        with contextlib.suppress(av.error.FFmpegError):
            for packet in container.demux(stream):
                try:
                    frames = packet.decode()
                except av.error.InvalidDataError:
                    damaged += 1
                    if damaged > MOST_DAMAGED:
                        break
                    continue
                for frame in frames:
                    writer.add(frame)
    samples = writer.finish()
    return {"samples": samples} if samples else {"refused": "broken"}


def _neighbour(name: str) -> Any:
    """A module next door. It is on no path."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _load(base: Any) -> Any:
    """PyAV, with a converter tried once: later nothing more can be opened."""
    av = base._load()
    importlib.import_module("av.filter")
    frame = av.AudioFrame(format="s16", layout="stereo", samples=48)
    frame.sample_rate = 48_000
    trial = Writer(av, -1)
    trial.add(frame)
    trial._finish_run()
    return av


def main(arguments: list[str]) -> int:
    descriptor, demuxer, folder, output = int(arguments[0]), *arguments[1:3], int(arguments[3])
    base = _neighbour("probe_child")
    decoders = _neighbour("peaks_child").DEMUXERS[demuxer]
    base._lower(resource.RLIMIT_CORE, 0)
    base._lower(resource.RLIMIT_FSIZE, (LONGEST_SECONDS + 1) * RATE * SAMPLE_BYTES)
    base._lower(resource.RLIMIT_AS, MEMORY_BYTES)
    base._lower(resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1)
    sys.path.append(folder)
    try:
        av = _load(base)
    except Exception as error:
        return int(base._fail(error))
    base._lower(resource.RLIMIT_NOFILE, 0)
    if hasattr(resource, "RLIMIT_NPROC"):
        base._lower(resource.RLIMIT_NPROC, 0)
    try:
        answer = _decode(av, base, descriptor, demuxer, decoders, output)
    except ImportError as error:
        return int(base._fail(error))
    except OverflowError:
        answer = {"refused": "long"}
    except OSError as error:
        if error.errno in MACHINE_AT_FAULT:
            return int(base._fail(error))
        answer = {"refused": "broken"}
    except Exception:
        answer = {"refused": "broken"}
    answer["engine"] = f"PyAV {av.__version__}, samples 1"
    print(json.dumps(answer), flush=True)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
