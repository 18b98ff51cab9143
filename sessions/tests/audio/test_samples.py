"""Decoded sound: tones at their times from every kind of file, hostile files, the child."""

from __future__ import annotations

import array
import io
import json
import math
import os
import struct
import subprocess
import sys
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from sessions.audio import samples as samples_module
from sessions.audio.facts import AudioNotChecked, UnreadableAudio
from sessions.audio.probe import _av_folder
from sessions.audio.samples import samples_of

from . import samples as s

SPOKEN = Path(__file__).parents[3] / "fixtures" / "sample_audio" / "backend-answer-1.webm"


def wav(samples: list[int], rate: int = 8000, channels: int = 1) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array.array("h", samples).tobytes())
    return target.getvalue()


def decoded(data: bytes, content_type: str = "audio/wav") -> tuple[np.ndarray, float]:
    with samples_of(io.BytesIO(data), content_type) as found:
        assert (found.rate, found.values.dtype) == (16_000, np.dtype("<i2"))
        assert found.engine.startswith("PyAV ")
        return np.array(found.values), found.duration


def pitch(values: np.ndarray, begin: float, end: float) -> float:
    """The strongest frequency between two times, hertz."""
    part = values[int(begin * 16_000) : int(end * 16_000)].astype(float)
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
    return float(np.argmax(spectrum) * 16_000 / len(part))


def loudness(values: np.ndarray, begin: float, end: float) -> float:
    part = values[int(begin * 16_000) : int(end * 16_000)].astype(float)
    return float(np.sqrt(np.mean(part**2)))


def tones(container: str, codec: str, *, channels: int = 2, gap: float = 0.0) -> bytes:
    """48 kHz: a second of 440 Hz, of silence, of 1,000 Hz, of silence; `gap` seconds without any
    packet before the 1,000 Hz. The second channel is silent."""
    target = io.BytesIO()
    layout = "stereo" if channels == 2 else "mono"
    with av.open(target, "w", format=container) as output:
        stream = output.add_stream(codec, rate=48_000, layout=layout)
        stream.bit_rate = 96_000
        changed = av.AudioResampler(stream.codec_context.format, layout, 48_000)
        for begin in range(0, 4 * 48_000, 960):
            second = begin // 48_000
            hertz = {0: 440, 2: 1000}.get(second, 0)
            block = []
            for at in range(begin, begin + 960):
                block.append(int(9000 * math.sin(2 * math.pi * hertz * at / 48_000)))
                if channels == 2:
                    block.append(0)
            frame = AudioFrame(format="s16", layout=layout, samples=960)
            frame.planes[0].update(array.array("h", block).tobytes())
            frame.sample_rate = 48_000
            frame.pts = begin + (int(gap * 48_000) if second >= 2 else 0)
            for ready in changed.resample(frame):
                output.mux(stream.encode(ready))
        output.mux(stream.encode(None))
    return target.getvalue()


# -- what is decoded -------------------------------------------------------------------------------

KINDS = [
    ("wav", "pcm_s16le", "audio/wav"),
    ("wav", "pcm_f32le", "audio/wav"),
    ("webm", "libopus", "audio/webm"),
    ("ogg", "libopus", "audio/ogg"),
    ("mp4", "aac", "audio/mp4"),
    ("mp3", "libmp3lame", "audio/mpeg"),
    ("flac", "flac", "audio/flac"),
    ("adts", "aac", "audio/aac"),
]


@pytest.mark.parametrize(("container", "codec", "content_type"), KINDS)
@pytest.mark.parametrize("channels", [1, 2])
def test_tones_stand_where_they_were(container, codec, content_type, channels) -> None:
    values, duration = decoded(tones(container, codec, channels=channels), content_type)
    assert duration == pytest.approx(4.0, abs=0.06)
    assert pitch(values, 0.1, 0.9) == pytest.approx(440, abs=2)
    assert pitch(values, 2.1, 2.9) == pytest.approx(1000, abs=2)
    loud = loudness(values, 0.1, 0.9)
    # Mixed to one channel: half of what one of two had, all of a lone one.
    assert loud == pytest.approx(9000 / math.sqrt(2) / channels, rel=0.1)
    assert loudness(values, 1.1, 1.9) < loud / 50
    # The edges within two hundredths of a second (some coders' run-up is not taken off).
    edge = np.flatnonzero(np.abs(values[24_000:].astype(int)) > loud / 3)[0] / 16_000 + 1.5
    assert edge == pytest.approx(2.0, abs=0.07 if container in ("adts", "mp3") else 0.02)


def test_whole_samples_come_as_they_are() -> None:
    values, duration = decoded(wav([0, 1, -2, 32767, -32768] * 3200, rate=16_000))
    assert duration == 1.0
    assert values.tolist() == [0, 1, -2, 32767, -32768] * 3200


