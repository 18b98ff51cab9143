"""404, 500 and their like: JSON under /api/, a page elsewhere."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from interviewdata.common.pages_only import API_PREFIX
from interviewdata.common.wire.replies import failure


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(API_PREFIX) or request.path_info == "/api"


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if _is_api(request):
        return failure("not_found", "There is nothing here under that address.")
    return defaults.page_not_found(request, exception, "errors/404.html")


def server_error(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        return failure("error", "Something went wrong on our side; it has been logged.")
    return defaults.server_error(request, "errors/500.html")


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if _is_api(request):
        return failure("invalid", "This request cannot be read.")
    return defaults.bad_request(request, exception, "errors/400.html")


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if _is_api(request):
        return failure("forbidden", "You may not do this.")
    return defaults.permission_denied(request, exception, "errors/403.html")
