"""Files whole or not at all: names, modes, flushes, threads, kills."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from interviewdata.common import storage as storage_module
from interviewdata.common.storage import TEMPORARY_PREFIX, DurableFileSystemStorage

SOUND = random.Random(7).randbytes(200_000)
NAME = "ab/cd/abcd.webm"


@pytest.fixture
def storage(tmp_path: Path) -> DurableFileSystemStorage:
    return DurableFileSystemStorage(location=tmp_path / "media")


def temporary_files(folder: str | os.PathLike[str]) -> list[Path]:
    return sorted(Path(folder).rglob(TEMPORARY_PREFIX + "*"))


def uploaded_to_disk(data: bytes) -> TemporaryUploadedFile:
    upload = TemporaryUploadedFile("a.webm", "audio/webm", len(data), None)
    upload.write(data)
    upload.seek(0)
    return upload


class Sizeless(File):  # type: ignore[type-arg]
    """Content of which only the bytes are known, such as a pipe."""

    def __init__(self, *chunks: bytes) -> None:
        super().__init__(io.BytesIO(), "pipe")
        self.parts = chunks

    @property
    def size(self) -> int:
        raise AttributeError("unknown")

    def chunks(self, chunk_size: int | None = None) -> Any:
        return iter(self.parts)


@pytest.mark.parametrize(
    "make",
    [
        ContentFile,
        lambda data: SimpleUploadedFile("a.webm", data),
        uploaded_to_disk,
        lambda data: Sizeless(data[:1], b"", data[1:]),
    ],
    ids=["content file", "upload in memory", "upload on disk", "sizeless"],
)
def test_save_keeps_name_and_bytes(
    make: Callable[[bytes], Any], storage: DurableFileSystemStorage
) -> None:
    for _ in range(2):
        content = make(SOUND)
        assert storage.save(NAME, content) == NAME
        content.close()
    with storage.open(NAME) as file:
        assert file.read() == SOUND
    assert storage.size(NAME) == len(SOUND)
    assert storage.exists(NAME)
    assert storage.listdir("ab/cd") == ([], ["abcd.webm"])
    storage.delete(NAME)
    assert not storage.exists(NAME)


def test_content_larger_than_a_chunk_and_empty_content(
    storage: DurableFileSystemStorage,
) -> None:
    large = random.Random(1).randbytes(storage_module.CHUNK_BYTES * 2 + 1)
    storage.save("large", ContentFile(large))
    storage.save("empty", ContentFile(b""))
    assert Path(storage.path("large")).read_bytes() == large
    assert Path(storage.path("empty")).read_bytes() == b""


def test_text_is_written_as_utf_8(storage: DurableFileSystemStorage) -> None:
    for _ in range(2):
        assert storage.save("note.txt", ContentFile("Schön")) == "note.txt"
    assert Path(storage.path("note.txt")).read_bytes() == "Schön".encode()


def test_upload_on_disk_stays_usable(storage: DurableFileSystemStorage) -> None:
    with uploaded_to_disk(SOUND) as upload:
        storage.save(NAME, upload)
        upload.seek(0)
        assert upload.read() == SOUND


def test_saving_again_writes_nothing(
    storage: DurableFileSystemStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.save(NAME, ContentFile(SOUND))
    before = os.stat(storage.path(NAME))
    monkeypatch.setattr(storage, "_write", lambda *_: pytest.fail("written"))
    assert storage.save(NAME, ContentFile(SOUND)) == NAME
    assert os.stat(storage.path(NAME)) == before


@pytest.mark.parametrize("make", [ContentFile, Sizeless], ids=["sized", "sizeless"])
def test_another_content_under_the_same_name_is_refused(
    make: Callable[[bytes], Any], storage: DurableFileSystemStorage
) -> None:
    storage.save(NAME, ContentFile(SOUND))
    with pytest.raises(FileExistsError):
        storage.save(NAME, make(b"shorter"))
    assert Path(storage.path(NAME)).read_bytes() == SOUND
    assert temporary_files(storage.location) == []


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_modes_do_not_depend_on_the_umask(mask: int, storage: DurableFileSystemStorage) -> None:
    before = os.umask(mask)
    try:
        storage.save(NAME, ContentFile(SOUND))
    finally:
        os.umask(before)
    assert os.stat(storage.path(NAME)).st_mode & 0o7777 == 0o640
    for folder in ("", "ab", "ab/cd"):
        assert os.stat(storage.path(folder)).st_mode & 0o7777 == 0o750


@pytest.mark.parametrize(
    "name",
    ["../up", "a/../../up", "/etc/passwd", "", ".", "..", "a/..", ".tmp-x", "a/.tmp-x", "a\\..\\b"],
)
def test_unsafe_names_are_refused(name: str, storage: DurableFileSystemStorage) -> None:
    with pytest.raises(SuspiciousFileOperation):
        storage.save(name, ContentFile(b"x"))
    assert not Path(storage.location).exists()


def test_name_too_long_for_its_column_is_refused(storage: DurableFileSystemStorage) -> None:
    with pytest.raises(SuspiciousFileOperation):
        storage.save("a" * 101, ContentFile(b"x"), max_length=100)


@pytest.mark.parametrize("kind", ["folder", "link", "dangling"])
def test_what_is_no_file_is_not_replaced(
    kind: str, storage: DurableFileSystemStorage, tmp_path: Path
) -> None:
    target = tmp_path / "elsewhere"
    if kind != "dangling":
        target.write_bytes(SOUND)
    place = Path(storage.location) / "a"
    place.parent.mkdir()
    if kind == "folder":
        place.mkdir()
    else:
        place.symlink_to(target)
    with pytest.raises(FileExistsError):
        storage.save("a", ContentFile(SOUND))
    assert place.is_dir() or place.is_symlink()
    assert temporary_files(storage.location) == []


def test_file_in_the_way_of_a_folder(storage: DurableFileSystemStorage) -> None:
    storage.save("ab", ContentFile(b"x"))
    with pytest.raises(FileExistsError, match="not a directory"):
        storage.save("ab/cd", ContentFile(b"x"))


def test_folder_removed_in_between_is_made_again(storage: DurableFileSystemStorage) -> None:
    storage.save(NAME, ContentFile(SOUND))
    storage.delete(NAME)
    os.removedirs(os.path.dirname(storage.path(NAME)))
    assert storage.save(NAME, ContentFile(SOUND)) == NAME
    assert storage.size(NAME) == len(SOUND)


def test_url_is_refused(storage: DurableFileSystemStorage) -> None:
    with pytest.raises(ValueError, match="no URL"):
        storage.url(NAME)


def test_storage_can_be_named_in_a_migration(tmp_path: Path) -> None:
    path, args, kwargs = DurableFileSystemStorage(location="x").deconstruct()
    assert path == "interviewdata.common.storage.DurableFileSystemStorage"
    assert (args, kwargs) == ((), {"location": "x"})


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Every fsync and rename, in order, with the path concerned."""
    made: list[tuple[str, str]] = []
    fsync, rename = os.fsync, os.rename

    def noted_fsync(descriptor: int) -> None:
        made.append(("fsync", os.readlink(f"/proc/self/fd/{descriptor}")))
        fsync(descriptor)

    def noted_rename(source: str, target: str, **folders: int) -> None:
        made.append(("rename", target))
        rename(source, target, **folders)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "rename", noted_rename)
    return made


