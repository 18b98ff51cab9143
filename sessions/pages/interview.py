"""The candidate's page. What is personal comes by `terms`, since browsers keep the page itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe

from interviewdata.common.browser_session import BROWSER_KEY, new_browser_id
from sessions import consent
from sessions.access import INVITATION_KEY, Principal, grant_of_access_token
from sessions.admission import invitation_of
from sessions.enums import Difficulty, Mode
from sessions.models import Invitation
from sessions.modes import MODES
from sessions.pages.choices import (
    LENGTHS,
    MINUTES_A_QUESTION,
    ROLES,
    THINKING_SECONDS,
    USUAL_DIFFICULTY,
    USUAL_MODE,
)
from sessions.services.keys import forget_browser


@cache_control(private=True, no_cache=True)
@require_safe
def interview(request: HttpRequest) -> HttpResponse:
    """The whole interview as one page, the same for everybody who reads its language: a service
    worker keeps it for the way without a connection. No statement."""
    return render(request, "interview_sessions/interview.html", _everybodys())


def _everybodys() -> dict[str, Any]:
    return {
        "modes": Mode.choices,
        "difficulties": Difficulty.choices,
        "usual_mode": USUAL_MODE,
        "usual_difficulty": USUAL_DIFFICULTY,
        "lengths": LENGTHS,
        "roles": ROLES,
        "consent_version": consent.VERSION,
        "reading_hours": settings.READING_AFTER_COMPLETION_HOURS,
        "answering_days": settings.ANSWERING_GRACE_DAYS,
        "emotions": settings.EMOTION_ANALYSIS,
        "facts": {
            "termsUrl": reverse("interview-terms"),
            "forgetUrl": reverse("interview-forget"),
            "workerUrl": reverse("interview-worker"),
            "pageUrl": reverse("interview"),
            "consentVersion": consent.VERSION,
            "readingHours": settings.READING_AFTER_COMPLETION_HOURS,
            "minutesAQuestion": MINUTES_A_QUESTION,
            "thinkingSeconds": THINKING_SECONDS,
            "modes": {
                mode.name: {"about": gettext(mode.description), "minutes": mode.duration}
                for mode in MODES
            },
        },
    }


@never_cache
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """What holds for this browser, as JSON: may it begin, what an invitation has fixed, and the
    token for its forms. One statement for who came by an invitation, none for others."""
    found = invitation_of(Principal(), request)
    admission = settings.ADMISSION
    return JsonResponse(
        {
            "admission": admission,
            "mayBegin": admission == "open" or (admission == "invite" and found is not None),
            "invitation": _as_terms(found) if found else None,
            "csrfToken": get_token(request),
        }
    )


def _as_terms(invitation: Invitation) -> dict[str, Any]:
    """In the words of create-session; an empty text and null are left to the candidate."""
    return {
        "userEmail": invitation.user_email,
        "type": invitation.mode,
        "role": invitation.role,
        "difficulty": invitation.difficulty,
        "duration": invitation.planned_duration,
        "questionCount": invitation.question_count,
        "note": invitation.note,
        "expiresAt": invitation.expires_at.isoformat(),
    }


@never_cache
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """“I am finished on this computer”: end what this browser holds by its cookie and by the
    access tokens it sends (`token`, any number), and its invitation. It gets a new id, so what it
    begins next has nothing to do with what was. One statement."""
    found = (grant_of_access_token(token) for token in request.POST.getlist("token"))
    revoked = forget_browser(
        str(request.session.get(BROWSER_KEY, "")),
        grant_ids=[grant_id for grant_id in found if grant_id is not None],
    )
    request.session.pop(INVITATION_KEY, None)
    request.session[BROWSER_KEY] = new_browser_id()
    return JsonResponse({"success": True, "revoked": revoked})
