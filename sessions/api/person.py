"""Which interviews of a person a principal may read, for answers by e-mail."""

from __future__ import annotations

from django.utils import timezone

from sessions.access import Principal, require
from sessions.models import AccessGrant


def readable_sessions(
    principal: Principal, permissions: tuple[str, ...], *, writing: bool = False
) -> list[str] | None:
    """The session ids of a candidate's own grants that still read; None for all (staff, services).

    Nobody's grants are an empty list: a foreign and an unknown e-mail answer the same. One
    statement for a candidate. Raises Forbidden for staff and services without `permissions`.
    """
    if principal.is_open:
        return None
    if principal.service is not None:
        if writing and not principal.holds(permissions):
            return []
        require(principal, permissions)
        return None
    is_staff = not writing and principal.is_staff_or_service
    if is_staff and principal.holds(permissions):
        return None
    granted = granted_sessions(principal)
    # Staff without the permission whose browser holds interviews of its own: the documented
    # calls go on working there.
    if is_staff and not granted:
        require(principal, permissions)
    return granted


def granted_sessions(principal: Principal) -> list[str]:
    """The session ids that this principal's grants still read. One statement at most."""
    if principal.grant_id is not None:
        grants = AccessGrant.objects.filter(pk=principal.grant_id)
    elif principal.browser_id:
        grants = AccessGrant.objects.filter(browser_id=principal.browser_id)
    else:
        return []
    rows = grants.filter(revoked_at__isnull=True).select_related("session")
    now = timezone.now()
    return [grant.session_id for grant in rows if now <= grant.session.reading_until]