def test_order_of_flushes(
    storage: DurableFileSystemStorage, calls: list[tuple[str, str]], tmp_path: Path
) -> None:
    top = tmp_path / "media"
    storage.save(NAME, ContentFile(SOUND))
    temporary = calls[3][1]
    assert calls == [
        # each new folder's entry in its parent
        ("fsync", str(tmp_path)),
        ("fsync", str(top)),
        ("fsync", str(top / "ab")),
        # the bytes, the name, the name's entry
        ("fsync", temporary),
        ("rename", "abcd.webm"),
        ("fsync", str(top / "ab/cd")),
    ]
    assert Path(temporary).parent == top / "ab/cd"
    assert Path(temporary).name.startswith(TEMPORARY_PREFIX)

    calls.clear()
    storage.save("ab/cd/other", ContentFile(SOUND))
    assert [kind for kind, _ in calls] == ["fsync", "rename", "fsync"]

    # A file that is there may have been renamed by someone who has not flushed the folder yet.
    calls.clear()
    storage.save("ab/cd/other", ContentFile(SOUND))
    assert calls == [("fsync", str(top / "ab/cd"))]

    # Nor does another process know that the folders' entries are on the disk.
    calls.clear()
    DurableFileSystemStorage(location=top).save("ab/cd/other", ContentFile(SOUND))
    assert [path for _, path in calls] == [
        str(path) for path in (tmp_path, top, top / "ab", top / "ab/cd")
    ]


def test_remembered_folders_are_bounded(
    storage: DurableFileSystemStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_module, "MOST_FOLDERS", 5)
    for i in range(20):
        storage.save(f"{i}/{i}/sound", ContentFile(b"x"))
    assert len(storage._flushed_folders) <= 5


