"""The record page as a reviewer uses it: hears answers, reads along, searches."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from interviewdata.tests.browser.axe import violations
from interviewdata.tests.browser.test_accessibility import sign_in
from interviewdata.tests.pages.recorded import XSS, fill, poison
from sessions.models import AudioPeaks, InterviewSession
from sessions.tests.factories import InterviewSessionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Answers 1, 3 and 5 of this sample have sound; the third begins at 60.81 s of the interview.
MAYA = "0f06c38c-d8bb-51f0-96b5-8d53934e1cd7"
THIRD_BEGINS = 60.81
MANY_BARS = re.compile("(M[^M]+){50,}")  # a flat line has one


@pytest.fixture
def reviewer(page: Any, site: str) -> User:
    user = User.objects.create_superuser("rita", password="pw")
    sign_in(page, site, user)
    return user


@pytest.fixture
def address(site: str, reviewer: User) -> str:
    call_command("loaddata", "sample_interviews", verbosity=0)
    return site + reverse("session-record", args=[MAYA])


def third(page: Any) -> Any:
    """The player of the third question."""
    return page.locator("#question-3 .player")


def time_of(player: Any) -> float:
    return float(player.locator("audio").evaluate("audio => audio.currentTime"))


def is_paused(player: Any) -> bool:
    return bool(player.locator("audio").evaluate("audio => audio.paused"))


def spoken_start(page: Any) -> float:
    return float(page.locator(".word.spoken").get_attribute("data-start"))


def test_answer_is_heard_and_read_along(page: Any, address: str, console: list[str]) -> None:
    page.goto(address)
    player = third(page)
    player.scroll_into_view_if_needed()
    # Drawn from the real sound by the server, once.
    expect(player.locator(".wave-rest")).to_have_attribute("d", MANY_BARS)
    player.get_by_role("button", name="Play").click()
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator(".word.spoken")).to_be_visible()
    first = spoken_start(page)
    page.wait_for_function(
        "start => Number(document.querySelector('.word.spoken')?.dataset.start) > start", arg=first
    )
    # The marked word is the one that the sound says.
    assert abs(spoken_start(page) - THIRD_BEGINS - time_of(player)) < 1.5
    player.get_by_role("button", name="Pause").click()
    expect(player.locator(".player-time")).to_contain_text("/ 0:16")

    # A click on a word plays from there, in the recording that holds it.
    word = page.locator(".word", has_text="column").first
    start = float(word.get_attribute("data-start"))
    word.click()
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    player.get_by_role("button", name="Pause").click()
    # Some words later on a slow machine.
    assert start <= spoken_start(page) < start + 5
    assert start - THIRD_BEGINS - 0.1 <= time_of(player) < start - THIRD_BEGINS + 5
    assert page.url.endswith(f"#t={start:.2f}")
    # One sound at a time.
    page.locator("#question-1").get_by_role("button", name="Play").click()
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    assert AudioPeaks.objects.exclude(problem="").count() == 0
    assert violations(page) == []
    assert console == []


def test_keys_move_and_speed_unless_one_types(page: Any, address: str, console: list[str]) -> None:
    page.goto(address)
    player = third(page)
    position = player.get_by_role("slider", name="Position")
    position.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(position).to_have_attribute("aria-valuetext", "0:10 of 0:16")
    page.keyboard.press("ArrowLeft")
    expect(position).to_have_attribute("aria-valuetext", "0:05 of 0:16")
    page.keyboard.press(">")
    expect(player.get_by_role("combobox", name="Speed")).to_have_value("1.25")
    expect(page.locator("#question-1").get_by_role("combobox", name="Speed")).to_have_value("1.25")
    page.keyboard.press("<")
    page.keyboard.press("<")
    expect(player.get_by_role("combobox", name="Speed")).to_have_value("0.75")
    page.keyboard.press("<")
    expect(player.get_by_role("combobox", name="Speed")).to_have_value("0.75")
    page.keyboard.press(" ")
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press(" ")
    expect(player.get_by_role("button", name="Play")).to_be_visible()

    find = page.get_by_role("searchbox", name="Find in the transcript")
    find.focus()
    before = time_of(player)
    page.keyboard.type("a < b > c")
    page.keyboard.press("ArrowLeft")
    assert find.input_value() == "a < b > c"
    assert (time_of(player), is_paused(player)) == (before, True)

    # Who does not want the keys switches them off.
    page.get_by_role("checkbox", name="Keys").uncheck()
    page.get_by_role("heading", name="Transcript").click()
    page.keyboard.press("ArrowRight")
    assert time_of(player) == before
    assert console == []


def test_search_jumps_through_the_transcript(page: Any, address: str, console: list[str]) -> None:
    page.goto(address)
    find = page.get_by_role("searchbox", name="Find in the transcript")
    find.fill("THE SAME")
    count = page.locator("#find-count")
    expect(count).to_have_text("1 of 3")
    hit = page.locator(".word.current-hit")
    expect(hit).to_have_text(["the", "same"])
    expect(hit.first).to_be_in_viewport()
    first = float(hit.first.get_attribute("data-start"))
    find.press("Enter")
    expect(count).to_have_text("2 of 3")
    assert float(hit.first.get_attribute("data-start")) > first
    expect(hit.first).to_be_in_viewport()
    find.press("Shift+Enter")
    find.press("Shift+Enter")
    expect(count).to_have_text("3 of 3")
    page.get_by_role("button", name="Next hit").click()
    expect(count).to_have_text("1 of 3")
    page.get_by_role("button", name="Play hit").click()
    first_player = page.locator("#question-1 .player")
    expect(first_player.get_by_role("button", name="Pause")).to_be_visible()
    find.fill("zebra")
    expect(count).to_have_text("No hit")
    expect(page.get_by_role("button", name="Play hit")).to_be_disabled()
    find.fill("")
    expect(count).to_have_text("")
    assert page.locator(".word.hit").count() == 0
    assert console == []


def test_page_without_scripts_is_whole(browser: Any, site: str) -> None:
    call_command("loaddata", "sample_interviews", verbosity=0)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site, User.objects.create_superuser("rita", password="pw"))
    page.goto(site + reverse("session-record", args=[MAYA]))
    expect(page.get_by_text("I store their event id in a column").first).to_be_visible()
    assert page.locator("audio[controls]").count() == 3
    assert page.locator("audio[controls]").first.is_visible()
    expect(page.locator("#transcript-text")).to_contain_text("The second call runs into")
    expect(page.get_by_role("searchbox")).to_be_hidden()
    context.close()


def test_hour_long_interview_makes_elements_of_what_is_seen(
    page: Any, site: str, reviewer: User, console: list[str]
) -> None:
    interview = fill(InterviewSessionFactory(completed=True), 40, words=10_000)
    page.goto(site + reverse("session-record", args=[interview.session_id]))
    expect(page.locator("#transcript-text .word").first).to_be_attached()
    assert page.locator("#transcript-text .word").count() < 2000
    assert (
        page.locator("#transcript-text .word.doubtful")
        .first.text_content()
        .endswith(" (uncertain)")
    )
    # The last of 10,000 words: found, made an element, shown.
    find = page.get_by_role("searchbox", name="Find in the transcript")
    find.fill("word229 word230")  # said nine times
    expect(page.locator("#find-count")).to_have_text("1 of 9")
    find.press("Shift+Enter")
    expect(page.locator(".word.current-hit").first).to_be_in_viewport()
    assert float(page.locator(".word.current-hit").first.get_attribute("data-start")) > 2890
    assert page.locator("#transcript-text .word").count() < 4000
    # Their sound is not in the store: each player that was seen says so in its own place.
    console[:] = [line for line in console if "503" not in line and "404" not in line]
    assert console == []


@pytest.mark.parametrize("text", XSS)
def test_no_text_of_a_record_is_executed(
    page: Any, site: str, reviewer: User, console: list[str], text: str
) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    interview = InterviewSessionFactory(
        role=text, interview_type=text, features=[text], session_data={text: {text: [text]}}
    )
    poison(interview, text)
    AudioPeaks.objects.create(
        audio_sha256=f"{1:064x}", duration=1, peaks=[1, 2], problem=text, engine=text
    )
    page.goto(site + reverse("session-record", args=[interview.session_id]))
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    find = page.get_by_role("searchbox", name="Find in the transcript")
    find.fill(text)
    expect(page.locator(".word.current-hit").first).to_be_visible()
    expect(page.locator(".player-message")).to_contain_text(f"No waveform: {text}")
    assert dialogs == []
    assert (
        page.evaluate("document.querySelectorAll('img[src=x], svg[onload], [onmouseover]').length")
        == 0
    )
    assert console == []
    assert InterviewSession.objects.count() == 1
