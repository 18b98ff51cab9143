"""What who has tried too many passwords is told (django-axes counts; AXES_ in the settings)."""

from __future__ import annotations

import math
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

LONGEST_NAME = 150  # of a user; the form lets longer ones through, axes' columns do not


def name_tried(request: HttpRequest, credentials: Any) -> str | None:
    """The name that a sign-in is counted under."""
    name = (credentials or {}).get("username")
    return name[:LONGEST_NAME] if isinstance(name, str) else None


def locked_reply(
    request: HttpRequest, original: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """A page with status 429 and Retry-After: the seconds to the end of the lock. 1 statement.

    It says the same for names that exist and names that do not.
    """
    seconds = _seconds_left(request, name_tried(request, credentials))
    reply = render(request, "errors/429.html", {"minutes": math.ceil(seconds / 60)}, status=429)
    reply["Retry-After"] = str(seconds)
    add_never_cache_headers(reply)
    return reply


def _seconds_left(request: HttpRequest, username: str | None) -> int:
    last = (
        AccessAttempt.objects.filter(
            username=username,
            ip_address=request.axes_ip_address,  # type: ignore[attr-defined]  # set by axes
        )
        .order_by("-attempt_time")
        .values_list("attempt_time", flat=True)
        .first()
    )
    end = (last or timezone.now()) + settings.AXES_COOLOFF_TIME
    return max(1, math.ceil((end - timezone.now()).total_seconds()))
