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
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from interviewdata.common.browser_session import BROWSER_KEY, new_browser_id

API_PREFIX = "/api/"
# A page for people that happens to live under /api/.
PAGES_UNDER_API = frozenset({"/api/docs"})
# The same for everybody, kept by caches that many share: no cookie may go out with it.
SHARED_PREFIX = "/texts/"


def is_api(request: HttpRequest) -> bool:
    path = request.path_info
    return path.startswith(API_PREFIX) and path not in PAGES_UNDER_API


def is_for_one_reader(request: HttpRequest) -> bool:
    """Whether a reply depends on who asks: a page or the admin."""
    return not is_api(request) and not request.path_info.startswith(SHARED_PREFIX)


class PagesOnly:
    """Mixin: hands requests of the API, and of what everybody shares, on untouched."""

    get_response: Callable[[HttpRequest], HttpResponseBase]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_for_one_reader(request):
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


class PageLocaleMiddleware(PagesOnly, LocaleMiddleware):  # type: ignore[misc]
    """The reader's language: the cookie of the switch at the foot of each page, else what the
    browser asks for. The API speaks English, also in the thread that just served a page: Django
    leaves the language of a request behind."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_for_one_reader(request):
            return self.get_response(request)
        with translation.override(translation.get_language()):
            return super().__call__(request)


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
