"""How many and how much an interview may have on its way; keys; what is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from interviewdata.common.wire.tus import PATH
from sessions.models import AudioUpload
from sessions.services import upload as service
from sessions.services.tidy import forget_old_uploads
from sessions.services.upload import create_upload
from sessions.tests.factories import InterviewSessionFactory
from sessions.tests.uploads.tus_client import VERSION, begin, begun, part

KEY = {"Idempotency_Key": "the recording of the first question"}


def test_interview_has_so_many_open_uploads(api, interview, settings):
    settings.MAX_OPEN_UPLOADS = 2
    first = begun(api, interview, 10)
    begun(api, interview, 10)
    reply = begin(api, interview, 10)
    assert (reply.status_code, reply.json()["code"]) == (429, "too_many")
    assert reply["Retry-After"]
    assert AudioUpload.objects.count() == 2
    api.delete(first, headers=VERSION)
    assert begin(api, interview, 10).status_code == 201


def test_other_interviews_are_counted_apart(api, interview, settings):
    settings.MAX_OPEN_UPLOADS = 1
    begun(api, interview, 10)
    other = api.call("/api/interview/create-session", {"userEmail": "ann@example.org"}).json()
    assert begin(api, other["sessionId"], 10).status_code == 201


def test_open_uploads_of_an_interview_have_so_many_bytes(api, interview, settings):
    settings.MAX_UPLOADS_MB = 1
    begun(api, interview, 1024 * 1024 - 5)
    reply = begin(api, interview, 6)
    assert (reply.status_code, set(reply.json()["fields"])) == (413, {"Upload-Length"})
    assert begin(api, interview, 5).status_code == 201


@pytest.mark.parametrize("change", ["used", "expired"])
def test_used_and_expired_uploads_take_no_room(api, interview, settings, change):
    settings.MAX_OPEN_UPLOADS = 1
    begun(api, interview, 10)
    if change == "used":
        AudioUpload.objects.update(
            used_at=timezone.now(),
            received_bytes=10,
            audio_file_path="audio/x.webm",
            audio_sha256="0" * 64,
            audio_content_type="audio/webm",
        )
    else:
        AudioUpload.objects.update(expires_at=timezone.now())
    assert begin(api, interview, 10).status_code == 201


def test_parts_of_an_upload_are_limited_in_number(api, upload, monkeypatch):
    monkeypatch.setattr(service, "MAX_PARTS", 2)
    assert part(api, upload, 0, b"1").status_code == 204
    assert part(api, upload, 1, b"2").status_code == 204
    reply = part(api, upload, 2, b"3")
    assert reply.status_code == 400
    assert "larger ones" in reply.json()["error"]


# -- Idempotency-Key ----------------------------------------------------------------------------


def test_same_key_gives_the_same_upload(api, interview):
    first = begin(api, interview, 10, **KEY)
    part(api, first["Location"], 0, b"123")
    again = begin(api, interview, 10, **KEY)
    assert (again.status_code, again["Location"]) == (201, first["Location"])
    assert again.json() == first.json()
    assert AudioUpload.objects.get().received_bytes == 3


def test_same_key_for_another_length_is_422(api, interview):
    begin(api, interview, 10, **KEY)
    reply = begin(api, interview, 11, **KEY)
    assert (reply.status_code, reply.json()["code"]) == (422, "idempotency_key_reused")
    assert AudioUpload.objects.count() == 1


def test_same_key_of_another_interview_is_another_key(api, new_browser, interview):
    begin(api, interview, 10, **KEY)
    bob = new_browser()
    his = bob.call("/api/interview/create-session", {"userEmail": "bob@example.org"}).json()
    assert begin(bob, his["sessionId"], 11, **KEY).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "é"])
def test_key_that_is_none_is_400(api, interview, key):
    assert begin(api, interview, 10, Idempotency_Key=key).status_code == 400
    assert AudioUpload.objects.count() == 0


# -- what is forgotten --------------------------------------------------------------------------


def old_upload(now, **fields):
    interview = InterviewSessionFactory()
    made = create_upload(session_id=interview.session_id, length=10, now=now, **fields)
    service.append_part(made, offset=0, content=ContentFile(b"123"), size=3, sha256="0" * 64)
    return made


@pytest.mark.django_db
def test_uploads_are_forgotten_after_their_time_with_their_parts(parts, media_folder):
    now = timezone.now()
    old, young = old_upload(now - timedelta(days=7)), old_upload(now - timedelta(days=6))
    left_over = default_storage.save(f"uploads/{old.upload_id}/rival", ContentFile(b"x"))
    assert default_storage.exists(left_over)
    assert forget_old_uploads(now=now) == 1
    assert list(AudioUpload.objects.values_list("upload_id", flat=True)) == [young.upload_id]
    assert parts() == [b"123"]
    assert [path.name for path in (media_folder / "uploads").iterdir()] == [young.upload_id]
    assert forget_old_uploads(now=now) == 0


@pytest.mark.django_db
def test_many_old_uploads_are_forgotten_in_few_statements(
    monkeypatch, django_assert_max_num_queries
):
    long_ago = timezone.now() - timedelta(days=30)
    for _ in range(7):
        old_upload(long_ago)
    monkeypatch.setattr("sessions.services.tidy._CHUNK", 3)
    # three chunks of: savepoint, ids, rows, parts, uploads, release; one more that finds none
    with django_assert_max_num_queries(3 * 6 + 4):
        assert forget_old_uploads() == 7


@pytest.mark.django_db
def test_store_that_does_not_answer_keeps_no_row(monkeypatch, caplog):
    old_upload(timezone.now() - timedelta(days=30))

    def gone(*_arguments):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(default_storage, "listdir", gone)
    assert forget_old_uploads() == 1
    assert AudioUpload.objects.count() == 0


def test_interview_that_is_deleted_takes_its_uploads_along(api, interview, upload):
    from sessions.models import InterviewSession

    part(api, upload, 0, b"123")
    InterviewSession.objects.get(session_id=interview).delete()
    assert AudioUpload.objects.count() == 0
    assert api.head(f"{PATH}/{upload.rpartition('/')[2]}", headers=VERSION).status_code == 404
