"""Ogg files: lengths by granule position, chains, damage, refusals."""

from __future__ import annotations

import pytest

from sessions.audio import ogg
from sessions.audio.facts import UnreadableAudio
from sessions.audio.ogg import read_ogg

from . import samples as s

HEAD = s.ogg_page(s.OPUS_HEAD, 0, flags=ogg.FIRST)
TAGS = s.ogg_page(b"OpusTags" + b"\0" * 8, 0)
PRE_SKIP = 312


def opus_pages(seconds: int, *, start: int = 0, serial: int = 7) -> bytes:
    """One page a second of fifty packets each, from granule position `start` on."""
    packet = s.OPUS_PACKET
    return b"".join(
        s.ogg_page(packet * 50, start + i * 48_000, serial=serial, lacing=bytes([len(packet)]) * 50)
        for i in range(1, seconds + 1)
    )


@pytest.mark.parametrize(
    "data",
    [
        s.encoded("ogg", "libopus"),
        s.encoded("ogg", "vorbis", layout="stereo", codec_options=(("strict", "-2"),)),
        s.encoded("ogg", "flac"),
        s.encoded("ogg", "libopus", seekable=False),
    ],
    ids=["opus", "vorbis", "flac", "streamed"],
)
def test_ogg_has_the_length_of_its_sound(data: bytes) -> None:
    facts = read_ogg(data)
    assert (facts.content_type, facts.extension) == ("audio/ogg", "ogg")
    assert facts.duration == pytest.approx(2.0, abs=0.1)


def test_run_up_of_the_encoder_is_not_heard() -> None:
    facts = read_ogg(HEAD + TAGS + opus_pages(3))
    assert facts.duration == pytest.approx(3 - PRE_SKIP / 48_000, abs=0.001)


def test_recorder_that_joined_late_counts_from_its_first_page() -> None:
    facts = read_ogg(HEAD + TAGS + opus_pages(3, start=7_000_000))
    assert facts.duration == pytest.approx(3.0, abs=0.01)


def test_recordings_one_after_the_other_are_added() -> None:
    one, two = s.encoded("ogg", "libopus", 1.0), s.encoded("ogg", "libopus", 2.0)
    assert read_ogg(one + two).duration == pytest.approx(3.0, abs=0.1)


def test_streams_without_sound_beside_it_are_passed_over() -> None:
    skeleton = s.ogg_page(b"fishead\0" + b"\0" * 56, 0, serial=1, flags=ogg.FIRST)
    pages = opus_pages(2) + s.ogg_page(b"fisbone\0", 10**12, serial=1)
    assert read_ogg(skeleton + HEAD + TAGS + pages).duration == pytest.approx(2.0, abs=0.01)


def test_page_on_which_no_packet_ends_is_no_time() -> None:
    data = HEAD + TAGS + opus_pages(2) + s.ogg_page(b"\0" * 255, -1, lacing=b"\xff")
    assert read_ogg(data).duration == pytest.approx(2.0, abs=0.01)


@pytest.mark.parametrize("tail", [b"\0" * 3000, b"OggS", b"OggS" * 3000, HEAD[:30]])
def test_damaged_tail_changes_nothing(tail: bytes) -> None:
    assert read_ogg(HEAD + TAGS + opus_pages(2) + tail).duration == pytest.approx(2.0, abs=0.01)


def test_endless_damage_ends_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ogg, "MOST_DAMAGE", 10)
    data = HEAD + TAGS + opus_pages(2) + b"OggS" * 20 + opus_pages(1, start=96_000)
    assert read_ogg(data).duration == pytest.approx(2.0, abs=0.01)


def test_cut_file_is_as_long_as_its_whole_pages() -> None:
    data = HEAD + TAGS + opus_pages(4)
    assert read_ogg(data[:-10]).duration == pytest.approx(3.0, abs=0.01)


def test_sound_goes_on_after_damage() -> None:
    data = HEAD + TAGS + opus_pages(2) + b"\xff" * 999 + opus_pages(1, start=96_000)
    assert read_ogg(data).duration == pytest.approx(3.0, abs=0.01)


def test_impossible_granule_position_makes_the_length_unknown() -> None:
    data = HEAD + TAGS + opus_pages(1) + s.ogg_page(s.OPUS_PACKET, 2**62)
    assert read_ogg(data).duration is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"OggS", "no sound"),
        (HEAD, "no sound"),
        (HEAD + TAGS, "no sound"),
        (TAGS + opus_pages(1), "no sound"),
        (s.ogg_page(b"Speex   " + b"\0" * 72, 0, flags=ogg.FIRST) + opus_pages(1), "no sound"),
        (HEAD + s.ogg_page(s.OPUS_HEAD, 0, serial=8, flags=ogg.FIRST), "several"),
        (s.ogg_page(b"\x80theora" + b"\0" * 35, 0, flags=ogg.FIRST) + HEAD, "video"),
        (s.ogg_page(b"\x01vorbis" + b"\0" * 23, 0, flags=ogg.FIRST), "sample rate"),
    ],
)
def test_refused(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableAudio, match=words):
        read_ogg(data)


def test_a_file_of_tiny_pages_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ogg, "MOST_PAGES", 1000)
    with pytest.raises(UnreadableAudio, match="too many pieces"):
        read_ogg(HEAD + s.ogg_page(b"", 1, lacing=b"") * 2000)


def test_a_long_chain_is_given_up() -> None:
    with pytest.raises(UnreadableAudio, match="too many pieces"):
        read_ogg((HEAD + opus_pages(1)) * (ogg.MOST_LINKS + 1))
