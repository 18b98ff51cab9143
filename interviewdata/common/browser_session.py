"""The session engine: a login is a row, an anonymous browser's session is its signed cookie.

Candidates never log in; all their session holds is the random id that their grants name. Keeping
that in the cookie itself, signed, saves a row and a statement a request. A staff login moves the
same data into a row of `django_session`, which logging out deletes: a copied cookie is then dead.
"""

from __future__ import annotations

import re
import secrets
import time
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.core import signing

ANONYMOUS_PREFIX = "a~"
SALT = "interviewdata.browser_session"
BROWSER_KEY = "browser"
# A signed cookie says when it was signed and ends SESSION_COOKIE_AGE later; see `is_aging`.
RENEW_AFTER_SECONDS = 86_400
# What Django makes keys of; anything else names no row (and may be text no database takes).
_ROW_KEY = re.compile(r"[0-9a-z]{8,40}")


def new_browser_id() -> str:
    return secrets.token_urlsafe(24)


class SessionStore(db.SessionStore):
    # A signed cookie older than a day: whoever makes a new interview renews it, so that the grant
    # is not gone with a cookie that began with an interview of last month.
    is_aging = False

    @classmethod
    def _is_anonymous(cls, key: str | None) -> bool:
        return bool(key) and str(key).startswith(ANONYMOUS_PREFIX)

    def load(self) -> dict[str, Any]:
        key = str(self.session_key)
        if not self._is_anonymous(key):
            if _ROW_KEY.fullmatch(key):
                return super().load()
            self._session_key = None
            return {}
        try:
            data = signing.loads(
                key[len(ANONYMOUS_PREFIX) :], salt=SALT, max_age=settings.SESSION_COOKIE_AGE
            )
            signed_at = signing.b62_decode(key.rsplit(":", 2)[1])
            self.is_aging = time.time() - signed_at > RENEW_AFTER_SECONDS
        except signing.BadSignature:
            data = {}
        if not isinstance(data, dict) or SESSION_KEY in data:
            data = {}
        if not data:
            self._session_key = None
        return data

    def create(self) -> None:
        if SESSION_KEY in self._get_session(no_load=True):  # type: ignore[attr-defined]
            super().create()
            return
        self.save()
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        if SESSION_KEY in data:
            if self._is_anonymous(self._session_key):
                self._session_key = None
            if self._session_key is None:
                self.create()
                return
            super().save(must_create=must_create)
            return
        self._session_key = ANONYMOUS_PREFIX + signing.dumps(data, salt=SALT, compress=False)

    def exists(self, session_key: str) -> bool:
        return not self._is_anonymous(session_key) and super().exists(session_key)

    def delete(self, session_key: str | None = None) -> None:
        if not self._is_anonymous(session_key or self.session_key):
            super().delete(session_key)
