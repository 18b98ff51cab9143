"""Answers that change: order, late retries, and clocks that are wrong."""

from __future__ import annotations

import json

import pytest

from interviewdata.tests.browser.client.conftest import Tab, arrived
from sessions.models import UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RESPONSE = "**/api/interview/response"


def current() -> list[str]:
    return list(UserResponse.objects.filter(is_current=True).values_list("user_answer", flat=True))


def test_order_of_submission_is_the_order_of_arrival(tab: Tab) -> None:
    tab.open()
    tab.start(count=5)
    tab.page.context.set_offline(True)
    said = [(3, "third first"), (0, "one"), (3, "third changed"), (4, "five"), (0, "one changed")]
    for index, text in said:
        tab.answer(index, text)
    tab.page.context.set_offline(False)
    tab.until_sent()
    assert arrived() == said
    assert sorted(current()) == ["five", "one changed", "third changed"]


def test_late_retry_of_an_older_answer_changes_nothing(tab: Tab) -> None:
    """The first call reaches the server twice: its reply was lost, and it comes again after all."""
    tab.open()
    tab.start(count=1)
    kept: list[str] = []

    def lose(route: object) -> None:
        kept.append(route.request.post_data)  # type: ignore[attr-defined]
        assert route.fetch().ok  # type: ignore[attr-defined]
        route.abort("connectionreset")  # type: ignore[attr-defined]

    tab.page.context.route(RESPONSE, lose, times=1)
    tab.answer(0, "first thought")
    tab.until("() => interview.answerOf(0).state === 'waiting'")
    tab.answer(0, "second thought")
    tab.until_sent()
    status = tab.js(
        """async (body) => (await fetch("/api/interview/response", {
            method: "POST", body, headers: api.as(interview.details.accessToken).credentials()
        })).status""",
        kept[0],
    )
    assert status == 200
    assert json.loads(kept[0])["answer"] == "first thought"
    assert arrived() == [(0, "first thought"), (0, "second thought")]
    assert current() == ["second thought"]


def test_returning_to_an_older_wording_counts(tab: Tab) -> None:
    tab.open()
    tab.start(count=1)
    for text in ("yes", "no", "yes", "no"):
        tab.answer(0, text)
        tab.until_sent()
    assert [text for _, text in arrived()] == ["yes", "no", "yes\n", "no\n"]
    assert current() == ["no\n"]
    assert tab.view(0)["text"] == "no"


def test_submitting_twice_is_once_and_a_change_undone_is_none(tab: Tab) -> None:
    tab.open()
    tab.start(count=1)
    first = tab.answer(0, "the same")
    second = tab.submit(0)
    tab.write(0, "the same, nearly")
    assert tab.view(0)["current"] is False
    tab.write(0, "the same")
    third = tab.submit(0)
    tab.until_sent()
    assert {first["revision"], second["revision"], third["revision"]} == {1}
    assert arrived() == [(0, "the same")]
    assert tab.js("() => interview.submit(0).then(() => 0)") == 0


def test_nothing_to_submit_is_said(tab: Tab) -> None:
    tab.open()
    tab.start(count=1)
    tab.write(0, "  ")
    assert tab.js("() => interview.submit(0).catch((error) => error.code)") == "empty"


def test_text_added_later_keeps_the_sound(tab: Tab) -> None:
    tab.open()
    tab.start(count=1)
    tab.record(0, 1.2)
    tab.submit(0)
    tab.answer(0, "what I said, in short")
    tab.until_sent()
    first, second = UserResponse.objects.order_by("revision")
    assert (first.user_answer, second.user_answer) == ("", "what I said, in short")
    assert first.audio_sha256 == second.audio_sha256 != ""


def test_every_keystroke_is_there_and_the_last_one_wins(tab: Tab) -> None:
    tab.open()
    tab.start(count=1)
    states = tab.js(
        """async () => {
          const states = [];
          interview.addEventListener("state", ({detail}) => states.push(detail.state));
          const text = "x".repeat(200);
          const typed = Array.from(text, (_, n) => text.slice(0, n + 1));
          await Promise.all(typed.map((part) => interview.saveText(0, part)));
          return states;
        }"""
    )
    assert (states[0], states[-1]) == ("saving", "local")
    stored = tab.js("async () => (await store.answers(interview.clientSession)).map((a) => a.text)")
    assert stored == ["x" * 200]


@pytest.mark.parametrize("years", [-1, 1, -60, 900])
def test_clock_wrong_by_years_changes_nothing(tab: Tab, years: int) -> None:
    tab.page.add_init_script(
        f"""{{
          const Right = Date, off = {years} * 365 * 86_400_000;
          globalThis.Date = class extends Right {{
            constructor(...given) {{ super(...(given.length ? given : [Right.now() + off])); }}
            static now() {{ return Right.now() + off; }}
          }};
        }}"""
    )
    tab.open()
    tab.start(count=3)
    refusals = iter([503, 503])

    def fault(route: object) -> None:
        status = next(refusals, None)
        if status:
            route.fulfill(status=status, body="{}")  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    tab.page.context.route(RESPONSE, fault)
    for index in range(3):
        tab.answer(index, f"answer {index}")
    tab.js("() => interview.end()")
    tab.until_sent(seconds=15)
    assert arrived() == [(index, f"answer {index}") for index in range(3)]
    # Its answers are not swept as old ones, nor is the time they bear the wrong clock's.
    tab.js("async () => store.tidy(api.serverNow())")
    assert len(tab.js("async () => store.answers(interview.clientSession)")) == 3
    for row in UserResponse.objects.all():
        assert abs((row.client_time - row.created_at).total_seconds()) < 60
