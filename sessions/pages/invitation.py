"""The invitation link."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sessions.access import INVITATION_KEY, token_digest
from sessions.admission import open_invitations


@never_cache
@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Keep in this browser by which invitation it came, and go on to the interview. One statement.

    A wrong, expired and revoked link are the same 404.
    """
    found = open_invitations().filter(token_sha256=token_digest(token)).first()
    if found is None:
        raise Http404
    request.session[INVITATION_KEY] = found.pk
    return redirect("interview")
