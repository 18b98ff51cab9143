"""Without a microphone the interview is in writing, and the page says why."""

from __future__ import annotations

import pytest

from interviewdata.tests.browser.interview.taking import NO_MICROPHONE, NO_RECORDER, Candidate
from sessions.models import InterviewSession, UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_refused_microphone_leaves_writing(candidate: Candidate) -> None:
    page = candidate.page
    page.add_init_script(NO_MICROPHONE)
    candidate.open()
    candidate.tell()
    candidate.agree()
    candidate.button("Use the microphone").click()
    page.get_by_text("The browser does not let this page use the microphone.").wait_for()
    assert candidate.button("Use the microphone").is_visible()  # to try again
    assert not candidate.button("Begin the interview").is_visible()
    candidate.begin_in_writing()
    assert page.get_by_text("You answer in writing; no sound is recorded.").is_visible()
    assert not page.locator("[data-part=recorder]").is_visible()
    page.get_by_label("Your answer", exact=True).fill("In writing.")
    candidate.go_on()
    candidate.arrived(1)
    assert UserResponse.objects.get().user_answer == "In writing."
    assert InterviewSession.objects.get().features == ["text"]


def test_browser_without_a_recorder_is_told(candidate: Candidate) -> None:
    page = candidate.page
    page.add_init_script(NO_RECORDER)
    candidate.open()
    candidate.tell()
    candidate.agree()
    assert page.get_by_text("This browser cannot record sound.").is_visible()
    assert not candidate.button("Use the microphone").is_visible()
    candidate.begin_in_writing()


def test_microphone_that_is_gone_later_is_said_and_writing_goes_on(candidate: Candidate) -> None:
    page = candidate.page
    candidate.open()
    candidate.tell()
    candidate.agree()
    candidate.begin_with_sound()
    page.evaluate(f"() => {{ {NO_MICROPHONE} }}")
    candidate.button("Record your answer").click()
    page.get_by_text("The browser does not let this page use the microphone.").wait_for()
    candidate.write("In writing, then.")
    candidate.go_on()
    candidate.arrived(1)
    assert UserResponse.objects.get().user_answer == "In writing, then."


def test_trial_recording_is_played_and_not_kept(candidate: Candidate) -> None:
    page = candidate.page
    candidate.open()
    candidate.tell()
    candidate.agree()
    candidate.button("Use the microphone").click()
    page.get_by_text("We hear you.").first.wait_for()
    candidate.button("Record three seconds and listen").click()
    page.get_by_text("This was only a try; it is not kept.").wait_for(timeout=15_000)
    candidate.button("Record three seconds and listen").wait_for(timeout=15_000)
    candidate.button("Begin the interview").click()
    candidate.sees("question")
    assert not page.locator("[data-part=recorder][data-state=taken]").is_visible()


def test_empty_answer_is_not_handed_over(candidate: Candidate) -> None:
    page = candidate.page
    candidate.start_in_writing()
    first = candidate.question
    page.locator("[data-do=next]").click()
    page.get_by_text("There is no answer yet.").wait_for()
    assert candidate.question == first
    candidate.button("Skip").click()
    page.wait_for_function(
        "(first) => document.querySelector('[data-part=question-text]').textContent !== first",
        arg=first,
    )
    candidate.button("Back").click()
    page.wait_for_function(
        "(first) => document.querySelector('[data-part=question-text]').textContent === first",
        arg=first,
    )
    candidate.saved("Skipped")
    candidate.write("An answer after all.")
    candidate.go_on()
    candidate.arrived(1)
    assert UserResponse.objects.get().user_answer == "An answer after all."


def test_changed_answer_is_a_new_revision(candidate: Candidate) -> None:
    page = candidate.page
    candidate.start_in_writing()
    candidate.write("First thought.")
    candidate.go_on()
    candidate.button("Answers").click()
    candidate.sees("answers")
    page.get_by_role("button", name="Change answer 1").click()
    candidate.sees("question")
    candidate.write("Second thought.")
    candidate.go_on()
    candidate.arrived(2)
    kept = UserResponse.objects.order_by("revision").values_list("user_answer", "is_current")
    assert list(kept) == [("First thought.", False), ("Second thought.", True)]
