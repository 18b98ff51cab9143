"""Sound in a bucket, against a local S3 server."""

import io
import pickle
import subprocess
import sys

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage, storages

from interviewdata.common.object_storage import (
    FIRST_WINDOW_BYTES,
    LARGEST_WINDOW_BYTES,
    AudioBucket,
)
from interviewdata.common.storage import DurableFileSystemStorage
from interviewdata.tests.common.conftest import bucket_settings

CONTENT = bytes(range(256)) * 8192  # 2 MiB, no two neighbours alike


@pytest.fixture
def ranges(bucket):
    """The ranges that are fetched while a test runs."""
    asked = []
    bucket.client.meta.events.register(
        "before-call.s3.GetObject",
        lambda params, **kwargs: asked.append(params["headers"].get("Range")),
    )
    return asked


# -- the store -----------------------------------------------------------------------------------


def test_save_keeps_name_bytes_and_type(bucket):
    name = f"audio/ab/{'0' * 64}.webm"
    assert bucket.save(name, ContentFile(b"sound")) == name
    found = bucket.client.get_object(Bucket="sound", Key=f"kept/{name}")
    assert (found["Body"].read(), found["ContentType"]) == (b"sound", "audio/webm")
    assert "ContentEncoding" not in found
    grants = bucket.client.get_object_acl(Bucket="sound", Key=f"kept/{name}")["Grants"]
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.webm", "audio/webm"),
        ("a.ogg", "audio/ogg"),
        ("a.wav", "audio/wav"),
        ("a.m4a", "audio/mp4"),
        ("a.MP3", "audio/mpeg"),
        ("a.flac", "audio/flac"),
        ("a.aac", "audio/aac"),
        ("a.mka", "audio/matroska"),
        ("a.html", "application/octet-stream"),
        ("health/0123", "application/octet-stream"),
    ],
)
def test_content_type_is_that_of_the_ending(bucket, name, content_type):
    bucket.save(name, ContentFile(b"x"))
    assert bucket.client.head_object(Bucket="sound", Key=f"kept/{name}")["ContentType"] == (
        content_type
    )


def test_save_again_changes_nothing(bucket):
    for _ in range(2):
        assert bucket.save("audio/a.webm", ContentFile(b"sound")) == "audio/a.webm"
    assert bucket.listdir("audio") == ([], ["a.webm"])
    assert bucket.open("audio/a.webm").read() == b"sound"


def test_save_takes_every_kind_of_file(bucket, tmp_path):
    (tmp_path / "one").write_bytes(b"from disk")
    with open(tmp_path / "one", "rb") as file:
        bucket.save("a.webm", File(file, name="a.webm"))
    read_already = io.BytesIO(b"from memory")
    read_already.read()
    bucket.save("b.webm", File(read_already, name="b.webm"))
    bucket.save("c.txt", ContentFile("text — as UTF-8"))
    bucket.save("d.webm", ContentFile(b""))
    assert [bucket.open(name).read() for name in ("a.webm", "b.webm", "c.txt", "d.webm")] == [
        b"from disk",
        b"from memory",
        "text — as UTF-8".encode(),
        b"",
    ]


def test_exists_size_delete_and_listing(bucket):
    for name in ("audio/aa/one.webm", "audio/aa/two.webm", "audio/bb/three.webm", "top.webm"):
        bucket.save(name, ContentFile(name.encode()))
    assert bucket.exists("audio/aa/one.webm") is True
    assert bucket.size("audio/aa/one.webm") == 17
    assert bucket.listdir("audio") == (["aa", "bb"], [])
    assert bucket.listdir("audio/aa") == ([], ["one.webm", "two.webm"])
    assert bucket.listdir("") == (["audio"], ["top.webm"])
    assert bucket.listdir("nothing") == ([], [])
    assert bucket.get_modified_time("top.webm").tzinfo is not None
    bucket.delete("audio/aa/one.webm")
    bucket.delete("audio/aa/one.webm")
    assert bucket.exists("audio/aa/one.webm") is False


def test_bucket_without_a_prefix_works(server, bucket):
    whole = AudioBucket(**bucket_settings(server, prefix=""))
    whole.save("top.webm", ContentFile(b"x"))
    bucket.save("below.webm", ContentFile(b"x"))
    assert whole.listdir("") == (["kept"], ["top.webm"])
    assert whole.open("kept/below.webm").read() == b"x"
    whole.client.close()


def test_missing_object_is_a_missing_file(bucket):
    for call in (bucket.size, bucket.open, bucket.get_modified_time):
        with pytest.raises(FileNotFoundError):
            call("audio/none.webm")


def test_name_that_leads_out_of_the_store_is_refused(bucket):
    with pytest.raises(SuspiciousFileOperation):
        bucket.open("../other/secret.webm")
    with pytest.raises(SuspiciousFileOperation):
        bucket.save("../other/secret.webm", ContentFile(b"x"))


def test_name_that_is_too_long_is_refused_rather_than_cut(bucket):
    with pytest.raises(SuspiciousFileOperation):
        bucket.save("a" * 301, ContentFile(b"x"), max_length=300)


