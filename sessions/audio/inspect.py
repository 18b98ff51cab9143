"""Finds out what a file is from its bytes, and how long it sounds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import BinaryIO

from . import ogg, wav, webm
from .buffers import Buffer, buffer_of, file_size
from .facts import LATER, UNDERSTOOD, AudioFacts, AudioNotChecked, UnreadableAudio
from .probe import probe

logger = logging.getLogger(__name__)

HEAD_BYTES = 16

# MP4's relatives that hold pictures; the rest is for the probe to tell.
_PICTURE_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis", b"crx ")

_MP3_RATES = ((11025, 12000, 8000), (), (22050, 24000, 16000), (44100, 48000, 32000))
_MP3_KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MP3_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def inspect_audio(file: BinaryIO) -> AudioFacts:
    """Type, extension and duration of the sound in `file`, a seekable binary file.

    Names and declared types play no part. WebM, Ogg and WAV are read here (a minute of WebM
    takes well under a millisecond); MP4, MP3, FLAC and AAC by a child process (about 0.3 s).
    The position of `file` is 0 afterwards. Raises UnreadableAudio and nothing else; its
    subclass AudioNotChecked where the machine rather than the file is at fault.
    """
    try:
        try:
            return _inspect(file)
        finally:
            file.seek(0)
    except UnreadableAudio:
        raise
    except OSError as error:
        logger.exception("a sound file could not be read")
        raise AudioNotChecked(LATER) from error
    except Exception as error:
        # A parser met bytes it was not written for. Worth a look, but no reason for a 500.
        logger.exception("a parser of sound files failed")
        raise UnreadableAudio("This sound file is damaged and cannot be played.") from error


def _inspect(file: BinaryIO) -> AudioFacts:
    size = file_size(file)
    if size == 0:
        raise UnreadableAudio("The sound is empty.")
    head = file.read(HEAD_BYTES)
    file.seek(0)
    read = _pure_parser(head)
    if read is not None:
        with buffer_of(file, size) as data:
            return read(data)
    demuxer = _demuxer(file, head, size)
    if demuxer is None:
        raise UnreadableAudio(f"This is not a sound recording; {UNDERSTOOD}.")
    return probe(file, size, demuxer)


def _pure_parser(head: bytes) -> Callable[[Buffer], AudioFacts] | None:
    magic = head[:4]
    if magic == webm.MAGIC:
        return webm.read_webm
    if magic == ogg.MAGIC:
        return ogg.read_ogg
    if magic in wav.MAGICS and head[8:12] == b"WAVE":
        return wav.read_wav
    return None


def _demuxer(file: BinaryIO, head: bytes, size: int) -> str | None:
    """The name of the FFmpeg demuxer for a file that begins with `head`; None if unknown."""
    if head[4:8] == b"ftyp":
        return None if head[8:12] in _PICTURE_BRANDS else "mov"
    start = 0
    if head[:3] == b"ID3" and len(head) >= 10:
        # Four times seven bits; the tag's own head has ten bytes.
        start = 10 + sum((head[6 + i] & 0x7F) << 7 * (3 - i) for i in range(4))
    found = _frame_kind(file, start, size)
    # After a tag there may be padding before the first frame, in MP3 files only.
    return found or ("mp3" if start else None)


def _frame_kind(file: BinaryIO, start: int, size: int) -> str | None:
    """What the bytes at `start` are: a FLAC head, or an MP3 or AAC frame followed by another."""
    file.seek(start)
    head = file.read(8)
    if head[:4] == b"fLaC":
        return "flac"
    for name, length in (("mp3", _mp3_frame_bytes(head)), ("aac", _adts_frame_bytes(head))):
        if length:
            file.seek(start + length)
            after = file.read(8)
            again = _mp3_frame_bytes(after) if name == "mp3" else _adts_frame_bytes(after)
            # Two random bytes look like a frame rather often, two frames in a row do not.
            if again or start + length == size:
                return name
    return None


def _mp3_frame_bytes(head: bytes) -> int:
    """Length of the MPEG layer III frame that begins with `head`; 0 if none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, rates = head[1] >> 3 & 3, _MP3_RATES[head[1] >> 3 & 3]
    kbits, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or kbits in (0, 15) or rate == 3:
        return 0
    one = version == 3
    bits = (_MP3_KBITS_1 if one else _MP3_KBITS_2)[kbits] * 1000
    return (144 if one else 72) * bits // rates[rate] + (head[2] >> 1 & 1)


def _adts_frame_bytes(head: bytes) -> int:
    """Length of the AAC (ADTS) frame that begins with `head`; 0 if none does."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or head[2] >> 2 & 0x0F > 12:
        return 0
    length = (head[3] & 0x03) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0
