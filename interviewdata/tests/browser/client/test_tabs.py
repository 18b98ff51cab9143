"""Several tabs of one browser: one of them sends, all of them know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from interviewdata.tests.browser.client.conftest import LOAD, Tab, arrived

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RESPONSE = "/api/interview/response"


def count_calls(context: Any) -> Counter[str]:
    calls: Counter[str] = Counter()

    def note(request: Any) -> None:
        if RESPONSE in request.url:
            calls[str(request.post_data_json["answer"])] += 1

    context.on("request", note)
    return calls


def test_two_tabs_one_sender(tab: Tab, another_tab: Callable[[], Tab]) -> None:
    tab.open()
    name = tab.start(count=4)
    other = another_tab().open()
    assert other.resume() == name
    calls = count_calls(tab.page.context)
    tab.answer(0, "from the first")
    other.answer(1, "from the second")
    tab.answer(2, "first again")
    other.answer(3, "second again")
    tab.until_sent()
    assert sorted(arrived()) == [
        (0, "from the first"),
        (1, "from the second"),
        (2, "first again"),
        (3, "second again"),
    ]
    assert set(calls.values()) == {1}
    # Both show what became of all four, and one of them does the sending.
    for one in (tab, other):
        one.until("() => [0, 1, 2, 3].every((n) => interview.answerOf(n).state === 'sent')")
    assert [one.js("() => outbox.leader.leads") for one in (tab, other)] == [True, False]


def test_the_other_tab_takes_over_from_a_closed_one(
    tab: Tab, another_tab: Callable[[], Tab]
) -> None:
    tab.open()
    tab.start(count=2)
    other = another_tab().open()
    other.resume()
    tab.page.close()
    other.answer(0, "I am alone now")
    other.until_sent()
    assert arrived() == [(0, "I am alone now")]


def test_a_frozen_sender_is_replaced(tab: Tab, another_tab: Callable[[], Tab]) -> None:
    """A phone freezes a tab in the background: it holds the lock and answers nothing."""
    frozen = another_tab()
    frozen.page.goto(f"{tab.site}/")
    frozen.js(
        """() => new Promise((held) => {
          navigator.locks.request("interviews sender", () => {
            held();
            return new Promise(() => {});
          });
        })"""
    )
    tab.page.bring_to_front()
    tab.open()
    tab.start(count=1, startTimeout=1000, questionsTimeout=1000)
    assert tab.js("() => interview.offlineStart") is True
    tab.answer(0, "nobody sends this")
    tab.until_sent(seconds=25)
    assert arrived() == [(0, "nobody sends this")]


def test_without_web_locks_there_is_one_sender_too(
    tab: Tab, another_tab: Callable[[], Tab]
) -> None:
    tab.open(outbox={"locks": None})
    name = tab.start(count=2)
    other = another_tab().open(outbox={"locks": None})
    assert other.resume() == name
    calls = count_calls(tab.page.context)
    other.answer(0, "by the lease")
    tab.until_sent()
    assert [one.js("() => outbox.leader.leads") for one in (tab, other)] == [True, False]
    # The one that had the lease is gone without a word: the other waits for its silence.
    tab.page.close()
    other.answer(1, "by the next")
    other.until_sent(seconds=25)
    assert arrived() == [(0, "by the lease"), (1, "by the next")]
    assert set(calls.values()) == {1}


def test_what_one_tab_writes_the_other_shows(tab: Tab, another_tab: Callable[[], Tab]) -> None:
    tab.open()
    tab.start(count=2)
    other = another_tab().open()
    other.resume()
    tab.write(1, "a draft")
    other.until("() => interview.answerOf(1).text === 'a draft'")
    # And a recording that goes on there can be submitted here: as far as it is.
    tab.js("() => interview.record(0)")
    tab.until("() => interview.answerOf(0).audio?.size > 0")
    other.js(LOAD, {})
    other.resume()
    assert other.view(0)["audio"]["interrupted"] is True
    other.submit(0)
    tab.until("() => interview.recorder === null", seconds=10)
    other.until_sent()
    assert (
        tab.js("async () => (await interview.audioBlob(0)).size") == other.view(0)["audio"]["size"]
    )
