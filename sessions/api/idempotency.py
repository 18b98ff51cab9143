"""`Idempotency-Key`: the same key and body get the first reply again.

The reply is stored in the transaction of the write itself, so either both are there or neither.
A key belongs to whoever sent it. A client without credentials (its first create-session, whose
reply it may never have seen) is known by the key itself when that is long enough to be
unguessable, and else by key and address, and for a short time only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, cast

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from interviewdata.common.browser_session import BROWSER_KEY
from interviewdata.common.errors import DomainError, Invalid, NotFound
from interviewdata.common.wire.body import is_multipart, read_form, read_object, request_digest
from interviewdata.common.wire.replies import json_bytes_reply
from sessions.access import still_holds
from sessions.models import IdempotencyRecord

if TYPE_CHECKING:
    from sessions.api.base import InterviewViewSet

MAX_KEY_LENGTH = 255
UNGUESSABLE_LENGTH = 20
ANONYMOUS = "anonymous"
# How long a reply may be fetched by somebody who shows nothing but the key.
ANONYMOUS_REPLAY = timedelta(hours=24)
SHORT_KEY_REPLAY = timedelta(minutes=10)
# A longer reply (a big download, which writes nothing) is made anew instead of being kept.
MAX_KEPT_BYTES = 4 * 1024 * 1024
# Content types of records: plain JSON, a reply with headers of its own, a reply not kept.
_JSON, _WITH_HEADERS, _NOT_KEPT = "application/json", "message/http", ""


@dataclass(frozen=True)
class Claim:
    """One key as one principal sent it. `scope` says whose it is."""

    scope: str
    key: str
    path: str
    digest: str


def once(
    view: InterviewViewSet, request: HttpRequest, key: str, act: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Run `act` unless this key has been answered. Raises Invalid, DomainError (key reused),
    NotFound (the right to the interview has ended since)."""
    key = checked_key(key)
    scope = view.principal.idempotency_scope
    if scope == ANONYMOUS and len(key) < UNGUESSABLE_LENGTH:
        scope = _of_address(request)
    claim = Claim(scope, key, request.path, request_digest(request))
    around = transaction.atomic() if view.keyed_in_transaction else nullcontext()
    try:
        with around:
            record = _take(claim, request, view)
            if record is not None:
                reply = _again(record, claim, request, view)
                if reply is not None:
                    return reply
            reply = act()
            if reply.status_code >= 400:
                _forget(claim)
                return reply
            return _keep(claim, reply, request, view)
    except Exception:
        if not view.keyed_in_transaction:
            _forget(claim)
        raise


def checked_key(key: str) -> str:
    """The key as it is kept. Raises Invalid."""
    key = key.strip()
    if not 1 <= len(key) <= MAX_KEY_LENGTH or not key.isprintable() or not key.isascii():
        raise Invalid.field(
            "Idempotency-Key", f"Send 1–{MAX_KEY_LENGTH} printable ASCII characters."
        )
    return key


def _of_address(request: HttpRequest) -> str:
    return f"{ANONYMOUS}:{request.META.get('REMOTE_ADDR', '')}"[:100]


def _forget(claim: Claim) -> None:
    """A failed call does not use up its key."""
    IdempotencyRecord.objects.filter(
        scope=claim.scope, key=claim.key, path=claim.path, status=0
    ).delete()


def _take(claim: Claim, request: HttpRequest, view: InterviewViewSet) -> IdempotencyRecord | None:
    """Claim the key, or the record of whoever had it first (waiting for a rival at work)."""
    found = _find(claim, request, view)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            IdempotencyRecord.objects.create(
                scope=claim.scope,
                key=claim.key,
                path=claim.path,
                request_sha256=claim.digest,
                status=0,
                reply=b"",
            )
    except IntegrityError:
        return _find(claim, request, view)
    return None


