"""Small sound files for tests: encoded with PyAV, or put together byte by byte."""

from __future__ import annotations

import array
import io
import math
import struct
from functools import cache
from typing import Any

import av
from av.audio.frame import AudioFrame

RATE = 48_000
FRAME = 960


class Unseekable:
    """What a recorder writes to: no going back to fill in a duration."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)


def tone(seconds: float, rate: int = RATE) -> array.array[int]:
    """A 220 Hz tone with a little vibrato as 16-bit samples."""
    return array.array(
        "h",
        (
            int(9000 * math.sin(2 * math.pi * 220 * i / rate + 3 * math.sin(20 * i / rate)))
            for i in range(round(seconds * rate))
        ),
    )


@cache
def encoded(
    container: str,
    codec: str,
    seconds: float = 2.0,
    *,
    rate: int = RATE,
    bit_rate: int = 64_000,
    seekable: bool = True,
    options: tuple[tuple[str, str], ...] = (),
    codec_options: tuple[tuple[str, str], ...] = (),
    tracks: int = 1,
    layout: str = "mono",
) -> bytes:
    """A tone of `seconds` in the given container and codec, as one file's bytes."""
    target: io.BytesIO | Unseekable = io.BytesIO() if seekable else Unseekable()
    sound = tone(seconds, rate)
    with av.open(target, "w", format=container, options=dict(options)) as output:
        streams = []
        for _ in range(tracks):
            stream: Any = output.add_stream(codec, rate=rate, options=dict(codec_options))
            stream.layout = layout
            stream.bit_rate = bit_rate
            streams.append(stream)
        for stream in streams:
            resampler = av.AudioResampler(
                format=stream.codec_context.format, layout=layout, rate=rate
            )
            for start in range(0, len(sound), FRAME):
                part = sound[start : start + FRAME]
                frame = AudioFrame(format="s16", layout="mono", samples=len(part))
                frame.planes[0].update(part.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
                frame.sample_rate = rate
                frame.pts = start
                for ready in resampler.resample(frame):
                    output.mux(stream.encode(ready))
            output.mux(stream.encode(None))
    return target.getvalue() if isinstance(target, io.BytesIO) else b"".join(target.parts)


def recorded_webm(seconds: float = 2.0) -> bytes:
    """As Chromium's MediaRecorder writes it: unknown sizes, no duration, no cues.

    Every 240 ms a cluster begins, as with `recorder.start(250)`.
    """
    with av.open(io.BytesIO(encoded("webm", "libopus", seconds)), "r") as source:
        packets = [bytes(packet) for packet in source.demux(audio=0) if packet.size]
    return webm_of(
        *(
            cluster(i * 20, b"".join(
                element(0xA3, block(j * 20, packet)) for j, packet in enumerate(packets[i : i + 12])
            ))
            for i in range(0, len(packets), 12)
        )
    )  # fmt: skip


def plain_webm(seconds: float = 2.0) -> bytes:
    return encoded("webm", "libopus", seconds)


def recorded_mp4(seconds: float = 2.0) -> bytes:
    """As Safari's MediaRecorder writes it: an empty head, then fragments."""
    return encoded(
        "mp4", "aac", seconds, seekable=False,
        options=(
            ("movflags", "frag_keyframe+empty_moov+default_base_moof"),
            ("frag_duration", "500000"),
        ),
    )  # fmt: skip


@cache
def video(container: str, codec: str, sound_codec: str | None = None) -> bytes:
    """Half a second of moving pictures, with sound where `sound_codec` is given."""
    target = io.BytesIO()
    with av.open(target, "w", format=container) as output:
        stream: Any = output.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        sound: Any = output.add_stream(sound_codec, rate=RATE) if sound_codec else None
        if sound is not None:
            sound.layout = "stereo"
        for _ in range(5):
            output.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        output.mux(stream.encode(None))
        if sound is not None:
            frame = AudioFrame(format="s16", layout="mono", samples=FRAME)
            frame.sample_rate = RATE
            frame.pts = 0
            resampler = av.AudioResampler(
                format=sound.codec_context.format, layout="stereo", rate=RATE
            )
            for ready in resampler.resample(frame):
                output.mux(sound.encode(ready))
            output.mux(sound.encode(None))
    return target.getvalue()


# -- by hand ---------------------------------------------------------------------------------

UNKNOWN_SIZE = b"\x01" + b"\xff" * 7
OPUS_HEAD = b"OpusHead\x01\x01" + struct.pack("<HIhB", 312, 48_000, 0, 0)
# CELT, 20 ms, one frame; the rest is silence.
OPUS_PACKET = b"\xf8\xff\xfe" + b"\0" * 60


def element(name: int, body: bytes, width: int = 0) -> bytes:
    """One EBML element; `width` bytes for its size, by default as few as possible."""
    width = width or next(w for w in range(1, 9) if len(body) < (1 << 7 * w) - 1)
    size = (len(body) | 1 << 7 * width).to_bytes(width, "big")
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + size + body


def unknown(name: int) -> bytes:
    """The head of an element of unknown size."""
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + UNKNOWN_SIZE


def uint(name: int, value: int) -> bytes:
    return element(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def ebml_head(doc_type: bytes = b"webm", max_id: int = 4, max_size: int = 8) -> bytes:
    return element(
        0x1A45DFA3, uint(0x42F2, max_id) + uint(0x42F3, max_size) + element(0x4282, doc_type)
    )


def sound_track(number: int = 1, codec: bytes = b"A_OPUS", extra: bytes = b"") -> bytes:
    return element(
        0xAE,
        uint(0xD7, number)
        + uint(0x83, 2)
        + element(0x86, codec)
        + element(0x63A2, OPUS_HEAD)
        + extra,
    )


def block(ticks: int, frame: bytes = OPUS_PACKET, number: int = 1, flags: int = 0x80) -> bytes:
    """The body of a SimpleBlock or Block."""
    return bytes([0x80 | number]) + struct.pack(">hB", ticks, flags) + frame


def blocks(count: int, step: int = 20, width: int = 0) -> bytes:
    return b"".join(element(0xA3, block(i * step), width) for i in range(count))


def webm_of(*clusters: bytes, tracks: bytes | None = None, head: bytes | None = None) -> bytes:
    """A recorder's file: unknown segment size, the given tracks and whole clusters."""
    return b"".join(
        (
            ebml_head() if head is None else head,
            unknown(0x18538067),
            element(0x1549A966, uint(0x2AD7B1, 1_000_000)),
            element(0x1654AE6B, sound_track() if tracks is None else tracks),
            *clusters,
        )
    )


def cluster(clock: int, body: bytes, known: bool = False) -> bytes:
    inside = uint(0xE7, clock) + body
    return element(0x1F43B675, inside) if known else unknown(0x1F43B675) + inside


def wav(
    samples: bytes = b"\0\0" * RATE,
    *,
    codec: int = 1,
    channels: int = 1,
    rate: int = RATE,
    bits: int = 16,
    data_size: int | None = None,
    before: bytes = b"",
    after: bytes = b"",
) -> bytes:
    frame = channels * bits // 8
    form = struct.pack("<HHIIHH", codec, channels, rate, rate * frame & 0xFFFFFFFF, frame, bits)
    size = len(samples) if data_size is None else data_size
    chunks = (
        b"WAVEfmt " + struct.pack("<I", len(form)) + form
        + before + b"data" + struct.pack("<I", size) + samples + after
    )  # fmt: skip
    return b"RIFF" + struct.pack("<I", len(chunks)) + chunks


def ogg_page(
    packets: bytes, granule: int, *, serial: int = 7, flags: int = 0, lacing: bytes | None = None
) -> bytes:
    """One page; by default with `packets` as one packet. The checksum is left out."""
    if lacing is None:
        lacing = b"\xff" * (len(packets) // 255) + bytes([len(packets) % 255])
    return struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, serial, 0, 0, len(lacing)) + (
        lacing + packets
    )
