"""Recordings in parts where STORAGE_URL names a bucket: from the first part to the answer."""

from __future__ import annotations

import logging
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from interviewdata.record.integrity_uploads import lost_part_problems, stray_part_problems
from sessions.models import AudioUpload, AudioUploadPart, UserResponse
from sessions.services.tidy import forget_old_uploads
from sessions.services.upload_parts import part_name
from sessions.tests.audio.samples import recorded_webm
from sessions.tests.uploads.tus_client import VERSION, begun, checksum, offset_of, part, uploaded

RESPONSE = "/api/interview/response"
SOUND = recorded_webm(2.0)


def keys(bucket):
    found = bucket.client.list_objects_v2(Bucket="sound", Prefix="kept/uploads/")
    return [entry["Key"] for entry in found.get("Contents", [])]


def test_recording_in_parts_goes_to_the_bucket_and_becomes_an_answer(
    api, interview, in_bucket, django_capture_on_commit_callbacks
):
    upload_id = uploaded(api, interview, SOUND, part_bytes=len(SOUND) // 3)
    assert len(keys(in_bucket)) == 4
    assert all(key.startswith(f"kept/uploads/{upload_id}/") for key in keys(in_bucket))
    body = {"sessionId": interview, "questionIndex": 0, "audioUpload": upload_id}
    with django_capture_on_commit_callbacks(execute=True):
        kept = api.call(RESPONSE, body).json()
    assert in_bucket.open(kept["audioFilePath"]).read() == SOUND
    stored = in_bucket.client.head_object(Bucket="sound", Key=f"kept/{kept['audioFilePath']}")
    assert stored["ContentType"] == "audio/webm"
    assert keys(in_bucket) == []
    assert api.call(RESPONSE, body).json()["responseId"] == kept["responseId"]
    out = StringIO()
    call_command("check_interview_data", "--deep", stdout=out)
    assert out.getvalue() == "Everything is as it must be.\n"


def test_part_larger_than_memory_keeps_goes_to_the_bucket_whole(api, interview, in_bucket):
    content = bytes(range(256)) * 8192  # 2 MiB: by way of a file on disk
    address = begun(api, interview, len(content))
    reply = part(api, address, 0, content, Upload_Checksum=checksum(content))
    assert reply.status_code == 204
    (key,) = keys(in_bucket)
    assert in_bucket.client.get_object(Bucket="sound", Key=key)["Body"].read() == content


def test_bucket_that_does_not_answer_is_503_and_the_offset_stays(
    api, interview, nobody_answers, caplog
):
    caplog.set_level(logging.CRITICAL)
    address = begun(api, interview, 10)
    assert part(api, address, 0, b"1234").status_code == 503
    assert offset_of(api, address) == 0
    AudioUpload.objects.update(received_bytes=10, part_count=1)
    AudioUploadPart.objects.create(
        upload=AudioUpload.objects.get(), first_byte=0, size_bytes=10, sha256="0" * 64
    )
    body = {
        "sessionId": interview,
        "questionIndex": 0,
        "audioUpload": address.rpartition("/")[2],
    }
    assert api.call(RESPONSE, body).status_code == 503
    assert UserResponse.objects.count() == 0
    assert offset_of(api, address) == 10  # what cannot be asked for now is not lost


def test_end_and_expiry_empty_the_bucket(
    api, interview, in_bucket, django_capture_on_commit_callbacks
):
    ended, old = begun(api, interview, 10), begun(api, interview, 10)
    for address in (ended, old):
        part(api, address, 0, b"1234")
    with django_capture_on_commit_callbacks(execute=True):
        api.delete(ended, headers=VERSION)
    assert len(keys(in_bucket)) == 1
    assert forget_old_uploads(now=timezone.now() + timedelta(days=8)) == 1
    assert keys(in_bucket) == []


@pytest.mark.parametrize("deep", [False, True])
def test_check_finds_lost_changed_and_stray_parts_of_the_bucket(api, interview, in_bucket, deep):
    lost, changed = begun(api, interview, 10), begun(api, interview, 10)
    for address in (lost, changed):
        part(api, address, 0, b"1234")
        part(api, address, 4, b"56")
    for address, first_byte, content in ((lost, 4, None), (changed, 0, b"4321")):
        row = AudioUploadPart.objects.get(
            upload__upload_id=address.rpartition("/")[2], first_byte=first_byte
        )
        name = part_name(address.rpartition("/")[2], first_byte, row.sha256)
        if content is None:
            in_bucket.delete(name)
        else:
            in_bucket.save(name, ContentFile(content))
    in_bucket.save("uploads/nobody/000000000000-00", ContentFile(b"left behind"))
    found = list(lost_part_problems(deep=deep))
    assert len(found) == (2 if deep else 1)
    assert [problem.repair() for problem in found] == ["goes on at byte 4", "goes on at byte 0"][
        : len(found)
    ]
    assert list(lost_part_problems(deep=deep)) == list(stray_part_problems()) == []
    (stray,) = stray_part_problems(now=timezone.now() + timedelta(hours=2))
    assert (stray.kind, stray.subject) == ("stray_file", "uploads/nobody/000000000000-00")
    # Young still: whoever wrote it may be about to write its row.
    assert stray.repair() == "removed"
