"""The tus 1.0.0 protocol, rule by rule: parts, those that broke off, checksums."""

from __future__ import annotations

import hashlib
import io
from email.utils import parsedate_to_datetime

import pytest
from django.utils import timezone

from interviewdata.common.wire.tus import PART_CONTENT_TYPE
from interviewdata.tests.calls import cookie_of, is_envelope, raw_post
from sessions.models import AudioUpload, AudioUploadPart
from sessions.tests.uploads.tus_client import (
    VERSION,
    begun,
    checksum,
    offset_of,
    part,
)


def test_parts_follow_each_other(api, upload, parts):
    for offset, content in ((0, b"1234"), (4, b"5"), (5, b"67890")):
        reply = part(api, upload, offset, content)
        assert (reply.status_code, reply.content) == (204, b"")
        assert reply["Upload-Offset"] == str(offset + len(content))
        assert parsedate_to_datetime(reply["Upload-Expires"]) > timezone.now()
    assert parts() == [b"1234", b"5", b"67890"]
    assert offset_of(api, upload) == 10


def test_part_is_in_the_store_under_its_place_and_digest(api, upload, media_folder):
    part(api, upload, 0, b"1234")
    name = upload.rpartition("/")[2]
    digest = hashlib.sha256(b"1234").hexdigest()
    assert (media_folder / "uploads" / name / f"000000000000-{digest}").read_bytes() == b"1234"


@pytest.mark.parametrize("offset", [0, 3, 5, 10])
def test_part_at_another_place_is_409_and_says_where(api, upload, parts, offset):
    part(api, upload, 0, b"1234")
    reply = part(api, upload, offset, b"5678")
    assert (reply.status_code, reply["Upload-Offset"]) == (409, "4")
    assert is_envelope(reply)
    assert reply.json()["code"] == "conflict"
    assert (offset_of(api, upload), parts()) == (4, [b"1234"])


def test_part_sent_twice_changes_nothing(api, upload, parts):
    assert part(api, upload, 0, b"1234").status_code == 204
    assert part(api, upload, 0, b"1234").status_code == 409
    assert (offset_of(api, upload), parts()) == (4, [b"1234"])


def test_part_beyond_the_length_is_413_and_nothing_is_kept(api, upload, parts):
    part(api, upload, 0, b"1234")
    reply = part(api, upload, 4, b"5678901")
    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")
    assert (offset_of(api, upload), parts()) == (4, [b"1234"])


def test_empty_part_changes_nothing(api, upload, parts):
    reply = part(api, upload, 0, b"")
    assert (reply.status_code, reply["Upload-Offset"]) == (204, "0")
    assert (parts(), AudioUploadPart.objects.count()) == ([], 0)


@pytest.mark.parametrize("kind", ["application/octet-stream", "audio/webm", "", "text/plain"])
def test_part_of_another_type_is_415(api, upload, parts, kind):
    reply = api.generic(
        "PATCH", upload, b"1234", content_type=kind, headers={**VERSION, "Upload-Offset": "0"}
    )
    assert reply.status_code == 415
    assert parts() == []


@pytest.mark.parametrize("offset", [None, "", "x", "-1", "0x0", "1" * 16])
def test_part_without_a_good_offset_is_400(api, upload, parts, offset):
    sent = VERSION if offset is None else {**VERSION, "Upload-Offset": offset}
    reply = api.patch(upload, b"1234", content_type=PART_CONTENT_TYPE, headers=sent)
    assert (reply.status_code, set(reply.json()["fields"])) == (400, {"Upload-Offset"})
    assert parts() == []


def test_part_may_have_16_mib(api, interview, settings):
    settings.MAX_AUDIO_BYTES = 64 * 1024 * 1024
    most = 16 * 1024 * 1024
    address = begun(api, interview, 2 * most)
    reply = part(api, address, 0, b"a" * (most + 1))
    assert (reply.status_code, reply["Tus-Resumable"]) == (413, "1.0.0")
    assert "smaller parts" in reply.json()["error"]
    assert part(api, address, 0, b"a" * most).status_code == 204


