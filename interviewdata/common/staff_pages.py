"""Pages for staff: who is not signed in goes to the login, who may not see it meets a 403 page."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers

from interviewdata.common.errors import NotFound

View = Callable[..., HttpResponseBase]


def staff_page(*permissions: str) -> Callable[[View], View]:
    """A view for staff who hold all `permissions`; kept by no cache unless the view says so.

    A service's NotFound becomes the 404 page; so does an address with a NUL.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def page(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not user.is_staff or not user.has_perms(permissions):
                raise PermissionDenied
            if any(isinstance(value, str) and "\x00" in value for value in kwargs.values()):
                raise Http404
            try:
                reply = view(request, **kwargs)
            except NotFound as error:
                raise Http404 from error
            if not reply.has_header("Cache-Control"):
                add_never_cache_headers(reply)  # type: ignore[arg-type]
            return reply

        return page

    return decorate


def actor_of(request: HttpRequest) -> str:
    """How access records name whoever looks at a page."""
    return f"user:{request.user.get_username()}"