def test_nothing_has_a_url(bucket):
    with pytest.raises(ValueError, match="no URL"):
        bucket.url("audio/a.webm")


def test_files_are_never_opened_for_writing(bucket):
    with pytest.raises(ValueError, match="rb"):
        bucket.open("audio/a.webm", "wb")


def test_store_can_be_pickled(bucket):
    bucket.save("a.webm", ContentFile(b"x"))
    copy = pickle.loads(pickle.dumps(bucket))
    assert copy.open("a.webm").read() == b"x"
    copy.client.close()


def test_requests_carry_signature_version_4(bucket):
    sent = []
    bucket.client.meta.events.register(
        "before-send.s3.HeadObject", lambda request, **kwargs: sent.append(request.headers)
    )
    bucket.exists("a.webm")
    assert sent[0]["Authorization"].startswith(b"AWS4-HMAC-SHA256 ")


# -- reading parts ---------------------------------------------------------------------------------


@pytest.fixture
def long_sound(bucket):
    bucket.save("audio/long.webm", ContentFile(CONTENT))
    return "audio/long.webm"


@pytest.mark.parametrize(
    ("start", "length"),
    [(0, 1), (0, 10), (1_000_000, 4096), (len(CONTENT) - 5, 5), (len(CONTENT) - 5, 50)],
)
def test_small_part_fetches_only_that_part(bucket, long_sound, ranges, start, length):
    with bucket.open(long_sound) as file:
        file.seek(start)
        assert file.read(length) == CONTENT[start : start + length]
    end = min(start + length, len(CONTENT)) - 1
    assert ranges == [f"bytes={start}-{end}"]


def test_opening_fetches_nothing_and_knows_the_size(bucket, long_sound, ranges):
    with bucket.open(long_sound) as file:
        assert (file.size, file.tell(), file.seekable(), file.readable()) == (
            len(CONTENT),
            0,
            True,
            True,
        )
        assert file.seek(-10, io.SEEK_END) == len(CONTENT) - 10
        assert file.seek(4, io.SEEK_CUR) == len(CONTENT) - 6
        assert file.seek(len(CONTENT) + 10) == len(CONTENT) + 10
        assert file.read(10) == b""
        with pytest.raises(ValueError, match="negative"):
            file.seek(-1)
    assert ranges == []


def test_reading_on_and_on_asks_for_more_at_a_time(bucket, long_sound, ranges):
    pieces = []
    with bucket.open(long_sound) as file:
        while piece := file.read(FIRST_WINDOW_BYTES):
            pieces.append(piece)
    assert b"".join(pieces) == CONTENT
    lengths = [
        int(end) - int(start) + 1
        for start, end in (asked.removeprefix("bytes=").split("-") for asked in ranges)
    ]
    assert sum(lengths) == len(CONTENT)
    assert lengths[:3] == [FIRST_WINDOW_BYTES, 2 * FIRST_WINDOW_BYTES, 4 * FIRST_WINDOW_BYTES]


def test_whole_file_comes_back_in_one_read_and_in_chunks(bucket, long_sound):
    assert bucket.open(long_sound).read() == CONTENT
    assert b"".join(bucket.open(long_sound).chunks(100_000)) == CONTENT
    assert len(CONTENT) < LARGEST_WINDOW_BYTES
    buffered = io.BufferedReader(bucket.open(long_sound).file)
    buffered.seek(777)
    assert buffered.read(1000) == CONTENT[777:1777]


def test_object_that_vanishes_while_read_is_an_os_error(bucket, long_sound):
    with bucket.open(long_sound) as file:
        bucket.delete(long_sound)
        with pytest.raises(FileNotFoundError):
            file.read(10)


# -- refusals --------------------------------------------------------------------------------------


def test_absent_server_is_an_os_error(nobody_answers):
    for call in (
        lambda: default_storage.save("a.webm", ContentFile(b"x")),
        lambda: default_storage.open("a.webm"),
        lambda: default_storage.size("a.webm"),
        lambda: default_storage.exists("a.webm"),
        lambda: default_storage.delete("a.webm"),
        lambda: default_storage.listdir(""),
    ):
        with pytest.raises(OSError, match="the store does not answer"):
            call()


def test_absent_bucket_is_an_os_error_that_names_it(server):
    store = AudioBucket(**bucket_settings(server) | {"bucket_name": "elsewhere"})
    with pytest.raises(OSError, match="NoSuchBucket") as caught:
        store.save("a.webm", ContentFile(b"x"))
    assert not isinstance(caught.value, FileNotFoundError)
    store.client.close()


# -- without the library -------------------------------------------------------------------------


def test_missing_library_is_told_by_the_module_itself():
    program = (
        "import sys; sys.modules['boto3'] = None; sys.modules['boto3.exceptions'] = None\n"
        "import interviewdata.common.object_storage"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    assert "pip install -r requirements-s3.txt" in done.stderr


def test_local_disk_is_the_default():
    assert isinstance(storages["default"], DurableFileSystemStorage)
