"""Sound: on disk before anything else, the same bytes on both sides, and what browsers forbid."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.storage import default_storage

from interviewdata.tests.browser.client.conftest import KillableBrowser, Tab
from sessions.models import UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# How many seconds a recording plays: the browser finds the end of a file that does not say it.
PLAYS = """async (index) => {
  const blob = await interview.audioBlob(index);
  const context = new OfflineAudioContext(1, 48000, 48000);
  return (await context.decodeAudioData(await blob.arrayBuffer())).duration;
}"""
ON_DISK = """() => new Promise((resolve, reject) => {
  const open = indexedDB.open("interviews");
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const chunks = open.result.transaction("chunks").objectStore("chunks").getAll();
    chunks.onsuccess = () => {
      open.result.close();
      resolve(chunks.result.map(({n, bytes}) => [n, bytes.byteLength]));
    };
  };
})"""


def test_digest_of_the_recording_is_the_servers(tab: Tab) -> None:
    tab.open()
    tab.start(count=1)
    view = tab.record(0, 2.5)
    assert view["audio"]["interrupted"] is False
    assert 2.3 < view["audio"]["duration"] < 3.2
    tab.submit(0)
    tab.until_sent()
    ours = tab.js(
        """async () => {
          const blob = await interview.audioBlob(0);
          const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
          const hex = (byte) => byte.toString(16).padStart(2, "0");
          return Array.from(new Uint8Array(digest), hex).join("");
        }"""
    )
    row = UserResponse.objects.get()
    with default_storage.open(row.audio_file_path) as file:
        assert hashlib.sha256(file.read()).hexdigest() == ours
    assert row.audio_sha256 == ours == tab.view(0)["audio"]["sha256"]
    assert row.audio_content_type == "audio/webm"
    assert abs(row.audio_duration - row.response_duration) < 0.5


def test_chunks_are_on_disk_before_stop(tab: Tab) -> None:
    tab.open()
    tab.start(count=1)
    tab.js("() => interview.record(0)")
    tab.until("() => interview.answerOf(0).audio?.size > 0")
    tab.page.wait_for_timeout(2000)
    seen = tab.js(ON_DISK)
    assert len(seen) >= 2
    assert [n for n, _ in seen] == list(range(len(seen)))
    assert all(size > 0 for _, size in seen)
    assert tab.js("() => interview.recorder.state") == "recording"


def test_killed_in_the_middle_of_a_recording(killable: KillableBrowser, site: str) -> None:
    tab = killable.open(site).open()
    tab.start(count=2)
    tab.write(0, "and some words")
    tab.js("() => interview.record(0)")
    tab.page.wait_for_timeout(4500)
    killable.kill()

    tab = killable.open(site).open()
    tab.resume()
    view = tab.view(0)
    assert view["text"] == "and some words"
    assert view["audio"]["interrupted"] is True
    assert tab.js(PLAYS, 0) > 3.0
    tab.submit(0)
    tab.until_sent()
    row = UserResponse.objects.get()
    assert row.audio_duration > 3.0
    assert row.audio_sha256 == tab.view(0)["audio"]["sha256"]


def test_pause_is_left_out(tab: Tab) -> None:
    tab.open()
    tab.start(count=1)
    states = tab.js(
        """async () => {
          const states = [];
          interview.addEventListener("recording", ({detail}) => states.push(detail.state));
          const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
          const recorder = await interview.record(0);
          await wait(1200);
          recorder.pause();
          await wait(1500);
          recorder.resume();
          await wait(1200);
          await interview.stopRecording();
          return states;
        }"""
    )
    assert states == ["recording", "paused", "recording", "stopped"]
    assert 2.2 < tab.view(0)["audio"]["duration"] < 3.0
    assert 2.0 < tab.js(PLAYS, 0) < 3.2


def test_level_is_shown_while_somebody_speaks(tab: Tab) -> None:
    tab.open()
    levels = tab.js(
        """async () => {
          const recorder = new client.Recorder({keep: true});
          const levels = [];
          recorder.addEventListener("level", ({detail}) => levels.push(detail));
          await recorder.start();
          await new Promise((resolve) => setTimeout(resolve, 3000));
          await recorder.stop();
          return {count: levels.length, peak: Math.max(...levels.map((one) => one.peak)),
                  size: recorder.blob.size, type: recorder.blob.type};
        }"""
    )
    assert levels["count"] > 30
    assert 0.05 < levels["peak"] <= 1
    assert levels["size"] > 1000
    assert levels["type"] == "audio/webm;codecs=opus"


def test_recording_again_takes_the_place_of_the_first(tab: Tab) -> None:
    tab.open()
    tab.start(count=1)
    first = tab.record(0, 1.2)["audio"]
    second = tab.record(0, 1.2)["audio"]
    assert first["recording"] != second["recording"]
    assert sum(size for _, size in tab.js(ON_DISK)) == second["size"]
    tab.js("() => interview.discardRecording(0)")
    assert tab.js(ON_DISK) == []
    assert tab.view(0)["state"] == "empty"


def test_no_microphone_is_said_and_text_goes_on(tab: Tab) -> None:
    tab.open()
    tab.start(count=1)
    said = tab.js(
        """async () => {
          navigator.mediaDevices.getUserMedia = async () => {
            throw new DOMException("", "NotAllowedError"); };
          return interview.record(0).catch((error) => error.name);
        }"""
    )
    assert said == "NotAllowedError"
    assert tab.js("() => interview.recorder") is None
    tab.answer(0, "in writing")
    tab.until_sent()


def test_microphone_pulled_out_keeps_what_there_is(tab: Tab) -> None:
    tab.open()
    tab.start(count=1)
    codes = tab.js(
        """async () => {
          const codes = [];
          interview.addEventListener("recording", ({detail: {code}}) => code && codes.push(code));
          const stream = await navigator.mediaDevices.getUserMedia({audio: true});
          await interview.record(0, {stream});
          await new Promise((resolve) => setTimeout(resolve, 1500));
          const [track] = stream.getAudioTracks();
          track.stop();
          track.dispatchEvent(new Event("ended"));
          return codes;
        }"""
    )
    tab.until("() => interview.recorder === null")
    assert codes == ["microphone_lost"]
    view = tab.view(0)
    assert view["audio"]["interrupted"] is False
    assert view["audio"]["size"] > 0


def test_types_are_negotiated(tab: Tab) -> None:
    """What Chromium, Firefox and Safari record, and a browser that records nothing."""
    tab.open()
    found = tab.js(
        """() => {
          const known = MediaRecorder.isTypeSupported;
          const ask = (...types) => {
            MediaRecorder.isTypeSupported = (type) => types.includes(type);
            return client.negotiateType();
          };
          const found = [ask("audio/webm;codecs=opus", "audio/webm"), ask("audio/ogg;codecs=opus"),
                         ask("audio/mp4"), ask()];
          MediaRecorder.isTypeSupported = known;
          return found;
        }"""
    )
    assert found == ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4", ""]