def _find(claim: Claim, request: HttpRequest, view: InterviewViewSet) -> IdempotencyRecord | None:
    """The record of this key. One statement.

    A browser's is also the one that gave it its cookie, when it was an anonymous client.
    """
    browser_id = view.principal.browser_id
    scopes = [claim.scope]
    if claim.scope.startswith("browser:"):
        scopes += [ANONYMOUS, _of_address(request)]
    records = IdempotencyRecord.objects.filter(scope__in=scopes, key=claim.key, path=claim.path)
    now = timezone.now()
    for record in sorted(records, key=lambda one: one.scope != claim.scope):
        if record.scope != claim.scope and record.browser_id != browser_id:
            continue
        if claim.scope.startswith(ANONYMOUS):
            lasts = ANONYMOUS_REPLAY if claim.scope == ANONYMOUS else SHORT_KEY_REPLAY
            if record.created_at < now - lasts:
                record.delete()
                continue
        return record
    return None


def _again(
    record: IdempotencyRecord, claim: Claim, request: HttpRequest, view: InterviewViewSet
) -> HttpResponseBase | None:
    """The first reply; None where the call has to be made (again).

    A record without a status belongs to a rival still at work, or to one that was killed at it.
    Views that let such records be seen do the same thing however often they are called, and the
    first of them to be done gives its reply to all.
    """
    if record.request_sha256 != claim.digest:
        raise DomainError(
            "This Idempotency-Key was used for another body; take a new key for a new request.",
            code="idempotency_key_reused",
            fields={"Idempotency-Key": ["Take a new key for a new request."]},
        )
    if record.status == 0 or record.content_type == _NOT_KEPT:
        return None
    session_id = _session_id(request)
    if session_id and not still_holds(view.principal, session_id):
        raise NotFound
    if (
        record.browser_id
        and not view.principal.has_credentials
        and not getattr(request, "cookies_refused", False)
        and "HTTP_AUTHORIZATION" not in request.META
    ):
        request.session[BROWSER_KEY] = record.browser_id
    if record.content_type == _WITH_HEADERS:
        view.record_access("read again", "reply", [], detail=f"{claim.path} {claim.key}")
    return _unpacked(record)


def _session_id(request: HttpRequest) -> str:
    """The interview that the body names, if it names one. The body was read before: it parses."""
    body = read_form(request)[0] if is_multipart(request) else read_object(request)
    named = body.get("sessionId")
    return named if isinstance(named, str) else ""


def _keep(
    claim: Claim, reply: HttpResponseBase, request: HttpRequest, view: InterviewViewSet
) -> HttpResponseBase:
    """Store the reply with its key; what to send: a rival's, where one was faster."""
    reply, content = _whole(reply)
    has_headers = reply.has_header("Content-Disposition")
    content_type = _WITH_HEADERS if has_headers else _JSON
    if content is None:
        content, content_type = b"", _NOT_KEPT
    elif has_headers:
        head = "".join(f"{name}: {value}\r\n" for name, value in reply.items())
        content = head.encode() + b"\r\n" + content
    # The browser whose cookie this reply sets; a client that sends a token is none.
    browser_id = "" if "HTTP_AUTHORIZATION" in request.META else request.session.get(BROWSER_KEY)
    kept = IdempotencyRecord.objects.filter(
        scope=claim.scope, key=claim.key, path=claim.path, status=0
    ).update(
        status=reply.status_code,
        reply=content,
        content_type=content_type,
        browser_id=browser_id or "",
    )
    if not kept:
        rival = _find(claim, request, view)
        if rival is not None and rival.status and rival.content_type != _NOT_KEPT:
            return _unpacked(rival)
    return reply


def _whole(reply: HttpResponseBase) -> tuple[HttpResponseBase, bytes | None]:
    """The reply and its bytes; None for a stream of more than MAX_KEPT_BYTES."""
    if isinstance(reply, HttpResponse):
        return reply, reply.content
    stream = cast(StreamingHttpResponse, reply)
    rest = iter(cast(Iterator[bytes], stream.streaming_content))
    parts: list[bytes] = []
    size = 0
    for part in rest:
        parts.append(part)
        size += len(part)
        if size > MAX_KEPT_BYTES:
            stream.streaming_content = chain(parts, rest)
            return stream, None
    whole = HttpResponse(b"".join(parts), status=stream.status_code, headers=stream.headers)
    return whole, whole.content


def _unpacked(record: IdempotencyRecord) -> HttpResponse:
    content = bytes(record.reply)
    if record.content_type != _WITH_HEADERS:
        return json_bytes_reply(content, record.status)
    head, _, body = content.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    return HttpResponse(body, status=record.status, headers=headers)
