"""Waveforms: what is drawn, hostile and unreadable sounds, once for each sound, the page's JSON."""

from __future__ import annotations

import array
import io
import struct
import threading
import wave
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from interviewdata.common.errors import NotNow
from sessions.access import AUDIO_PERMISSION
from sessions.audio import peaks as peaks_module
from sessions.audio.facts import AudioNotChecked
from sessions.audio.peaks import draw_outline
from sessions.models import AccessRecord, AudioPeaks
from sessions.services import peaks as service
from sessions.services.peaks import peaks_of
from sessions.tests.factories import InterviewSessionFactory, UserResponseFactory

from . import samples as s

SAMPLES = Path(__file__).parents[3] / "fixtures" / "sample_audio"


def wav(samples: list[int], rate: int = 8000, channels: int = 1) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array.array("h", samples).tobytes())
    return target.getvalue()


def outline(data: bytes, content_type: str = "audio/wav") -> peaks_module.Outline:
    return draw_outline(io.BytesIO(data), content_type)


# -- what is drawn ---------------------------------------------------------------------------------


def test_peaks_are_the_loudest_samples_of_equal_parts() -> None:
    # Four seconds: silence, half, full (negative), a quarter.
    levels = (0, 16384, -32768, 8192)
    found = outline(wav([level for level in levels for _ in range(8000)]))
    assert found.duration == 4.0
    assert len(found.peaks) == 200  # 50 parts a second, fewer than 400
    assert [set(found.peaks[n * 50 : (n + 1) * 50]) for n in range(4)] == [{0}, {50}, {100}, {25}]
    assert (found.problem, found.engine.startswith("PyAV ")) == ("", True)


def test_long_sound_is_folded_into_400_parts() -> None:
    # Ten seconds, one loud sample run (100 ms) in each whole second.
    second = [32767] * 800 + [0] * 7200
    found = outline(wav(second * 10))
    assert len(found.peaks) == 400
    assert [index for index, peak in enumerate(found.peaks) if peak == 100] == [
        second * 40 + part for second in range(10) for part in range(4)
    ]


def test_the_louder_channel_counts() -> None:
    found = outline(wav([0, 16384] * 8000, channels=2))
    assert set(found.peaks) == {50}


@pytest.mark.parametrize(
    ("container", "codec", "content_type"),
    [
        ("wav", "pcm_u8", "audio/wav"),
        ("wav", "pcm_s32le", "audio/wav"),
        ("wav", "pcm_f32le", "audio/wav"),
        ("wav", "pcm_f64le", "audio/wav"),
        ("webm", "libopus", "audio/webm"),
        ("matroska", "aac", "audio/matroska"),
        ("ogg", "libopus", "audio/ogg"),
        ("mp3", "libmp3lame", "audio/mpeg"),
        ("mp4", "aac", "audio/mp4"),
        ("flac", "flac", "audio/flac"),
        ("adts", "aac", "audio/aac"),
    ],
)
def test_every_kind_that_is_taken_is_drawn(container, codec, content_type) -> None:
    found = outline(s.encoded(container, codec), content_type)
    assert found.problem == ""
    assert found.duration == pytest.approx(2.0, abs=0.1)
    # The tone's level is 9000 of 32768; coders waver.
    middle = found.peaks[20:80]
    assert all(24 <= peak <= 32 for peak in middle), middle


def test_a_pause_between_time_stamps_is_silence_of_its_length() -> None:
    import av
    from av.audio.frame import AudioFrame

    target = io.BytesIO()
    with av.open(target, "w", format="webm") as output:
        stream = output.add_stream("libopus", rate=48000, layout="mono")
        sound = array.array("h", [9000 if n % 100 < 50 else -9000 for n in range(960)]).tobytes()
        for begin in (0, 3 * 48000):
            for number in range(50):
                frame = AudioFrame(format="s16", layout="mono", samples=960)
                frame.planes[0].update(sound)
                frame.sample_rate = 48000
                frame.pts = begin + number * 960
                output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    found = outline(target.getvalue(), "audio/webm")
    assert found.duration == pytest.approx(4.0, abs=0.1)
    assert max(found.peaks[60:140]) <= 2
    assert min(found.peaks[10:40]) > 10


