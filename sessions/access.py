"""Who may do what with which interview.

A request's principal is found once (`principal_of`), then asked once (`may_…`). A candidate is
whoever holds a grant: a browser by the random id in its session, a client by a signed bearer
token. Staff are Django's users, services hold tokens made in the admin; both need permissions.
Unknown, foreign and expired ids all raise the same NotFound.
"""

from __future__ import annotations

import functools
import hashlib
import ipaddress
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user as get_session_user
from django.core import signing
from django.http import HttpRequest
from django.utils import timezone

from interviewdata.common.browser_session import BROWSER_KEY, SessionStore
from interviewdata.common.errors import Forbidden, NotFound
from interviewdata.common.origin import SAFE_METHODS
from interviewdata.common.sql import fetch_one, from_sql_time, is_postgresql, to_sql_time
from sessions.enums import Source

INVITATION_KEY = "invitation"
SERVICE_TOKEN_PREFIX = "idt_"  # noqa: S105  (how a token begins, not a token)
_token_signer = signing.Signer(salt="interviewdata.access_token")

# What reading a whole record takes: it shows all of these tables.
RECORD_PERMISSIONS = (
    "interview_sessions.view_interviewsession",
    "interview_sessions.view_interviewquestion",
    "interview_sessions.view_userresponse",
    "interview_sessions.view_transcript",
    "analytics.view_feedback",
    "analytics.view_interviewanalytics",
)
AUDIO_PERMISSION = "interview_sessions.play_audio"


_PROXY_HEADERS = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
    "HTTP_VIA",
)
_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
_PORT = re.compile(r":\d*\Z")


@dataclass(frozen=True)
class Head:
    """What access and hot writes need to know of an interview."""

    session_id: str
    user_email: str
    role: str
    interview_mode: str
    difficulty: str
    status: str
    start_time: datetime | None
    end_time: datetime | None
    created_at: datetime
    planned_duration: int
    # What the caller wanted to know besides, in the same statement.
    also: tuple[Any, ...] = ()

    @classmethod
    def of_row(cls, row: dict[str, Any]) -> Head:
        """The head in a row of interview_sessions that was read as JSON."""
        return _as_head(tuple(row[name] for name in _HEAD_NAMES))

    @property
    def answering_until(self) -> datetime:
        planned_end = (self.start_time or self.created_at) + timedelta(
            minutes=self.planned_duration
        )
        return planned_end + timedelta(days=settings.ANSWERING_GRACE_DAYS)

    @property
    def reading_until(self) -> datetime:
        if self.end_time is None:
            return self.answering_until
        return self.end_time + timedelta(hours=settings.READING_AFTER_COMPLETION_HOURS)


_HEAD_NAMES = (
    *("session_id", "user_email", "role", "interview_mode", "difficulty", "status"),
    *("start_time", "end_time", "created_at", "planned_duration"),
)
_TIMES = frozenset({"start_time", "end_time", "created_at"})


@functools.cache
def _head_columns(*, postgresql: bool) -> str:
    """PostgreSQL sends times as seconds: Django's reader of its times costs 7 µs each."""
    return ", ".join(
        f"extract(epoch FROM s.{name})::float8" if postgresql and name in _TIMES else f"s.{name}"
        for name in _HEAD_NAMES
    )


def _as_head(row: tuple[Any, ...]) -> Head:
    return Head(  # type: ignore[misc]
        *row[:6],
        start_time=from_sql_time(row[6]),
        end_time=from_sql_time(row[7]),
        created_at=from_sql_time(row[8]),  # type: ignore[arg-type]
        planned_duration=row[9],
        also=row[10:],
    )


@dataclass(frozen=True)
class Also:
    """Further columns of the statement that asks for access, over `s`, the interview's row."""

    columns: str
    values: tuple[Any, ...] = ()


_NOTHING_ELSE = Also("")


@dataclass(frozen=True)
class Service:
    """The token a service came with: its row and its name."""

    pk: int
    name: str


