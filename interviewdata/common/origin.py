"""The cross-site rule: no foreign page writes here with a browser's cookies.

Browsers say where a request comes from (`Sec-Fetch-Site`, else `Origin`); SameSite cookies are no
lock, since another port of the same host counts as the same site.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def own_origins(request: HttpRequest) -> list[str]:
    """This site's origins. A default port is left out, as browsers leave it out of `Origin`."""
    if settings.PUBLIC_ORIGINS:
        return settings.PUBLIC_ORIGINS  # type: ignore[no-any-return]
    host = request.get_host().lower().removesuffix(_DEFAULT_PORTS.get(request.scheme or "", ":"))
    return [f"{request.scheme}://{host}"]


def is_cors_origin(request: HttpRequest) -> bool:
    """Whether the request comes from a page of another origin that CORS_ALLOWED_ORIGINS lists.

    A page of our own keeps its cookies, also where somebody has listed our own origin.
    """
    origin = request.META.get("HTTP_ORIGIN")
    if origin is None or origin.strip().lower() not in settings.CORS_ALLOWED_ORIGINS:
        return False
    return request.META.get("HTTP_SEC_FETCH_SITE", "").strip().lower() != "same-origin"


def is_cross_site(request: HttpRequest) -> bool:
    """Whether an unsafe request comes from a page that is not ours."""
    if request.method in SAFE_METHODS:
        return False
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return site.strip().lower() not in ("same-origin", "none")
    origin = request.META.get("HTTP_ORIGIN")
    if origin is None:
        return False  # not a browser: it sends no cookies it was not given by its own user
    return origin.strip().lower() not in own_origins(request)
