"""What all viewsets of interviews share: the principal, idempotency keys, the browser's session."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase

from interviewdata.common.browser_session import BROWSER_KEY, new_browser_id
from interviewdata.common.errors import NotFound
from interviewdata.common.wire.views import WireViewSet
from sessions.access import Principal, principal_of
from sessions.api.idempotency import once
from sessions.services.access_record import record_access

_session_cookies = SessionMiddleware(lambda request: None)  # type: ignore[arg-type,return-value]


class InterviewViewSet(WireViewSet):
    principal: Principal
    # An action that asks outside services keeps no transaction open meanwhile; see idempotency.py.
    keyed_in_transaction = True
    # Keeps Idempotency-Keys itself, with what they made.
    keys_of_its_own = False

    def act(self, request: HttpRequest, action: Any, **kwargs: Any) -> HttpResponseBase:
        if any(isinstance(value, str) and "\x00" in value for value in kwargs.values()):
            raise NotFound  # PostgreSQL takes no NUL, not even to look for it
        self.principal = principal_of(request)
        key = request.META.get("HTTP_IDEMPOTENCY_KEY")
        if key is not None and request.method == "POST" and not self.keys_of_its_own:
            reply = once(self, request, key, lambda: action(request, **kwargs))
        else:
            reply = action(request, **kwargs)
        if request.session.modified:
            # Logged out elsewhere meanwhile: the reply stands, there is no session to keep it in.
            with suppress(SessionInterrupted):
                _session_cookies.process_response(request, reply)  # type: ignore[arg-type]
        return reply

    def record_access(
        self, action: str, resource: str, session_ids: Sequence[str], *, detail: str = ""
    ) -> None:
        """Leave the row that every look of staff and services leaves, also where the browser that
        staff are signed in at holds a grant; a candidate's look leaves none and costs nothing."""
        record_access(
            actor=self.principal.actor,
            action=action,
            resource=resource,
            session_ids=session_ids,
            detail=detail,
        )


def browser_id_for(request: HttpRequest, principal: Principal) -> str:
    """The browser's random id, put into its session where it has none; empty for a client that
    takes no cookie: a bearer, a service, a page of an allowed foreign origin."""
    if principal.browser_id:
        if request.session.is_aging:  # type: ignore[attr-defined]
            request.session.modified = True
        return principal.browser_id
    if getattr(request, "cookies_refused", False) or request.META.get("HTTP_AUTHORIZATION"):
        return ""
    browser_id = new_browser_id()
    request.session[BROWSER_KEY] = browser_id
    return browser_id