@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
def test_failing_disk_leaves_nothing_behind(
    call: str, storage: DurableFileSystemStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.save("ab/cd/first", ContentFile(b"x"))

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(OSError, match="No space"):
            storage.save(NAME, ContentFile(SOUND))
    assert storage.listdir("ab/cd") == ([], ["first"])
    assert storage.save(NAME, ContentFile(SOUND)) == NAME


def test_short_writes_are_gone_on_with(
    storage: DurableFileSystemStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, view: write(descriptor, view[:777]))
    storage.save(NAME, ContentFile(SOUND))
    assert Path(storage.path(NAME)).read_bytes() == SOUND


@pytest.mark.parametrize(("number", "passes"), [(errno.EINVAL, True), (errno.EIO, False)])
def test_folder_that_cannot_be_flushed(
    number: int,
    passes: bool,
    storage: DurableFileSystemStorage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fsync = os.fsync

    def no_folders(descriptor: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):
            raise OSError(number, "fsync")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", no_folders)
    if passes:
        assert storage.save(NAME, ContentFile(SOUND)) == NAME
    else:
        with pytest.raises(OSError, match="fsync"):
            storage.save(NAME, ContentFile(SOUND))


def test_sweep_takes_old_temporary_files_only(storage: DurableFileSystemStorage) -> None:
    storage.save(NAME, ContentFile(SOUND))
    folder = Path(storage.path(NAME)).parent
    for name, age in ((".tmp-old", 7200), (".tmp-new", 60), ("old", 7200)):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (time.time() - age,) * 2)
    (Path(storage.location) / ".tmp-top").write_bytes(b"x")
    os.utime(Path(storage.location) / ".tmp-top", (0, 0))
    (folder / ".tmp-folder").mkdir()
    assert storage.sweep_temporary(3600) == 2
    assert sorted(os.listdir(folder)) == [".tmp-folder", ".tmp-new", "abcd.webm", "old"]
    assert storage.sweep_temporary(3600) == 0


def test_sweep_of_nothing(storage: DurableFileSystemStorage) -> None:
    assert storage.sweep_temporary(0) == 0
    with pytest.raises(ValueError, match="negative"):
        storage.sweep_temporary(-1)


def test_twenty_threads_save_the_same_name(storage: DurableFileSystemStorage) -> None:
    barrier = Barrier(20)

    def save(_: int) -> str:
        barrier.wait()
        return storage.save(NAME, ContentFile(SOUND))

    for _ in range(5):
        with ThreadPoolExecutor(20) as pool:
            assert set(pool.map(save, range(20))) == {NAME}
        assert Path(storage.path(NAME)).read_bytes() == SOUND
        assert storage.listdir("ab/cd") == ([], ["abcd.webm"])
        storage.delete(NAME)


WRITER = """
import hashlib, os, sys
from django.conf import settings
settings.configure()
from django.core.files.base import ContentFile
from interviewdata.common.storage import DurableFileSystemStorage

storage = DurableFileSystemStorage(location=sys.argv[1])
while True:
    data = os.urandom(50_000) * 6
    name = hashlib.sha256(data).hexdigest()
    storage.save(f"{name[:2]}/{name}", ContentFile(data))
    os.write(1, name.encode() + b"\\n")
"""


def test_killed_writers_leave_whole_files_only(
    storage: DurableFileSystemStorage, tmp_path: Path
) -> None:
    """What was acknowledged is there, and whatever has a final name is whole."""
    chance = random.Random(20)
    root = Path(storage_module.__file__).parents[2]
    acknowledged: set[str] = set()
    for _ in range(10):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(storage.location)],
            stdout=subprocess.PIPE,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
        ) as writer:
            assert writer.stdout is not None
            first = writer.stdout.readline()
            time.sleep(chance.uniform(0, 0.1))
            writer.send_signal(signal.SIGKILL)
            # The last line may be cut off.
            rest = [line for line in writer.stdout if line.endswith(b"\n")]
        acknowledged.update(line.decode().strip() for line in (first, *rest))

    found = [path for path in Path(storage.location).rglob("*") if path.is_file()]
    kept = {path.name: path for path in found if not path.name.startswith(TEMPORARY_PREFIX)}
    for name, path in kept.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == name
    assert len(acknowledged) >= 10
    assert acknowledged <= kept.keys()

    assert storage.sweep_temporary(0) == len(found) - len(kept)
    assert temporary_files(storage.location) == []
