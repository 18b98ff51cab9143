"""WebM as recorders write it, as it arrives damaged, and as nobody should send it."""

from __future__ import annotations

import io
import struct

import av
import pytest

from sessions.audio import webm
from sessions.audio.facts import UnreadableAudio
from sessions.audio.webm import read_webm

from . import samples as s


@pytest.mark.parametrize("seconds", [0.1, 2.0, 40.0])
def test_recorded_webm_has_the_length_of_its_sound(seconds: float) -> None:
    facts = read_webm(s.recorded_webm(seconds))
    assert (facts.content_type, facts.extension) == ("audio/webm", "webm")
    assert facts.duration == pytest.approx(seconds, abs=0.1)


def test_recorded_sample_can_be_played_and_tells_no_length() -> None:
    with av.open(io.BytesIO(s.recorded_webm()), "r") as container:
        assert container.duration is None
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert samples / s.RATE == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(
    "data",
    [
        s.plain_webm(),
        s.encoded("webm", "libopus", seekable=False, options=(("live", "1"),)),
        s.encoded("webm", "vorbis", layout="stereo", codec_options=(("strict", "-2"),)),
        s.encoded("matroska", "libopus"),
        s.encoded("matroska", "pcm_f32le"),  # as Chromium's "audio/webm;codecs=pcm"
    ],
    ids=["finished", "streamed", "vorbis", "matroska opus", "chromium pcm"],
)
def test_webm_of_other_writers(data: bytes) -> None:
    facts = read_webm(data)
    assert facts.content_type == "audio/webm"
    assert facts.duration == pytest.approx(2.0, abs=0.1)


def test_matroska_with_a_codec_webm_does_not_have_keeps_its_own_type() -> None:
    facts = read_webm(s.encoded("matroska", "aac"))
    assert (facts.content_type, facts.extension) == ("audio/matroska", "mka")
    assert facts.duration == pytest.approx(2.0, abs=0.1)


def test_length_reaches_to_the_end_of_the_last_block() -> None:
    assert read_webm(s.webm_of(s.cluster(0, s.blocks(50)))).duration == 1.0


def test_length_counts_from_the_first_block() -> None:
    assert read_webm(s.webm_of(s.cluster(90_000, s.blocks(50)))).duration == 1.0


@pytest.mark.parametrize("known", [True, False])
def test_cluster_time_is_added_to_block_time(known: bool) -> None:
    clusters = [s.cluster(i * 1000, s.blocks(50), known=known) for i in range(5)]
    assert read_webm(s.webm_of(*clusters)).duration == 5.0


def test_clusters_of_known_and_unknown_size_mix() -> None:
    clusters = [s.cluster(i * 1000, s.blocks(50), known=i % 2 == 0) for i in range(6)]
    assert read_webm(s.webm_of(*clusters)).duration == 6.0


def test_block_time_is_signed() -> None:
    body = s.element(0xA3, s.block(-500)) + s.element(0xA3, s.block(480))
    assert read_webm(s.webm_of(s.cluster(1000, body))).duration == 1.0


@pytest.mark.parametrize("width", range(1, 9))
def test_block_sizes_of_every_width(width: int) -> None:
    assert read_webm(s.webm_of(s.cluster(0, s.blocks(50, width=width)))).duration == 1.0


def test_blocks_in_groups_count() -> None:
    body = b"".join(
        s.element(0xA0, s.element(0xA1, s.block(i * 20)) + s.uint(0x9B, 20)) for i in range(50)
    )
    assert read_webm(s.webm_of(s.cluster(0, body))).duration == 1.0


def test_other_elements_are_passed_over() -> None:
    odd = s.element(0xEC, b"\0" * 300) + s.uint(0xAB, 7) + s.element(0x4DBB, b"?", width=8)
    data = s.webm_of(
        s.element(0xEC, b"\0" * 3),
        s.cluster(0, odd + s.blocks(25) + odd, known=True),
        s.element(0x1254C367, odd),
        s.cluster(500, s.blocks(25)),
        s.element(0x1C53BB6B, odd),
    )
    assert read_webm(data).duration == 1.0


def test_tick_length_is_that_of_the_file() -> None:
    data = s.webm_of(s.cluster(0, s.blocks(50))).replace(
        s.uint(0x2AD7B1, 1_000_000), s.uint(0x2AD7B1, 2_000_000)
    )
    assert read_webm(data).duration == pytest.approx(49 * 0.04 + 0.02)


@pytest.mark.parametrize(
    ("toc", "seconds"),
    [
        (b"\xf8", 0.02),
        (b"\xfb\x03", 0.06),  # three frames of 20 ms, as Chromium packs them
        (b"\x18", 0.06),
        (b"\xe1", 0.005),
        (b"\xfb\x3f", 0.12),  # more than a packet may hold
    ],
)
def test_last_opus_packet_sounds_as_long_as_it_says(toc: bytes, seconds: float) -> None:
    body = s.element(0xA3, s.block(0)) + s.element(0xA3, s.block(1000, toc.ljust(40, b"\1")))
    assert read_webm(s.webm_of(s.cluster(0, body))).duration == 1 + seconds


def test_laced_blocks_count_by_their_frames() -> None:
    track = s.sound_track(extra=s.uint(0x23E383, 20_000_000))
    laced = s.block(0, b"\x02" + b"\0" * 30, flags=0x04)
    data = s.webm_of(s.cluster(0, s.element(0xA3, laced)), tracks=track)
    assert read_webm(data).duration == pytest.approx(0.06)


def test_track_number_other_than_one() -> None:
    body = s.element(0xA3, s.block(0, number=5)) + s.element(0xA3, s.block(980, number=5))
    data = s.webm_of(s.cluster(0, body), tracks=s.sound_track(number=5))
    assert read_webm(data).duration == 1.0


