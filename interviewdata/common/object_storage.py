"""Sound in a bucket: Amazon S3 or any store that speaks its protocol (STORAGE_URL=s3://…).

A bucket keeps an object whole or not at all, and its acknowledgement means it is durable, so the
promises of the local store (files before rows, one name for one content) hold here as well.
"""

from __future__ import annotations

import contextlib
import io
import os
import posixpath
import threading
from collections.abc import Iterator
from typing import Any, NoReturn

from django.core.exceptions import (
    ImproperlyConfigured,
    SuspiciousFileOperation,
    SuspiciousOperation,
)
from django.core.files import File
from django.utils.deconstruct import deconstructible

try:
    from boto3.exceptions import Boto3Error
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    from storages.backends.s3 import S3Storage
    from storages.utils import clean_name
except ImportError as error:
    raise ImproperlyConfigured(
        "STORAGE_URL: s3://… needs packages that are not installed. "
        "Run: pip install -r requirements-s3.txt"
    ) from error

CONTENT_TYPES = {
    "aac": "audio/aac",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "mka": "audio/matroska",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "webm": "audio/webm",
}
OTHER_CONTENT_TYPE = "application/octet-stream"
# A reader that goes on and on asks for more at a time; one that jumps pays for little.
FIRST_WINDOW_BYTES = 256 * 1024
LARGEST_WINDOW_BYTES = 8 * 1024 * 1024
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 5, 30, 2


