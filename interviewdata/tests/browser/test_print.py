"""Pages on paper: nothing to press, everything told, light, no wider than a sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse

from analytics.tests.reviewing import dimensions, judge, make_reviewer
from interviewdata.tests.browser.axe import too_wide
from interviewdata.tests.browser.test_accessibility import sign_in
from sessions.models import InterviewSession

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MAYA = "0f06c38c-d8bb-51f0-96b5-8d53934e1cd7"
# A4 less the margins of print.css, at 96 pixels an inch.
SHEET = {"width": 687, "height": 1002}
PRESSED = "button, .button, nav, input, select, .player, .site-header, .site-footer, [role=search]"
LONG_NOTE = "What ben wrote, word by word. " * 40

ADDRESSES: dict[str, Callable[[InterviewSession], str]] = {
    "record": lambda interview: reverse("session-record", args=[interview.session_id]),
    "results": lambda interview: reverse("review-form", args=[interview.session_id]),
    "person": lambda interview: reverse("person", args=[interview.user_email]),
    "dashboard": lambda _: reverse("dashboard"),
    "list": lambda _: reverse("session-list"),
}
TOLD = {
    "record": (
        "maya.okonkwo@example.org",
        "I store their event id in a column",
        "What ben wrote",
        "Words per minute",
        "Generator",  # folded on the screen
    ),
    "results": ("Scores of this interview", "What ben wrote", "You are told that an endpoint"),
    "person": ("All interviews of one person", "Feedback on these interviews", "What ben wrote"),
    "dashboard": ("Interviews by week and status", "How these figures are made", "Student’s t"),
    "list": ("Sessions", "maya.okonkwo@example.org"),
}


@pytest.fixture
def interview(page: Any, site: str, db: None) -> InterviewSession:
    """One of the samples, judged by the reader and by somebody who wrote at length."""
    call_command("loaddata", "sample_interviews", verbosity=0)
    dimensions()
    reader = User.objects.create_superuser("rita", password="pw")
    sign_in(page, site, reader)
    found = InterviewSession.objects.get(session_id=MAYA)
    judge(found, make_reviewer("ben"), 3, note=LONG_NOTE)
    judge(found, reader, 7, note="Mine.")
    return found


@pytest.mark.parametrize("name", ADDRESSES)
def test_page_on_paper(
    page: Any, site: str, console: list[str], interview: InterviewSession, name: str
) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size(SHEET)
    page.goto(site + ADDRESSES[name](interview), wait_until="networkidle")
    pressed = [one.evaluate("one => one.outerHTML") for one in page.locator(PRESSED).all()
               if one.is_visible()]  # fmt: skip
    assert pressed == []
    shown = page.inner_text("main")
    for text in TOLD[name]:
        assert text in shown, text
    assert too_wide(page) == []
    cut = page.evaluate(
        """() => [...document.querySelectorAll("main *")]
            .filter((one) => one.checkVisibility() && !one.closest(".visually-hidden") &&
              one.clientHeight > 1 && one.clientWidth > 1 &&
              getComputedStyle(one).overflow !== "visible" &&
              (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1))
            .map((one) => one.outerHTML.slice(0, 200))"""
    )
    assert cut == []
    # Dark on a screen, ink on white here.
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(26, 34, 48)"
    assert console == []


def test_tables_stay_inside_their_frames(page: Any, site: str, interview: InterviewSession) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size(SHEET)
    for address in ADDRESSES.values():
        page.goto(site + address(interview), wait_until="networkidle")
        wide = page.evaluate(
            """() => [...document.querySelectorAll(".table-frame")]
                .filter((one) => one.scrollWidth > one.clientWidth)
                .map((one) => one.getAttribute("aria-label"))"""
        )
        assert wide == [], page.url


def test_word_that_is_heard_while_printing_is_ink_on_paper(
    page: Any, site: str, interview: InterviewSession
) -> None:
    page.goto(f"{site}{ADDRESSES['record'](interview)}#t=63.5")
    page.locator(".word.spoken").wait_for()
    colours = """() => {
      const style = getComputedStyle(document.querySelector(".word.spoken"), "::highlight(spoken)");
      return [style.color, style.backgroundColor];
    }"""
    assert page.evaluate(colours) == ["rgb(255, 255, 255)", "rgb(27, 90, 158)"]
    page.emulate_media(media="print")
    assert page.evaluate(colours) == ["rgb(26, 34, 48)", "rgba(0, 0, 0, 0)"]


def test_record_is_a_document_of_several_sheets(
    page: Any, site: str, interview: InterviewSession
) -> None:
    page.goto(site + ADDRESSES["record"](interview), wait_until="networkidle")
    document = page.pdf(format="A4")
    assert document.startswith(b"%PDF-")
    assert 3 <= document.count(b"/Type /Page\n") <= 12
