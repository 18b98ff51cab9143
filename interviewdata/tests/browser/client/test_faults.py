"""Servers and connections that fail while answers are sent: nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from interviewdata.tests.browser.client.conftest import Tab, arrived
from sessions.models import AccessGrant, InterviewSession, UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RESPONSE = "**/api/interview/response"


class Faults:
    """Stands before the calls of answers: does one thing after the other, then lets all pass."""

    def __init__(self, context: Any, *acts: Callable[[Any], None]) -> None:
        self.acts = list(acts)
        self.calls: list[str] = []
        context.route(RESPONSE, self)

    def __call__(self, route: Any) -> None:
        self.calls.append(route.request.headers.get("content-type", ""))
        if self.acts:
            self.acts.pop(0)(route)
        else:
            route.continue_()


def reply(status: int, **headers: str) -> Callable[[Any], None]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda route: route.fulfill(
        status=status,
        headers={"Content-Type": "application/json", **named},
        body='{"success": false, "error": "Not now.", "code": "unavailable"}',
    )


def cut_after_commit(route: Any) -> None:
    """The server has it all; its reply is lost on the way."""
    assert route.fetch().ok
    route.abort("connectionreset")


def portal(route: Any) -> None:
    """The page of a hotel's network, with status 200."""
    route.fulfill(status=200, content_type="text/html", body="<h1>Log in to the network</h1>")


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(reply(503, Retry_After="1"), id="503"),
        pytest.param(reply(500), id="500"),
        pytest.param(reply(429, Retry_After="1"), id="429"),
        pytest.param(cut_after_commit, id="cut after commit"),
        pytest.param(lambda route: route.abort("connectionrefused"), id="refused"),
        pytest.param(portal, id="portal"),
        pytest.param(reply(400), id="400 without a field"),
    ],
)
def test_answer_arrives_once_after_a_fault(tab: Tab, fault: Callable[[Any], None]) -> None:
    tab.open()
    tab.start(count=3)
    faults = Faults(tab.page.context, fault, fault)
    for index in range(3):
        tab.answer(index, f"answer {index}")
    tab.until_sent()
    assert arrived() == [(index, f"answer {index}") for index in range(3)]
    assert len(faults.calls) == 5
    waited = tab.js("() => seen.filter((one) => one.state === 'waiting').length")
    assert waited == 2
    assert tab.view(0)["state"] == "sent"


def test_retry_after_is_honoured(tab: Tab) -> None:
    tab.open()
    tab.start(count=1)
    Faults(tab.page.context, reply(503, Retry_After="3"))
    tab.answer(0, "later")
    tab.until("() => interview.answerOf(0).state === 'waiting'")
    view = tab.view(0)
    assert view["problem"]["code"] == "unavailable"
    assert 2000 < view["nextTryIn"] <= 3000
    # Neither a word from elsewhere nor a look at the page shortens it.
    tab.js("() => { outbox.kick(); dispatchEvent(new Event('online')); }")
    tab.page.wait_for_timeout(1000)
    assert arrived() == []
    tab.until_sent()
    assert arrived() == [(0, "later")]


def test_back_off_grows_to_five_minutes(tab: Tab) -> None:
    tab.open()
    waits = tab.js(
        """async () => {
          const {delay} = await import("/static/js/client/backoff.js");
          return [0, 1].map((chance) =>
            Array.from({length: 12}, (_, n) => delay(n + 1, () => chance)));
        }"""
    )
    least, most = waits
    assert most[:4] == [1000, 2000, 4000, 8000]
    assert most[-1] == 300_000
    assert least == [value / 2 for value in most]


def test_refused_answer_stays_and_the_rest_goes_on(tab: Tab) -> None:
    tab.open()
    tab.start(count=3)
    refused = {
        "status": 422,
        "content_type": "application/json",
        "body": '{"success": false, "error": "audio: no sound", "code": "unreadable_audio",'
        ' "fields": {"audioBlob": ["no sound"]}}',
    }
    Faults(tab.page.context, lambda route: route.fulfill(**refused))
    for index in range(3):
        tab.answer(index, f"answer {index}")
    tab.js("() => interview.end()")
    tab.until("() => interview.endAcknowledged")
    assert arrived() == [(1, "answer 1"), (2, "answer 2")]
    view = tab.view(0)
    assert (view["state"], view["text"], view["current"]) == ("refused", "answer 0", False)
    assert view["problem"]["fields"] == {"audioBlob": ["no sound"]}
    assert tab.js("() => outbox.unsent()") == 1
    # It is still there after a reload, and goes when somebody asks for it.
    tab.open()
    tab.resume()
    assert tab.view(0)["state"] == "refused"
    tab.submit(0)
    tab.until_sent()
    assert arrived()[-1] == (0, "answer 0")
    assert tab.view(0)["problem"] is None


def test_413_leads_to_a_form_and_then_to_parts(tab: Tab) -> None:
    tab.open()
    tab.start(count=1)
    faults = Faults(tab.page.context, reply(413), reply(413))
    uploads: list[str] = []
    tab.page.on(
        "request",
        lambda request: "/uploads" in request.url and uploads.append(request.method),
    )
    tab.record(0, 1.5)
    tab.submit(0)
    tab.until_sent()
    kinds = [kind.split(";")[0] for kind in faults.calls]
    assert kinds == ["text/plain", "multipart/form-data", "text/plain"]
    assert uploads == ["POST", "PATCH"]
    row = UserResponse.objects.get()
    assert row.audio_sha256 == tab.view(0)["audio"]["sha256"]


def test_lost_cookie_does_no_harm(tab: Tab) -> None:
    """Browsers write cookies to disk late: after a crash it may be gone, the answers are not."""
    tab.open()
    tab.start(count=2)
    tab.page.context.clear_cookies()
    tab.answer(0, "still me")
    tab.until_sent()
    assert arrived() == [(0, "still me")]


def test_ended_right_is_kept_and_said(tab: Tab) -> None:
    tab.open()
    tab.start(count=2)
    tab.js(
        """() => { globalThis.problems = [];
          interview.addEventListener("problem", ({detail}) => problems.push(detail)); }"""
    )
    AccessGrant.objects.update(revoked_at=timezone.now())
    tab.answer(0, "who am I")
    tab.until("() => interview.answerOf(0).state === 'waiting'")
    view = tab.view(0)
    assert view["problem"]["access"] is True
    assert view["problem"]["status"] == 404
    assert 290_000 < view["nextTryIn"] <= 300_000
    assert tab.js("() => problems.map((one) => one.kind)") == ["answer"]
    AccessGrant.objects.update(revoked_at=None)
    tab.js("() => outbox.kick()")
    tab.until_sent()
    assert arrived() == [(0, "who am I")]


def test_reply_of_create_session_lost_makes_one_interview(tab: Tab) -> None:
    tab.open()
    lost = [cut_after_commit]
    tab.page.context.route(
        "**/api/interview/create-session",
        lambda route: lost.pop()(route) if lost else route.continue_(),
    )
    tab.start(count=2)
    tab.answer(0, "mine")
    tab.until_sent()
    session = InterviewSession.objects.get()
    assert session.session_id == tab.js("() => interview.sessionId")
    assert session.session_data["clientSession"] == tab.js("() => interview.clientSession")
    assert arrived() == [(0, "mine")]