def test_blocks_of_subtitles_do_not_count() -> None:
    tracks = s.sound_track() + s.element(0xAE, s.uint(0xD7, 2) + s.uint(0x83, 17))
    body = s.blocks(50) + s.element(0xA3, s.block(9000, number=2))
    assert read_webm(s.webm_of(s.cluster(0, body), tracks=tracks)).duration == 1.0


# -- damage ----------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [0.3, 0.5, 0.9])
def test_cut_recording_is_as_long_as_what_is_left(part: float) -> None:
    data = s.recorded_webm(10.0)
    facts = read_webm(data[: int(len(data) * part)])
    assert facts.duration == pytest.approx(10 * part, abs=0.5)


def test_block_cut_by_the_end_does_not_count() -> None:
    data = s.webm_of(s.cluster(0, s.blocks(50)))
    assert read_webm(data[:-1]).duration == 0.98


@pytest.mark.parametrize("tail", [b"\0" * 5000, b"\xff" * 5000, b"<html>" * 500, b"\xa3\xff"])
def test_garbage_after_the_sound_changes_nothing(tail: bytes) -> None:
    assert read_webm(s.webm_of(s.cluster(0, s.blocks(50))) + tail).duration == 1.0


def test_sound_goes_on_after_damage_in_the_middle() -> None:
    clusters = [s.cluster(i * 1000, s.blocks(50)) for i in range(3)]
    clusters[1] = clusters[1][:200] + b"\0" * 400
    assert read_webm(s.webm_of(*clusters)).duration == 3.0


def test_a_size_beyond_the_end_is_damage_not_refusal() -> None:
    wrong = b"\xa3\x10\xff\xff\xff" + s.block(0)
    data = s.webm_of(s.cluster(0, s.blocks(25) + wrong), s.cluster(500, s.blocks(25)))
    assert read_webm(data).duration == 1.0


def test_damaged_time_stamp_makes_the_length_unknown() -> None:
    data = s.webm_of(s.cluster(0, s.blocks(50)), s.cluster(2**62, s.blocks(50)))
    assert read_webm(data).duration is None


def test_second_recording_glued_on_is_not_played_and_not_counted() -> None:
    data = s.webm_of(s.cluster(0, s.blocks(50)))
    assert read_webm(data + data).duration == 1.0


# -- refusals --------------------------------------------------------------------------------

ONE = s.cluster(0, s.blocks(50))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (s.video("webm", "libvpx"), "video"),
        (s.video("webm", "libvpx", "libopus"), "video"),
        (s.encoded("webm", "libopus", tracks=2), "2 sound tracks"),
        (s.webm_of(), "no sound"),
        (s.webm_of(s.cluster(0, b"")), "no sound"),
        (s.webm_of(s.cluster(0, s.element(0xA3, s.block(0, b"")))), "no sound"),
        (s.webm_of(s.cluster(0, s.element(0xA3, s.block(0, number=2)))), "no sound"),
        (s.webm_of(ONE, tracks=b""), "no sound tracks"),
        (s.webm_of(ONE, tracks=s.element(0xAE, s.uint(0x83, 17))), "no sound tracks"),
        (s.webm_of(ONE, tracks=s.sound_track(codec=b"A_DTS")), "kind"),
        (s.webm_of(ONE, tracks=s.sound_track(extra=s.element(0x6D80, b"\0"))), "encrypted"),
        (s.webm_of(ONE, tracks=s.sound_track(number=200)), "numbers its tracks"),
        (s.webm_of(ONE, tracks=s.sound_track(number=2**72)), "too long"),
        (s.webm_of(ONE, tracks=s.sound_track() * 20), "too many tracks"),
        (s.webm_of(ONE).replace(b"OpusHead", b"OpusTail"), "head of its Opus"),
        (s.webm_of(ONE, head=s.ebml_head(max_id=5)), "longer numbers"),
        (s.webm_of(ONE, head=s.ebml_head(max_size=9)), "longer numbers"),
        (s.webm_of(ONE, head=s.ebml_head(b"webp")), "neither"),
        (s.webm_of(ONE).replace(s.uint(0x2AD7B1, 1_000_000), s.uint(0x2AD7B1, 0)), "clock"),
        (webm.MAGIC, "first bytes"),
        (s.ebml_head()[:10], "first bytes"),
        (s.ebml_head(), "no sound"),
        (s.webm_of(ONE)[:60], "no sound"),
    ],
)
def test_refused(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableAudio, match=words):
        read_webm(data)


def test_smaller_id_lengths_than_the_file_uses_are_not_believed() -> None:
    assert read_webm(s.webm_of(ONE, head=s.ebml_head(max_id=1, max_size=1))).duration == 1.0


def test_a_file_of_tiny_elements_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webm, "MOST_ELEMENTS", 10_000)
    void = b"\xec\x80"
    for inside in (void * 20_000, s.element(0xA3, s.block(0)) * 20_000):
        with pytest.raises(UnreadableAudio, match="too many pieces"):
            read_webm(s.webm_of(s.cluster(0, inside)))


def test_pcm_block_sounds_as_long_as_its_samples() -> None:
    audio = s.element(
        0xE1,
        s.element(0xB5, struct.pack(">f", 48_000.0)) + s.uint(0x9F, 2) + s.uint(0x6264, 32),
    )
    frame = b"\0" * (480 * 2 * 4)
    data = s.webm_of(
        s.cluster(0, s.element(0xA3, s.block(0, frame))),
        tracks=s.sound_track(codec=b"A_PCM/FLOAT/IEEE", extra=audio),
    )
    assert read_webm(data).duration == 0.01
