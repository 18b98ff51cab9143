"""An interview that came as a file, and the browser it came from, which gets through after all."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from sessions.enums import Difficulty, Mode
from sessions.models import AccessGrant, InterviewSession
from sessions.services.session import NewInterview, lock_session
from sessions.services.session_data import add_session_data

CLIENT_SESSION = "clientSession"
IMPORTED_FROM = "importedFrom"
# Of the key that the browser sends with create-session and that stands nowhere else: the file and
# the record, which others read, have its digest alone.
CREATE_KEY_SHA256 = "createKeySha256"


def join_imported(
    *,
    create_key: str,
    user_email: str,
    role: str,
    mode: Mode,
    difficulty: Difficulty,
    planned_duration: int,
    features: list[Any],
    session_data: dict[str, Any],
    browser_id: str,
    now: datetime | None = None,
) -> NewInterview | None:
    """Give whoever sends the key a grant for the interview that was imported from their file; None
    where there is none, or it is another one by anything that the key's holder says of it.

    `session_data` (of which `clientSession` names the interview) is added to what is there. One
    statement where nothing is found, and none without a clientSession; 4 to 6 where it is joined.
    """
    now = now or timezone.now()
    client_session = session_data.get(CLIENT_SESSION)
    if not isinstance(client_session, str) or not client_session:
        return None
    digest = hashlib.sha256(create_key.encode()).hexdigest()
    session_id = (
        InterviewSession.objects.filter(
            user_email=user_email,
            role=role,
            interview_mode=mode,
            difficulty=difficulty,
            planned_duration=planned_duration,
            **{
                f"session_data__{CLIENT_SESSION}": client_session,
                f"session_data__{CREATE_KEY_SHA256}": digest,
                f"session_data__{IMPORTED_FROM}__isnull": False,
            },
        )
        .order_by("id")
        .values_list("session_id", flat=True)
        .first()
    )
    if session_id is None:
        return None
    with transaction.atomic():
        interview = lock_session(session_id)
        if now > interview.answering_until:
            return None
        interview.features = interview.features or features
        interview.save(update_fields=["features"])
        add_session_data(interview, session_data, now=now)
        grant = None
        if browser_id:
            grant = interview.grants.filter(browser_id=browser_id, revoked_at=None).first()
        grant = grant or AccessGrant.objects.create(
            session=interview, browser_id=browser_id, created_at=now
        )
    return NewInterview(session_id, grant.pk, interview.created_at)
