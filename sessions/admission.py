"""Who may create interviews: everybody, the invited, or services that staff gave a token."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from interviewdata.common.errors import Forbidden
from sessions.access import INVITATION_KEY, Principal, require
from sessions.models import Invitation

CREATE_PERMISSION = "interview_sessions.add_interviewsession"


def admit(principal: Principal, request: HttpRequest) -> None:
    """Raise Forbidden unless `ADMISSION` lets this principal create an interview.

    No statement where admission is open, one for the invited.
    """
    if principal.service is not None:
        require(principal, (CREATE_PERMISSION,))
    elif principal.is_open or settings.ADMISSION == "open":
        return
    elif settings.ADMISSION == "staff":
        raise Forbidden("Interviews are created by staff here; ask them for yours.")
    elif not _is_invited(request):
        raise Forbidden("Interviews are by invitation here; open your invitation link first.")


def _is_invited(request: HttpRequest) -> bool:
    invitation_id = request.session.get(INVITATION_KEY)
    return (
        isinstance(invitation_id, int)
        and Invitation.objects.filter(
            pk=invitation_id, revoked_at__isnull=True, expires_at__gt=timezone.now()
        ).exists()
    )
