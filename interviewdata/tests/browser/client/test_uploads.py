"""Long recordings in parts (tus): taken up where they stopped, never begun anew without need."""

from __future__ import annotations

from typing import Any

import pytest

from interviewdata.tests.browser.client.conftest import Tab, arrived
from sessions.models import AudioUpload, UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PART = 4 * 1024 * 1024
UPLOADS = "**/api/interview/uploads**"

# A recording of 14 MB as it would stand in the store: WAV, a sound that is no silence.
LONG = """async () => {
  const samples = 7_000_000;
  const file = new DataView(new ArrayBuffer(44 + 2 * samples));
  const text = (at, word) => [...word].forEach((c, n) => file.setUint8(at + n, c.charCodeAt(0)));
  text(0, "RIFF"); file.setUint32(4, 36 + 2 * samples, true); text(8, "WAVEfmt ");
  file.setUint32(16, 16, true); file.setUint16(20, 1, true); file.setUint16(22, 1, true);
  file.setUint32(24, 48000, true); file.setUint32(28, 96000, true);
  file.setUint16(32, 2, true); file.setUint16(34, 16, true);
  text(36, "data"); file.setUint32(40, 2 * samples, true);
  for (let n = 0; n < samples; n++) {
    file.setInt16(44 + 2 * n, 8000 * Math.sin(n / 40) * Math.sin(n / 90_000), true);
  }
  const {clientSession} = interview;
  const recording = store.newRecording(clientSession, 0);
  for (let n = 0, at = 0; at < file.byteLength; n++, at += 1_000_000) {
    const bytes = file.buffer.slice(at, at + 1_000_000);
    await store.addChunk(clientSession, 0, {recording, n, bytes, contentType: "audio/wav",
                                            seconds: samples / 48000});
  }
  await store.finishRecording(clientSession, 0, recording, samples / 48000);
  globalThis.interview = await client.Interview.resume(parts);
  return file.byteLength;
}"""


class Calls:
    """What goes to the uploads, and what is done to it: `acts` by the number of the call."""

    def __init__(self, context: Any, acts: dict[int, Any] | None = None) -> None:
        self.acts = acts or {}
        self.seen: list[tuple[str, str]] = []
        context.route(UPLOADS, self)

    def __call__(self, route: Any) -> None:
        headers = route.request.headers
        self.seen.append((route.request.method, headers.get("upload-offset", "")))
        act = self.acts.get(len(self.seen))
        if act:
            act(route)
        else:
            route.continue_()


def abort(route: Any) -> None:
    route.abort("connectionreset")


def begin(tab: Tab) -> int:
    tab.open(outbox={"limits": {"json": 1_000_000, "form": 8_000_000}})
    tab.start(count=1)
    return int(tab.js(LONG))


def is_whole(tab: Tab, size: int) -> None:
    row = UserResponse.objects.get()
    assert row.audio_bytes == size
    assert row.audio_sha256 == tab.view(0)["audio"]["sha256"]
    assert row.audio_content_type == "audio/wav"


def test_dropping_connection_costs_no_part_twice(tab: Tab) -> None:
    size = begin(tab)
    # 1 POST, 2–3 PATCH, then the connection drops at every second call.
    calls = Calls(tab.page.context, {4: abort, 6: abort})
    tab.submit(0)
    tab.until_sent()
    is_whole(tab, size)
    assert calls.seen == [
        ("POST", ""),
        ("PATCH", "0"),
        ("PATCH", str(PART)),
        ("PATCH", str(2 * PART)),  # lost on its way
        ("HEAD", ""),
        ("PATCH", str(2 * PART)),  # half as large, lost again
        ("HEAD", ""),
        ("PATCH", str(2 * PART)),  # a quarter arrives, and parts may grow again
        ("PATCH", str(2 * PART + PART // 4)),
        ("PATCH", str(2 * PART + PART // 4 + PART // 2)),
    ]


def test_after_a_reload_it_goes_on_where_it_was(tab: Tab) -> None:
    size = begin(tab)
    calls = Calls(tab.page.context, {4: lambda route: None})  # the fourth call hangs
    tab.submit(0)
    tab.until("async () => (await outbox.pending())[0]?.uploadUrl")
    tab.until("() => interview.answerOf(0).part > 0.5")
    before = tab.view(0)["part"]
    calls.acts.clear()
    tab.open(outbox={"limits": {"json": 1_000_000, "form": 8_000_000}})
    tab.resume()
    tab.until_sent()
    is_whole(tab, size)
    assert 0.5 < before < 0.7
    assert calls.seen[4:] == [("HEAD", ""), ("PATCH", str(2 * PART)), ("PATCH", str(3 * PART))]


def test_a_restarting_server_is_waited_for(tab: Tab) -> None:
    """503 to the question how far it is: no new upload is begun."""
    size = begin(tab)
    busy = {"status": 503, "headers": {"Retry-After": "1"}}
    calls = Calls(tab.page.context, {3: abort, 4: lambda route: route.fulfill(**busy)})
    tab.submit(0)
    tab.until_sent()
    is_whole(tab, size)
    assert [method for method, _ in calls.seen].count("POST") == 1
    assert AudioUpload.objects.count() == 1


def test_an_upload_that_is_gone_begins_anew(tab: Tab) -> None:
    size = begin(tab)

    def sweep(route: Any) -> None:
        AudioUpload.objects.all().delete()
        route.continue_()

    calls = Calls(tab.page.context, {3: abort, 4: sweep})
    tab.submit(0)
    tab.until_sent()
    is_whole(tab, size)
    assert [method for method, _ in calls.seen].count("POST") == 2


def test_a_part_that_was_changed_on_its_way_is_sent_again(tab: Tab) -> None:
    size = begin(tab)

    def spoil(route: Any) -> None:
        body = bytearray(route.request.post_data_buffer)
        body[1000] ^= 1
        route.continue_(post_data=bytes(body))

    calls = Calls(tab.page.context, {3: spoil})
    tab.submit(0)
    tab.until_sent()
    is_whole(tab, size)
    assert calls.seen[2:5] == [("PATCH", str(PART)), ("HEAD", ""), ("PATCH", str(PART))]


def test_answer_of_an_upload_cut_after_commit_is_there_once(tab: Tab) -> None:
    size = begin(tab)

    def lose(route: Any) -> None:
        assert route.fetch().ok
        abort(route)

    tab.page.context.route("**/api/interview/response", lose, times=1)
    tab.submit(0)
    tab.until_sent()
    is_whole(tab, size)
    assert arrived() == [(0, "")]


def test_the_library_leaves_no_global(tab: Tab) -> None:
    tab.open()
    assert tab.js("() => typeof tus") == "undefined"
