"""One way to look at any file's bytes: all at once when small, mapped when large."""

from __future__ import annotations

import io
import mmap
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO

# What the pure parsers walk: indexing gives an int, slicing bytes, `find` searches.
Buffer = bytes | mmap.mmap

SMALL_BYTES = 4 * 1024 * 1024
COPY_BYTES = 1024 * 1024

_REAL_FILES = (io.BufferedReader, io.BufferedRandom, io.FileIO)


def file_size(file: BinaryIO) -> int:
    """Bytes in `file`; leaves the position at 0. Flushes what a writer still held back."""
    file.seek(0, os.SEEK_END)
    size = file.tell()
    file.seek(0)
    return size


@contextmanager
def descriptor_of(file: BinaryIO, size: int) -> Iterator[int]:
    """A file descriptor that reads as `file` does: its own, or that of a copy without a name.

    Callers read it with pread or mmap only, since its position is shared with `file`.
    """
    own = _own_descriptor(file, size)
    if own is not None:
        yield own
        return
    with tempfile.TemporaryFile(buffering=0) as copy:
        file.seek(0)
        left = size
        while left > 0 and (block := file.read(min(COPY_BYTES, left))):
            left -= len(block)
            view = memoryview(block)
            while view:
                view = view[copy.write(view) :]
        file.seek(0)
        yield copy.fileno()


@contextmanager
def buffer_of(file: BinaryIO, size: int) -> Iterator[Buffer]:
    """The bytes of `file`, `size` of them; its position is undefined afterwards.

    A large file is mapped: its pages belong to the kernel's cache, not to this process.
    """
    if size <= SMALL_BYTES:
        yield file.read()  # BytesIO hands out its own bytes here, without a copy
        return
    with ExitStack() as stack:
        descriptor = stack.enter_context(descriptor_of(file, size))
        yield stack.enter_context(mmap.mmap(descriptor, size, access=mmap.ACCESS_READ))


def _own_descriptor(file: object, size: int) -> int | None:
    """The descriptor behind Django's and tempfile's wrappers, or None.

    `fileno()` alone is not to be trusted: a GzipFile, say, gives that of the packed file.
    """
    for _ in range(4):
        if isinstance(file, _REAL_FILES):
            descriptor = file.fileno()
            return descriptor if os.fstat(descriptor).st_size == size else None
        file = getattr(file, "file", None)
    return None
