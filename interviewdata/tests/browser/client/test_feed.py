"""The feed of events: each once and in order, as a stream and by asking."""

from __future__ import annotations

import pytest

from interviewdata.tests.browser.client.conftest import Tab

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FEED = """(options) => {
  globalThis.heard = [];
  globalThis.feed = new client.ProgressFeed({
    api: interview.api, sessionId: interview.sessionId, pollEvery: 300, ...options});
  for (const name of ["event", "snapshot", "state", "presence", "problem"]) {
    feed.addEventListener(name, ({detail}) => heard.push({name, ...detail}));
  }
  feed.start();
}"""
EVENTS = "() => heard.filter((one) => one.name === 'event')"


def test_asking_brings_every_event_once_and_in_order(tab: Tab) -> None:
    tab.open()
    tab.start(count=3)
    tab.js(FEED, {"after": 0})
    for index in range(3):
        tab.answer(index, f"answer {index}")
    tab.page.context.set_offline(True)
    tab.page.wait_for_timeout(500)
    tab.page.context.set_offline(False)
    tab.js("() => interview.end()")
    tab.until("() => heard.some((one) => one.kind === 'completed')")
    events = tab.js(EVENTS)
    ids = [event["id"] for event in events]
    assert ids == sorted(set(ids))
    kinds = [event["kind"] for event in events]
    assert kinds[0] == "created"
    assert [kind for kind in kinds if kind == "answered"] == ["answered"] * 3
    assert kinds[-1] == "completed"
    snapshot = tab.js("() => heard.filter((one) => one.name === 'snapshot').at(-1)")
    assert snapshot["progress"]["answered"] == 3
    # Begun again after the last one, it has nothing to tell.
    last = ids[-1]
    tab.js("() => feed.stop()")
    tab.js(FEED, {"after": last})
    tab.until("() => heard.some((one) => one.name === 'snapshot')")
    assert tab.js(EVENTS) == []


def test_unchanged_is_asked_for_with_an_etag(tab: Tab) -> None:
    tab.open()
    tab.start(count=1)
    statuses: list[int] = []
    tab.page.on(
        "response",
        lambda reply: "/progress/" in reply.url and statuses.append(reply.status),
    )
    tab.js(FEED, {})
    tab.page.wait_for_timeout(1500)
    assert statuses[0] == 200
    assert 304 in statuses


def test_stream_is_read_as_the_standard_says(tab: Tab) -> None:
    """Cut anywhere, with every line end, comments, events without an id, and one told twice."""
    tab.open()
    heard = tab.js(
        """async () => {
          const text = ": hello\\n\\nretry: 300\\n\\n" +
            "id: 1\\nevent: asked\\ndata: {\\"at\\": \\"a\\",\\ndata: \\"data\\": {}}\\n\\n" +
            "event: presence\\r\\ndata: {\\"presence\\": null}\\r\\n\\r\\n" +
            "id: 2\\revent: answered\\rdata: {\\"data\\": {\\"text\\": \\"süß: ja\\"}}\\r\\r" +
            "id: 2\\nevent: answered\\ndata: {\\"data\\": {}}\\n\\n";
          const bytes = new TextEncoder().encode(text);
          const results = [];
          for (const size of [1, 2, 3, 7, 1000]) {
            let asked = 0;
            const given = async (url) => {
              asked += 1;
              if (String(url).includes("/progress/")) {
                return Response.json({success: true, lastEventId: 0, stream: asked === 1
                  ? {url: "https://events.test/e", ticket: "t"} : null});
              }
              let at = 0;
              return new Response(new ReadableStream({pull(c) {
                if (at >= bytes.length) return c.close();
                c.enqueue(bytes.slice(at, at += size));
              }}), {headers: {"Content-Type": "text/event-stream"}});
            };
            const one = new client.InterviewApi({fetch: given});
            const feed = new client.ProgressFeed(
              {api: one, sessionId: "x", after: 0, pollEvery: 50});
            const heard = [];
            for (const name of ["event", "presence"]) {
              feed.addEventListener(name, ({detail: {id, kind, data}}) =>
                heard.push([name, id ?? null, kind ?? null, data?.text ?? null]));
            }
            feed.start();
            await new Promise((resolve) => setTimeout(resolve, 150));
            feed.stop();
            results.push(heard);
          }
          return results;
        }"""
    )
    for one in heard:
        assert one == [
            ["event", 1, "asked", None],
            ["presence", None, None, None],
            ["event", 2, "answered", "süß: ja"],
        ]


def test_presence_is_told_and_goes_away_with_the_page(tab: Tab) -> None:
    tab.open()
    tab.start(count=2)
    told: list[dict] = []
    tab.page.on(
        "request",
        lambda request: "/presence" in request.url and told.append(request.post_data_json),
    )
    tab.js("() => { globalThis.presence = new client.Presence({interview}).start(); }")
    tab.page.wait_for_timeout(300)
    assert told[0] == {
        "sessionId": tab.js("() => interview.sessionId"),
        "state": "thinking",
        "questionIndex": 0,
        "unsent": 0,
    }
    tab.js("() => presence.set('writing')")
    tab.js("() => interview.goTo(1)")
    tab.page.wait_for_timeout(1400)
    assert [(one["state"], one["questionIndex"]) for one in told[1:]] == [("writing", 1)]
    tab.record(1, 1.4)
    tab.page.wait_for_timeout(1400)
    assert [one["state"] for one in told[2:]] == ["recording", "reviewing"]
    tab.js("() => presence.stop()")
