"""Every documented status of the uploads, had: their requests are headers and bytes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from interviewdata.common.wire.tus import PART_CONTENT_TYPE, PATH
from interviewdata.tests.calls import is_envelope
from interviewdata.tests.test_contract import (
    DOCUMENT,
    UPLOADS,
    _database_is_down,
    assert_looks_like,
)
from sessions.tests.tokens import service_header
from sessions.tests.uploads.tus_client import VERSION, begin, begun, checksum, metadata

pytestmark = pytest.mark.django_db

PART = b"12345"


def reply_to(api: Any, interview: str, settings: Any, method: str, status: str) -> Any:
    """The call that has this status for an answer."""
    address = PATH if method == "post" else begun(api, interview, 10)
    body = PART if method == "patch" else b""
    headers = dict(VERSION)
    meta: dict[str, str] = {}
    if method == "post":
        headers["Upload-Length"] = "10"
        headers["Upload-Metadata"] = metadata(sessionId=interview)
    if method == "patch":
        headers["Upload-Offset"] = "0"
        headers["Upload-Checksum"] = checksum(PART)
    kind = PART_CONTENT_TYPE

    if status == "400":
        meta["HTTP_HOST"] = "elsewhere.example.org"
    if status == "403":
        headers |= service_header()
    if status == "404":
        if method == "post":
            headers["Upload-Metadata"] = metadata(sessionId="no-such-interview")
        else:
            address = f"{PATH}/no-such-upload"
    if status == "405":
        method = "put"
    if status == "409":
        headers["Upload-Offset"] = "3"
    if status == "411":
        body = b""
        meta |= {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    if status == "412":
        headers["Tus-Resumable"] = "0.2.2"
    if status == "413":
        meta["CONTENT_LENGTH"] = str(2**30)
        body = b"1"
    if status == "415":
        kind = "audio/webm"
    if status == "422":
        key = {"Idempotency_Key": "a key of enough characters"}
        assert begin(api, interview, 9, **key).status_code == 201
        headers["Idempotency-Key"] = key["Idempotency_Key"]
    if status == "429":
        settings.MAX_OPEN_UPLOADS = 1
        begun(api, interview, 10)
    if status == "460":
        headers["Upload-Checksum"] = checksum(b"other bytes")

    def send() -> Any:
        return api.generic(
            method.upper(), address, body, content_type=kind, headers=headers, **meta
        )

    if status == "503":
        with connection.execute_wrapper(_database_is_down):
            return send()
    return send()


CALLS = [(call, status) for call, statuses in UPLOADS.items() for status in statuses.split()]


@pytest.mark.parametrize(
    ("call", "status"), CALLS, ids=[f"{method} {status}" for (method, _), status in CALLS]
)
def test_every_documented_status_can_be_had(api, interview, settings, caplog, call, status):
    method, path = call
    reply = reply_to(api, interview, settings, method, status)
    assert str(reply.status_code) == status, reply.content[:300]
    described = DOCUMENT["paths"][path][method]["responses"][status]
    if status in ("200", "204") or method == "head":
        assert reply.content == b"" or status == "405"
    else:
        assert status < "400" or is_envelope(reply)
        assert_looks_like(reply.json(), described["content"]["application/json"]["schema"])
    for name in described.get("headers", {}):
        if name not in ("Retry-After", "Tus-Max-Size", "Upload-Metadata"):
            assert name in reply, name
    if status in ("429", "503"):
        assert reply["Retry-After"] == "5"


def test_part_begins_and_ends_in_the_described_headers(api, interview):
    described = DOCUMENT["paths"][f"{PATH}/{{upload_id}}"]["patch"]["parameters"]
    required = {one["name"] for one in described if one["in"] == "header" and one.get("required")}
    assert required == {"Tus-Resumable", "Upload-Offset"}
