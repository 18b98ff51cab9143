"""Damaged bytes never lead to anything but facts or UnreadableAudio."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions.audio import inspect as inspect_module
from sessions.audio import ogg, wav, webm
from sessions.audio.encoded import decode_base64_audio
from sessions.audio.facts import LONGEST_SECONDS, AudioFacts, UnreadableAudio
from sessions.audio.inspect import inspect_audio

from . import samples as s

WEBM = s.webm_of(s.cluster(0, s.blocks(10), known=True), s.cluster(200, s.blocks(5)))
OGG = s.encoded("ogg", "libopus", 0.2)
WAV = s.wav(b"\0\0" * 50)
PARSERS: list[tuple[Callable[[bytes], AudioFacts], bytes]] = [
    (webm.read_webm, WEBM),
    (webm.read_webm, s.recorded_webm(0.3)),
    (ogg.read_ogg, OGG),
    (wav.read_wav, WAV),
]

# No database of examples: the suite leaves no files behind.
fuzz = settings(
    database=None,
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@st.composite
def mutated(draw: st.DrawFn, original: bytes) -> bytes:
    """`original` with a few bytes changed, put in, taken out, and perhaps cut."""
    data = bytearray(original)
    # Heads are where the numbers are.
    places = st.one_of(st.integers(0, min(200, len(data))), st.integers(0, len(data)))
    for _ in range(draw(st.integers(1, 6))):
        pos = draw(places)
        kind = draw(st.sampled_from(("change", "insert", "remove", "cut")))
        if kind == "change":
            new = draw(st.binary(min_size=1, max_size=8))
            data[pos : pos + len(new)] = new
        elif kind == "insert":
            data[pos:pos] = draw(st.binary(min_size=1, max_size=40))
        elif kind == "remove":
            del data[pos : pos + draw(st.integers(1, 40))]
        else:
            del data[len(data) - draw(st.integers(0, len(data) // 2)) :]
    return bytes(data)


def check(read: Callable[[bytes], AudioFacts], data: bytes) -> None:
    try:
        duration = read(data).duration
    except UnreadableAudio:
        return
    assert duration is None or 0 <= duration <= LONGEST_SECONDS


@fuzz
@given(st.data())
@pytest.mark.parametrize(("read", "original"), PARSERS, ids=["webm", "recorded", "ogg", "wav"])
def test_mutated_bytes(
    read: Callable[[bytes], AudioFacts], original: bytes, data: st.DataObject
) -> None:
    check(read, data.draw(mutated(original)))


@fuzz
@given(st.binary(max_size=2000))
@pytest.mark.parametrize(
    ("read", "magic"),
    [
        (webm.read_webm, webm.MAGIC),
        (webm.read_webm, s.webm_of(s.unknown(webm.CLUSTER))),
        (ogg.read_ogg, ogg.MAGIC),
        (wav.read_wav, b"RIFF\0\0\0\0WAVE"),
    ],
    ids=["webm", "cluster", "ogg", "wav"],
)
def test_random_bytes_after_the_magic(
    read: Callable[[bytes], AudioFacts], magic: bytes, tail: bytes
) -> None:
    check(read, magic + tail)


@fuzz
@given(st.binary(max_size=2000))
def test_random_bytes(data: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inspect_module, "probe", lambda *_: AudioFacts("audio/mpeg", "mp3", 1.0))
        check(lambda raw: inspect_audio(io.BytesIO(raw)), data)


@settings(fuzz, max_examples=10)
@given(st.data())
@pytest.mark.parametrize(
    "original",
    [s.encoded("mp4", "aac", 0.2), s.recorded_mp4(0.6), s.encoded("mp3", "libmp3lame", 0.3)],
    ids=["mp4", "mp4 of Safari", "mp3"],
)
def test_mutated_bytes_in_the_child(original: bytes, data: st.DataObject) -> None:
    check(lambda raw: inspect_audio(io.BytesIO(raw)), data.draw(mutated(original)))


@fuzz
@given(st.one_of(st.text(), st.text(alphabet="ABCabc012+/-_=\n ,;:data"), st.binary().map(str)))
def test_any_text_as_base64(value: str) -> None:
    with contextlib.suppress(UnreadableAudio):
        assert decode_base64_audio(value)
