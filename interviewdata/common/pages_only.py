"""Django's middlewares for pages and the admin; requests of the API pass them by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from axes.middleware import AxesMiddleware
from csp.middleware import CSPMiddleware
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware

from interviewdata.common.browser_session import BROWSER_KEY, new_browser_id

API_PREFIX = "/api/"
# A page for people that happens to live under /api/.
PAGES_UNDER_API = frozenset({"/api/docs"})


def is_api(request: HttpRequest) -> bool:
    path = request.path_info
    return path.startswith(API_PREFIX) and path not in PAGES_UNDER_API


class PagesOnly:
    """Mixin: hands requests of the API on untouched."""

    get_response: Callable[[HttpRequest], HttpResponseBase]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_api(request):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc,no-any-return]


class PageSessionMiddleware(PagesOnly, SessionMiddleware):  # type: ignore[misc]
    """Gives every browser that opens a page its random id, in its signed cookie.

    So a page may make two interviews at once and the browser holds both: were the id made by the
    first call of the API, each of the two would make one and the later cookie would win.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        session = request.session
        if SESSION_KEY not in session and BROWSER_KEY not in session:
            session[BROWSER_KEY] = new_browser_id()
        return super().process_response(request, response)  # type: ignore[arg-type]


class PageCommonMiddleware(PagesOnly, CommonMiddleware):  # type: ignore[misc]
    pass


class PageCsrfMiddleware(PagesOnly, CsrfViewMiddleware):  # type: ignore[misc]
    pass


class PageAuthenticationMiddleware(PagesOnly, AuthenticationMiddleware):  # type: ignore[misc]
    # Django's process_view enforces login_required marks; API views decide for themselves.
    pass


class PageMessageMiddleware(PagesOnly, MessageMiddleware):  # type: ignore[misc]
    pass


class PageXFrameOptionsMiddleware(PagesOnly, XFrameOptionsMiddleware):  # type: ignore[misc]
    pass


class PageAxesMiddleware(PagesOnly, AxesMiddleware):  # type: ignore[misc]
    pass


class PageCSPMiddleware(PagesOnly, CSPMiddleware):  # type: ignore[misc]
    pass