@dataclass
class Principal:
    """Who sends a request. Loading a user costs two statements, and only where it is asked for."""

    browser_id: str = ""
    grant_id: int | None = None
    grant_session_id: str = ""
    service: Service | None = None
    service_permissions: frozenset[str] = frozenset()
    is_open: bool = False
    _request: HttpRequest | None = field(default=None, repr=False)

    @functools.cached_property
    def signed_in(self) -> Any:
        """Who is signed in at this browser, whatever the method, or None. It gives nothing: it is
        for hiding from reviewers what others judged, also where a grant opens the interview."""
        if self._request is None:
            return None
        user = get_session_user(self._request)
        return user if user.is_authenticated and user.is_active else None

    @functools.cached_property
    def user(self) -> Any:
        """The signed-in staff user of a safe request, or None."""
        if self._request is None or self._request.method not in SAFE_METHODS:
            return None
        return self.signed_in

    @property
    def has_credentials(self) -> bool:
        return bool(self.browser_id or self.grant_id or self.service or self.is_open)

    @property
    def actor(self) -> str:
        """How access records name staff and services; empty for candidates."""
        if self.service is not None:
            return f"service:{self.service.name}"
        user = self.user
        return f"user:{user.get_username()}" if user is not None else ""

    @property
    def source(self) -> Source:
        """What is written by this principal is kept as coming from …"""
        return Source.SERVICE if self.service is not None else Source.CANDIDATE

    @property
    def author(self) -> str:
        return self.service.name if self.service is not None else ""

    @property
    def idempotency_scope(self) -> str:
        if self.service is not None:
            return f"service:{self.service.pk}"
        if self.grant_id is not None:
            return f"grant:{self.grant_id}"
        return f"browser:{self.browser_id}" if self.browser_id else "anonymous"

    def holds(self, permissions: tuple[str, ...]) -> bool:
        if self.service is not None:
            return self.service_permissions.issuperset(permissions)
        user = self.user
        return user is not None and user.has_perms(permissions)

    @property
    def is_staff_or_service(self) -> bool:
        if self.service is not None:
            return True
        user = self.user
        return user is not None and user.is_staff


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_service_token() -> str:
    return SERVICE_TOKEN_PREFIX + secrets.token_urlsafe(32)


def access_token(grant_id: int, session_id: str) -> str:
    """The bearer token of one grant: signed, good for its own interview alone."""
    return _token_signer.sign(f"{grant_id}:{session_id}")


def grant_of_access_token(token: str) -> int | None:
    """The id of the grant that a bearer token is of; None: it is none of ours. No statement."""
    try:
        grant_id, _, _session_id = _token_signer.unsign(token[:400]).partition(":")
        return int(grant_id)
    except (signing.BadSignature, ValueError):
        return None


def principal_of(request: HttpRequest) -> Principal:
    """The principal of an API request; sets `request.session`. 1 statement for a service."""
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    authorization = request.META.get("HTTP_AUTHORIZATION", "")
    if authorization:
        return _bearer(authorization)
    if not request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        return Principal(is_open=_is_open(request))
    browser_id = request.session.get(BROWSER_KEY, "")
    return Principal(
        browser_id=browser_id if isinstance(browser_id, str) else "",
        is_open=_is_open(request),
        _request=request,
    )


def _bearer(authorization: str) -> Principal:
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > 400:
        return Principal()
    if token.startswith(SERVICE_TOKEN_PREFIX):
        return _service(token)
    try:
        grant_id, _, session_id = _token_signer.unsign(token).partition(":")
        return Principal(grant_id=int(grant_id), grant_session_id=session_id)
    except (signing.BadSignature, ValueError):
        return Principal()


# By hand: building this statement anew cost more than half of a list page.
_SERVICE = """
SELECT t.id, t.name, {joined}(c.app_label || '.' || p.codename, ' ')
FROM service_tokens t
LEFT JOIN service_tokens_permissions h ON h.servicetoken_id = t.id
LEFT JOIN auth_permission p ON p.id = h.permission_id
LEFT JOIN django_content_type c ON c.id = p.content_type_id
WHERE t.token_sha256 = %s AND t.revoked_at IS NULL
  AND (t.expires_at IS NULL OR t.expires_at > %s)
GROUP BY t.id, t.name
"""


