"""Times in the reader's zone, which the page's script says in a cookie (static/js/zone.js)."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from interviewdata.common.pages_only import is_api

_NAME = re.compile(r"[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}")


@lru_cache(maxsize=600)
def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    if not _NAME.fullmatch(name):
        return None
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


class ReaderZoneMiddleware:
    """Shows a page in the zone of the cookie `zone`; UTC where there is none, or no such zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_api(request):
            return self.get_response(request)
        zone = _zone(unquote(request.COOKIES.get("zone", ""))[:100])
        if zone is None:
            return self.get_response(request)
        with timezone.override(zone):
            return self.get_response(request)