# -- what cannot be drawn --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"", "audio/webm"),
        (b"garbage" * 5000, "audio/webm"),
        (b"\x1aE\xdf\xa3" + b"\xff" * 5000, "audio/webm"),
        (b"RIFF" + struct.pack("<I", 1 << 31) + b"WAVEfmt " + b"\xff" * 400, "audio/wav"),
        (s.encoded("mp3", "libmp3lame")[:100], "audio/mp4"),
    ],
    ids=["empty", "garbage", "broken head", "lying sizes", "another kind"],
)
def test_unreadable_sound_is_a_problem_in_words(data, content_type) -> None:
    found = outline(data, content_type)
    assert found.peaks == []
    assert found.problem.endswith(".")


def test_unknown_kind_starts_no_process(monkeypatch) -> None:
    monkeypatch.setattr(peaks_module, "CHILD", Path("/nonexistent.py"))
    assert (
        outline(b"x", "text/html").problem == "This file's sound is of a kind that cannot be drawn."
    )


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_cut_sound_is_drawn_as_far_as_it_goes(cut) -> None:
    data = (SAMPLES / "backend-answer-1.webm").read_bytes()
    whole, part = outline(data, "audio/webm"), outline(data[: int(len(data) * cut)], "audio/webm")
    assert part.problem == ""
    assert part.duration == pytest.approx(whole.duration * cut, rel=0.15)


def test_playlist_in_disguise_reads_no_other_file(tmp_path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(wav([32767] * 8000))
    for text in (f"ffconcat version 1.0\nfile '{secret}'\n", f"#EXTM3U\n{secret}\n"):
        for content_type in ("audio/webm", "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac"):
            assert outline(text.encode() * 20, content_type).peaks == []


@pytest.mark.parametrize(
    ("source", "raised"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", None),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", None),
        ("raise SystemExit(3)", AudioNotChecked),
        ('print(\'{"peaks": [1, 2, 300], "duration": 1.0}\')', AudioNotChecked),
        ('print(\'{"peaks": "many", "duration": 1.0}\')', AudioNotChecked),
        ('print(\'{"peaks": [true], "duration": 1.0}\')', AudioNotChecked),
        ("print('[' * 100000)", AudioNotChecked),
        ("import time; time.sleep(60)", AudioNotChecked),
    ],
)
def test_child_is_never_believed(source, raised, tmp_path, monkeypatch) -> None:
    child = tmp_path / "child.py"
    child.write_text(source)
    monkeypatch.setattr(peaks_module, "CHILD", child)
    monkeypatch.setattr(peaks_module, "WALL_SECONDS", 2.0)
    if raised:
        with pytest.raises(raised):
            outline(b"x")
    else:
        assert outline(b"x").problem == "This sound file is damaged."


