"""The whole interview by the keyboard alone, and what a screen reader is told on the way."""

from __future__ import annotations

from typing import Any

import pytest

from interviewdata.tests.browser.interview.taking import Candidate
from sessions.models import InterviewSession, UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_TABS = 40
LISTEN = """() => {
  globalThis.said = [];
  new MutationObserver(() => {
    const text = document.getElementById("say").textContent;
    if (text) globalThis.said.push(text);
  }).observe(document.getElementById("say"), {childList: true, characterData: true, subtree: true});
}"""


def name_of_focus(page: Any) -> str:
    return str(
        page.evaluate(
            """() => {
              const one = document.activeElement;
              const label = one.labels?.[0]?.textContent;
              return (one.getAttribute("aria-label") || label || one.textContent || "").trim();
            }"""
        )
    )


def tab_to(page: Any, name: str) -> None:
    """Press Tab until the element of that name has the focus, which must be seen there."""
    passed = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        found = name_of_focus(page)
        if found.startswith(name):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{name} has the focus and does not show it"
            return
        passed.append(found)
    raise AssertionError(f"no {name!r} among {passed}")


def press(page: Any, name: str, key: str = "Enter") -> None:
    tab_to(page, name)
    page.keyboard.press(key)


def heading_has_focus(page: Any) -> bool:
    return bool(page.evaluate("document.activeElement.tagName === 'H1'"))


def test_interview_by_keyboard_alone(candidate: Candidate) -> None:
    page = candidate.page
    candidate.open()
    candidate.sees("details")
    page.evaluate(LISTEN)
    page.keyboard.press("Tab")
    assert name_of_focus(page) == "Your e-mail address"  # the heading before it had the focus
    page.keyboard.press("Enter")
    assert name_of_focus(page) == "Your e-mail address"  # the first that is wrong
    page.keyboard.type("ann@example.org")
    tab_to(page, "The role it is for")
    page.keyboard.type("Nurse")
    tab_to(page, "Length")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    press(page, "Continue")
    candidate.sees("agree")
    assert heading_has_focus(page)
    press(page, "I have read this and agree to it.", "Space")
    press(page, "Continue")
    candidate.sees("microphone")
    press(page, "Use the microphone", "Space")
    page.get_by_text("We hear you.").first.wait_for()
    page.wait_for_function("() => document.activeElement.dataset.do === 'try-recording'")
    press(page, "Begin the interview")
    candidate.sees("question")
    assert heading_has_focus(page)
    assert name_of_focus(page) == candidate.question

    press(page, "Record your answer", "Space")
    page.wait_for_function("() => document.activeElement.dataset.do === 'pause'")
    page.wait_for_timeout(1500)
    page.keyboard.press("Space")
    page.wait_for_function("() => document.activeElement.dataset.do === 'unpause'")
    page.keyboard.press("Space")
    page.wait_for_function("() => document.activeElement.dataset.do === 'pause'")
    press(page, "Stop", "Space")
    page.wait_for_function("() => document.activeElement.dataset.do === 'listen'")
    press(page, "Save and go on")
    page.locator("[data-part=place]").get_by_text("Question 2 of 2").wait_for()
    assert heading_has_focus(page)
    tab_to(page, "Or write")
    page.keyboard.type("By keyboard.")
    press(page, "Save and look it over")
    candidate.sees("answers")
    assert heading_has_focus(page)
    press(page, "Finish the interview")
    page.locator("#end-dialog[open]").wait_for()
    press(page, "Go on with it")
    assert name_of_focus(page) == "Finish the interview"  # the dialog gives the focus back
    page.keyboard.press("Enter")
    press(page, "End the interview")
    candidate.sees("finished")
    candidate.confirmed()
    press(page, "I am finished on this computer")
    page.locator("#forget-dialog[open]").wait_for()
    page.keyboard.press("Escape")
    assert not page.locator("#forget-dialog[open]").count()
    page.keyboard.press("Enter")
    page.locator("#forget-dialog[open]").wait_for()
    press(page, "Empty it")
    candidate.sees("forgotten")

    assert InterviewSession.objects.get().status == "completed"
    assert UserResponse.objects.count() == 2
    page.wait_for_function("() => globalThis.said.at(-1) === 'This computer is empty.'")
    said = page.evaluate("globalThis.said")
    for sentence in (
        "The microphone is on. Say something.",
        "Recording.",
        "Recording again.",
        "Everything is on the server. You are finished.",
    ):
        assert sentence in said
    assert [one for one in said if one.startswith("Paused at ")]
    assert [one for one in said if one.startswith("Stopped. ")]
    # Not every second, not every keystroke: what is said is what has changed.
    assert len(said) < 20


def test_lost_connection_is_said_once_and_so_is_its_return(candidate: Candidate) -> None:
    page = candidate.page
    candidate.start_in_writing()
    page.evaluate(LISTEN)
    page.context.set_offline(True)
    page.wait_for_function("() => globalThis.said.length > 0")
    page.wait_for_timeout(1500)
    assert page.evaluate("globalThis.said") == ["No connection. Go on: all is kept here."]
    page.context.set_offline(False)
    page.wait_for_function("() => globalThis.said.includes('Connected again.')", timeout=20_000)
    assert page.evaluate("globalThis.said").count("Connected again.") == 1
