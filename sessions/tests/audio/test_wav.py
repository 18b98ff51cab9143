"""WAV files of every writer, and those whose numbers make no sense."""

from __future__ import annotations

import struct

import pytest

from sessions.audio.facts import UnreadableAudio
from sessions.audio.wav import read_wav

from . import samples as s

SECOND = b"\0\0" * s.RATE
LIST = b"LIST" + struct.pack("<I", 5) + b"INFOx\0"


@pytest.mark.parametrize(
    "data",
    [
        s.encoded("wav", "pcm_s16le"),
        s.encoded("wav", "pcm_s24le"),
        s.encoded("wav", "pcm_f32le"),
        s.encoded("wav", "pcm_u8"),
        s.encoded("wav", "pcm_mulaw", rate=8000),
        s.encoded("wav", "pcm_s16le", seekable=False),
        s.encoded("wav", "pcm_s16le", options=(("rf64", "always"),)),
        s.encoded("wav", "pcm_s32le", layout="5.1"),
    ],
    ids=["s16", "s24", "f32", "u8", "mulaw", "streamed", "rf64", "extensible"],
)
def test_wav_has_the_length_of_its_sound(data: bytes) -> None:
    facts = read_wav(data)
    assert (facts.content_type, facts.extension) == ("audio/wav", "wav")
    assert facts.duration == pytest.approx(2.0, abs=0.01)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF, 2 * s.RATE + 1000])
def test_size_of_a_writer_that_could_not_go_back(size: int) -> None:
    assert read_wav(s.wav(SECOND, data_size=size)).duration == 1.0


def test_other_chunks_are_passed_over() -> None:
    assert read_wav(s.wav(SECOND, before=LIST, after=LIST)).duration == 1.0


def test_cut_file_is_as_long_as_what_is_left() -> None:
    assert read_wav(s.wav(SECOND)[: -s.RATE]).duration == 0.5


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (s.wav(b""), "no sound"),
        (s.wav(b"", data_size=0xFFFFFFFF), "no sound"),
        (s.wav(b"\0"), "no sound"),
        (s.wav()[:12], "no sound"),
        (s.wav()[:30], "first bytes"),
        (s.wav()[:36], "no sound"),
        (s.wav(rate=0), "sample rate"),
        (s.wav(rate=999), "sample rate"),
        (s.wav(rate=2**32 - 1), "sample rate"),
        (s.wav(channels=0), "contradict"),
        (s.wav(channels=65), "contradict"),
        (s.wav(bits=12), "kind"),
        (s.wav(bits=0), "kind"),
        (s.wav(codec=2), "kind"),
        (s.wav(codec=0x55), "kind"),
        (s.wav(codec=0xFFFE), "kind"),
        (b"RIFF\0\0\0\0WAVE" + b"data\x04\0\0\0abcd", "how its sound"),
        (b"RIFF\0\0\0\0WAVE" + b"junk\0\0\0\0" * 5000, "no sound"),
    ],
)
def test_refused(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableAudio, match=words):
        read_wav(data)
