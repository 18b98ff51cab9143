"""Links into a record: to a second of the interview, to a word, to an answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from interviewdata.tests.browser.test_accessibility import DESKTOP, PHONE, sign_in
from interviewdata.tests.pages.recorded import fill
from sessions.tests.factories import InterviewSessionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Answers 1, 3 and 5 of this sample have sound; the third begins at 60.81 s of the interview.
MAYA = "0f06c38c-d8bb-51f0-96b5-8d53934e1cd7"
THIRD_BEGINS = 60.81


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


def sound_of(player: Any) -> list[Any]:
    """Its position in seconds, and whether it is silent."""
    found: list[Any] = player.locator("audio").evaluate("one => [one.currentTime, one.paused]")
    return found


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_link_to_a_second_marks_its_word_and_sets_the_player(
    page: Any, address: str, console: list[str], size: dict[str, int]
) -> None:
    page.set_viewport_size(size)
    page.goto(f"{address}#t=63.5")
    spoken = page.locator(".word.spoken")
    expect(spoken).to_be_in_viewport()
    expect(spoken).to_have_count(1)
    start, end = (float(spoken.get_attribute(f"data-{name}")) for name in ("start", "end"))
    assert start <= 63.5 < end + 0.5
    expect(third(page).locator(".player-time")).to_contain_text("0:02 /")
    position, is_paused = sound_of(third(page))
    assert position == pytest.approx(63.5 - THIRD_BEGINS, abs=0.02)
    assert is_paused  # nothing sounds before somebody asks for it
    if size == DESKTOP:  # side by side; on a phone there is room for the word alone
        expect(third(page)).to_be_in_viewport()
    # Another link on the same page leads there.
    page.evaluate("location.hash = '#t=70.25'")
    expect(third(page).locator(".player-time")).to_contain_text("0:09 /")
    assert sound_of(third(page))[0] == pytest.approx(70.25 - THIRD_BEGINS, abs=0.02)
    assert console == []


def test_link_to_a_word_marks_it_and_sets_the_player(
    page: Any, address: str, console: list[str]
) -> None:
    page.goto(address)
    word = page.locator("#transcript-text .word", has_text="column").first
    number, start = (word.get_attribute(f"data-{name}") for name in ("word", "start"))
    page.goto("about:blank")
    page.goto(f"{address}#w={number}")
    spoken = page.locator(".word.spoken")
    expect(spoken).to_have_attribute("data-word", number)
    expect(spoken).to_have_text("column")
    expect(spoken).to_be_in_viewport()
    position, is_paused = sound_of(third(page))
    assert position == pytest.approx(float(start) - THIRD_BEGINS, abs=0.02)
    assert is_paused
    # The first word is no special case.
    page.evaluate("location.hash = '#w=0'")
    expect(spoken).to_have_attribute("data-word", "0")
    assert console == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_link_to_the_last_of_ten_thousand_words(
    page: Any, site: str, reviewer: User, size: dict[str, int]
) -> None:
    interview = fill(InterviewSessionFactory(completed=True), 40, words=10_000)
    page.set_viewport_size(size)
    page.goto(site + reverse("session-record", args=[interview.session_id]) + "#w=9999")
    spoken = page.locator(".word.spoken")
    expect(spoken).to_have_attribute("data-start", "3599.64")
    expect(spoken).to_be_in_viewport()
    # Forty answers of 90 s each: the last one's last word.
    assert sound_of(page.locator("#question-40 .player"))[0] == pytest.approx(89.64, abs=0.02)


def test_link_to_an_answer_opens_what_hides_it(page: Any, address: str, console: list[str]) -> None:
    page.goto(address)
    answer = page.evaluate("document.querySelector('#question-5 .answer').id")
    page.goto(f"{address}#{answer}")
    expect(page.locator(f"#{answer}")).to_be_in_viewport()
    assert console == []


@pytest.mark.parametrize(
    "odd",
    ["#t=", "#t=x", "#t=1e9", "#t=999999", "#w=", "#w=-1", "#w=999999", "#answer-0", "#%3Cb%3E"],
)
def test_address_that_means_nothing_does_nothing(
    page: Any, address: str, console: list[str], odd: str
) -> None:
    page.goto(address + odd)
    expect(page.locator(".player.ready")).to_have_count(3)
    assert [sound_of(one)[0] for one in page.locator(".player").all()] == [0, 0, 0]
    assert console == []
