"""What every request of the API meets first: host, length, cross-site rule, CORS."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from interviewdata.common.origin import is_cors_origin, is_cross_site
from interviewdata.common.pages_only import is_api
from interviewdata.common.wire import tus
from interviewdata.common.wire.replies import failure

# Room for the texts and boundaries of a form around its file.
FORM_OVERHEAD_BYTES = 1024 * 1024
# What pages of allowed origins may send (CORS); uploads take more, see wire/tus.py.
_METHODS = "GET, POST, OPTIONS"
_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID"
_EXPOSED = "Date, ETag, Retry-After"


class ApiGate:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_api(request):
            return self.get_response(request)
        if (request.encoding or "utf-8").lower() != "utf-8":
            # JSON is UTF-8 (RFC 8259), and a charset like "zlib" cannot even read a query.
            request.encoding = "utf-8"
        refusal = self._refusal(request)
        if refusal is not None:
            if tus.is_upload(request):
                refusal["Tus-Resumable"] = tus.VERSION
            return self._with_cors(request, _with_length(refusal))
        if is_cors_origin(request):
            # Allowed origins get bearer access only: cookies are as if not sent.
            request.COOKIES = {}
            request.cookies_refused = True  # type: ignore[attr-defined]
            if request.method == "OPTIONS" and (
                "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META or not tus.is_upload(request)
            ):
                return self._with_cors(request, HttpResponse(status=204))
        return self._with_cors(request, _with_length(self.get_response(request)))

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        try:
            request.get_host()
        except DisallowedHost:
            return failure("invalid", "This host name is not served here (ALLOWED_HOSTS).")
        if is_cross_site(request) and not is_cors_origin(request):
            return failure("cross_site", "A page of another site may not do this.")
        length = request.META.get("CONTENT_LENGTH") or ""
        if not length and "HTTP_TRANSFER_ENCODING" in request.META:
            return failure("length_required", "Send the body with a Content-Length.")
        if length.isascii() and length.isdecimal() and len(length) < 20:
            most, cure = _limit(request.content_type or "")
            if int(length) > most:
                return failure(
                    "too_large",
                    f"A body of this kind may have {most // 1024 // 1024} MiB at most{cure}.",
                )
        elif length:
            return failure("invalid", "Content-Length must be a number.")
        return None

    def _with_cors(self, request: HttpRequest, reply: HttpResponseBase) -> HttpResponseBase:
        if not settings.CORS_ALLOWED_ORIGINS:
            return reply
        reply["Vary"] = ", ".join(filter(None, [reply.get("Vary", ""), "Origin"]))
        if is_cors_origin(request):
            reply["Access-Control-Allow-Origin"] = request.META["HTTP_ORIGIN"]
            methods, headers, exposed = _METHODS, _HEADERS, _EXPOSED
            if tus.is_upload(request):
                methods, headers = (
                    f"{methods}, {tus.CORS_METHODS}",
                    f"{headers}, {tus.CORS_HEADERS}",
                )
                exposed = f"{exposed}, {tus.CORS_EXPOSED}"
            reply["Access-Control-Expose-Headers"] = exposed
            reply["Access-Control-Allow-Methods"] = methods
            reply["Access-Control-Allow-Headers"] = headers
            reply["Access-Control-Max-Age"] = "600"
        return reply


def _limit(content_type: str) -> tuple[int, str]:
    """The most bytes that a body of this type may have, and what to do with more."""
    if content_type == "multipart/form-data":
        return settings.MAX_AUDIO_BYTES + FORM_OVERHEAD_BYTES, ""
    if content_type == tus.PART_CONTENT_TYPE:
        return settings.MAX_UPLOAD_PART_BYTES, "; send smaller parts"
    return settings.MAX_JSON_BYTES, "; send larger sound as multipart/form-data"


def _with_length(reply: HttpResponseBase) -> HttpResponseBase:
    """Say how long a whole reply is, as CommonMiddleware does for pages; else it goes in chunks."""
    if isinstance(reply, HttpResponse) and reply.status_code != 204:
        reply.headers.setdefault("Content-Length", str(len(reply.content)))
    return reply
