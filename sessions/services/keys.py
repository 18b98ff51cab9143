"""Service tokens, invitations and grants: made and revoked. Only digests of secrets come here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Permission
from django.db import models, transaction
from django.utils import timezone

from sessions.models import AccessGrant, Invitation, ServiceToken


@transaction.atomic
def create_service_token(
    *,
    name: str,
    token_sha256: str,
    permissions: Iterable[Permission],
    expires_at: datetime | None,
    by: Any,
) -> ServiceToken:
    """Keep a program's key by its digest. `by` is the user who makes it.

    Raises django.core.exceptions.ValidationError where the name is taken.
    """
    token = ServiceToken(name=name, token_sha256=token_sha256, expires_at=expires_at, created_by=by)
    token.full_clean()
    token.save()
    token.permissions.set(permissions)
    return token


def create_invitation(
    *,
    label: str,
    token_sha256: str,
    expires_at: datetime,
    by: Any,
    user_email: str = "",
    mode: str = "",
    role: str = "",
    difficulty: str = "",
    planned_duration: int | None = None,
    question_count: int | None = None,
    note: str = "",
) -> Invitation:
    """Keep an invitation by the digest of its link. `by` is the user who makes it.

    What is given (`planned_duration` in minutes) is fixed for whoever comes by the link; what is
    empty they choose. Raises django.core.exceptions.ValidationError.
    """
    invitation = Invitation(
        label=label,
        token_sha256=token_sha256,
        expires_at=expires_at,
        created_by=by,
        user_email=user_email.strip().lower(),
        mode=mode,
        role=role.strip(),
        difficulty=difficulty,
        planned_duration=planned_duration,
        question_count=question_count,
        note=note.strip(),
    )
    invitation.full_clean()
    invitation.save()
    return invitation


def forget_browser(
    browser_id: str, *, grant_ids: Iterable[int] = (), now: datetime | None = None
) -> int:
    """End every grant that a browser holds by its id (empty: none) or by the tokens of
    `grant_ids`; how many there were. One statement."""
    held = models.Q(pk__in=list(grant_ids))
    if browser_id:
        held |= models.Q(browser_id=browser_id)
    return revoke(AccessGrant.objects.filter(held), now=now)


def revoke(keys: models.QuerySet[Any], *, now: datetime | None = None) -> int:
    """Revoke those of `keys` (tokens, invitations, grants) that are not yet; how many. They open
    nothing from the next request on; a revoked key keeps its first time. One statement."""
    return keys.filter(revoked_at__isnull=True).update(revoked_at=now or timezone.now())
