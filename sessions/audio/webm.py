"""WebM and Matroska: a walk over the EBML elements that never touches the sound itself.

Browsers record into files without a duration and without cues, whose segment and clusters have
"unknown" sizes; the length is known only from the time stamps of the blocks. Element names and
numbers: RFC 8794 (EBML) and RFC 9559 (Matroska).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from operator import length_hint

from .buffers import Buffer
from .facts import AudioFacts, UnreadableAudio, believable
from .opus import packet_seconds

MAGIC = b"\x1a\x45\xdf\xa3"

EBML = 0x1A45DFA3
EBML_MAX_ID_LENGTH = 0x42F2
EBML_MAX_SIZE_LENGTH = 0x42F3
DOC_TYPE = 0x4282
SEGMENT = 0x18538067
SEEK_HEAD = 0x114D9B74
INFO = 0x1549A966
TIMESTAMP_SCALE = 0x2AD7B1
TRACKS = 0x1654AE6B
TRACK_ENTRY = 0xAE
TRACK_NUMBER = 0xD7
TRACK_TYPE = 0x83
TRACK_DEFAULT_DURATION = 0x23E383
TRACK_CODEC = 0x86
TRACK_CODEC_PRIVATE = 0x63A2
TRACK_ENCODINGS = 0x6D80
TRACK_AUDIO = 0xE1
AUDIO_RATE = 0xB5
AUDIO_CHANNELS = 0x9F
AUDIO_BITS = 0x6264
CLUSTER = 0x1F43B675
CLUSTER_TIMESTAMP = 0xE7
SIMPLE_BLOCK = 0xA3
BLOCK_GROUP = 0xA0
BLOCK = 0xA1
CUES = 0x1C53BB6B
TAGS = 0x1254C367
CHAPTERS = 0x1043A770
ATTACHMENTS = 0x1941A469

# Any of these ends a cluster of unknown size (RFC 8794, 6.2).
TOP_LEVEL = frozenset(
    (EBML, SEGMENT, SEEK_HEAD, INFO, TRACKS, CLUSTER, CUES, TAGS, CHAPTERS, ATTACHMENTS)
)
CLUSTER_BYTES = CLUSTER.to_bytes(4, "big")

# 8 hours of 20 ms blocks. Blocks of the poorest sound (6 kbit/s) have some 20 bytes each, so
# that a hostile file of 2-byte elements is given up after an eighth of them: 0.1 s a megabyte.
MOST_ELEMENTS = 1_500_000
FREE_ELEMENTS = 20_000
ELEMENT_BYTES = 16

VIDEO, AUDIO = 1, 2
UNKNOWN = -1

# Chromium's "audio/webm;codecs=pcm" is a Matroska file by its head.
WEBM_CODECS = ("A_OPUS", "A_VORBIS", "A_PCM/FLOAT/IEEE")
OTHER_CODECS = ("A_PCM/", "A_FLAC", "A_AAC", "A_MPEG/L3")


@dataclass(slots=True)
class _Track:
    number: int = 0
    kind: int = 0
    codec: str = ""
    private: bytes = b""
    packed: bool = False
    block_ns: int = 0
    rate: float = 8000.0
    channels: int = 1
    bits: int = 0


def read_webm(data: Buffer) -> AudioFacts:
    """Facts of a WebM or Matroska sound file.

    A cut or damaged tail is no fault: everything up to it can be played. Raises UnreadableAudio
    for a file with pictures, with no or several sound tracks, or without one whole sound block.
    """
    return _Walk(data).facts()


class _Walk:
    """One pass over one file; every step moves forward and is counted."""

    def __init__(self, data: Buffer) -> None:
        self.data = data
        self.left = min(MOST_ELEMENTS, FREE_ELEMENTS + len(data) // ELEMENT_BYTES)
        self.doc_type = "matroska"
        self.scale = 1_000_000  # nanoseconds a tick
        self.tracks: list[_Track] = []
        self.number = -1  # of the sound track, once known
        self.first: int | None = None  # ticks
        self.last = 0  # ticks
        self.last_frame = (0, 0)  # where the last block's frame begins and ends, bytes
        self.last_laced = False

    def facts(self) -> AudioFacts:
        pos = self._read_header()
        self._read_segment(pos)
        track = self._sound_track()
        if self.first is None:
            raise UnreadableAudio("This WebM file holds no sound.")
        seconds = (self.last - self.first) * self.scale / 1e9 + self._last_seconds(track)
        webm = self.doc_type == "webm" or track.codec in WEBM_CODECS
        kind, extension = ("audio/webm", "webm") if webm else ("audio/matroska", "mka")
        return AudioFacts(kind, extension, believable(seconds))

    # -- elements ----------------------------------------------------------------------------

    def _element(self, pos: int, end: int) -> tuple[int, int, int] | None:
        """(id, where its body begins, where it ends or UNKNOWN) of the element at `pos`.

        None where no element can begin: bytes that are none, or a head cut by `end`.
        """
        self.left -= 1
        if self.left < 0:
            raise UnreadableAudio("This WebM file is in too many pieces to be read.")
        if pos >= end:
            return None
        data = self.data
        head = data[pos]
        if head >= 0x80 and pos + 1 < end and 0x80 <= data[pos + 1] < 0xFF:
            # One byte each: most elements, and a third of the time.
            return head, pos + 2, pos + 2 + data[pos + 1] - 0x80
        width = 9 - head.bit_length()
        if width > 4 or pos + width >= end:
            return None
        name = int.from_bytes(data[pos : pos + width], "big")
        pos += width
        head = data[pos]
        width = 9 - head.bit_length()
        if width > 8 or pos + width > end:
            return None
        size = int.from_bytes(data[pos : pos + width], "big") & ((1 << 7 * width) - 1)
        pos += width
        return name, pos, UNKNOWN if size == (1 << 7 * width) - 1 else pos + size

    def _children(self, pos: int, end: int) -> Iterator[tuple[int, int, int]]:
        """The elements between `pos` and `end` that are there whole."""
        while (element := self._element(pos, end)) is not None:
            pos = element[2]
            if pos == UNKNOWN or pos > end:
                return
            yield element

    def _uint(self, pos: int, end: int) -> int:
        if end - pos > 8:
            raise UnreadableAudio("This WebM file has a number that is too long.")
        return int.from_bytes(self.data[pos:end], "big")

    def _float(self, pos: int, end: int) -> float:
        layout = {4: ">f", 8: ">d"}.get(end - pos)
        return float(struct.unpack(layout, self.data[pos:end])[0]) if layout else 0.0

    def _text(self, pos: int, end: int) -> str:
        return self.data[pos : min(end, pos + 64)].rstrip(b"\0").decode("latin-1")

    # -- head of the file --------------------------------------------------------------------

    def _read_header(self) -> int:
        element = self._element(0, len(self.data))
        if element is None or element[0] != EBML or not 0 <= element[2] <= len(self.data):
            raise UnreadableAudio("This WebM file ends within its first bytes.")
        for name, pos, end in self._children(element[1], element[2]):
            if name == DOC_TYPE:
                self.doc_type = self._text(pos, end)
            elif (name == EBML_MAX_ID_LENGTH and self._uint(pos, end) > 4) or (
                name == EBML_MAX_SIZE_LENGTH and self._uint(pos, end) > 8
            ):
                raise UnreadableAudio("This WebM file has longer numbers than players read.")
        if self.doc_type not in ("webm", "matroska"):
            raise UnreadableAudio("This file is EBML, but neither WebM nor Matroska.")
        return element[2]

    def _read_segment(self, pos: int) -> None:
        end = len(self.data)
        while (element := self._element(pos, end)) is not None and element[0] != SEGMENT:
            pos = element[2]  # Void or CRC-32 in between
            if pos == UNKNOWN:
                return
        if element is None:
            return
        pos = element[1]
        if element[2] != UNKNOWN:
            end = min(end, element[2])
        while pos < end:
            element = self._element(pos, end)
            if element is None:
                pos = self._next_cluster(pos + 1, end)
                continue
            name, pos, stop = element
            if name == CLUSTER:
                pos = self._read_cluster(pos, end, stop)
            elif name in (EBML, SEGMENT):
                return  # a second recording glued on: players stop at the first
            elif stop == UNKNOWN or stop > end:
                pos = self._next_cluster(pos, end)
            else:
                # Once sound was heard, damage that looks like a head must not undo it.
                if name == INFO and self.first is None:
                    self._read_info(pos, stop)
                elif name == TRACKS and not self.tracks:
                    self._read_tracks(pos, stop)
                pos = stop

    def _next_cluster(self, pos: int, end: int) -> int:
        """Where the sound goes on after damaged bytes; `end` if nowhere."""
        found = self.data.find(CLUSTER_BYTES, pos, end)
        return end if found < 0 else found

    def _read_info(self, pos: int, end: int) -> None:
        for name, start, stop in self._children(pos, end):
            if name == TIMESTAMP_SCALE:
                self.scale = self._uint(start, stop)
        if self.scale == 0:
            raise UnreadableAudio("This WebM file has a clock that stands still.")

    def _read_tracks(self, pos: int, end: int) -> None:
        for name, start, stop in self._children(pos, end):
            if name == TRACK_ENTRY:
                self.tracks.append(self._read_track(start, stop))
                if len(self.tracks) > 16:
                    raise UnreadableAudio("This WebM file has too many tracks.")
        self.number = self._sound_track().number

    def _read_track(self, pos: int, end: int) -> _Track:
        track = _Track()
        for name, start, stop in self._children(pos, end):
            if name == TRACK_NUMBER:
                track.number = self._uint(start, stop)
            elif name == TRACK_TYPE:
                track.kind = self._uint(start, stop)
            elif name == TRACK_CODEC:
                track.codec = self._text(start, stop)
            elif name == TRACK_CODEC_PRIVATE:
                track.private = self.data[start : min(stop, start + 64)]
            elif name == TRACK_ENCODINGS:
                track.packed = True
            elif name == TRACK_DEFAULT_DURATION:
                track.block_ns = self._uint(start, stop)
            elif name == TRACK_AUDIO:
                for inner, first, last in self._children(start, stop):
                    if inner == AUDIO_RATE:
                        track.rate = self._float(first, last)
                    elif inner == AUDIO_CHANNELS:
                        track.channels = self._uint(first, last)
                    elif inner == AUDIO_BITS:
                        track.bits = self._uint(first, last)
        return track

    def _sound_track(self) -> _Track:
        if any(track.kind == VIDEO for track in self.tracks):
            raise UnreadableAudio("This is a video; only sound is taken.")
        sounds = [track for track in self.tracks if track.kind == AUDIO]
        if len(sounds) != 1:
            raise UnreadableAudio(
                f"This WebM file has {len(sounds) or 'no'} sound tracks, not one."
            )
        track = sounds[0]
        if not track.codec.startswith(WEBM_CODECS + OTHER_CODECS):
            raise UnreadableAudio("This WebM file's sound is of a kind that players do not know.")
        if track.packed:
            raise UnreadableAudio("This WebM file is encrypted or packed.")
        if not 0 < track.number < 127:
            raise UnreadableAudio("This WebM file numbers its tracks in a way nobody does.")
        if track.codec == "A_OPUS" and not track.private.startswith(b"OpusHead"):
            raise UnreadableAudio("This WebM file lacks the head of its Opus sound.")
        return track

    # -- clusters ----------------------------------------------------------------------------

    def _read_cluster(self, pos: int, end: int, stop: int) -> int:
        """Notes the blocks of the cluster whose body is between `pos` and `stop`.

        Clusters of unknown size that follow each other are read in one go. Returns where the
        next element, or a cluster after damage, begins; `end`, that of the segment, if none.
        """
        clock = 0
        endless = stop == UNKNOWN
        if not endless:
            end = min(stop, end)
        while pos < end:
            if self.data[pos] == SIMPLE_BLOCK:
                after = self._skip_blocks(pos, end, clock)
                if after > pos:
                    pos = after
                    continue
            element = self._element(pos, end)
            if element is None:
                return self._next_cluster(pos + 1, end)
            name, start, stop = element
            if name in TOP_LEVEL:
                if name == CLUSTER and endless and stop == UNKNOWN:
                    pos, clock = start, 0
                    continue
                return pos
            if stop == UNKNOWN or stop > end:
                # A block cut by the end of the file, or a size that is damaged.
                return self._next_cluster(start, end)
            if name == CLUSTER_TIMESTAMP:
                if stop - start > 8:
                    return self._next_cluster(start, end)
                clock = self._uint(start, stop)
            elif name == SIMPLE_BLOCK:
                self._note(start, stop, clock)
            elif name == BLOCK_GROUP:
                for inner, first, last in self._children(start, stop):
                    if inner == BLOCK:
                        self._note(first, last, clock)
            pos = stop
        return pos

    def _skip_blocks(self, pos: int, end: int, clock: int) -> int:
        """Leaps over the SimpleBlocks from `pos` on and notes the first and last of the run.

        This loop is where the time goes: a minute has up to 3,000 blocks. It takes blocks of
        this one track with sizes of one or two bytes, which is what recorders write, and stops
        (possibly at once, returning `pos`) at whatever else there is.
        """
        data, number = self.data, self.number | 0x80
        start, last, last_body = pos, -1, 0
        first_body = first_stop = 0
        tail = end - 3  # before it, the head of a block can be read without asking
        steps = iter(range(self.left))
        for _ in steps:
            if pos >= tail or data[pos] != SIMPLE_BLOCK:
                break
            size = data[pos + 1]
            # All bits set would mean "unknown"; 0x7F may begin that in two bytes.
            if 0x40 <= size < 0x7F:
                body = pos + 3
                stop = body + ((size & 0x3F) << 8) + data[pos + 2]
            elif 0x80 <= size < 0xFF:
                body = pos + 2
                stop = body + size - 0x80
            else:
                break
            if stop > end or data[body] != number:
                break
            if last < 0:
                first_body, first_stop = body, stop
            last, last_body, pos = pos, body, stop
        self.left = length_hint(steps)
        if last >= 0:
            self._note(first_body, first_stop, clock)
            if last > start:
                self._note(last_body, pos, clock)
        return pos

    def _note(self, start: int, stop: int, clock: int) -> None:
        """Counts the block between `start` and `stop` if it is one of the sound track."""
        head = self.data[start : start + 4]
        # Track number below 127 in one byte, signed 16-bit ticks, flags; then the frame.
        if stop - start < 5 or head[0] != self.number | 0x80:
            return
        ticks = clock + int.from_bytes(head[1:3], "big", signed=True)
        if self.first is None:
            self.first = self.last = ticks
        self.first = min(self.first, ticks)
        if ticks >= self.last:
            self.last = ticks
            self.last_frame = (start + 4, stop)
            self.last_laced = bool(head[3] & 0x06)

    def _last_seconds(self, track: _Track) -> float:
        """How long the last block sounds; 0 where only decoding it would tell."""
        start, stop = self.last_frame
        if self.last_laced:
            return (self.data[start] + 1) * track.block_ns / 1e9
        if track.codec == "A_OPUS":
            return packet_seconds(self.data[start : start + 2])
        if track.codec.startswith("A_PCM/") and track.rate > 0:
            frame_bytes = track.channels * track.bits // 8
            return (stop - start) / frame_bytes / track.rate if frame_bytes else 0.0
        return track.block_ns / 1e9
