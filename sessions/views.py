"""Pages of capture: the invitation link."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sessions.access import INVITATION_KEY, token_digest
from sessions.models import Invitation


@never_cache
@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let this browser create interviews where ADMISSION=invite. One statement.

    A wrong, expired and revoked link are the same 404.
    """
    found = Invitation.objects.filter(
        token_sha256=token_digest(token),
        revoked_at__isnull=True,
        expires_at__gt=timezone.now(),
    ).first()
    if found is None:
        raise Http404
    request.session[INVITATION_KEY] = found.pk
    return render(request, "interview_sessions/invitation.html", {"invitation": found})
