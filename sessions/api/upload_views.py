"""Recordings sent in parts, by the tus 1.0.0 protocol: begin, ask, continue, end."""

from __future__ import annotations

import hashlib
import hmac
import tempfile
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, UnreadablePostError
from django.urls import reverse
from django.utils.http import http_date

from interviewdata.common.errors import DomainError, Invalid, NotFound, UnsupportedMedia
from interviewdata.common.wire import tus
from interviewdata.common.wire.replies import error_reply, json_bytes_reply, json_reply
from sessions.access import may_answer
from sessions.api.base import InterviewViewSet
from sessions.api.idempotency import checked_key
from sessions.api.inputs import UploadInput
from sessions.api.upload_schema import describe_uploads
from sessions.models import AudioUpload
from sessions.services.upload import (
    WrongOffset,
    append_part,
    check_length,
    check_part,
    create_upload,
    find_upload,
    terminate_upload,
)

PERMISSION = "interview_sessions.add_userresponse"
PIECE_BYTES = 64 * 1024
IN_MEMORY_BYTES = 512 * 1024
_OVERRIDES = frozenset({"PATCH", "DELETE"})


@describe_uploads
class UploadViewSet(InterviewViewSet):
    keys_of_its_own = True  # a key is kept with the upload: see create_upload

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        # tus: for clients whose surroundings let nothing but GET and POST through.
        override = request.META.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        if request.method == "POST" and override in _OVERRIDES:
            request.method = override
        reply = super().dispatch(request, *args, **kwargs)
        reply["Tus-Resumable"] = tus.VERSION
        if request.method == "OPTIONS" or reply.status_code == 412:
            reply["Tus-Version"] = tus.VERSION
        if request.method == "OPTIONS" or reply.status_code == 413:
            reply["Tus-Max-Size"] = str(settings.MAX_AUDIO_BYTES)
        if request.method == "OPTIONS":
            reply["Tus-Extension"] = tus.EXTENSIONS
            reply["Tus-Checksum-Algorithm"] = ",".join(tus.CHECKSUM_ALGORITHMS)
        if reply.status_code == 460:
            reply.reason_phrase = "Checksum Mismatch"
        return reply

    def act(self, request: HttpRequest, action: Any, **kwargs: Any) -> HttpResponseBase:
        tus.check_version(request)
        return super().act(request, action, **kwargs)

    def create(self, request: HttpRequest) -> HttpResponseBase:
        if (request.META.get("CONTENT_LENGTH") or "0") != "0":
            raise Invalid("Begin an upload without a body; send the bytes by PATCH.")
        if request.headers.get("Upload-Defer-Length") is not None:
            raise Invalid.field(
                "Upload-Defer-Length", "Send Upload-Length; it cannot follow later."
            )
        length = tus.read_number(request, "Upload-Length")
        check_length(length)
        metadata = tus.read_metadata(request)
        session_id = UploadInput.read(metadata)["session_id"]
        key = request.META.get("HTTP_IDEMPOTENCY_KEY")
        head = may_answer(self.principal, session_id, PERMISSION)
        upload = create_upload(
            session_id=head.session_id,
            length=length,
            metadata=tus.write_metadata(metadata),
            idempotency_key=checked_key(key) if key is not None else "",
        )
        reply = json_reply(
            {
                "success": True,
                "message": "The upload was begun.",
                "uploadId": upload.upload_id,
                "expiresAt": upload.expires_at,
            },
            201,
        )
        reply["Location"] = reverse("upload", args=[upload.upload_id])
        reply["Upload-Expires"] = http_date(upload.expires_at.timestamp())
        return reply

    def offset(self, request: HttpRequest, upload_id: str) -> HttpResponseBase:
        upload = self._upload(upload_id)
        reply = _state(upload, upload.received_bytes, 200)
        reply["Upload-Length"] = str(upload.length_bytes)
        if upload.metadata:
            reply["Upload-Metadata"] = upload.metadata
        return reply

    def append(self, request: HttpRequest, upload_id: str) -> HttpResponseBase:
        if request.content_type != tus.PART_CONTENT_TYPE:
            raise UnsupportedMedia(f"Send the part as {tus.PART_CONTENT_TYPE}.")
        offset = tus.read_number(request, "Upload-Offset")
        checksum = tus.read_checksum(request)
        upload = self._upload(upload_id)
        announced = int(request.META.get("CONTENT_LENGTH") or "0")
        try:
            check_part(upload, offset=offset, size=announced)
            with tempfile.SpooledTemporaryFile(
                IN_MEMORY_BYTES, dir=settings.FILE_UPLOAD_TEMP_DIR
            ) as content:
                part = _receive(request, content, announced, checksum)  # type: ignore[arg-type]
                end = append_part(
                    upload,
                    offset=offset,
                    content=content,  # type: ignore[arg-type]
                    size=part.size,
                    sha256=part.sha256,
                )
        except WrongOffset as error:
            reply = error_reply(error, request)
            reply["Upload-Offset"] = str(error.offset)
            return reply
        return _state(upload, end, 204)

    def terminate(self, request: HttpRequest, upload_id: str) -> HttpResponseBase:
        terminate_upload(self._upload(upload_id))
        return json_bytes_reply(b"", 204)

    def _upload(self, upload_id: str) -> AudioUpload:
        """The upload, if this principal may answer its interview. 2 statements."""
        upload = find_upload(upload_id)
        # Asked before telling whether there is anything: both answers are the same to a stranger.
        may_answer(self.principal, upload.session_id if upload else "", PERMISSION)
        if upload is None:
            raise NotFound
        return upload


def _state(upload: AudioUpload, offset: int, status: int) -> HttpResponseBase:
    reply = json_bytes_reply(b"", status)
    reply["Upload-Offset"] = str(offset)
    reply["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return reply


@dataclass(frozen=True)
class _Part:
    size: int
    sha256: str


def _receive(
    request: HttpRequest, content: BinaryIO, announced: int, checksum: tus.Checksum | None
) -> _Part:
    """Write the body into `content`, a piece at a time, and compare it with its checksum.

    Of a body that broke off the beginning is kept, unless a checksum was promised for all of it.
    Raises Invalid, DomainError (checksum_mismatch).
    """
    ours = hashlib.sha256()
    theirs = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
    size = 0
    while size < announced:
        try:
            piece = request.read(min(PIECE_BYTES, announced - size))
        except (UnreadablePostError, OSError):
            break
        if not piece:
            break
        content.write(piece)
        ours.update(piece)
        if theirs is not None:
            theirs.update(piece)
        size += len(piece)
    if size < announced and (checksum is not None or size == 0):
        raise Invalid("The part broke off; send it again.")
    if checksum and theirs and not hmac.compare_digest(theirs.digest(), checksum.digest):
        raise DomainError(
            "The part is not the one that Upload-Checksum speaks of; send it again.",
            code="checksum_mismatch",
            fields={"Upload-Checksum": ["The bytes that arrived have another digest."]},
        )
    content.flush()
    content.seek(0)
    return _Part(size, ours.hexdigest())
