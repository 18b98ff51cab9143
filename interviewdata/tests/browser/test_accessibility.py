"""Every page as a machine judges it: axe-core's rules, the console, its width on a phone, jumps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from interviewdata.tests.browser.axe import layout_shift, too_wide, violations
from sessions.models import InterviewSession

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
MOST_SHIFT = 0.1


@dataclass(frozen=True)
class Seen:
    """A page to be looked at. `path` makes its address from one of the samples; `name` is the name
    of its URL, or says what it is. A browser complains of every error status: `status`."""

    name: str
    path: Callable[[InterviewSession], str] | None = None
    signed_in: bool = True
    status: int = 200

    def path_of(self, interview: InterviewSession) -> str:
        return self.path(interview) if self.path else reverse(self.name)


def _of_session(name: str) -> Seen:
    return Seen(name, lambda interview: reverse(name, args=[interview.session_id]))


PAGES = (
    Seen("home", signed_in=False),
    Seen("home, signed in", lambda _: reverse("home")),
    Seen("interview", signed_in=False),
    Seen("admin:login", signed_in=False),
    Seen("no such page", lambda _: "/no/such/page", signed_in=False, status=404),
    Seen("no such invitation", lambda _: reverse("invitation", args=["x"]), False, 404),
    Seen("session-list"),
    Seen("session-list, nothing found", lambda _: f"{reverse('session-list')}?q=zzzznothing"),
    _of_session("session-record"),
    _of_session("session-copies"),
    _of_session("transcript-correct"),
    Seen("live"),
    Seen("reports"),
    Seen("report-period", lambda _: f"{reverse('report-period')}?from=2026-01-01"),
    Seen("report-period, a bad day", lambda _: f"{reverse('report-period')}?from=soon"),
    Seen("report-impact"),
    _of_session("session-report"),
    _of_session("session-report-candidate"),
    Seen("review-queue"),
    _of_session("review-form"),
    Seen("compare"),
    Seen("dashboard"),
    Seen("person", lambda interview: reverse("person", args=[interview.user_email])),
)


@pytest.fixture
def samples() -> InterviewSession:
    """One of the sample interviews, with sound, transcript and feedback; the others beside it."""
    call_command("loaddata", "sample_interviews", verbosity=0)
    return InterviewSession.objects.filter(responses__audio_bytes__gt=0).order_by("id")[0]


def sign_in(page: Any, site: str, user: User) -> None:
    """Give the browser the cookie of a login."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])


@pytest.mark.parametrize("seen", PAGES, ids=lambda seen: seen.name)
def test_page_is_accessible_still_and_quiet(
    page: Any, site: str, console: list[str], samples: InterviewSession, seen: Seen
) -> None:
    if seen.signed_in:
        sign_in(page, site, User.objects.create_superuser("rita", password="pw"))
    problems = []
    for scheme, size in (("light", DESKTOP), ("dark", PHONE), ("light", PHONE), ("dark", DESKTOP)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size(size)
        reply = page.goto(f"{site}{seen.path_of(samples)}", wait_until="load")
        assert reply.status == seen.status
        page.wait_for_load_state("networkidle")
        shift = layout_shift(page)
        found = [*violations(page), *too_wide(page)]
        if shift > MOST_SHIFT:
            found.append(f"layout shift {shift:.3f}")
        problems += [f"{scheme} {size['width']}: {line}" for line in found]
    # The browser itself reports a page that answers 404; nothing else may be there.
    noise = [] if seen.status == 200 else ["Failed to load resource"]
    complaints = [line for line in console if not any(known in line for known in noise)]
    assert (problems, complaints) == ([], [])


@pytest.mark.parametrize("status", [400, 403, 500])
def test_error_page_is_accessible(page: Any, rf: Any, db: None, status: int) -> None:
    """As text: its structure alone, since nothing serves it a style here."""
    from interviewdata import error_pages

    request = rf.get("/somewhere")
    request.user = User(username="x")
    views = {
        400: lambda: error_pages.bad_request(request, Exception()),
        403: lambda: error_pages.forbidden(request, Exception()),
        500: lambda: error_pages.server_error(request),
    }
    page.set_content(views[status]().content.decode())
    assert violations(page) == []


def test_every_page_of_the_navigation_is_looked_at() -> None:
    from interviewdata.templatetags.ui import NAVIGATION

    # The admin is Django's own but for its login; Swagger UI is not ours at all.
    wanted = {name for _, name, _ in NAVIGATION} - {"admin:index", "docs"}
    assert wanted <= {seen.name for seen in PAGES}
