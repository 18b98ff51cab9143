"""Ogg with Opus, Vorbis or FLAC: a walk from page to page (RFC 3533, RFC 7845).

Checksums are not verified: a player would skip a damaged page, and so does the walk when the
page's frame is damaged.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from . import opus
from .buffers import Buffer
from .facts import AudioFacts, UnreadableAudio, believable

MAGIC = b"OggS"

# magic, version, flags, granule position, serial, sequence, checksum, number of segments
_PAGE = struct.Struct("<4sBBqIIIB")
CONTINUED, FIRST, LAST = 1, 2, 4

# 100 MB of the smallest possible pages; a hostile file ends here after a few seconds.
MOST_PAGES = 3_000_000
MOST_LINKS = 1000
MOST_DAMAGE = 100_000

_VIDEO_HEADS = (b"\x80theora", b"BBCD", b"OVP80", b"\x01video")
_FLAC_HEAD = b"\x7fFLAC"


@dataclass(slots=True)
class _Stream:
    serial: int
    rate: int  # granules a second
    pre_skip: int = 0  # granules that are decoded and thrown away
    is_opus: bool = False
    base: int = 0  # granule position at which the sound begins
    last: int = 0  # granule position of its end
    heard: bool = False

    @property
    def seconds(self) -> float:
        return max(0, self.last - self.base - self.pre_skip) / self.rate if self.heard else 0.0


def read_ogg(data: Buffer) -> AudioFacts:
    """Facts of an Ogg file with one sound stream; streams that follow each other are added up.

    A cut tail is no fault. Raises UnreadableAudio for a file with pictures, with several sound
    streams at once, with a codec other than Opus, Vorbis and FLAC, or without sound.
    """
    done = 0.0
    links = damage = 0
    stream: _Stream | None = None
    pos, end = 0, len(data)
    for _ in range(MOST_PAGES):
        if pos + _PAGE.size > end:
            break
        magic, version, flags, granule, serial, _, _, segments = _PAGE.unpack(
            data[pos : pos + _PAGE.size]
        )
        lacing = data[pos + _PAGE.size : pos + _PAGE.size + segments]
        body = pos + _PAGE.size + segments
        stop = body + sum(lacing)
        if magic != MAGIC or version != 0 or stop > end:
            # Damage, or the last page is cut: look for another one.
            damage += 1
            found = data.find(MAGIC, pos + 1)
            if found < 0 or damage > MOST_DAMAGE:
                break
            pos = found
            continue
        pos = stop
        if flags & FIRST:
            new = _identify(serial, data[body : min(stop, body + 64)])
            if new is None:
                continue
            if stream is not None:
                if not stream.heard:
                    raise UnreadableAudio("This Ogg file has several sound streams, not one.")
                done += stream.seconds
            links += 1
            if links > MOST_LINKS:
                raise UnreadableAudio("This Ogg file is in too many pieces to be read.")
            stream = new
        # Heads have granule position 0; -1 says that no packet ends on the page.
        elif granule > 0 and stream is not None and serial == stream.serial:
            if not stream.heard:
                stream.heard = True
                if stream.is_opus and not flags & (CONTINUED | LAST):
                    stream.base = max(0, granule - _opus_granules(data, body, lacing))
            stream.last = granule
    else:
        raise UnreadableAudio("This Ogg file is in too many pieces to be read.")
    if stream is None:
        raise UnreadableAudio("This Ogg file holds no sound of a kind that players know.")
    if not stream.heard and not done:
        raise UnreadableAudio("This Ogg file holds no sound.")
    return AudioFacts("audio/ogg", "ogg", believable(done + stream.seconds))


def _identify(serial: int, head: bytes) -> _Stream | None:
    """The sound stream that begins with packet `head`; None for one that is no sound."""
    stream = None
    if head.startswith(b"OpusHead") and len(head) >= 19:
        stream = _Stream(
            serial, opus.SAMPLE_RATE, int.from_bytes(head[10:12], "little"), is_opus=True
        )
    elif head.startswith(b"\x01vorbis") and len(head) >= 30:
        stream = _Stream(serial, int.from_bytes(head[12:16], "little"))
    elif head.startswith(_FLAC_HEAD) and len(head) >= 30:
        # 13 bytes of mapping and "fLaC", 4 of block head; 20 bits at byte 10 of STREAMINFO.
        stream = _Stream(serial, int.from_bytes(head[27:30], "big") >> 4)
    elif head.startswith(_VIDEO_HEADS):
        raise UnreadableAudio("This is a video; only sound is taken.")
    if stream is not None and not 1000 <= stream.rate <= 768_000:
        raise UnreadableAudio("This Ogg file has a sample rate that no sound has.")
    return stream


def _opus_granules(data: Buffer, pos: int, lacing: bytes) -> int:
    """Granules in the packets that end on a page whose body is at `pos`.

    A recorder that joined a running stream starts with a high granule position; this tells by
    how much.
    """
    seconds, start = 0.0, pos
    for length in lacing:
        pos += length
        if length < 255:
            seconds += opus.packet_seconds(data[start : min(pos, start + 2)])
            start = pos
    return round(seconds * opus.SAMPLE_RATE)