@pytest.mark.parametrize("gap", [0.5, 3.0])
def test_pause_between_time_stamps_is_silence_of_its_length(gap) -> None:
    values, duration = decoded(tones("webm", "libopus", gap=gap), "audio/webm")
    assert duration == pytest.approx(4.0 + gap, abs=0.06)
    assert pitch(values, 2.1 + gap, 2.9 + gap) == pytest.approx(1000, abs=2)
    assert not values[int(2.1 * 16_000) : int((1.9 + gap) * 16_000)].any()


def test_sound_that_begins_late_begins_at_once_as_in_a_player() -> None:
    later = s.webm_of(*(s.cluster(5000 + i * 20, s.element(0xA3, s.block(0))) for i in range(50)))
    silent, duration = decoded(later, "audio/webm")
    assert duration == pytest.approx(1.0, abs=0.05)
    assert len(silent) == pytest.approx(duration * 16_000, abs=10)


def test_recorded_files_of_browsers_are_decoded() -> None:
    for data, kind in ((s.recorded_webm(), "audio/webm"), (s.recorded_mp4(), "audio/mp4")):
        values, duration = decoded(data, kind)
        assert duration == pytest.approx(2.0, abs=0.05)
        assert loudness(values, 0.5, 1.5) > 4000


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_damaged_tail_leaves_what_came_before(cut) -> None:
    data = SPOKEN.read_bytes()
    whole, duration = decoded(data, "audio/webm")
    part, shorter = decoded(data[: int(len(data) * cut)], "audio/webm")
    assert shorter == pytest.approx(duration * cut, rel=0.15)
    some = slice(0, int(shorter * 16_000 * 0.9))
    assert np.array_equal(part[some], whole[some])


def test_garbage_in_the_middle_is_left_out() -> None:
    data = bytearray(s.encoded("mp3", "libmp3lame", 4.0))
    data[len(data) // 2 : len(data) // 2 + 2000] = b"\xaa" * 2000
    values, duration = decoded(bytes(data), "audio/mpeg")
    assert 3.0 < duration < 4.1
    assert loudness(values, 0.2, 1.2) > 4000


def test_samples_are_mapped_and_read_only() -> None:
    with samples_of(io.BytesIO(wav([5] * 8000)), "audio/wav") as found:
        assert isinstance(found.values, np.memmap)
        with pytest.raises(ValueError, match="read-only"):
            found.values[0] = 1


# -- what cannot be decoded ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"", "audio/webm"),
        (b"garbage" * 5000, "audio/webm"),
        (b"\x1aE\xdf\xa3" + b"\xff" * 5000, "audio/webm"),
        (b"RIFF" + struct.pack("<I", 1 << 31) + b"WAVEfmt " + b"\xff" * 400, "audio/wav"),
        (s.encoded("mp3", "libmp3lame")[:100], "audio/mp4"),
        (wav([]), "audio/wav"),
        (s.video("mp4", "mpeg4"), "audio/mp4"),
        (b"x", "text/html"),
    ],
    ids=["empty", "garbage", "head", "sizes", "another kind", "no samples", "video", "unknown"],
)
def test_unreadable_sound_says_so_in_words(data, content_type) -> None:
    with pytest.raises(UnreadableAudio) as caught:
        decoded(data, content_type)
    assert str(caught.value).endswith(".")
    assert not isinstance(caught.value, AudioNotChecked)


@pytest.mark.parametrize("hours", [7, 10**6])
def test_claimed_centuries_are_refused(hours) -> None:
    clusters = (s.cluster(0, s.blocks(50)), s.cluster(hours * 3_600_000, s.blocks(50)))
    with pytest.raises(UnreadableAudio, match="longer than six hours"):
        decoded(s.webm_of(*clusters), "audio/webm")


def test_claimed_hours_cost_no_room() -> None:
    clusters = (s.cluster(0, s.blocks(50)), s.cluster(5 * 3_600_000, s.blocks(50)))
    with samples_of(io.BytesIO(s.webm_of(*clusters)), "audio/webm") as found:
        assert found.duration == pytest.approx(5 * 3600 + 1, abs=0.1)
        state = os.stat(f"/proc/self/fd/{_descriptor(found.values)}")
        assert state.st_blocks * 512 < 1_000_000


def _descriptor(values: np.memmap) -> int:
    """Of the unnamed file that is mapped."""
    size = values.nbytes
    for name in os.listdir("/proc/self/fd"):
        path = f"/proc/self/fd/{name}"
        is_open = os.path.exists(path) and "(deleted)" in os.readlink(path)
        if is_open and os.stat(path).st_size == size:
            return int(name)
    raise AssertionError("no such file is open")


