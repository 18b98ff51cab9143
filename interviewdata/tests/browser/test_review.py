"""What a reviewer does: scores by keyboard, marks evidence, is interrupted, submits."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from analytics.models import Review, ReviewDraft
from analytics.services.assignment import assign
from analytics.tests.reviewing import dimensions, judge, make_reviewer, over, spoken
from interviewdata.tests.browser.axe import layout_shift, too_wide, violations
from sessions.models import InterviewSession

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def interview(db: None) -> InterviewSession:
    """Judged by ben already, given to rita."""
    dimensions()
    interview = over(role="Nurse")
    spoken(interview)
    rita = make_reviewer("rita", "analytics.view_feedback")
    judge(interview, make_reviewer("ben"), 3, note="Bens opinion.")
    assign(session_id=interview.session_id, reviewer=rita, due_at=None, by=None)
    client = Client()
    client.force_login(rita)
    interview.cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    return interview


@pytest.fixture
def signed_in(page: Any, site: str, interview: InterviewSession) -> Any:
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": interview.cookie, "url": site}]
    )
    return page


def test_reviewer_scores_with_the_keyboard_and_then_sees_the_others(
    signed_in: Any, site: str, console: list[str], interview: InterviewSession
) -> None:
    page = signed_in
    page.goto(f"{site}{reverse('review-queue')}")
    page.get_by_role("link", name="Review Nurse").click()
    page.get_by_role("heading", name="Review: Nurse").wait_for()
    assert "Bens opinion." not in page.content()
    assert "ben" not in page.inner_text("main")

    # By keyboard: a number typed, a number stepped to, a note.
    page.get_by_label("Score 0–10 for Technical").focus()
    page.keyboard.type("7.5")
    page.keyboard.press("Tab")
    page.keyboard.type("Measures first.")
    page.get_by_label("Score 0–10 for Communication").focus()
    page.keyboard.type("6")
    page.keyboard.press("ArrowUp")
    assert page.get_by_label("Score 0–10 for Communication").input_value() == "6.5"
    assert page.locator("#overall-mean").inner_text() == "7"
    assert page.locator("#overall-how").inner_text().endswith("(1 × 7.5 + 1 × 6.5) / (1 + 1)")

    # Words marked in the transcript become evidence of the category one is at work on.
    page.evaluate(
        """() => {
            const text = document.querySelector(".words").firstChild;
            getSelection().setBaseAndExtent(text, 3, text, 10);  // part of "would", of "measure"
        }"""
    )
    page.get_by_text("Marked: “would measure”").wait_for()
    page.get_by_role("button", name="Use as evidence").click()
    page.get_by_role("button", name="Remove this evidence for Communication").wait_for()
    page.get_by_text("Draft saved at").wait_for()

    # Interrupted: all of it is still there.
    page.reload()
    assert page.get_by_label("Score 0–10 for Technical").input_value() == "7.5"
    assert page.get_by_label("Note on Technical").input_value() == "Measures first."
    page.get_by_role("button", name="Remove this evidence for Communication").wait_for()
    assert page.locator("#overall-mean").inner_text() == "7"

    page.get_by_role("button", name="Submit review").click()
    page.get_by_text("Your review is in.", exact=True).wait_for()
    table = page.get_by_role("region", name="Scores by rater")
    assert "ben" in table.inner_text()
    page.get_by_text("Notes of ben").click()
    page.get_by_text("Bens opinion.").wait_for()

    review = Review.objects.get(reviewer__username="rita")
    assert review.feedback.overall_score == 7
    (piece,) = review.scores[1]["evidence"]
    assert (piece["text"], piece["first"], piece["last"]) == ("would measure", 1, 2)
    assert not ReviewDraft.objects.exists()
    assert console == []


def test_draft_is_sent_again_after_the_network_was_away(
    signed_in: Any, site: str, interview: InterviewSession
) -> None:
    page = signed_in
    page.goto(f"{site}{reverse('review-form', args=[interview.session_id])}")
    page.context.set_offline(True)
    page.get_by_label("Note on Technical").fill("Typed on a train.")
    page.get_by_text("Not saved, trying again…").wait_for()
    assert not ReviewDraft.objects.exists()
    page.context.set_offline(False)
    page.get_by_text("Draft saved at").wait_for()
    (kept,) = ReviewDraft.objects.get().content["scores"].values()
    assert kept == {"note": "Typed on a train."}


def test_review_works_without_scripts(browser: Any, site: str, interview: InterviewSession) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": interview.cookie, "url": site}]
    )
    page = context.new_page()
    page.goto(f"{site}{reverse('review-form', args=[interview.session_id])}")
    page.get_by_label("Score 0–10 for Technical").fill("8")
    page.get_by_label("Passages by time for Technical").fill("0:00-0:03")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("The draft was saved.").wait_for()
    assert page.get_by_label("Score 0–10 for Technical").input_value() == "8"
    page.get_by_role("button", name="Submit review").click()
    page.get_by_text("Your review is in.", exact=True).wait_for()
    review = Review.objects.get(reviewer__username="rita")
    assert review.scores[0]["evidence"][0]["text"] == "I would measure"
    context.close()


@pytest.mark.parametrize("state", ["blind", "judged"])
def test_form_is_accessible_and_still(
    signed_in: Any, site: str, console: list[str], interview: InterviewSession, state: str
) -> None:
    """With its rubric, which the look at all pages does not have."""
    page = signed_in
    if state == "judged":
        from django.contrib.auth.models import User

        judge(interview, User.objects.get(username="rita"), 7, note="Mine.")
    problems = []
    for scheme, width in (("light", 1280), ("dark", 390)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(f"{site}{reverse('review-form', args=[interview.session_id])}")
        page.wait_for_load_state("networkidle")
        if layout_shift(page) > 0.1:
            problems.append(f"{scheme} {width}: layout shift")
        problems += [f"{scheme} {width}: {one}" for one in (*violations(page), *too_wide(page))]
    assert (problems, console) == ([], [])