def _service(token: str) -> Principal:
    statement = _SERVICE.format(joined="string_agg" if is_postgresql() else "group_concat")
    row = fetch_one(statement, [token_digest(token), to_sql_time(timezone.now())])
    if row is None:
        return Principal()
    pk, name, permissions = row
    return Principal(
        service=Service(pk, name),
        service_permissions=frozenset(filter(None, (permissions or "").split(" "))),
    )


def _is_open(request: HttpRequest) -> bool:
    """OPEN_API: a request without credentials, straight from this machine, no proxy between.

    Where ALLOWED_HOSTS takes every name, it must also name this machine: a foreign name that was
    made to point here (DNS rebinding) opens nothing.
    """
    if not settings.OPEN_API:
        return False
    meta = request.META
    if any(name in meta for name in _PROXY_HEADERS):
        return False
    host = _PORT.sub("", request.get_host()).lower()
    if "*" in settings.ALLOWED_HOSTS and host not in _LOOPBACK_HOSTS:
        return False
    try:
        return ipaddress.ip_address(meta.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _granted_head(principal: Principal, session_id: str, also: Also = _NOTHING_ELSE) -> Head | None:
    """The interview, if a grant of this principal names it. One statement at most."""
    if principal.is_open:
        return _head("WHERE s.session_id = %s", [session_id], also)
    grant = grant_of(principal, session_id)
    if grant is None:
        return None
    return _head(
        "JOIN access_grants g ON g.session_id = s.session_id WHERE s.session_id = %s"
        f" AND g.{grant.column} = %s AND g.revoked_at IS NULL LIMIT 1",
        [session_id, grant.value],
        also,
    )


def _head(condition: str, values: list[Any], also: Also = _NOTHING_ELSE) -> Head | None:
    columns = _head_columns(postgresql=is_postgresql())
    if also.columns:
        columns = f"{columns}, {also.columns}"
    statement = f"SELECT {columns} FROM interview_sessions s {condition}"
    row = fetch_one(statement, [*also.values, *values])
    return _as_head(row) if row else None


@dataclass(frozen=True)
class Grant:
    """Which row of access_grants may open an interview: its column and the value there."""

    column: str
    value: int | str


def grant_of(principal: Principal, session_id: str) -> Grant | None:
    """What a candidate has to show for that interview; None: nothing. No statement."""
    if principal.grant_id is not None:
        return Grant("id", principal.grant_id) if principal.grant_session_id == session_id else None
    return Grant("browser_id", principal.browser_id) if principal.browser_id else None


def may_answer(
    principal: Principal, session_id: str, permission: str, also: Also = _NOTHING_ELSE
) -> Head:
    """The interview that this principal may write to. One statement. Raises NotFound, Forbidden.

    A candidate may until the planned end + 7 days; a service with `permission` always; staff
    never: their cookie does not write through the API.
    """
    if principal.service is not None:
        require(principal, (permission,))
        head = _head("WHERE s.session_id = %s", [session_id], also)
        if head is None:
            raise NotFound
        return head
    head = _granted_head(principal, session_id, also)
    if head is None or (not principal.is_open and timezone.now() > head.answering_until):
        raise NotFound
    return head


def may_read(
    principal: Principal, session_id: str, permissions: tuple[str, ...] = RECORD_PERMISSIONS
) -> Head | None:
    """Raise NotFound or Forbidden unless this principal may read the interview.

    Returns the interview where a grant opened it, None for staff and services: they read whatever
    exists, and the caller records it. A candidate costs 1 statement, staff 2 (session, user).
    """
    head = _granted_head(principal, session_id)
    if head is not None and (principal.is_open or timezone.now() <= head.reading_until):
        return head
    if principal.is_staff_or_service:
        require(principal, permissions)
        return None
    raise NotFound


def still_holds(principal: Principal, session_id: str) -> bool:
    """Whether this principal may still write to or read the interview: a reply given before may
    be given again. One statement for a candidate."""
    if principal.service is not None:
        return True
    head = _granted_head(principal, session_id)
    if head is None:
        return False
    return principal.is_open or timezone.now() <= max(head.answering_until, head.reading_until)


def require(principal: Principal, permissions: tuple[str, ...]) -> None:
    """Raise Forbidden, naming what is missing, unless all `permissions` are held."""
    if not principal.holds(permissions):
        raise Forbidden(f"This needs the permission {', '.join(permissions)}.")