@deconstructible(path="interviewdata.common.object_storage.AudioBucket")
class AudioBucket(S3Storage):
    """Private objects under names made from their content.

    `save(name, content)` returns exactly `name`; saving the same content again replaces the
    object by an equal one. Nothing has a URL. Whatever the bucket or the network refuses is an
    OSError (FileNotFoundError, PermissionError where that is what it is).
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._client: Any = None
        self._lock = threading.Lock()

    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {
            "default_acl": None,  # the bucket's owner alone, whatever else the environment says
            "file_overwrite": True,
            "gzip": False,
            "querystring_auth": True,
            "signature_version": "s3v4",
        }

    @property
    def client(self) -> Any:
        """One client for all threads of the process (clients may be shared, resources not)."""
        if self._client is None:
            with self._lock:
                if self._client is None:
                    self._client = self._create_session().client(
                        "s3",
                        endpoint_url=self.endpoint_url,
                        # Stores of one's own have no regions, but the signature names one.
                        region_name=self.region_name or (self.endpoint_url and "us-east-1"),
                        config=Config(
                            signature_version="s3v4",
                            s3={"addressing_style": "path" if self.endpoint_url else "auto"},
                            connect_timeout=CONNECT_SECONDS,
                            read_timeout=READ_SECONDS,
                            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                            # Compatible stores do not all know the newer trailing checksums.
                            request_checksum_calculation="when_required",
                            response_checksum_validation="when_required",
                        ),
                    )
        return self._client

    def __getstate__(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in super().__getstate__().items()
            if name not in ("_client", "_lock")
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._client, self._lock = None, threading.Lock()

    def _key(self, name: str) -> str:
        try:
            return str(self._normalize_name(clean_name(name)))
        except SuspiciousOperation as error:
            raise SuspiciousFileOperation(f"{name!r} leads out of the store.") from error

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": self._key(name)}

    # -- names -------------------------------------------------------------------------------

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """`name` itself: it says what the content is."""
        name = str(name).replace("\\", "/")
        if max_length is not None and len(name) > max_length:
            raise SuspiciousFileOperation(f"The name {name!r} is longer than {max_length}.")
        return name

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> NoReturn:
        """Never: recordings are handed out by a view that checks and records the access."""
        raise ValueError(
            "Stored files have no URL; a view that checks and records the access serves them."
        )

    # -- the store -----------------------------------------------------------------------------

    def _save(self, name: str, content: File[bytes]) -> str:
        """One request: an object is there whole or not at all."""
        content.seek(0)
        file = content.file
        body: Any = content.read().encode() if isinstance(file, io.TextIOBase) else file  # type: ignore[attr-defined]
        ending = posixpath.splitext(name)[1].lstrip(".").lower()
        with _os_errors(name):
            self.client.put_object(
                **self._at(name),
                Body=body,
                ContentType=CONTENT_TYPES.get(ending, OTHER_CONTENT_TYPE),
            )
        return name

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if mode != "rb":
            raise ValueError("Stored files are read, never changed: open them with rb.")
        reader = RangedReader(self.client, self._at(name), self.size(name), name)
        return File(reader, name=name)  # type: ignore[arg-type]

    def exists(self, name: str) -> bool:
        try:
            self._head(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        return int(self._head(name)["ContentLength"])

    def get_modified_time(self, name: str) -> Any:
        return self._head(name)["LastModified"]

    def _head(self, name: str) -> Any:
        with _os_errors(name):
            return self.client.head_object(**self._at(name))

    def delete(self, name: str) -> None:
        """Remove it; a missing one is no error."""
        with contextlib.suppress(FileNotFoundError), _os_errors(name):
            self.client.delete_object(**self._at(name))

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        """The folders and the files directly under `name`. One request for each 1,000."""
        prefix = self._key(name) if name not in ("", ".") else self.location.strip("/")
        prefix = f"{prefix}/" if prefix else ""
        folders: list[str] = []
        files: list[str] = []
        with _os_errors(name):
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket_name, Prefix=prefix, Delimiter="/"
            )
            for page in pages:
                for folder in page.get("CommonPrefixes", ()):
                    folders.append(folder["Prefix"].removeprefix(prefix).rstrip("/"))
                for entry in page.get("Contents", ()):
                    if entry["Key"] != prefix:
                        files.append(entry["Key"].removeprefix(prefix))
        return folders, files


class RangedReader(io.RawIOBase):
    """An object of a bucket as a seekable file that fetches only about what is read."""

    def __init__(self, client: Any, where: dict[str, str], size: int, name: str) -> None:
        super().__init__()
        self.size, self.name = size, name
        self._client, self._where = client, where
        self._position = 0
        self._window = b""
        self._window_start = 0
        self._window_bytes = FIRST_WINDOW_BYTES

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError("A position is not negative.")
        self._position = start + offset
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to `size` bytes, fewer only at the end; all the rest for a negative one."""
        left = max(0, self.size - self._position)
        wanted = left if size is None or size < 0 else min(size, left)
        parts = []
        while wanted > 0:
            if not self._window_start <= self._position < self._window_start + len(self._window):
                self._fetch(wanted)
            begin = self._position - self._window_start
            part = self._window[begin : begin + wanted]
            parts.append(part)
            self._position += len(part)
            wanted -= len(part)
        return b"".join(parts)

    def readinto(self, buffer: Any, /) -> int:
        part = self.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def _fetch(self, wanted: int) -> None:
        """Get the window that begins at the position: larger ones the longer one reads on."""
        follows = self._window and self._position == self._window_start + len(self._window)
        if follows:
            self._window_bytes = min(self._window_bytes * 2, LARGEST_WINDOW_BYTES)
        else:
            self._window_bytes = FIRST_WINDOW_BYTES
        # A read of a known, small part fetches no more than that part.
        length = max(wanted, self._window_bytes) if follows else wanted
        end = min(self._position + min(length, LARGEST_WINDOW_BYTES), self.size) - 1
        with _os_errors(self.name):
            reply = self._client.get_object(**self._where, Range=f"bytes={self._position}-{end}")
            with contextlib.closing(reply["Body"]) as body:
                window = body.read()
        if len(window) != end - self._position + 1:
            raise OSError(f"{self.name}: the store sent {len(window)} bytes of a part.")
        self._window, self._window_start = window, self._position


@contextlib.contextmanager
def _os_errors(name: str) -> Iterator[None]:
    """What the bucket and the network refuse, as the errors that a disk would raise."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        code = error.response.get("Error", {}).get("Code", "")
        sentence = f"{name}: the store answered {code or status}."
        if code == "NoSuchBucket":
            raise OSError(sentence) from error
        if status == 404:
            raise FileNotFoundError(sentence) from error
        if status in (401, 403):
            raise PermissionError(sentence) from error
        raise OSError(sentence) from error
    except (BotoCoreError, Boto3Error) as error:
        raise OSError(f"{name}: the store does not answer ({type(error).__name__}).") from error
