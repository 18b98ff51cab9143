"""MP4, MP3, FLAC and AAC through the child process, and the child's failures."""

from __future__ import annotations

import io
import os
import signal
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from sessions.audio import probe as probe_module
from sessions.audio.facts import AudioNotChecked, UnreadableAudio
from sessions.audio.inspect import inspect_audio
from sessions.audio.probe import probe

from . import samples as s


def flac_with_cover() -> bytes:
    """A FLAC file with a (nonsensical) PNG as its cover."""
    data = s.encoded("flac", "flac")
    picture = struct.pack(">II", 3, 9) + b"image/png" + struct.pack(">I", 0)
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 50
    picture += struct.pack(">IIIII", 1, 1, 24, 0, len(png)) + png
    return data[:42] + b"\x06" + len(picture).to_bytes(3, "big") + picture + data[42:]


def tagged_mp3(padding: int = 0) -> bytes:
    """An MP3 whose ID3 tag holds a text, written by hand."""
    frame = b"TIT2" + struct.pack(">I", 6) + b"\0\0" + b"\0hello"
    body = frame + b"\0" * 300
    size = bytes((len(body) >> 7 * i) & 0x7F for i in (3, 2, 1, 0))
    plain = s.encoded("mp3", "libmp3lame", options=(("id3v2_version", "0"),))
    return b"ID3\x03\0\0" + size + body + b"\0" * padding + plain


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (s.encoded("mp4", "aac"), ("audio/mp4", "m4a")),
        (s.recorded_mp4(), ("audio/mp4", "m4a")),
        (s.encoded("ipod", "alac"), ("audio/mp4", "m4a")),
        (s.encoded("mp4", "libopus"), ("audio/mp4", "m4a")),
        (s.encoded("mp3", "libmp3lame"), ("audio/mpeg", "mp3")),
        (s.encoded("mp3", "libmp3lame", rate=22_050), ("audio/mpeg", "mp3")),
        (tagged_mp3(), ("audio/mpeg", "mp3")),
        (tagged_mp3(padding=100), ("audio/mpeg", "mp3")),
        (s.encoded("flac", "flac"), ("audio/flac", "flac")),
        (s.encoded("flac", "flac", seekable=False), ("audio/flac", "flac")),
        (flac_with_cover(), ("audio/flac", "flac")),
        (s.encoded("adts", "aac"), ("audio/aac", "aac")),
    ],
    ids=[
        "mp4", "mp4 of Safari", "alac", "mp4 opus", "mp3", "mp3 mpeg 2", "mp3 tag",
        "mp3 tag and padding", "flac", "flac streamed", "flac cover", "aac",
    ],
)  # fmt: skip
def test_type_and_length(data: bytes, expected: tuple[str, str]) -> None:
    facts = inspect_audio(io.BytesIO(data))
    assert (facts.content_type, facts.extension) == expected
    assert facts.duration == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(
    "data",
    [s.recorded_mp4(), s.encoded("mp3", "libmp3lame"), s.encoded("adts", "aac")],
    ids=["mp4 of Safari", "mp3", "aac"],
)
def test_cut_file_is_as_long_as_what_is_left(data: bytes) -> None:
    facts = inspect_audio(io.BytesIO(data[: len(data) * 3 // 4]))
    assert facts.duration == pytest.approx(1.5, abs=0.35)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (s.video("mp4", "mpeg4", "aac"), "video"),
        (s.video("mp4", "mpeg4"), "video"),
        (s.encoded("mp4", "aac", tracks=2), "several"),
        (s.encoded("mp4", "aac")[:9000], "damaged|no sound"),
        (s.encoded("mov", "pcm_s16le"), "kind"),
        (b"\0\0\0\x18ftypM4A " + b"\0" * 500, "damaged|no sound"),
        (b"fLaC" + bytes(range(256)) * 20, "damaged|no sound"),
        (b"ID3\x03\0\0\0\0\0\x0a" + b"<html>" * 400, "damaged|no sound"),
    ],
    ids=["video", "silent video", "tracks", "cut mp4", "pcm", "empty mp4", "no flac", "html tag"],
)
def test_refused(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableAudio, match=words) as refusal:
        inspect_audio(io.BytesIO(data))
    assert not isinstance(refusal.value, AudioNotChecked)


def test_file_on_disk_is_read_in_place_and_stays_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "answer"
    path.write_bytes(s.encoded("mp3", "libmp3lame"))
    with path.open("rb") as file:
        file.read(5)
        assert inspect_audio(file).content_type == "audio/mpeg"
        assert file.read() == path.read_bytes()


def child(tmp_path: Path, source: str) -> Path:
    path = tmp_path / "child.py"
    path.write_text(source)
    return path


@pytest.mark.parametrize(
    "source",
    [
        "raise SystemExit(3)",
        "print('{')",
        "print('[' * 3000)",
        "print('[1]')",
        """print('{"duration": "long"}')""",
        """print('{"refused": "because"}')""",
        "print('x' * 100_000)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    ],
)
def test_failure_of_the_child_is_not_the_files_fault(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe_module, "CHILD", child(tmp_path, source))
    with pytest.raises(AudioNotChecked):
        probe(io.BytesIO(b"any"), 3, "mp3")


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGXCPU, signal.SIGABRT])
def test_file_that_kills_the_child_is_refused(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (
        "import os, resource, signal\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
        f"os.kill(os.getpid(), {int(number)})\n"
    )
    monkeypatch.setattr(probe_module, "CHILD", child(tmp_path, source))
    with pytest.raises(UnreadableAudio) as refusal:
        probe(io.BytesIO(b"any"), 3, "mp3")
    assert not isinstance(refusal.value, AudioNotChecked)


@pytest.mark.parametrize("noise", ["", "print('{}', flush=True);", "os.close(1);"])
def test_child_that_never_ends_is_ended(
    noise: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "pid"
    source = (
        f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid()))\n"
        f"{noise}time.sleep(600)\n"
    )
    monkeypatch.setattr(probe_module, "CHILD", child(tmp_path, source))
    monkeypatch.setattr(probe_module, "WALL_SECONDS", 1.0)
    with pytest.raises(AudioNotChecked):
        probe(io.BytesIO(b"any"), 3, "mp3")
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


def test_missing_interpreter_is_not_the_files_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_module, "_python", lambda: "/nonexistent/python3")
    with pytest.raises(AudioNotChecked):
        probe(io.BytesIO(b"any"), 3, "mp3")


def test_child_gives_up_what_it_does_not_need(tmp_path: Path) -> None:
    """What a parser taken over by a hostile file would find: no file, socket or thread to open."""
    path = tmp_path / "sound.mp3"
    path.write_bytes(s.encoded("mp3", "libmp3lame"))
    program = f"""
import importlib.util, json, os, resource, socket, sys
spec = importlib.util.spec_from_file_location("child", {str(probe_module.CHILD)!r})
child = importlib.util.module_from_spec(spec)
spec.loader.exec_module(child)

def look(av, descriptor, demuxer):
    found = []
    for attempt in (lambda: open("/etc/hostname"), socket.socket):
        try:
            attempt()
            found.append("opened")
        except OSError as error:
            found.append(error.errno)
    found.append(resource.getrlimit(resource.RLIMIT_AS)[0] == child.MEMORY_BYTES)
    found.append(resource.getrlimit(resource.RLIMIT_CPU)[0] == child.CPU_SECONDS)
    return {{"refused": found}}

child._examine = look
child.main([str(os.open({str(path)!r}, os.O_RDONLY)), "mp3", {probe_module._av_folder()!r}])
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout == '{"refused": [24, 24, true, true]}\n', done.stderr
