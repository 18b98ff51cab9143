"""`/api/health`: does what we stand on answer?"""

from __future__ import annotations

import logging
import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponseBase

from interviewdata.common.sql import fetch_one
from interviewdata.common.wire.replies import json_reply
from interviewdata.common.wire.views import WireViewSet
from interviewdata.record.schema import describe_health

logger = logging.getLogger(__name__)


@describe_health
class HealthViewSet(WireViewSet):
    def check(self, request: HttpRequest) -> HttpResponseBase:
        """200 when the database and the store of sound answer, else 503 naming which does not."""
        failing = [name for name, probe in _PROBES.items() if not _answers(name, probe)]
        if failing:
            reply = json_reply(
                {
                    "success": False,
                    "error": f"Not answering: {', '.join(failing)}.",
                    "code": "unavailable",
                    "failing": failing,
                },
                503,
            )
            reply["Retry-After"] = "5"
            return reply
        return json_reply({"success": True, "status": "ok", "checks": dict.fromkeys(_PROBES, "ok")})


def _database() -> None:
    fetch_one("SELECT count(*) FROM django_migrations", [])


def _storage() -> None:
    """A write, a look and a deletion: a full disk and a lost permission are noticed here."""
    name = f"health/{secrets.token_hex(8)}"
    default_storage.save(name, ContentFile(b"ok"))
    try:
        if default_storage.size(name) != 2:
            raise OSError("short write")
    finally:
        default_storage.delete(name)


_PROBES = {"database": _database, "storage": _storage}


def _answers(name: str, probe: object) -> bool:
    try:
        probe()  # type: ignore[operator]
    except Exception:
        logger.exception("health: %s does not answer", name)
        return False
    return True
