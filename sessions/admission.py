"""Who may create interviews: everybody, the invited, or services that staff gave a token."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from interviewdata.common.errors import Forbidden
from sessions.access import INVITATION_KEY, Principal, require
from sessions.models import Invitation

CREATE_PERMISSION = "interview_sessions.add_interviewsession"


def admit(principal: Principal, invitation: Invitation | None) -> None:
    """Raise Forbidden unless `ADMISSION` lets this principal create an interview. No statement."""
    if principal.service is not None:
        require(principal, (CREATE_PERMISSION,))
    elif principal.is_open or settings.ADMISSION == "open":
        return
    elif settings.ADMISSION == "staff":
        raise Forbidden("Interviews are created by staff here; ask them for yours.")
    elif invitation is None:
        raise Forbidden("Interviews are by invitation here; open your invitation link first.")


def invitation_of(principal: Principal, request: HttpRequest) -> Invitation | None:
    """The invitation that this browser came by, while it holds. One statement; none for a service
    and for a browser that opened no such link."""
    invitation_id = request.session.get(INVITATION_KEY)
    if principal.service is not None or not isinstance(invitation_id, int):
        return None
    return open_invitations().filter(pk=invitation_id).first()


def open_invitations() -> QuerySet[Invitation]:
    """Those that are neither revoked nor over."""
    return Invitation.objects.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())
