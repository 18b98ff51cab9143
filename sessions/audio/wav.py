"""WAV (RIFF, and RF64 for more than 4 GB): the format chunk and the length of the data chunk."""

from __future__ import annotations

from .buffers import Buffer
from .facts import AudioFacts, UnreadableAudio, believable

MAGICS = (b"RIFF", b"RF64")

PCM, FLOAT, ALAW, MULAW, EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_BITS = {PCM: (8, 16, 24, 32), FLOAT: (32, 64), ALAW: (8,), MULAW: (8,)}
# What follows the format number in an extensible chunk's GUID.
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")

MOST_CHUNKS = 1000


def read_wav(data: Buffer) -> AudioFacts:
    """Facts of a WAV file of PCM, float, A-law or µ-law samples.

    The data chunk may be cut short, and its size may be 0 or beyond the end of the file, as a
    writer leaves it that could not go back: the sound then reaches to the end of the file.
    Raises UnreadableAudio for other codecs, for numbers no sound has and for no samples.
    """
    bytes_a_second = 0
    frame_bytes = 1
    long_size = 0
    pos, end = 12, len(data)
    for _ in range(MOST_CHUNKS):
        if pos + 8 > end:
            break
        name, size = data[pos : pos + 4], int.from_bytes(data[pos + 4 : pos + 8], "little")
        pos += 8
        if name == b"fmt ":
            frame_bytes, rate = _read_format(data[pos : min(pos + size, pos + 40, end)])
            bytes_a_second = frame_bytes * rate
        elif name == b"ds64":  # RF64: the size of the data chunk, whose own says 0xFFFFFFFF
            long_size = int.from_bytes(data[pos + 8 : min(pos + 16, end)], "little")
        elif name == b"data":
            size = (long_size if size == 0xFFFFFFFF else size) or end - pos
            return _facts(min(size, end - pos), frame_bytes, bytes_a_second)
        pos += size + (size & 1)
    raise UnreadableAudio("This WAV file holds no sound.")


def _facts(length: int, frame_bytes: int, bytes_a_second: int) -> AudioFacts:
    if not bytes_a_second:
        raise UnreadableAudio("This WAV file does not say how its sound is stored.")
    if length < frame_bytes:
        raise UnreadableAudio("This WAV file holds no sound.")
    return AudioFacts("audio/wav", "wav", believable(length / bytes_a_second))


def _read_format(chunk: bytes) -> tuple[int, int]:
    """(bytes of one sample of all channels, samples a second)."""
    if len(chunk) < 16:
        raise UnreadableAudio("This WAV file ends within its first bytes.")

    def number(pos: int, width: int) -> int:
        return int.from_bytes(chunk[pos : pos + width], "little")

    codec, channels, rate = number(0, 2), number(2, 2), number(4, 4)
    frame_bytes, bits = number(12, 2), number(14, 2)
    if codec == EXTENSIBLE and len(chunk) >= 40 and chunk[26:40] == _GUID_TAIL:
        codec = number(24, 2)
    if bits not in _BITS.get(codec, ()):
        raise UnreadableAudio("This WAV file's sound is of a kind that players do not know.")
    if not 1000 <= rate <= 768_000:
        raise UnreadableAudio("This WAV file has a sample rate that no sound has.")
    if not 1 <= channels <= 64 or frame_bytes != channels * bits // 8:
        raise UnreadableAudio("This WAV file's numbers contradict each other.")
    return frame_bytes, rate
