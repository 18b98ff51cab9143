"""`check_interview_data` and recordings on their way: rows and objects belong together."""

from __future__ import annotations

import json
import os
import time
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from interviewdata.record import integrity_uploads
from sessions.models import AudioUpload, AudioUploadPart
from sessions.services.upload_parts import part_name
from sessions.tests.uploads.tus_client import begun, offset_of, part

FINE = "Everything is as it must be.\n"


@pytest.fixture
def upload(api, interview):
    """The address of an upload of 10 bytes whose first six came in two parts."""
    address = begun(api, interview, 10)
    part(api, address, 0, b"1234")
    part(api, address, 4, b"56")
    return address


def object_of(first_byte):
    row = AudioUploadPart.objects.select_related("upload").get(first_byte=first_byte)
    return part_name(row.upload.upload_id, first_byte, row.sha256)


def check(run, *arguments):
    ran = run("check_interview_data", "--json", *arguments)
    *found, summary = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == (1 if summary["summary"]["left"] else 0)
    return found


def age(name, hours=2):
    old = time.time() - hours * 3600
    os.utime(default_storage.path(name), (old, old))


def test_uploads_on_their_way_are_as_they_must_be(run, upload):
    assert run("check_interview_data", "--deep").out == FINE


def test_part_without_its_object_is_found_and_sent_again(run, api, upload):
    default_storage.delete(object_of(4))
    (found,) = check(run)
    assert (found["kind"], found["subject"]) == (
        "upload_part",
        f"audio_uploads {upload.rpartition('/')[2]}",
    )
    assert "not in the store" in found["message"]
    (repaired,) = check(run, "--repair")
    assert repaired["repaired"] == "goes on at byte 4"
    assert offset_of(api, upload) == 4
    assert run("check_interview_data", "--deep").out == FINE
    assert part(api, upload, 4, b"567890").status_code == 204


def test_object_of_another_size_is_found(run, api, upload):
    with open(default_storage.path(object_of(0)), "ab") as file:
        file.write(b"!")
    (found,) = check(run, "--repair")
    assert "5 bytes, not 4" in found["message"]
    # Nothing after it can stand: the parts follow each other.
    assert (offset_of(api, upload), AudioUploadPart.objects.count()) == (0, 0)
    assert part(api, upload, 0, b"1234567890").status_code == 204
    assert run("check_interview_data", "--deep").out == FINE


def test_object_of_another_content_is_found_by_a_deep_look(run, api, upload):
    with open(default_storage.path(object_of(4)), "wb") as file:
        file.write(b"65")
    assert run("check_interview_data").out == FINE
    (found,) = check(run, "--deep", "--repair")
    assert "another SHA-256" in found["message"]
    assert offset_of(api, upload) == 4
    # The damaged object is gone, so the same part again is written anew.
    assert part(api, upload, 4, b"56").status_code == 204
    assert run("check_interview_data", "--deep").out == FINE


@pytest.mark.parametrize(
    ("change", "goes_on_at"),
    [
        ({"received_bytes": 9}, 6),
        ({"received_bytes": 5}, 4),
        ({"part_count": 7}, 6),
        ({"received_bytes": 0, "part_count": 0}, 0),
    ],
)
def test_count_that_is_not_that_of_the_parts_is_set_right(run, api, upload, change, goes_on_at):
    AudioUpload.objects.update(**change)
    (found,) = check(run, "--repair")
    assert found["repaired"] == f"goes on at byte {goes_on_at}"
    assert offset_of(api, upload) == goes_on_at
    assert run("check_interview_data", "--deep").out == FINE


def test_hole_between_parts_is_found(run, api, upload):
    AudioUploadPart.objects.filter(first_byte=0).delete()
    (found,) = check(run, "--repair")
    assert found["message"] == "no part begins at byte 0"
    assert offset_of(api, upload) == 0


def test_client_that_sends_meanwhile_is_no_problem(run, api, upload, monkeypatch):
    """The row was read before a part came, its parts after: behind a lock they agree."""
    look = integrity_uploads._first_wrong
    looks = []

    def first_look_is_stale(row, parts, *, deep):
        looks.append(row)
        if len(looks) == 1:
            row.received_bytes = 4
        return look(row, parts, deep=deep)

    monkeypatch.setattr(integrity_uploads, "_first_wrong", first_look_is_stale)
    assert check(run, "--repair") == []
    assert len(looks) == 2
    assert offset_of(api, upload) == 6


def test_object_without_a_row_is_found_when_it_is_old_and_swept(run, api, upload):
    name = upload.rpartition("/")[2]
    rival = default_storage.save(f"uploads/{name}/000000000000-{'0' * 64}", ContentFile(b"rival"))
    gone = default_storage.save("uploads/of-nobody/000000000000-00", ContentFile(b"x"))
    assert check(run) == []
    age(rival)
    age(gone)
    found = check(run, "--repair")
    assert {(one["kind"], one["subject"], one["repaired"]) for one in found} == {
        ("stray_file", rival, "removed"),
        ("stray_file", gone, "removed"),
    }
    assert run("check_interview_data", "--deep").out == FINE
    assert offset_of(api, upload) == 6


def test_repair_forgets_uploads_whose_time_is_over(run, upload):
    AudioUpload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert run("check_interview_data").out == FINE
    assert AudioUpload.objects.count() == 1
    assert run("check_interview_data", "--repair").out == FINE
    assert AudioUpload.objects.count() == 0
    assert default_storage.listdir("uploads") == ([], [])


def test_upload_of_no_interview_is_an_orphan(run, upload):
    """The constraint waits for the end of the transaction, which is rolled back before."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE audio_uploads SET session_id = 'gone'")
        kinds = {found["kind"] for found in check(run)}
        transaction.set_rollback(True)
    assert "orphan" in kinds
    assert check(run) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_check_of_uploads_costs_few_statements(api, interview, rows, django_assert_num_queries):
    for _ in range(rows):
        address = begun(api, interview, 10)
        part(api, address, 0, b"1234")
    with django_assert_num_queries(2):  # uploads, their parts
        assert list(integrity_uploads.lost_part_problems()) == []
    with django_assert_num_queries(rows):  # the parts of each folder
        assert list(integrity_uploads.stray_part_problems()) == []
