"""Telling files apart by content, whatever object carries them."""

from __future__ import annotations

import gzip
import io
import random
import tempfile
import zipfile
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from sessions.audio import buffers, ogg, probe
from sessions.audio import inspect as inspect_module
from sessions.audio.facts import LATER, AudioNotChecked, UnreadableAudio
from sessions.audio.inspect import inspect_audio

from . import samples as s

LONG_WAV = s.wav(b"\0\0" * (5 * 60 * s.RATE))  # 28 MB: more than is read at once


def zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("sound.webm", s.recorded_webm())
    return target.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\xff",
        b"\xff\xfb",
        b"\xff\xfb\x90\x00",
        b"\0" * 5000,
        b"\xff" * 5000,
        b"<!doctype html><title>Sign in</title>" * 20,
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
        b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\x55" * 500,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 500,
        b"GIF89a" + b"\0" * 500,
        b"%PDF-1.7\n" + b"text " * 200,
        b"\0\0\0\x18ftypheic" + b"\0" * 500,
        b"RIFF\0\0\0\0AVI LIST" + b"\0" * 500,
        b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 500,
        b"#EXTM3U\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n",
        b"I worked as an engineer for three years.",
        zipped(),
        gzip.compress(s.recorded_webm()),
        random.Random(1).randbytes(100_000),
    ],
)
def test_what_is_no_sound_is_refused_without_a_process(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspect_module, "probe", lambda *_: pytest.fail("a process was asked"))
    file = io.BytesIO(data)
    with pytest.raises(UnreadableAudio) as refusal:
        inspect_audio(file)
    assert "WebM" in str(refusal.value) or not data
    assert file.tell() == 0


def test_name_and_declared_type_play_no_part() -> None:
    upload = SimpleUploadedFile("cv.pdf", s.recorded_webm(), content_type="application/pdf")
    assert inspect_audio(cast(BinaryIO, upload)).content_type == "audio/webm"


def carriers(data: bytes, folder: Path) -> dict[str, BinaryIO]:
    """The same bytes in every kind of file that may reach us."""
    path = folder / "sound"
    path.write_bytes(data)
    spooled = tempfile.SpooledTemporaryFile(max_size=1)  # noqa: SIM115
    spooled.write(data)
    named = tempfile.NamedTemporaryFile()  # noqa: SIM115
    named.write(data)  # not flushed
    upload = TemporaryUploadedFile("a.webm", "audio/webm", len(data), None)
    upload.write(data)
    packed = folder / "sound.gz"
    packed.write_bytes(gzip.compress(data, 1))
    return {
        "memory": io.BytesIO(data),
        "buffered": path.open("rb"),
        "raw": path.open("rb", buffering=0),
        "spooled": cast(BinaryIO, spooled),
        "named": cast(BinaryIO, named),
        "content file": cast(BinaryIO, ContentFile(data, "a.webm")),
        "upload in memory": cast(BinaryIO, SimpleUploadedFile("a.webm", data)),
        "upload on disk": cast(BinaryIO, upload),
        "gzip": cast(BinaryIO, gzip.open(packed, "rb")),
    }


@pytest.mark.parametrize(
    ("data", "content_type", "seconds"),
    [
        (s.recorded_webm(), "audio/webm", 2.0),
        (s.encoded("mp3", "libmp3lame"), "audio/mpeg", 2.0),
        (LONG_WAV, "audio/wav", 300.0),
    ],
    ids=["pure", "child", "large"],
)
def test_every_kind_of_file(data: bytes, content_type: str, seconds: float, tmp_path: Path) -> None:
    for name, file in carriers(data, tmp_path).items():
        with file:
            file.seek(3)
            facts = inspect_audio(file)
            assert (name, facts.content_type) == (name, content_type)
            assert facts.duration == pytest.approx(seconds, abs=0.1)
            assert file.tell() == 0
            assert file.read(100) == data[:100]


def test_large_file_is_mapped_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.wav"
    path.write_bytes(LONG_WAV)
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: pytest.fail("copied"))
    with path.open("rb") as file:
        assert inspect_audio(file).duration == 300.0


def test_large_webm_and_ogg_through_a_mapping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffers, "SMALL_BYTES", 1000)
    for data in (s.recorded_webm(), s.encoded("ogg", "libopus")):
        assert inspect_audio(io.BytesIO(data)).duration == pytest.approx(2.0, abs=0.1)
        with pytest.raises(UnreadableAudio):
            inspect_audio(io.BytesIO(data[:4] + b"\0" * 5000))


def test_failing_disk_is_not_the_files_fault() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(AudioNotChecked):
        inspect_audio(Broken(b"OggS"))


def test_error_inside_a_parser_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: object) -> None:
        raise IndexError("a bug")

    monkeypatch.setattr(ogg, "read_ogg", broken)
    with pytest.raises(UnreadableAudio, match="damaged"):
        inspect_audio(io.BytesIO(b"OggS" * 10))


def test_refusal_is_one_sentence() -> None:
    for message in [*probe._REFUSALS.values(), LATER]:
        assert message[0].isupper()
        assert message.endswith(".")
        assert message.count(".") == 1
