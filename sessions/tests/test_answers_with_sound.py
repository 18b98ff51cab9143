"""Sound as data URL, base64 and file: the same bytes, kept unchanged, or refused whole."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from sessions.models import InterviewQuestion, InterviewSession, UserResponse
from sessions.tests.audio.samples import recorded_webm

PATH = "/api/interview/response"
SOUND = recorded_webm(1.0)
ENCODED = base64.b64encode(SOUND).decode()


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def as_file(sound: bytes = SOUND, name: str = "a.webm") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, sound, content_type="audio/webm")


@pytest.fixture
def nothing_kept(media_folder, interview):
    """Checks that a refused answer left nothing: no row, no file, no counter moved."""

    def check() -> None:
        session = InterviewSession.objects.get(session_id=interview)
        assert UserResponse.objects.count() == 0
        assert files_in(media_folder) == []
        assert (session.questions_answered, session.current_question_index) == (0, 0)
        assert session.status == "created"
        assert InterviewQuestion.objects.count() == 3

    return check


WAYS = {
    "data URL": {"audioBlob": f"data:audio/webm;codecs=opus;base64,{ENCODED}"},
    "data URL of another type": {"audioBlob": f"data:application/octet-stream;base64,{ENCODED}"},
    "bare base64": {"audioBlob": ENCODED},
    "base64 without padding": {"audioBlob": ENCODED.rstrip("=")},
    "named audio": {"audio": ENCODED},
}


@pytest.mark.parametrize("way", WAYS)
def test_sound_in_json_is_kept_byte_for_byte(api, interview, media_folder, way):
    reply = api.call(PATH, {"sessionId": interview, "questionIndex": 0, **WAYS[way]})
    assert reply.status_code == 200
    assert reply.json()["audioSaved"] is True
    assert reply.json()["warnings"] == []
    _is_kept(media_folder, reply.json())


@pytest.mark.parametrize("field", ["audio", "audioBlob"])
def test_sound_in_a_form_is_kept_byte_for_byte(api, interview, media_folder, field):
    form = {"sessionId": interview, "questionIndex": "0", field: as_file()}
    reply = api.post(PATH, form)
    assert reply.status_code == 200
    assert reply.json()["audioSaved"] is True
    _is_kept(media_folder, reply.json())


def _is_kept(media_folder: Path, reply: dict) -> None:
    row = UserResponse.objects.get()
    assert (row.pk, row.audio_file_path) == (reply["responseId"], reply["audioFilePath"])
    assert row.audio_sha256 == hashlib.sha256(SOUND).hexdigest()
    assert (row.audio_bytes, row.audio_content_type) == (len(SOUND), "audio/webm")
    assert row.audio_duration == pytest.approx(1.0, abs=0.1)
    assert [path.read_bytes() for path in files_in(media_folder)] == [SOUND]
    with default_storage.open(row.audio_file_path) as file:
        assert file.read() == SOUND


def test_two_interviews_keep_the_same_sound_apart(api, interview, media_folder):
    other = api.call("/api/interview/create-session", {"userEmail": "bob@example.org"}).json()
    for session_id in (interview, other["sessionId"]):
        api.call(
            PATH,
            {"sessionId": session_id, "questionIndex": 0, "question": "Why?", "audioBlob": ENCODED},
        )
    assert len(set(UserResponse.objects.values_list("audio_file_path", flat=True))) == 2
    assert len(files_in(media_folder)) == 2


# -- no sound arrived ---------------------------------------------------------------------------


def test_blob_that_json_emptied_saves_the_answer_with_a_warning(api, interview, media_folder):
    body = {"sessionId": interview, "questionIndex": 0, "answer": "so", "audioBlob": {}}
    reply = api.call(PATH, body)
    assert reply.status_code == 200
    assert reply.json()["audioSaved"] is False
    assert reply.json()["audioFilePath"] is None
    assert "JSON.stringify" in reply.json()["warnings"][0]
    assert UserResponse.objects.get().user_answer == "so"
    assert files_in(media_folder) == []


def test_blob_that_json_emptied_alone_is_no_answer(api, interview, nothing_kept):
    reply = api.call(PATH, {"sessionId": interview, "questionIndex": 0, "audioBlob": {}})
    assert reply.status_code == 400
    assert "answer" in reply.json()["fields"]
    nothing_kept()


@pytest.mark.parametrize("blob", [None, ""])
def test_absent_sound_is_no_warning(api, interview, blob):
    body = {"sessionId": interview, "questionIndex": 0, "answer": "so", "audioBlob": blob}
    reply = api.call(PATH, body).json()
    assert (reply["audioSaved"], reply["warnings"]) == (False, [])


# -- refused, and nothing kept ------------------------------------------------------------------

UNREADABLE = {
    "not base64": "&&& no sound &&&",
    "no sound": base64.b64encode(b"just some text, again and again" * 20).decode(),
    "a page": base64.b64encode(b"<!doctype html><script>alert(1)</script>" * 9).decode(),
    "half a data URL": "data:audio/webm;base64,",
    "data URL not in base64": "data:audio/webm,abc",
    "only the head of a sound": base64.b64encode(SOUND[:60]).decode(),
    "a number": 7,
    "a list": [1, 2, 3],
    "an object with bytes": {"0": 26, "1": 69},
    "true": True,
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_sound_is_refused_whole(api, interview, nothing_kept, name):
    body = {
        "sessionId": interview,
        "questionIndex": 0,
        "answer": "the text is fine",
        "audioBlob": UNREADABLE[name],
    }
    reply = api.call(PATH, body)
    assert reply.status_code == 422
    assert reply.json()["success"] is False
    assert set(reply.json()["fields"]) <= {"audio", "audioBlob"}
    nothing_kept()


@pytest.mark.parametrize("content", [b"", b"x", b"MZ" + b"\0" * 500, SOUND[:60]])
def test_unreadable_file_is_refused_whole(api, interview, nothing_kept, content):
    form = {"sessionId": interview, "questionIndex": "0", "answer": "so", "audio": as_file(content)}
    reply = api.post(PATH, form)
    assert reply.status_code == 422
    nothing_kept()


def test_json_over_16_mib_is_413_and_says_what_to_do(api, interview, nothing_kept):
    body = json.dumps({"sessionId": interview, "questionIndex": 0, "audioBlob": "A" * (1 << 24)})
    reply = api.post(PATH, body, content_type="text/plain;charset=UTF-8")
    assert reply.status_code == 413
    assert reply.json()["code"] == "too_large"
    assert "multipart/form-data" in reply.json()["error"]
    nothing_kept()


def test_json_of_just_16_mib_is_read(api, interview, settings, nothing_kept):
    limit = settings.MAX_JSON_BYTES
    body = json.dumps({"sessionId": interview, "questionIndex": 0, "answer": "so", "pad": ""})
    body = body.replace('"pad": ""', '"pad": "' + "x" * (limit - len(body)) + '"')
    assert len(body) == limit
    reply = api.post(PATH, body, content_type="text/plain;charset=UTF-8")
    assert reply.status_code == 200


def test_file_over_the_limit_is_413(api, interview, settings, nothing_kept):
    settings.MAX_AUDIO_MB, settings.MAX_AUDIO_BYTES = 1, 1024 * 1024
    # Under the limit of the whole form, over that of its file.
    content = SOUND + b"\0" * (1024 * 1024)
    form = {"sessionId": interview, "questionIndex": "0", "audio": as_file(content)}
    reply = api.post(PATH, form)
    assert reply.status_code == 413
    assert "1 MiB" in reply.json()["error"]
    nothing_kept()


def test_form_over_the_limit_is_413_before_it_is_read(api, interview, settings, nothing_kept):
    settings.MAX_AUDIO_MB, settings.MAX_AUDIO_BYTES = 1, 1024 * 1024
    content = SOUND + b"\0" * (3 * 1024 * 1024)
    form = {"sessionId": interview, "questionIndex": "0", "audio": as_file(content)}
    assert api.post(PATH, form).status_code == 413
    nothing_kept()


def test_announced_length_over_the_limit_is_413_without_a_body(client, interview, nothing_kept):
    for content_type, length in (
        ("application/json", 16 * 1024**2 + 1),
        ("multipart/form-data; boundary=x", 10**12),
    ):
        reply = client.generic(
            "POST", PATH, b"", content_type=content_type, CONTENT_LENGTH=str(length)
        )
        assert reply.status_code == 413
    nothing_kept()


def test_sound_for_a_missing_question_leaves_no_file(api, interview, nothing_kept):
    for named in ({"questionIndex": 50}, {"questionId": 10**9}):
        reply = api.call(PATH, {"sessionId": interview, "audioBlob": ENCODED, **named})
        assert reply.status_code == 400
        assert set(reply.json()["fields"]) == set(named)
    nothing_kept()


def test_sound_for_a_question_of_somebody_else_leaves_no_file(api, new_browser, interview):
    browser = new_browser()
    made = browser.call("/api/interview/create-session", {"userEmail": "bob@example.org"}).json()
    asked = browser.call(
        "/api/interview/question", {"sessionId": made["sessionId"], "questionText": "canary?"}
    ).json()
    body = {"sessionId": interview, "questionId": asked["questionId"], "audioBlob": ENCODED}
    reply = api.call(PATH, body)
    assert reply.status_code == 400
    assert "canary" not in reply.content.decode()
    with_text = api.call(PATH, {**body, "question": "Mine?"})
    assert with_text.json()["questionId"] != asked["questionId"]
    assert UserResponse.objects.get().session_id == interview


def test_sound_for_a_foreign_interview_leaves_no_file(new_browser, interview, nothing_kept):
    form = {"sessionId": interview, "questionIndex": "0", "audio": as_file()}
    assert new_browser().post(PATH, form).status_code == 404
    nothing_kept()


def test_file_under_another_name_is_refused_by_its_name(api, interview, nothing_kept):
    form = {"sessionId": interview, "questionIndex": "0", "answer": "so", "voice": as_file()}
    reply = api.post(PATH, form)
    assert reply.status_code == 400
    assert set(reply.json()["fields"]) == {"voice"}
    nothing_kept()


def test_disk_that_refuses_is_503_and_keeps_no_row(api, interview, monkeypatch, nothing_kept):
    def full(*_arguments: object, **_options: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    reply = api.call(PATH, {"sessionId": interview, "questionIndex": 0, "audioBlob": ENCODED})
    assert reply.status_code == 503
    assert "Retry-After" in reply
    nothing_kept()
