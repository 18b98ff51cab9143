"""System checks of the whole house, with ids and hints."""

from __future__ import annotations

from typing import Any

from axes.middleware import AxesMiddleware
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.module_loading import import_string


@register(Tags.security)
def open_api_only_in_debug(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.OPEN_API and not settings.DEBUG:
        return [
            Error(
                "OPEN_API serves everybody on this machine without credentials.",
                hint="Unset OPEN_API, or run with DEBUG=1 on a machine of your own.",
                id="interviewdata.E001",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def public_origin_is_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not settings.PUBLIC_ORIGINS:
        return [
            Warning(
                "PUBLIC_ORIGINS is not set.",
                hint="Set it to the address people use, for example https://interviews.example.org.",
                id="interviewdata.W001",
            )
        ]
    return []


@register(Tags.security)
def pages_are_protected(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What the silenced security.W002, W003 and axes.W002 ask for, with subclasses allowed."""
    present = [import_string(name) for name in settings.MIDDLEWARE]
    return [
        Error(
            f"No middleware does the work of {needed.__name__}.",
            hint=f"Add {needed.__module__}.{needed.__name__}, or a subclass, to MIDDLEWARE.",
            id="interviewdata.E002",
        )
        for needed in (CsrfViewMiddleware, XFrameOptionsMiddleware, AxesMiddleware)
        if not any(isinstance(one, type) and issubclass(one, needed) for one in present)
    ]