def test_playlist_in_disguise_reads_no_other_file(tmp_path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(wav([32767] * 8000))
    for text in (f"ffconcat version 1.0\nfile '{secret}'\n", f"#EXTM3U\n{secret}\n"):
        for content_type in ("audio/webm", "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac"):
            with pytest.raises(UnreadableAudio):
                decoded(text.encode() * 20, content_type)


@pytest.mark.slow
def test_bytes_turned_over_never_surprise() -> None:
    data = s.recorded_webm(1.0)
    chance = np.random.default_rng(3)
    for _ in range(25):
        bad = bytearray(data)
        for at in chance.integers(0, len(bad), 12):
            bad[at] = int(chance.integers(0, 256))
        try:
            values, duration = decoded(bytes(bad), "audio/webm")
        except AudioNotChecked:
            raise
        except UnreadableAudio:
            continue
        assert len(values) == pytest.approx(duration * 16_000, abs=10)


# -- the child -------------------------------------------------------------------------------------

FILL = "import os, sys; os.write(int(sys.argv[4]), bytes({size}));"


@pytest.mark.parametrize(
    ("source", "raised"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", UnreadableAudio),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", UnreadableAudio),
        ("raise SystemExit(3)", AudioNotChecked),
        # What is mapped beyond the end of its file kills its reader.
        ("print('{\"samples\": 100}')", AudioNotChecked),
        (FILL.format(size=198) + "print('{\"samples\": 100}')", AudioNotChecked),
        (FILL.format(size=202) + "print('{\"samples\": 100}')", AudioNotChecked),
        (FILL.format(size=2) + "print('{\"samples\": true}')", AudioNotChecked),
        ("print('{\"samples\": -1}')", AudioNotChecked),
        ("print('{\"samples\": 0}')", AudioNotChecked),
        ('print(\'{"refused": "nothing known"}\')', AudioNotChecked),
        ("print('[' * 100000)", AudioNotChecked),
        ("import time; time.sleep(60)", AudioNotChecked),
    ],
)
def test_child_is_never_believed(source, raised, tmp_path, monkeypatch) -> None:
    child = tmp_path / "child.py"
    child.write_text(source)
    monkeypatch.setattr(samples_module, "CHILD", child)
    monkeypatch.setattr(samples_module, "WALL_SECONDS", 2.0)
    with pytest.raises(UnreadableAudio) as caught:
        decoded(b"x")
    assert type(caught.value) is raised


LIMITED = """
import runpy, sys
child = runpy.run_path({child!r})
def attempt(av, base, descriptor, demuxer, decoders, output):
    import os
    {attempt}
    os.write(output, b"\\1\\0")
    return {{"samples": 1}}
child["main"].__globals__["_decode"] = attempt
child["main"].__globals__["__file__"] = {child!r}
sys.exit(child["main"](sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("attempt", "done"),
    [
        ("pass", True),
        ("open('/etc/passwd').read()", False),
        ("open('/tmp/written-by-samples-child', 'w')", False),
        ("__import__('socket').socket()", False),
        ("bytearray(1 << 30)", False),
        ("os.pwrite(output, b'x', 7 * 3600 * 32000)", False),
        ("os.pwrite(descriptor, b'x', 0)", False),
    ],
)
def test_child_has_given_up_files_sockets_and_memory(attempt, done, tmp_path, monkeypatch) -> None:
    child = tmp_path / "child.py"
    child.write_text(LIMITED.format(child=str(samples_module.CHILD), attempt=attempt))
    sound = tmp_path / "sound.wav"
    sound.write_bytes(wav([1] * 800))
    monkeypatch.setattr(samples_module, "CHILD", child)
    with sound.open("rb") as file:
        if done:
            with samples_of(file, "audio/wav") as found:
                assert found.values.tolist() == [1]
            return
        with pytest.raises(UnreadableAudio), samples_of(file, "audio/wav"):
            pass
    assert sound.read_bytes() == wav([1] * 800)


def test_child_works_without_a_single_further_thread(tmp_path) -> None:
    """Neither decoder nor converter starts one: for people other than root none can be started."""
    target = tmp_path / "samples"
    sound = tmp_path / "sound.webm"
    sound.write_bytes(tones("webm", "libopus"))
    source = f"""
import os, runpy, sys
child = runpy.run_path({str(samples_module.CHILD)!r})
known = child["main"].__globals__
decode, pull, status = known["_decode"], child["Writer"]._pull, os.open("/proc/self/status", 0)
counts = set()
def counted(writer):
    pull(writer)
    counts.add(os.pread(status, 10000, 0).decode().partition("Threads:")[2].split()[0])
child["Writer"]._pull = counted
known["_decode"] = lambda *given: decode(*given) | {{"threads": sorted(counts)}}
sys.exit(child["main"](sys.argv[1:]))
"""
    runner = tmp_path / "runner.py"
    runner.write_text(source)
    with sound.open("rb") as file, target.open("w+b") as output:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(runner), str(file.fileno()), "matroska",
             _av_folder(), str(output.fileno())],
            pass_fds=(file.fileno(), output.fileno()),
            capture_output=True,
        )  # fmt: skip
    answer = json.loads(done.stdout)
    assert answer["samples"] == pytest.approx(64_000, abs=400)
    assert answer["threads"] == ["1"]


def test_no_room_for_samples_is_the_machines_fault(monkeypatch) -> None:
    def full(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(samples_module.tempfile, "TemporaryFile", full)
    with pytest.raises(AudioNotChecked):
        decoded(wav([1] * 800))
