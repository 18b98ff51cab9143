"""An answer that names a finished upload: joined, checked and kept like any other sound."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from interviewdata.common.wire.tus import PATH
from sessions.models import AudioUpload, AudioUploadPart, UserResponse
from sessions.services import upload_answer
from sessions.services.upload_parts import part_name
from sessions.tests.audio.samples import recorded_webm
from sessions.tests.uploads.tus_client import VERSION, begun, checksum, offset_of, part, uploaded

RESPONSE = "/api/interview/response"
SOUND = recorded_webm(3.0)


@pytest.fixture(autouse=True)
def commits(django_capture_on_commit_callbacks):
    """What is left for after the commit is done after each call of `answer`."""
    return django_capture_on_commit_callbacks


@pytest.fixture
def answer(api, interview, commits):
    def call(upload_id, client=api, **body):
        sent = {"sessionId": interview, "questionIndex": 0, "audioUpload": upload_id, **body}
        with commits(execute=True):
            return client.call(RESPONSE, sent)

    return call


@pytest.fixture
def whole(api, interview):
    return uploaded(api, interview, SOUND, part_bytes=len(SOUND) // 3)


def test_upload_becomes_the_answers_sound_byte_for_byte(api, interview, whole, answer, parts):
    assert len(parts()) == 4
    reply = answer(whole, answer="and in words", responseDuration=3)
    kept = UserResponse.objects.get()
    assert (reply.status_code, reply.json()["audioSaved"]) == (200, True)
    assert reply.json()["audioFilePath"] == kept.audio_file_path
    assert default_storage.open(kept.audio_file_path).read() == SOUND
    assert kept.audio_sha256 == hashlib.sha256(SOUND).hexdigest()
    assert kept.audio_sha256 in kept.audio_file_path
    assert (kept.audio_content_type, kept.audio_bytes) == ("audio/webm", len(SOUND))
    assert (kept.user_answer, kept.response_duration) == ("and in words", 3)
    assert kept.audio_duration == pytest.approx(3, abs=0.2)


def test_parts_go_after_the_answer_is_kept(api, whole, answer, parts, media_folder):
    answer(whole)
    assert (parts(), AudioUploadPart.objects.count()) == ([], 0)
    assert list((media_folder / "uploads").iterdir()) == []
    upload = AudioUpload.objects.get()
    assert upload.used_at is not None
    assert upload.audio_sha256 == hashlib.sha256(SOUND).hexdigest()
    assert offset_of(api, f"{PATH}/{whole}") == len(SOUND)


def test_same_call_again_gives_the_same_answer(answer, whole):
    first = answer(whole).json()
    second = answer(whole).json()
    assert second == {**first, "message": "The answer had been saved already."}
    assert UserResponse.objects.count() == 1


def test_same_call_again_works_until_two_weeks_after_it(api, interview, answer, whole):
    first = answer(whole).json()
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=10)):
        assert answer(whole).json()["responseId"] == first["responseId"]


def test_same_sound_in_the_request_is_the_same_answer(api, interview, answer, whole):
    first = answer(whole).json()
    form = {
        "sessionId": interview,
        "questionIndex": "0",
        "audio": SimpleUploadedFile("a.webm", SOUND),
    }
    assert api.post(RESPONSE, form).json()["responseId"] == first["responseId"]


def test_upload_named_in_a_form_is_taken(api, interview, whole, commits):
    form = {"sessionId": interview, "questionIndex": "0", "audioUpload": whole}
    with commits(execute=True):
        reply = api.post(RESPONSE, form)
    assert (reply.status_code, reply.json()["audioSaved"]) == (200, True)


def test_idempotency_key_gives_the_first_reply_again(answer, whole, api, interview, commits):
    body = {"sessionId": interview, "questionIndex": 0, "audioUpload": whole}
    replies = []
    for _ in range(2):
        with commits(execute=True):
            replies.append(api.call(RESPONSE, body, Idempotency_Key="my answer to the first one"))
    assert [reply.status_code for reply in replies] == [200, 200]
    assert replies[0].content == replies[1].content
    assert AudioUpload.objects.get().used_at is not None


def test_used_upload_may_answer_another_question_too(answer, whole):
    first, other = answer(whole).json(), answer(whole, questionIndex=1).json()
    assert other["responseId"] != first["responseId"]
    assert other["audioFilePath"] == first["audioFilePath"]


def test_answer_that_was_the_only_one_and_is_gone_takes_its_upload_along(answer, whole):
    answer(whole)
    UserResponse.objects.all().delete()  # its file may be swept at any time now
    assert answer(whole).status_code == 422


# -- refused, and nothing kept ------------------------------------------------------------------


def refused(reply, status):
    assert reply.status_code == status, reply.content
    assert set(reply.json()["fields"]) == {"audioUpload"}
    assert UserResponse.objects.count() == 0


@pytest.mark.parametrize("name", ["unknown", "../../etc/passwd", "x' OR 1=1", "é" * 36, "%00"])
def test_unknown_upload_is_422(answer, name):
    refused(answer(name), 422)


@pytest.mark.parametrize("value", [7, ["a"], {"id": "a"}, True, "x" * 37, "a\u0000"])
def test_upload_that_is_no_name_is_400(answer, value):
    assert answer(value).status_code == 400
    assert UserResponse.objects.count() == 0


def test_unfinished_upload_is_409_and_goes_on(api, interview, answer):
    address = begun(api, interview, len(SOUND))
    part(api, address, 0, SOUND[:100])
    reply = answer(address.rpartition("/")[2])
    refused(reply, 409)
    assert f"100 of {len(SOUND)} bytes" in reply.json()["error"]
    assert part(api, address, 100, SOUND[100:]).status_code == 204
    assert answer(address.rpartition("/")[2]).status_code == 200


def test_upload_of_somebody_else_is_as_an_unknown_one(new_browser, interview, answer):
    bob = new_browser()
    his = bob.call("/api/interview/create-session", {"userEmail": "bob@example.org"}).json()
    foreign = answer(uploaded(bob, his["sessionId"], SOUND))
    refused(foreign, 422)
    assert foreign.content == answer("unknown").content


def test_upload_of_ones_own_other_interview_is_refused(api, answer):
    mine = api.call("/api/interview/create-session", {"userEmail": "ann@example.org"}).json()
    refused(answer(uploaded(api, mine["sessionId"], SOUND)), 422)


def test_upload_after_its_time_is_refused(api, interview, answer, whole):
    AudioUpload.objects.update(expires_at=timezone.now())
    refused(answer(whole), 422)


def test_upload_and_sound_together_are_refused(api, interview, answer, whole, parts):
    refused(answer(whole, audioBlob="UklGRg=="), 400)
    refused(answer(whole, audio="UklGRg=="), 400)
    form = {
        "sessionId": interview,
        "questionIndex": "0",
        "audioUpload": whole,
        "audio": SimpleUploadedFile("a.webm", SOUND),
    }
    refused(api.post(RESPONSE, form), 400)
    assert len(parts()) == 4
    # What JSON.stringify makes of a Blob is no sound.
    assert answer(whole, audioBlob={}).json()["warnings"] == []


@pytest.mark.parametrize("content", [b"just some text, no sound " * 50, SOUND[:60]])
def test_upload_that_is_no_sound_is_422_and_its_parts_stay(api, interview, answer, parts, content):
    upload_id = uploaded(api, interview, content)
    reply = answer(upload_id)
    refused(reply, 422)
    assert reply.json()["code"] == "unreadable_audio"
    assert AudioUpload.objects.get().used_at is None
    assert b"".join(parts()) == content
    assert api.delete(f"{PATH}/{upload_id}", headers=VERSION).status_code == 204


def test_upload_for_a_missing_question_is_refused_and_kept(answer, whole, media_folder):
    reply = answer(whole, questionIndex=50)
    assert (reply.status_code, set(reply.json()["fields"])) == (400, {"questionIndex"})
    assert not (media_folder / "audio").exists()
    assert answer(whole, questionIndex=50, question="One more?").status_code == 200


@pytest.mark.parametrize("seen", ["before its rows went", "before its objects went"])
def test_rival_that_was_faster_gives_its_answer(answer, whole, monkeypatch, seen):
    """The upload is used and its parts go while this call is about to join them."""
    before = AudioUpload.objects.get()
    rows = list(before.parts.order_by("first_byte"))
    first = answer(whole).json()
    looks = [before]
    look = upload_answer._whole_upload
    monkeypatch.setattr(
        upload_answer, "_whole_upload", lambda *asked: looks.pop() if looks else look(*asked)
    )
    if seen == "before its objects went":
        AudioUploadPart.objects.bulk_create(rows)
    assert answer(whole).json()["responseId"] == first["responseId"]
    assert looks == []


# -- the store --------------------------------------------------------------------------------


def test_lost_part_has_the_client_send_from_there(api, interview, answer, whole):
    lost = AudioUploadPart.objects.order_by("first_byte")[1]
    default_storage.delete(part_name(whole, lost.first_byte, lost.sha256))
    reply = answer(whole)
    refused(reply, 409)
    assert offset_of(api, f"{PATH}/{whole}") == lost.first_byte
    rest = SOUND[lost.first_byte :]
    assert part(api, f"{PATH}/{whole}", lost.first_byte, rest).status_code == 204
    assert answer(whole).status_code == 200
    kept = UserResponse.objects.get()
    assert default_storage.open(kept.audio_file_path).read() == SOUND


def test_part_whose_bytes_changed_is_never_joined(api, answer, whole, caplog):
    damaged = AudioUploadPart.objects.order_by("first_byte")[2]
    name = part_name(whole, damaged.first_byte, damaged.sha256)
    path = Path(default_storage.path(name))
    content = bytearray(path.read_bytes())
    content[7] ^= 1
    path.write_bytes(content)
    with caplog.at_level(logging.CRITICAL):
        refused(answer(whole), 409)
    assert offset_of(api, f"{PATH}/{whole}") == damaged.first_byte
    piece = SOUND[damaged.first_byte :]
    reply = part(api, f"{PATH}/{whole}", damaged.first_byte, piece, Upload_Checksum=checksum(piece))
    assert reply.status_code == 204
    assert answer(whole).status_code == 200
    assert default_storage.open(UserResponse.objects.get().audio_file_path).read() == SOUND


def test_store_that_does_not_answer_is_503_and_nothing_is_lost(answer, whole, parts, monkeypatch):
    def gone(*_arguments, **_options):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(default_storage, "open", gone)
        reply = answer(whole)
    assert (reply.status_code, UserResponse.objects.count()) == (503, 0)
    assert len(parts()) == 4
    assert answer(whole).status_code == 200


def test_store_that_refuses_a_part_is_503_and_the_offset_stays(api, interview, monkeypatch):
    address = begun(api, interview, len(SOUND))

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(default_storage, "save", full)
        assert part(api, address, 0, SOUND[:100]).status_code == 503
    assert offset_of(api, address) == 0
    assert part(api, address, 0, SOUND[:100]).status_code == 204


def test_statements_of_an_answer_by_upload(answer, whole, django_assert_num_queries):
    # access; upload, parts; savepoint; answer (1, or 9 with its savepoint); upload marked, parts
    # deleted; release
    recorded = 3 if connection.vendor == "postgresql" else 10
    with django_assert_num_queries(7 + recorded):
        assert answer(whole).status_code == 200
    # access; upload, is the answer there; answer again
    again = 3 if connection.vendor == "postgresql" else 5
    with django_assert_num_queries(3 + again):
        assert answer(whole).status_code == 200
