"""Replies of the API: JSON bytes, and one envelope for every failure."""

from __future__ import annotations

import logging
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from rest_framework import exceptions as drf

from interviewdata.common.errors import DomainError

logger = logging.getLogger(__name__)

# The one place where a code becomes a status.
STATUS_OF_CODE = {
    "invalid": 400,
    "forbidden": 403,
    "cross_site": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "conflict": 409,
    "length_required": 411,
    "unsupported_version": 412,
    "too_large": 413,
    "unsupported_media_type": 415,
    "range_not_satisfiable": 416,
    "unprocessable": 422,
    "unreadable_audio": 422,
    "idempotency_key_reused": 422,
    "too_many": 429,
    "checksum_mismatch": 460,
    "error": 500,
    "unavailable": 503,
}
RETRY_AFTER_SECONDS = 5
# An API reply is data: nothing in it is ever run, framed or kept by caches.
_SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


def json_bytes_reply(content: bytes, status: int = 200) -> HttpResponse:
    return HttpResponse(
        content, status=status, content_type="application/json", headers=_SAFE_HEADERS
    )


def json_reply(value: Any, status: int = 200) -> HttpResponse:
    return json_bytes_reply(orjson.dumps(value, option=orjson.OPT_UTC_Z), status)


def success(message: str = "", **parts: Any) -> HttpResponse:
    """200 with `success`, a `message` on writes, and `parts` (wire names)."""
    body: dict[str, Any] = {"success": True}
    if message:
        body["message"] = message
    body.update(parts)
    return json_reply(body)


def failure(
    code: str, sentence: str, fields: dict[str, list[str]] | None = None, **headers: str
) -> HttpResponse:
    body: dict[str, Any] = {"success": False, "error": sentence, "code": code}
    if fields:
        body["fields"] = fields
    status = STATUS_OF_CODE[code]
    reply = json_reply(body, status)
    if status in (429, 503):
        reply["Retry-After"] = str(RETRY_AFTER_SECONDS)
    for name, value in headers.items():
        reply[name.replace("_", "-")] = value
    return reply


def _sentences(detail: Any) -> list[str]:
    if isinstance(detail, dict):
        return [text for part in detail.values() for text in _sentences(part)]
    if isinstance(detail, (list, tuple)):
        return [text for part in detail for text in _sentences(part)]
    return [str(detail)]


def _fields(detail: Any) -> dict[str, list[str]]:
    if not isinstance(detail, dict):
        return {"nonFieldErrors": _sentences(detail)}
    return {
        "nonFieldErrors" if name in ("non_field_errors", "__all__") else str(name): list(
            dict.fromkeys(_sentences(part))
        )
        for name, part in detail.items()
    }


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.title() for part in tail)


def error_reply(error: Exception, request: HttpRequest | None = None) -> HttpResponse:
    """The envelope of any exception; what is not foreseen is logged and says nothing inside."""
    if isinstance(error, DomainError):
        return failure(error.code, error.message, error.fields)
    if isinstance(error, drf.ValidationError):
        fields = _fields(error.detail)
        name, sentences = next(iter(fields.items()))
        return failure("invalid", f"{name}: {sentences[0]}", fields)
    if isinstance(error, ModelValidationError):
        found = getattr(error, "message_dict", None) or {"__all__": error.messages}
        fields = {
            "nonFieldErrors" if name == "__all__" else _camel(name): list(texts)
            for name, texts in found.items()
        }
        name, sentences = next(iter(fields.items()))
        return failure("invalid", f"{name}: {sentences[0]}", fields)
    if isinstance(error, (Http404, drf.NotFound)):
        return failure("not_found", "There is nothing here under that address.")
    if isinstance(error, (PermissionDenied, drf.PermissionDenied, drf.NotAuthenticated)):
        return failure("forbidden", "You may not do this.")
    if isinstance(error, drf.MethodNotAllowed):
        return failure("method_not_allowed", "This address does not take that method.")
    if isinstance(
        error,
        # SuspiciousOperation: Django's limits, more than 200 parameters of a query for example.
        (drf.ParseError, drf.UnsupportedMediaType, drf.NotAcceptable, SuspiciousOperation),
    ):
        return failure("invalid", "This request cannot be read.")
    if isinstance(error, OperationalError):
        logger.exception("the database did not answer")
        return failure("unavailable", "The database does not answer just now; please try again.")
    logger.error("unforeseen error at %s", request.path if request else "", exc_info=error)
    return failure("error", "Something went wrong on our side; it has been logged.")


def exception_reply(error: Exception, context: dict[str, Any]) -> HttpResponseBase:
    """DRF's EXCEPTION_HANDLER: the same envelope for its own views."""
    request = context.get("request")
    return error_reply(error, getattr(request, "_request", None))
