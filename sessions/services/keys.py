"""Service tokens, invitations and grants: made and revoked. Only digests of secrets come here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Permission
from django.db import models, transaction
from django.utils import timezone

from sessions.models import Invitation, ServiceToken


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
    *, label: str, token_sha256: str, expires_at: datetime, by: Any
) -> Invitation:
    """Keep an invitation by the digest of its link. `by` is the user who makes it."""
    invitation = Invitation(
        label=label, token_sha256=token_sha256, expires_at=expires_at, created_by=by
    )
    invitation.full_clean()
    invitation.save()
    return invitation


def revoke(keys: models.QuerySet[Any], *, now: datetime | None = None) -> int:
    """Revoke those of `keys` (tokens, invitations, grants) that are not yet; how many. They open
    nothing from the next request on; a revoked key keeps its first time. One statement."""
    return keys.filter(revoked_at__isnull=True).update(revoked_at=now or timezone.now())