def test_part_without_a_length_is_411(api, upload):
    reply = api.generic(
        "PATCH",
        upload,
        b"1234",
        content_type=PART_CONTENT_TYPE,
        headers={**VERSION, "Upload-Offset": "0"},
        CONTENT_LENGTH="",
        HTTP_TRANSFER_ENCODING="chunked",
    )
    assert reply.status_code == 411


def test_patch_may_come_as_post_with_an_override(api, upload):
    headers = {**VERSION, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    reply = api.post(upload, b"1234", content_type=PART_CONTENT_TYPE, headers=headers)
    assert (reply.status_code, reply["Upload-Offset"]) == (204, "4")
    reply = api.post(upload, headers={**VERSION, "X-HTTP-Method-Override": "DELETE"})
    assert reply.status_code == 204
    assert AudioUpload.objects.count() == 0


@pytest.mark.parametrize("method", ["get", "put", "post"])
def test_override_counts_for_post_alone_and_for_two_methods(api, upload, method):
    word = "HEAD" if method == "post" else "DELETE"
    headers = {**VERSION, "X-HTTP-Method-Override": word}
    assert getattr(api, method)(upload, headers=headers).status_code == 405
    assert AudioUpload.objects.count() == 1


# -- a part that broke off ----------------------------------------------------------------------


def broken(api, upload, **meta):
    return raw_post(
        upload,
        b"123",
        cookie_of(api),
        REQUEST_METHOD="PATCH",
        CONTENT_TYPE=PART_CONTENT_TYPE,
        CONTENT_LENGTH="8",
        HTTP_TUS_RESUMABLE="1.0.0",
        HTTP_UPLOAD_OFFSET="0",
        **meta,
    )


def test_part_that_broke_off_is_kept_as_far_as_it_came(api, upload, parts):
    assert broken(api, upload).status_code == 204
    assert (offset_of(api, upload), parts()) == (3, [b"123"])
    assert part(api, upload, 3, b"4567890").status_code == 204


def test_part_that_broke_off_is_not_kept_where_a_checksum_was_promised(api, upload, parts):
    reply = broken(api, upload, HTTP_UPLOAD_CHECKSUM=checksum(b"12345678"))
    assert reply.status_code == 400
    assert (offset_of(api, upload), parts()) == (0, [])


def test_part_whose_connection_breaks_is_no_error_of_ours(api, upload, parts, caplog):
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError("connection reset")
            return super().read(2)

    assert broken(api, upload, **{"wsgi.input": Broken(b"123")}).status_code == 204
    assert (offset_of(api, upload), parts()) == (2, [b"12"])
    assert caplog.records == []


# -- checksum -----------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_part_with_the_right_checksum_is_kept(api, upload, parts, algorithm):
    reply = part(api, upload, 0, b"1234", Upload_Checksum=checksum(b"1234", algorithm))
    assert (reply.status_code, parts()) == (204, [b"1234"])


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_part_with_a_wrong_checksum_is_460_and_nothing_is_kept(api, upload, parts, algorithm):
    reply = part(api, upload, 0, b"1234", Upload_Checksum=checksum(b"1235", algorithm))
    assert (reply.status_code, reply.reason_phrase) == (460, "Checksum Mismatch")
    assert is_envelope(reply)
    assert reply.json()["code"] == "checksum_mismatch"
    assert (offset_of(api, upload), parts()) == (0, [])
    assert AudioUploadPart.objects.count() == 0
    assert part(api, upload, 0, b"1234").status_code == 204


@pytest.mark.parametrize(
    "sent",
    ["", "sha256", "md5 " + "A" * 22 + "==", "sha1 ***", "sha256 YQ==", checksum(b"1", "sha512"),
     "SHA256 x", checksum(b"1234").replace("sha256", "sha1")],
)  # fmt: skip
def test_checksum_that_is_none_is_400(api, upload, parts, sent):
    reply = part(api, upload, 0, b"1234", Upload_Checksum=sent)
    assert (reply.status_code, set(reply.json()["fields"])) == (400, {"Upload-Checksum"})
    assert parts() == []
