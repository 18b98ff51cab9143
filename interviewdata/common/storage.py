"""Files on a local disk that are there whole or not at all, also after a power failure.

Django's own FileSystemStorage writes under the final name and never calls fsync: a process
killed in the middle leaves half a file that looks like a good one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import threading
import time
from collections.abc import Iterator
from typing import NoReturn

from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

TEMPORARY_PREFIX = ".tmp-"
CHUNK_BYTES = 1024 * 1024
FILE_MODE = 0o640
DIRECTORY_MODE = 0o750
MOST_FOLDERS = 10_000  # whose names are remembered; a megabyte

_OPEN_DIRECTORY = os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY
# O_EXCL and O_NOFOLLOW: never write through something that was put there by someone else.
_OPEN_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


@deconstructible(path="interviewdata.common.storage.DurableFileSystemStorage")
class DurableFileSystemStorage(FileSystemStorage):
    """Keeps files under names made from their content.

    `save(name, content)` returns exactly `name`. When it returns, the file and every folder
    above it, up to `location`, are on the disk: temporary name, fsync, rename, fsync of the
    folder. Saving a name again that holds as many bytes already succeeds and writes nothing;
    with another number of bytes it raises FileExistsError and leaves the file as it is, since
    the same name then stands for two contents or the file on disk is damaged.

    Raises what Django's storage raises for unsafe names (SuspiciousFileOperation), and OSError
    where the disk refuses; no partial file remains then.
    """

    def __init__(
        self,
        location: str | os.PathLike[str] | None = None,
        base_url: str | None = None,
        file_permissions_mode: int | None = FILE_MODE,
        directory_permissions_mode: int | None = DIRECTORY_MODE,
    ) -> None:
        super().__init__(
            location=location,
            base_url=base_url,
            file_permissions_mode=file_permissions_mode,
            directory_permissions_mode=directory_permissions_mode,
        )
        # Folders whose own entry this process knows to be on the disk. Knowing is per process:
        # a folder another process made a moment ago may not have been flushed by it yet.
        self._flushed_folders: set[str] = set()
        self._lock = threading.Lock()

    # -- names -------------------------------------------------------------------------------

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """`name` itself: it says what the content is, so an existing file is the same one."""
        name = str(name).replace("\\", "/")
        if max_length is not None and len(name) > max_length:
            raise SuspiciousFileOperation(f"The name {name!r} is longer than {max_length}.")
        if name.rpartition("/")[2].startswith(TEMPORARY_PREFIX):
            raise SuspiciousFileOperation(f"{name!r} is a name for temporary files.")
        return name

    def url(self, name: str | None) -> NoReturn:
        """Never: recordings are handed out by a view that checks and records the access."""
        raise ValueError(
            "Stored files have no URL; a view that checks and records the access serves them."
        )

    # -- writing -----------------------------------------------------------------------------

    def _save(self, name: str, content: File[bytes]) -> str:
        folder, leaf = os.path.split(self.path(name))
        directory = self._open_folder(folder)
        try:
            present = _file_size(directory, leaf)
            if present is None or present != getattr(content, "size", None):
                self._write(directory, leaf, content)
            else:
                # Young again: the sweep of files without a row goes by age.
                with contextlib.suppress(PermissionError):
                    os.utime(leaf, dir_fd=directory, follow_symlinks=False)
            # Also for a file that was there: who renamed it may not have got this far yet.
            _flush(directory)
        finally:
            os.close(directory)
        return name

    def _write(self, directory: int, leaf: str, content: File[bytes]) -> None:
        temporary = TEMPORARY_PREFIX + secrets.token_hex(12)
        descriptor = os.open(temporary, _OPEN_NEW, FILE_MODE, dir_fd=directory)
        try:
            try:
                if self.file_permissions_mode is not None:
                    os.fchmod(descriptor, self.file_permissions_mode)
                written = 0
                for chunk in _chunks(content):
                    view = memoryview(chunk)
                    while view:
                        count = os.write(descriptor, view)
                        written += count
                        view = view[count:]
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            # Over an identical file if another thread was faster; never over another one.
            present = _file_size(directory, leaf)
            if present is not None and present != written:
                raise FileExistsError(f"{leaf} holds {present} bytes already, not {written}.")
            os.rename(temporary, leaf, src_dir_fd=directory, dst_dir_fd=directory)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=directory)
            raise

    # -- folders -----------------------------------------------------------------------------

    def _open_folder(self, folder: str) -> int:
        """A descriptor of `folder`, which is made, and known to be on the disk, if need be."""
        if folder in self._flushed_folders:
            try:
                return os.open(folder, _OPEN_DIRECTORY)
            except FileNotFoundError:  # somebody tidied up
                with self._lock:
                    self._flushed_folders.clear()
        self._make_folder(folder)
        return os.open(folder, _OPEN_DIRECTORY)

    def _make_folder(self, folder: str) -> None:
        """Makes `folder` and those above it, and flushes each one's entry in its parent.

        Down from `location`; above it, only folders that had to be made are flushed.
        """
        missing = []
        top = str(self.location)
        path = folder
        while path not in self._flushed_folders:
            inside = path == top or path.startswith(top.rstrip("/") + "/")
            if not inside and os.path.isdir(path):
                break
            missing.append(path)
            parent = os.path.dirname(path)
            if parent == path:
                break
            path = parent
        for path in reversed(missing):
            try:
                os.mkdir(path, DIRECTORY_MODE)
            except FileExistsError:
                if not os.path.isdir(path):
                    raise FileExistsError(f"{path} exists and is not a directory.") from None
            else:
                if self.directory_permissions_mode is not None:
                    os.chmod(path, self.directory_permissions_mode)  # whatever the umask took
            _flush_folder(os.path.dirname(path))
            with self._lock:
                if len(self._flushed_folders) >= MOST_FOLDERS:
                    self._flushed_folders.clear()
                self._flushed_folders.add(path)

    # -- tidying up --------------------------------------------------------------------------

    def sweep_temporary(self, older_than_seconds: float) -> int:
        """Removes what killed processes left behind; returns how many files it removed.

        Only files with a temporary name whose last change is more than `older_than_seconds`
        ago: give it longer than any upload takes (an hour, say).
        """
        if older_than_seconds < 0:
            raise ValueError("older_than_seconds must not be negative")
        limit = time.time() - older_than_seconds
        removed = 0
        for entry in _walk(self.location):
            if not entry.name.startswith(TEMPORARY_PREFIX):
                continue
            try:
                if entry.stat(follow_symlinks=False).st_mtime < limit:
                    os.unlink(entry.path)
                    removed += 1
            except FileNotFoundError:
                continue  # renamed or swept by someone else
        return removed


def _chunks(content: File[bytes]) -> Iterator[bytes]:
    """The bytes of `content` in pieces of up to CHUNK_BYTES; text is written as UTF-8."""
    for chunk in content.chunks(CHUNK_BYTES):
        yield chunk.encode() if isinstance(chunk, str) else chunk


def _file_size(directory: int, leaf: str) -> int | None:
    """Bytes in the regular file `leaf`; None if there is none. FileExistsError otherwise."""
    try:
        found = os.stat(leaf, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        raise FileExistsError(f"{leaf} exists and is not a file.")
    return found.st_size


def _flush_folder(path: str) -> None:
    descriptor = os.open(path, _OPEN_DIRECTORY)
    try:
        _flush(descriptor)
    finally:
        os.close(descriptor)


def _flush(directory: int) -> None:
    """Puts the names in `directory` on the disk.

    Some network file systems know no fsync of a folder and say so; PostgreSQL goes on as well.
    """
    try:
        os.fsync(directory)
    except OSError as error:
        if error.errno not in (errno.EBADF, errno.EINVAL):
            raise


def _walk(folder: str | os.PathLike[str]) -> Iterator[os.DirEntry[str]]:
    """Every file below `folder`; links are not followed, vanished folders passed over."""
    folders = [os.fspath(folder)]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        yield entry
        except FileNotFoundError:
            continue
