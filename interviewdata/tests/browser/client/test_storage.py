"""Browsers without storage, with a full one, and with one that is emptied."""

from __future__ import annotations

import pytest

from interviewdata.tests.browser.client.conftest import Tab, arrived
from sessions.models import UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A disk that is full for every write, as Chromium says it.
FULL = """() => {
  const put = IDBObjectStore.prototype.put;
  globalThis.room = () => { IDBObjectStore.prototype.put = put; };
  IDBObjectStore.prototype.put = function () {
    throw new DOMException("", "QuotaExceededError");
  };
}"""


def test_without_indexeddb_it_works_and_says_so(tab: Tab) -> None:
    """Private windows of some browsers, and those that forbid storage altogether."""
    tab.open(store={"indexedDB": None})
    assert tab.js("() => store.kind") == "memory"
    tab.start(count=2)
    tab.record(0, 1.2)
    tab.answer(0, "from memory")
    tab.answer(1, "too")
    tab.js("() => interview.end()")
    tab.until_sent()
    assert arrived() == [(0, "from memory"), (1, "too")]
    assert UserResponse.objects.exclude(audio_sha256="").count() == 1
    assert tab.js("() => interview.storage") == "memory"


def test_full_disk_is_said_and_sending_goes_on(tab: Tab) -> None:
    tab.open()
    tab.start(count=2)
    tab.write(0, "before")
    tab.js(FULL)
    tab.record(1, 1.5)
    tab.answer(1, "on a full disk")
    tab.answer(0, "before, and after")
    tab.until_sent()
    assert [
        one["kind"] for one in tab.js("() => seen.filter((one) => one.name === 'storage')")
    ] == ["full"]
    assert tab.js("() => interview.storage") == "full"
    assert arrived() == [(1, "on a full disk"), (0, "before, and after")]
    row = UserResponse.objects.get(user_answer="on a full disk")
    assert row.audio_sha256 == tab.view(1)["audio"]["sha256"] != ""
    # Where there is room again, what was in memory comes to the disk.
    tab.js("() => room()")
    tab.write(0, "room again")
    assert tab.js("() => interview.storage") == "indexeddb"
    tab.open()
    tab.resume()
    assert (tab.view(0)["text"], tab.view(1)["text"]) == ("room again", "on a full disk")
    assert tab.view(1)["state"] == "sent"
    assert tab.js("async () => (await interview.audioBlob(1)).size") == row.audio_bytes


def test_quota_of_the_browser_itself(tab: Tab) -> None:
    """Not a pretended error: Chromium given 5 MB."""
    session = tab.page.context.new_cdp_session(tab.page)
    # Before the first write: Chromium remembers for a while how much room there was.
    session.send("Storage.overrideQuotaForOrigin", {"origin": tab.site, "quotaSize": 5_000_000})
    tab.open()
    tab.start(count=1)
    tab.js(
        """async () => {
          const piece = new Uint8Array(4_000_000).map(() => Math.random() * 256);
          const recording = store.newRecording(interview.clientSession, 0);
          for (let n = 0; n < 5; n++) {
            await store.addChunk(interview.clientSession, 0, {
              recording, n, bytes: piece.buffer, contentType: "audio/webm", seconds: n});
          }
        }"""
    )
    assert tab.js("() => store.kind") == "full"
    size = """async () => {
      const [answer] = await store.revisions(interview.clientSession, 0);
      return (await store.blob(answer.audio)).size;
    }"""
    assert tab.js(size) == 20_000_000
    session.send("Storage.overrideQuotaForOrigin", {"origin": tab.site})
    tab.write(0, "room")
    assert tab.js("() => store.kind") == "indexeddb"
    assert tab.js(size) == 20_000_000


def test_lost_connection_to_the_database_is_made_anew(tab: Tab) -> None:
    """Safari drops it in the background."""
    tab.open()
    tab.start(count=1)
    tab.js("() => store.database.disk.close()")
    tab.answer(0, "as if nothing had been")
    tab.until_sent()
    assert tab.js("() => store.kind") == "indexeddb"
    assert arrived() == [(0, "as if nothing had been")]


def test_sound_goes_a_week_after_its_acknowledgement(tab: Tab) -> None:
    tab.open()
    tab.start(count=2)
    tab.record(0, 1.1)
    tab.submit(0)
    tab.until_sent()
    tab.page.context.set_offline(True)
    tab.record(1, 1.1)
    tab.submit(1)
    tidy = "(days) => store.tidy(api.serverNow() + days * 86_400_000)"
    sizes = (
        "() => Promise.all([0, 1].map((n) => interview.audioBlob(n).then((b) => b && b.size > 0)))"
    )
    tab.js(tidy, 6.9)
    assert tab.js(sizes) == [True, True]
    tab.js(tidy, 7.1)
    tab.js("async () => { globalThis.interview = await client.Interview.resume(parts); }")
    assert tab.js(sizes) == [None, True]
    assert tab.view(0)["audio"]["removed"] is True
    tab.page.context.set_offline(False)
    tab.js("() => interview.end()")
    tab.until_sent()
    tab.js(tidy, 7.1)
    assert tab.js("() => store.interviews()") == []
