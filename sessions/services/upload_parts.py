"""The parts of a recording in the store: one object each, read one after the other.

Named `uploads/<upload id>/<first byte>-<sha256>`: by place, and by content as well, so that two
different parts for one place (a rival, a retry cut elsewhere) never touch each other's bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import tempfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage

from interviewdata.common.errors import NotNow
from sessions.models import AudioUploadPart

logger = logging.getLogger(__name__)

FOLDER = "uploads"
COPY_BYTES = 1024 * 1024


class PartLost(Exception):
    """What should begin at `first_byte` is not in the store, or is something else now."""

    def __init__(self, first_byte: int) -> None:
        super().__init__(f"the part at byte {first_byte}")
        self.first_byte = first_byte


def part_name(upload_id: str, first_byte: int, sha256: str) -> str:
    return f"{FOLDER}/{upload_id}/{first_byte:012d}-{sha256}"


def write_part(upload_id: str, first_byte: int, content: BinaryIO, *, size: int, sha: str) -> str:
    """Put a part of `size` bytes with the SHA-256 `sha` into the store, whole and durable, before
    this returns its name. Raises NotNow where the store refuses."""
    name = part_name(upload_id, first_byte, sha)
    file = File(content, name=name)
    file.size = size  # what the file system would say may still stand in a buffer
    try:
        default_storage.save(name, file)
    except OSError as error:
        logger.exception("a part of a recording could not be stored")
        raise NotNow(
            "The part cannot be stored just now; please send it again.",
        ) from error
    return name


@contextlib.contextmanager
def joined(upload_id: str, parts: Sequence[AudioUploadPart], *, length: int) -> Iterator[BinaryIO]:
    """All parts, in order, as one file without a name, which has `length` bytes; every digest is
    compared on the way.

    Memory is constant. Raises PartLost, and NotNow where the store does not answer.
    """
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as whole:
        for part in parts:
            end = whole.tell()
            if part.first_byte != end:
                raise PartLost(end)
            try:
                _append(whole, upload_id, part)
            except FileNotFoundError as error:
                raise PartLost(end) from error
            except OSError as error:
                logger.exception("the parts of a recording could not be joined")
                raise NotNow(
                    "The recording cannot be read just now; please send the answer again."
                ) from error
        if whole.tell() != length:
            raise PartLost(whole.tell())
        whole.seek(0)
        yield whole


def _append(whole: BinaryIO, upload_id: str, part: AudioUploadPart) -> None:
    digest = hashlib.sha256()
    with default_storage.open(part_name(upload_id, part.first_byte, part.sha256), "rb") as file:
        while block := file.read(COPY_BYTES):
            digest.update(block)
            whole.write(block)
    if digest.hexdigest() != part.sha256:
        logger.error("part %s of the upload %s has other bytes now", part.first_byte, upload_id)
        raise PartLost(part.first_byte)


def remove_objects(upload_id: str) -> None:
    """Remove all that the store has of an upload, left-overs of interrupted calls as well.

    What cannot be removed is swept by check_interview_data later.
    """
    folder = f"{FOLDER}/{upload_id}"
    try:
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")
        if isinstance(default_storage, FileSystemStorage):
            default_storage.delete(folder)
    except FileNotFoundError:
        return
    except OSError:
        logger.warning("the parts of the upload %s were not all removed", upload_id, exc_info=True)