LIMITED = """
import resource, runpy, sys
child = runpy.run_path({child!r})
for name in child["_draw"].__globals__: pass
child["_draw"].__globals__["_draw"] = lambda *a: {attempt}
sys.exit(child["main"](sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/passwd').read()",
        "__import__('socket').socket()",
        "bytearray(1 << 31)",
    ],
)
def test_child_has_given_up_files_sockets_and_memory(attempt, tmp_path, monkeypatch) -> None:
    child = tmp_path / "child.py"
    attempted = f"[({attempt}), {{'peaks': [77], 'duration': 1.0}}][1]"
    child.write_text(LIMITED.format(child=str(peaks_module.CHILD), attempt=attempted))
    monkeypatch.setattr(peaks_module, "CHILD", child)
    try:
        assert outline(wav([1] * 800)).peaks != [77]
    except AudioNotChecked:
        pass


def test_the_same_harness_draws_when_nothing_is_attempted(tmp_path, monkeypatch) -> None:
    child = tmp_path / "child.py"
    attempted = "{'peaks': [77], 'duration': 1.0}"
    child.write_text(LIMITED.format(child=str(peaks_module.CHILD), attempt=attempted))
    monkeypatch.setattr(peaks_module, "CHILD", child)
    assert outline(wav([1] * 800)).peaks == [77]


# -- once for each sound ---------------------------------------------------------------------------


@pytest.fixture
def recorded(db):
    """An answer with one of the spoken samples."""
    data = (SAMPLES / "backend-answer-1.webm").read_bytes()
    path = default_storage.save("audio/sample.webm", ContentFile(data))
    return UserResponseFactory(
        audio_file_path=path,
        audio_sha256="a" * 64,
        audio_content_type="audio/webm",
        audio_bytes=len(data),
        audio_duration=14.8,
    )


def ask(response):
    return peaks_of(
        path=response.audio_file_path,
        sha256=response.audio_sha256,
        content_type=response.audio_content_type,
    )


def test_peaks_are_drawn_once_and_kept(recorded, monkeypatch, django_assert_num_queries) -> None:
    first = ask(recorded)
    assert (len(first.peaks), first.problem) == (400, "")
    assert first.duration == pytest.approx(14.8, abs=0.05)
    monkeypatch.setattr(service, "draw_outline", None)  # drawing again would fail
    with django_assert_num_queries(1):
        again = ask(recorded)
    assert again.pk == first.pk


def test_unreadable_sound_keeps_its_problem(recorded) -> None:
    recorded.audio_file_path = default_storage.save("audio/bad.webm", ContentFile(b"no sound"))
    assert ask(recorded).problem == "This sound file is damaged."
    assert AudioPeaks.objects.get().peaks == []


@pytest.mark.parametrize("path", ["audio/nothing.webm", "../../etc/passwd"])
def test_lost_sound_is_not_the_sounds_fault(recorded, path) -> None:
    recorded.audio_file_path = path
    with pytest.raises(NotNow):
        ask(recorded)
    assert AudioPeaks.objects.count() == 0


def test_machine_at_fault_keeps_nothing_and_gives_its_turn_back(recorded, monkeypatch) -> None:
    def fail(*_):
        raise AudioNotChecked("Not now.")

    monkeypatch.setattr(service, "draw_outline", fail)
    for _ in range(service.AT_ONCE + 1):
        with pytest.raises(NotNow):
            ask(recorded)
    assert AudioPeaks.objects.count() == 0


def test_who_waits_too_long_is_told_so(recorded, monkeypatch) -> None:
    monkeypatch.setattr(service, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(service, "_turns", threading.BoundedSemaphore(1))
    service._turns.acquire()
    with pytest.raises(NotNow):
        ask(recorded)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_the_same_row(recorded) -> None:
    found, errors = [], []
    barrier = threading.Barrier(4)

    def one():
        try:
            barrier.wait()
            found.append(ask(recorded).pk)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(found)) == 1
    assert AudioPeaks.objects.count() == 1


# -- the page's JSON -------------------------------------------------------------------------------


def url_of(response, session_id=None):
    return f"/sessions/{session_id or response.session_id}/peaks/{response.pk}"


def test_staff_with_the_permission_get_peaks(client, staff_user, recorded) -> None:
    client.force_login(staff_user(AUDIO_PERMISSION))
    reply = client.get(url_of(recorded))
    body = reply.json()
    assert (body["responseId"], len(body["peaks"]), body["problem"]) == (recorded.pk, 400, "")
    assert all(0 <= peak <= 100 for peak in body["peaks"])
    assert reply["Cache-Control"] == "private, max-age=31536000"
    assert "Cookie" in reply["Vary"]
    record = AccessRecord.objects.get()
    assert (record.actor, record.resource) == ("user:rita", "waveform")
    assert record.session_ids == [recorded.session_id]
    assert client.get(url_of(recorded), headers={"If-None-Match": reply["ETag"]}).status_code == 304
    assert client.get(url_of(recorded), headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("known", [False, True])
def test_statements_of_the_peaks(
    client, staff_user, recorded, django_assert_max_num_queries, known
) -> None:
    client.force_login(staff_user(AUDIO_PERMISSION))
    if known:
        ask(recorded)
    # Login (2), response, access record, peaks; the first time another look, and the insert in
    # its savepoint.
    with django_assert_max_num_queries(5 if known else 10):
        assert client.get(url_of(recorded)).status_code == 200


def test_peaks_of_another_interview_are_not_there(client, staff_user, recorded) -> None:
    client.force_login(staff_user(AUDIO_PERMISSION))
    other = InterviewSessionFactory()
    assert client.get(url_of(recorded, other.session_id)).status_code == 404
    silent = UserResponseFactory()
    assert client.get(url_of(silent)).status_code == 404
    assert client.get(f"/sessions/{recorded.session_id}/peaks/{10**30}").status_code == 404


def test_store_that_does_not_answer_is_a_503(client, staff_user, recorded) -> None:
    client.force_login(staff_user(AUDIO_PERMISSION))
    default_storage.delete(recorded.audio_file_path)
    reply = client.get(url_of(recorded))
    assert (reply.status_code, reply.json()["code"]) == (503, "unavailable")
    assert reply["Retry-After"] == "5"
    assert "max-age=3" not in reply["Cache-Control"]


def test_only_reading(client, staff_user, recorded) -> None:
    client.force_login(staff_user(AUDIO_PERMISSION))
    assert client.post(url_of(recorded)).status_code == 405
