"""Every state as a machine judges it: axe-core, no sideways scrolling, nothing that jumps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from interviewdata.tests.browser.axe import layout_shift, too_wide, violations
from interviewdata.tests.browser.interview.taking import NO_MICROPHONE, Candidate, invite

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
SMALL = {"width": 320, "height": 640}
ZOOMED = {"width": 640, "height": 450}  # a desktop at 200 %
MOST_SHIFT = 0.1


class Judge:
    """Looks at a state in both schemes and at all widths."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.problems: list[str] = []
        self.seen: list[str] = []

    def __call__(self, state: str) -> None:
        self.seen.append(state)
        for scheme, size in (("light", DESKTOP), ("dark", DESKTOP), ("dark", PHONE),
                             ("light", PHONE)):  # fmt: skip
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.page.set_viewport_size(size)
            self.note(state, f"{scheme} {size['width']}", violations(self.page))
        for size in (SMALL, ZOOMED, PHONE):
            self.page.set_viewport_size(size)
            self.note(state, str(size["width"]), too_wide(self.page))

    def note(self, state: str, how: str, found: list[str]) -> None:
        self.problems += [f"{state}, {how}: {line}" for line in found]


@pytest.fixture
def judge(page: Any) -> Callable[[str], None]:
    return Judge(page)


def test_start_is_accessible(candidate: Candidate, judge: Judge, console: list[str]) -> None:
    page = candidate.page
    invite(mode="hr", note="Bring a pen.")
    candidate.open("/interview/invitation/the-link")
    candidate.sees("details")
    judge("details")
    candidate.button("Continue", "details").click()
    judge("details, wrong")
    candidate.tell()
    judge("agree")
    candidate.button("Continue", "agree").click()
    judge("agree, wrong")
    candidate.agree()
    judge("microphone, asked")
    candidate.button("Use the microphone").click()
    page.get_by_text("We hear you.").first.wait_for()
    judge("microphone, open")
    candidate.button("Back", "microphone").click()
    page.evaluate(f"() => {{ {NO_MICROPHONE} }}")
    candidate.button("Continue", "agree").click()
    page.evaluate("document.querySelector('[data-do=use-microphone]').click()")
    page.get_by_text("The browser does not let this page").wait_for()
    judge("microphone, refused")
    assert (judge.problems, console) == ([], [])


def test_interview_is_accessible(candidate: Candidate, judge: Judge) -> None:
    page = candidate.page
    candidate.open()
    candidate.tell()
    candidate.agree()
    candidate.begin_with_sound()
    candidate.kept_offline()
    judge("question")
    page.locator("[data-do=next]").click()
    judge("question, empty")
    candidate.button("Record your answer").click()
    page.locator("[data-part=recorder][data-state=recording]").wait_for()
    page.wait_for_timeout(1200)
    judge("recording")
    candidate.button("Pause").click()
    judge("paused")
    candidate.button("Stop").click()
    page.locator("[data-part=recorder][data-state=taken]").wait_for()
    judge("recorded")
    candidate.button("Record again").click()
    judge("record again?")
    candidate.button("Keep it").click()
    candidate.go_on()
    page.context.set_offline(True)
    candidate.write("Without a connection.")
    candidate.go_on()
    judge("offline")
    candidate.button("Answers").click()
    judge("answers")
    candidate.button("Finish the interview").click()
    judge("end?")
    candidate.button("End the interview").click()
    candidate.sees("finished")
    judge("almost finished")
    candidate.button("I am finished on this computer", "finished").click()
    judge("forget, unsent?")
    candidate.button("Not yet").click()
    page.context.set_offline(False)
    candidate.confirmed()
    judge("finished")
    candidate.button("I am finished on this computer", "finished").click()
    page.locator("#forget-dialog").get_by_role("button", name="Empty it", exact=True).click()
    candidate.sees("forgotten")
    judge("forgotten")
    assert judge.problems == []


def test_return_is_accessible(candidate: Candidate, judge: Judge) -> None:
    candidate.start_in_writing()
    judge("writing only")
    candidate.page.evaluate("sessionStorage.clear()")
    candidate.page.reload()
    candidate.sees("resume")
    judge("resume")
    assert judge.problems == []


@pytest.mark.parametrize(
    ("admission", "view"), [("invite", "by-invitation"), ("staff", "by-staff")]
)
def test_closed_doors_are_accessible(
    candidate: Candidate, judge: Judge, settings: Any, admission: str, view: str
) -> None:
    settings.ADMISSION = admission
    candidate.open()
    candidate.sees(view)
    judge(view)
    assert judge.problems == []


def test_page_that_cannot_start_says_so(candidate: Candidate, judge: Judge) -> None:
    candidate.page.add_init_script(
        "Object.defineProperty(globalThis, 'BroadcastChannel', {get() { throw new Error('x'); }})"
    )
    candidate.open()
    candidate.sees("broken")
    judge("broken")
    assert judge.problems == []


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nothing_jumps(candidate: Candidate, size: dict[str, int]) -> None:
    page = candidate.page
    page.set_viewport_size(size)
    candidate.open()
    candidate.sees("details")
    page.wait_for_load_state("networkidle")
    assert layout_shift(page) < MOST_SHIFT
    candidate.tell()
    candidate.agree()
    candidate.begin_with_sound()
    page.reload()
    candidate.sees("question")
    page.wait_for_load_state("networkidle")
    assert layout_shift(page) < MOST_SHIFT
    page.context.set_offline(True)
    page.get_by_text("No connection.").first.wait_for()
    assert layout_shift(page) < MOST_SHIFT
    page.context.set_offline(False)
    candidate.speak(1500)
    assert layout_shift(page) < MOST_SHIFT


def test_german_page_fits_and_is_named(candidate: Candidate, judge: Judge) -> None:
    page = candidate.page
    candidate.open()
    candidate.sees("details")
    page.get_by_role("button", name="Deutsch").click()
    page.wait_for_function("() => document.documentElement.lang === 'de'")
    candidate.sees("details")
    judge("details in German")
    assert judge.problems == []
