"""What reading along costs the browser: counted, not timed, in an interview of an hour.

A frame in which nothing changes does nothing; one in which a word begins changes two words, the
outline and the clock, and asks the browser for no layout.
"""

from __future__ import annotations

import array
import io
import math
import wave
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from playwright.sync_api import expect

from interviewdata.tests.browser.test_accessibility import DESKTOP, sign_in
from interviewdata.tests.pages.recorded import fill
from sessions.models import UserResponse
from sessions.tests.factories import InterviewSessionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SECONDS = 90
# Two words; the outline; the clock, and the position that is said of it.
MOST_CHANGED = 5

COUNTING = """
window.counted = {frames: 0, reads: [], changes: []};
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (run) => { window.counted.frames += 1; return ask(run); };
const note = (name) => window.counted.reads.push(name);
for (const name of ["getBoundingClientRect", "getClientRects", "scrollIntoView", "scrollBy"]) {
  const own = Element.prototype[name];
  Element.prototype[name] = function (...given) { note(name); return own.apply(this, given); };
}
const sizes = [
  [Element, ["clientWidth", "clientHeight", "clientTop", "scrollTop", "scrollHeight"]],
  [HTMLElement, ["offsetTop", "offsetLeft", "offsetWidth", "offsetHeight", "innerText"]],
];
for (const [kind, names] of sizes) for (const name of names) {
  const own = Object.getOwnPropertyDescriptor(kind.prototype, name);
  Object.defineProperty(kind.prototype, name, {
    ...own, get() { note(name); return own.get.call(this); },
  });
}
const styleOf = window.getComputedStyle.bind(window);
window.getComputedStyle = (...given) => { note("getComputedStyle"); return styleOf(...given); };
new MutationObserver((records) => {
  const changed = [...new Set(records.map((one) => one.target))];
  const words = changed.filter((one) => one.classList.contains("word")).length;
  window.counted.changes.push([changed.length, words]);
}).observe(document, {attributes: true, childList: true, characterData: true, subtree: true});
"""

# Outlines are fetched from 300 px off the window on; a few more are waited for.
DRAWN = """() => [...document.querySelectorAll(".player")]
  .filter((one) => Math.abs(one.getBoundingClientRect().top) < innerHeight + 400)
  .every((one) => one.querySelector(".wave-rest").getAttribute("d")?.length > 2000)"""


def _sound() -> bytes:
    """A tone that swells and fades."""
    second = array.array(
        "h", (int(9000 * math.sin(n / 7) * math.sin(n / 3000)) for n in range(8000))
    )
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(second.tobytes() * SECONDS)
    return target.getvalue()


@pytest.fixture
def hour(page: Any, site: str) -> Any:
    """The record of 40 answers with sound and 10,000 words, open, with everything drawn."""
    sign_in(page, site, User.objects.create_superuser("rita", password="pw"))
    interview = fill(InterviewSessionFactory(completed=True), 40, words=10_000)
    data = _sound()
    UserResponse.objects.filter(session=interview).exclude(audio_file_path="").update(
        audio_file_path=default_storage.save("audio/tone.wav", ContentFile(data)),
        audio_content_type="audio/wav",
        audio_bytes=len(data),
        audio_duration=SECONDS,
    )
    page.set_viewport_size(DESKTOP)
    page.add_init_script(COUNTING)
    page.goto(site + reverse("session-record", args=[interview.session_id]))
    expect(page.locator(".player.ready")).to_have_count(40)
    # Player and transcript side by side, below the facts; the outlines that are seen then drawn.
    page.evaluate("document.querySelector('.record-body').scrollIntoView()")
    page.wait_for_function(DRAWN)
    return page


def _play(page: Any, question: int) -> None:
    player = page.locator(f"#question-{question} .player")
    player.get_by_role("button", name="Play").click()
    expect(page.locator(".word.spoken")).to_be_in_viewport()


def test_frames_change_what_is_heard_and_read_no_layout(hour: Any, console: list[str]) -> None:
    hour.locator("#question-1 .player-speed select").select_option("2")
    _play(hour, 1)
    hour.evaluate("window.counted = {frames: 0, reads: [], changes: []}")
    # Asked by a clock: asking at each frame would count as frames.
    hour.wait_for_function(
        "() => window.counted.changes.filter(([, words]) => words).length >= 12", polling=100
    )
    counted = hour.evaluate("window.counted")
    assert counted["reads"] == []
    assert max(changed for changed, _words in counted["changes"]) <= MOST_CHANGED
    assert max(words for _changed, words in counted["changes"]) == 2
    # Nothing runs between two changes, but where the clocks of sound and page differ a little.
    assert counted["frames"] <= 2 * len(counted["changes"]) + 5
    assert hour.locator(".word.spoken").count() == 1
    assert console == []


def test_a_paused_page_does_nothing(hour: Any) -> None:
    _play(hour, 1)
    hour.locator("#question-1").get_by_role("button", name="Pause").click()
    hour.wait_for_timeout(300)
    hour.evaluate("window.counted = {frames: 0, reads: [], changes: []}")
    hour.wait_for_timeout(1200)
    assert hour.evaluate("window.counted") == {"frames": 0, "reads": [], "changes": []}


def test_the_word_heard_is_kept_in_view_unless_one_reads_elsewhere(hour: Any) -> None:
    box = hour.locator("#transcript-text")
    _play(hour, 1)
    hour.locator("#question-1").get_by_role("button", name="Pause").click()
    position = hour.locator("#question-2 .player").get_by_role("slider", name="Position")
    position.evaluate("one => { one.value = 45; one.dispatchEvent(new Event('input')); }")
    spoken = hour.locator(".word.spoken")
    # The word of 45 s into the second answer, which begins at 90 s.
    expect(spoken).to_have_attribute("data-start", "135.00")
    expect(spoken).to_be_in_viewport()
    kept = box.evaluate("one => one.scrollTop")
    assert kept > 0
    hour.get_by_role("checkbox", name="Follow the sound").uncheck()
    position.evaluate("one => { one.value = 5; one.dispatchEvent(new Event('input')); }")
    expect(spoken).to_have_attribute("data-start", "94.68")
    hour.wait_for_timeout(200)
    assert box.evaluate("one => one.scrollTop") == kept
