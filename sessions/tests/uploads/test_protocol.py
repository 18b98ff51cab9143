"""The tus 1.0.0 protocol, rule by rule: https://tus.io/protocols/resumable-upload

What is supported, creation, the offset, the end; parts are in test_protocol_parts.py."""

from __future__ import annotations

import base64
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
import time_machine
from django.utils import timezone

from interviewdata.common.wire.tus import PART_CONTENT_TYPE, PATH
from interviewdata.tests.calls import is_envelope
from sessions.models import AudioUpload, AudioUploadPart
from sessions.tests.uploads.tus_client import (
    VERSION,
    begin,
    begun,
    metadata,
    part,
)

# -- what is supported --------------------------------------------------------------------------


@pytest.mark.parametrize("address", [PATH, f"{PATH}/of-nobody"])
def test_options_says_what_is_supported(client, settings, address):
    settings.MAX_AUDIO_BYTES = 7 * 1024 * 1024
    reply = client.options(address)
    assert (reply.status_code, reply.content) == (204, b"")
    assert reply["Tus-Resumable"] == reply["Tus-Version"] == "1.0.0"
    assert reply["Tus-Extension"] == "creation,checksum,termination,expiration"
    assert reply["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert reply["Tus-Max-Size"] == str(7 * 1024 * 1024)


@pytest.mark.parametrize("version", [None, "", "0.2.2", "1.0.1", "1.0.0, 2.0.0"])
@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
def test_another_version_is_412_and_changes_nothing(api, interview, upload, parts, method, version):
    headers = {
        "Upload-Length": "5",
        "Upload-Offset": "0",
        "Upload-Metadata": metadata(sessionId=interview),
    }
    if version is not None:
        headers["Tus-Resumable"] = version
    address = PATH if method == "POST" else upload
    body = b"" if method == "POST" else b"12345"
    reply = api.generic(method, address, body, content_type=PART_CONTENT_TYPE, headers=headers)
    assert (reply.status_code, reply["Tus-Version"]) == (412, "1.0.0")
    assert method == "HEAD" or is_envelope(reply)
    assert AudioUpload.objects.get().received_bytes == 0
    assert parts() == []


def test_every_reply_names_the_version(api, interview, upload):
    replies = [
        begin(api, interview, 10),
        begin(api, interview, "ten"),
        begin(api, "nobody", 10),
        api.head(upload, headers=VERSION),
        part(api, upload, 0, b"12345"),
        part(api, upload, 0, b"12345"),
        part(api, upload, 5, b"x" * 9),
        api.get(upload),
        api.head(f"{PATH}/unknown", headers=VERSION),
        api.delete(upload, headers=VERSION),
        # refused at the gate
        part(api, upload, 0, b"1", Sec_Fetch_Site="cross-site"),
    ]
    assert [reply.status_code for reply in replies] == [
        201, 400, 404, 200, 204, 409, 413, 405, 404, 204, 403,
    ]  # fmt: skip
    assert {reply["Tus-Resumable"] for reply in replies} == {"1.0.0"}


# -- creation -----------------------------------------------------------------------------------


def test_creation_gives_an_address_and_a_time(api, interview):
    before = timezone.now().replace(microsecond=0)
    reply = begin(api, interview, 10)
    upload = AudioUpload.objects.get()
    assert reply.status_code == 201
    assert reply["Location"] == f"{PATH}/{upload.upload_id}"
    assert parsedate_to_datetime(reply["Upload-Expires"]) >= before + timedelta(days=7)
    assert reply["Cache-Control"] == "no-store"
    assert reply.json() == {
        "success": True,
        "message": "The upload was begun.",
        "uploadId": upload.upload_id,
        "expiresAt": upload.expires_at.isoformat().replace("+00:00", "Z"),
    }
    assert (upload.session_id, upload.length_bytes, upload.received_bytes) == (interview, 10, 0)


@pytest.mark.parametrize("length", ["", "ten", "-1", "1.5", "1e3", " 7", "٣", "9" * 16, "0"])
def test_creation_with_a_bad_length_is_400(api, interview, length):
    reply = begin(api, interview, length)
    assert reply.status_code == 400
    assert set(reply.json()["fields"]) == {"Upload-Length"}
    assert AudioUpload.objects.count() == 0


def test_creation_without_a_length_is_400(api, interview):
    sent = {**VERSION, "Upload-Metadata": metadata(sessionId=interview)}
    reply = api.post(PATH, headers=sent, content_type="text/plain", data="")
    assert (reply.status_code, set(reply.json()["fields"])) == (400, {"Upload-Length"})
    reply = api.post(
        PATH, headers={**sent, "Upload-Defer-Length": "1"}, content_type="text/plain", data=""
    )
    assert (reply.status_code, set(reply.json()["fields"])) == (400, {"Upload-Defer-Length"})


def test_creation_beyond_the_limit_is_413_and_names_it(api, interview, settings):
    settings.MAX_AUDIO_MB, settings.MAX_AUDIO_BYTES = 1, 1024 * 1024
    reply = begin(api, interview, 1024 * 1024 + 1)
    assert (reply.status_code, reply["Tus-Max-Size"]) == (413, str(1024 * 1024))
    assert "1 MiB" in reply.json()["error"]
    assert begin(api, interview, 1024 * 1024).status_code == 201


def test_creation_with_a_body_is_400(api, interview):
    sent = {**VERSION, "Upload-Length": "3", "Upload-Metadata": metadata(sessionId=interview)}
    reply = api.post(PATH, b"abc", content_type=PART_CONTENT_TYPE, headers=sent)
    assert reply.status_code == 400
    assert AudioUpload.objects.count() == 0


BAD_METADATA = {
    "none": "",
    "no session": metadata(filetype="audio/webm"),
    "session without value": "sessionId",
    "not base64": "sessionId ***",
    "not padded": "sessionId YQ",
    "not UTF-8": f"sessionId {base64.b64encode(bytes([255, 254])).decode()}",
    "twice": f"{metadata(sessionId='a')},{metadata(sessionId='b')}",
    "a NUL": metadata(sessionId="a\0b"),
    "too long a session": metadata(sessionId="x" * 129),
    "too long": metadata(sessionId="a", filename="x" * 4096),
    "a key beyond ASCII": f"fé YQ==,{metadata(sessionId='a')}",
    "three words": "sessionId YQ== YQ==",
}


@pytest.mark.parametrize("name", BAD_METADATA)
def test_creation_with_bad_metadata_is_400(api, interview, name):
    sent = {**VERSION, "Upload-Length": "3", "Upload-Metadata": BAD_METADATA[name]}
    reply = api.post(PATH, headers=sent, content_type="text/plain", data="")
    assert reply.status_code == 400, reply.content
    assert set(reply.json()["fields"]) <= {"Upload-Metadata", "sessionId"}
    assert AudioUpload.objects.count() == 0


def test_metadata_comes_back_as_it_was_sent(api, interview):
    sent = metadata(sessionId=interview, filename="Grüße.webm") + ",isLast"
    address = begun(api, interview, 10, Upload_Metadata=sent)
    reply = api.head(address, headers=VERSION)
    assert reply["Upload-Metadata"] == sent


# -- the offset ---------------------------------------------------------------------------------


def test_head_says_how_much_is_there(api, upload):
    reply = api.head(upload, headers=VERSION)
    assert (reply.status_code, reply["Upload-Offset"], reply["Upload-Length"]) == (200, "0", "10")
    assert reply["Cache-Control"] == "no-store"
    part(api, upload, 0, b"1234")
    reply = api.head(upload, headers=VERSION)
    assert (reply["Upload-Offset"], reply.content) == ("4", b"")


def test_unknown_upload_is_404_for_all_methods(api, interview):
    address = f"{PATH}/6a0f4f0e-55b5-4a55-8f0e-0d0c8a3f6c1d"
    assert api.head(address, headers=VERSION).status_code == 404
    assert part(api, address, 0, b"1").status_code == 404
    assert api.delete(address, headers=VERSION).status_code == 404


# -- termination and expiration -----------------------------------------------------------------


def test_delete_takes_the_row_and_the_parts(
    api, upload, parts, media_folder, django_capture_on_commit_callbacks
):
    part(api, upload, 0, b"1234")
    with django_capture_on_commit_callbacks(execute=True):
        reply = api.delete(upload, headers=VERSION)
    assert (reply.status_code, reply.content) == (204, b"")
    assert (AudioUpload.objects.count(), AudioUploadPart.objects.count(), parts()) == (0, 0, [])
    assert list((media_folder / "uploads").iterdir()) == []
    assert api.head(upload, headers=VERSION).status_code == 404
    assert api.delete(upload, headers=VERSION).status_code == 404


def test_upload_is_404_after_its_time_as_an_unknown_one(api, interview, upload):
    part(api, upload, 0, b"1234")
    almost = timezone.now() + timedelta(days=6, hours=23)
    with time_machine.travel(almost):
        assert api.head(upload, headers=VERSION).status_code == 200
    # Its interview may still be answered then: it was planned to end later.
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        unknown = part(api, f"{PATH}/unknown", 4, b"5")
        late = part(api, upload, 4, b"5")
        assert late.status_code == 404
        assert late.content == unknown.content
        assert api.head(upload, headers=VERSION).status_code == 404


# -- what it costs ------------------------------------------------------------------------------


def test_statements_of_each_call(api, interview, upload, django_assert_num_queries):
    with django_assert_num_queries(6):  # access; savepoint, lock, room, insert, release
        assert begin(api, interview, 10).status_code == 201
    with django_assert_num_queries(2):  # upload, access
        api.head(upload, headers=VERSION)
    with django_assert_num_queries(6):  # upload, access; savepoint, count, part, release
        assert part(api, upload, 0, b"1234").status_code == 204
    with django_assert_num_queries(2):  # upload, access
        assert part(api, upload, 0, b"1234").status_code == 409
    # upload, access; savepoint, lock, the row again, its parts, itself, release
    with django_assert_num_queries(8):
        api.delete(upload, headers=VERSION)
