"""The record page while its interview goes on: it tells what is new and moves nothing by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from analytics.services.feedback import save_feedback
from interviewdata.tests.browser.axe import layout_shift, too_wide, violations
from interviewdata.tests.browser.test_accessibility import DESKTOP, MOST_SHIFT, PHONE, sign_in
from interviewdata.tests.events.conftest import House, two_servers
from interviewdata.tests.pages.recorded import ALL
from sessions.enums import PresenceState, Source
from sessions.models import AccessRecord
from sessions.services.answer import record_answer
from sessions.services.presence import note_presence
from sessions.services.session import end_session
from sessions.tests.writes import START, Writer, answer_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Answers 1, 3 and 5 of this sample have sound.
MAYA = "0f06c38c-d8bb-51f0-96b5-8d53934e1cd7"
SOON = 20_000  # milliseconds; the page asks every five seconds


class Candidate:
    """Whoever is being interviewed: five questions, answered one by one."""

    def __init__(self) -> None:
        writer = Writer(record_answer)
        writer.apply(("create", "ann@example.org", False), 1)
        writer.apply(("questions", 0, 5, "a"), 1)
        self.session_id = writer.sessions[0]
        self.writer = writer

    @property
    def path(self) -> str:
        return reverse("session-record", args=[self.session_id])

    def answer(self, number: int, text: str = "So.") -> None:
        """`number` from 1."""
        draft = answer_draft(self.session_id, number, text, "", with_sound=False)
        record_answer(draft, now=timezone.now())

    def is_doing(self, state: PresenceState, number: int, unsent: int = 0) -> None:
        note_presence(
            session_id=self.session_id,
            status="active",
            state=state,
            question_index=number - 1,
            unsent=unsent,
        )

    def transcript(self) -> None:
        self.writer.now = START
        self.writer.apply(("transcript", 0, "one"), 1)


@pytest.fixture
def candidate(site: str) -> Candidate:
    return Candidate()


@pytest.fixture
def reviewer(page: Any, site: str) -> User:
    user = User.objects.create_superuser("rita", password="pw")
    sign_in(page, site, user)
    return user


def news(page: Any) -> Any:
    return page.locator("[data-news-text]")


def is_followed(page: Any) -> None:
    """The page has asked once."""
    expect(page.locator("[data-state]")).to_have_text("What happens appears within seconds.")


def show(page: Any) -> None:
    """Press the button and wait until the page is there anew."""
    with page.expect_navigation():
        page.get_by_role("button", name="Show it").click()


def test_news_is_told_where_no_event_process_runs(
    page: Any, site: str, reviewer: User, candidate: Candidate, console: list[str]
) -> None:
    candidate.answer(1)
    page.goto(site + candidate.path)
    is_followed(page)
    expect(page.locator("[data-answered]")).to_contain_text("1 of 5 questions")
    expect(page.locator("[data-connection]")).to_have_text("No page")
    assert news(page).text_content() == ""
    candidate.is_doing(PresenceState.RECORDING, 2, unsent=1)
    candidate.answer(2, "The second.")
    expect(news(page)).to_have_text("1 new answer.", timeout=SOON)
    expect(page.locator("[data-answered]")).to_contain_text("2 of 5 questions")
    expect(page.locator("[data-connection]")).to_have_text("Connected")
    expect(page.locator("[data-doing]")).to_have_text("recording")
    expect(page.locator("[data-question]")).to_have_text("2")
    expect(page.locator("[data-unsent]")).to_have_text("1")
    expect(page.locator("[data-sign]")).to_contain_text("s ago")
    # Nothing of the page itself has changed, and what was said is said politely.
    assert page.get_by_text("The second.").count() == 0
    assert news(page).get_attribute("role") == "status"
    candidate.answer(3)
    candidate.transcript()
    expect(news(page)).to_have_text("2 new answers. A transcript is there.", timeout=SOON)
    end_session(session_id=candidate.session_id)
    expect(news(page)).to_contain_text("The interview was completed.", timeout=SOON)
    expect(page.locator("[data-status]")).to_have_text("Completed")
    assert violations(page) == []
    show(page)
    expect(page.get_by_text("The second.")).to_be_visible()
    expect(page.locator("[data-news-links]")).to_have_text("New answers to questions 2, 3")
    expect(page.locator("[data-news-links] a").first).to_be_focused()
    expect(page.locator("[data-live]")).to_be_hidden()
    assert violations(page) == []
    page.get_by_role("button", name="Close").click()
    expect(page.locator("[data-news-links]")).to_be_hidden()
    assert console == []


def test_asking_again_without_news_is_cheap_and_no_look(
    page: Any, site: str, reviewer: User, candidate: Candidate
) -> None:
    statuses: list[int] = []
    page.on("response", lambda reply: "/progress/" in reply.url and statuses.append(reply.status))
    page.goto(site + candidate.path)
    page.wait_for_timeout(11_500)
    assert statuses == [200, 304, 304]
    assert AccessRecord.objects.filter(resource="progress").count() == 1


def test_page_that_nobody_looks_at_asks_nothing(
    page: Any, site: str, reviewer: User, candidate: Candidate
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: "/progress/" in request.url and asked.append(request.url))
    page.goto(site + candidate.path)
    is_followed(page)
    hide = """(hidden) => {
      Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    candidate.answer(1)
    page.wait_for_timeout(6_000)
    assert len(asked) == 1
    assert news(page).text_content() == ""
    # Looked at again, it has missed nothing.
    page.evaluate(hide, False)
    expect(news(page)).to_have_text("1 new answer.")


def test_answer_after_the_end_is_told(
    page: Any, site: str, reviewer: User, candidate: Candidate
) -> None:
    candidate.answer(1)
    end_session(session_id=candidate.session_id)
    page.goto(site + candidate.path)
    expect(page.locator("[data-live]")).to_be_hidden()
    is_followed(page)
    candidate.answer(2)
    page.evaluate("dispatchEvent(new Event('online'))")  # else it asks every half minute
    expect(news(page)).to_have_text("1 new answer.", timeout=SOON)
    expect(page.locator("[data-status]")).to_have_text("Completed")


def test_who_is_blind_is_not_told_of_scores(page: Any, site: str, candidate: Candidate) -> None:
    user = User.objects.create_user("bo", password="pw", is_staff=True)
    for name in (*ALL, "analytics.add_review"):
        app_label, codename = name.split(".")
        permission = Permission.objects.get(content_type__app_label=app_label, codename=codename)
        user.user_permissions.add(permission)
    sign_in(page, site, user)
    page.goto(site + candidate.path)
    is_followed(page)
    content = {"overall_score": 9.1}
    save_feedback(
        session_id=candidate.session_id, content=content, source=Source.REVIEWER, author="sam"
    )
    expect(page.locator("[data-status]")).to_have_text("Completed", timeout=SOON)
    assert news(page).text_content() == "The interview was completed."
    # Who may see scores is told.
    sign_in(page, site, User.objects.create_superuser("rita", password="pw"))
    other = Candidate()
    page.goto(site + other.path)
    is_followed(page)
    save_feedback(
        session_id=other.session_id, content=content, source=Source.REVIEWER, author="sam"
    )
    expect(news(page)).to_contain_text("Feedback was saved.", timeout=SOON)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_page_loaded_anew_shows_the_same_place(
    page: Any, site: str, reviewer: User, console: list[str], size: dict[str, int]
) -> None:
    call_command("loaddata", "sample_interviews", verbosity=0)
    page.set_viewport_size(size)
    page.goto(site + reverse("session-record", args=[MAYA]))
    player = page.locator("#question-3 .player")
    player.scroll_into_view_if_needed()
    player.get_by_role("slider", name="Position").focus()
    page.keyboard.press("ArrowRight")
    expect(player.locator(".player-time")).to_contain_text("0:05 /")
    page.keyboard.press(">")
    is_followed(page)
    # Another text for the first question: it comes in above.
    record_answer(
        answer_draft(MAYA, 1, "Something new. " * 200, "", with_sound=False), now=timezone.now()
    )
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(news(page)).to_have_text("1 new answer.", timeout=SOON)
    before = player.bounding_box()["y"]
    show(page)
    expect(page.locator("#question-1 .answer-text").first).to_contain_text("Something new.")
    expect(player.locator(".player-time")).to_contain_text("0:05 /")
    expect(player.get_by_role("combobox", name="Speed")).to_have_value("1.25")
    page.wait_for_timeout(700)
    assert abs(player.bounding_box()["y"] - before) < 3
    assert player.locator("audio").evaluate("audio => audio.paused")
    assert console == []


def test_page_that_follows_is_still_and_not_too_wide(
    page: Any, site: str, reviewer: User, candidate: Candidate
) -> None:
    candidate.is_doing(PresenceState.REVIEWING, 5, unsent=12)
    for scheme, size in (("light", PHONE), ("dark", DESKTOP)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        page.goto(site + candidate.path)
        expect(page.locator("[data-connection]")).to_have_text("Connected")
        candidate.answer(1, scheme)
        expect(news(page)).to_have_text("1 new answer.", timeout=SOON)
        assert not too_wide(page)
        assert layout_shift(page) < MOST_SHIFT
        assert violations(page) == []


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with two_servers(tmp_path) as house:
        yield house


@pytest.mark.slow
def test_news_comes_at_once_and_through_the_end_of_the_event_process(
    page: Any, house: House, console: list[str]
) -> None:
    session_id, token = house.interview()
    page.goto(f"{house.address}/admin/login/?next=/sessions/{session_id}/")
    page.get_by_label("Username").fill("rita")
    page.get_by_label("Password").fill("a password for tests 1")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("[data-state]")).to_have_text("Live: what happens appears at once.")
    house.call(
        "/api/interview/presence",
        {"sessionId": session_id, "state": "writing", "questionIndex": 1},
        token,
    )
    expect(page.locator("[data-doing]")).to_have_text("writing")
    house.answer(session_id, token, 0)
    expect(news(page)).to_have_text("1 new answer.")
    expect(page.locator("[data-answered]")).to_contain_text("1 of 3 questions")
    house.events.kill()
    house.answer(session_id, token, 1)
    expect(news(page)).to_have_text("2 new answers.", timeout=60_000)
    show(page)
    expect(page.locator(".answer-text")).to_have_text(["So 0.", "So 1."])
    # A browser complains of the stream that broke, and of nothing else.
    broken = ("ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET")
    assert [line for line in console if not any(word in line for word in broken)] == []
    house.events.start()
    house.answer(session_id, token, 2)
    expect(news(page)).to_have_text("1 new answer.", timeout=SOON)
