"""A very long answer over a line that drops before one part of the usual size is through.

In CI 14 MB over a line of 2 MB/s that drops every second. The real thing, two hours of sound at
64 kbit/s over a line of 2 Mbit/s that drops every minute, takes about five minutes:

    ROUGH_LINE_MB=58 ROUGH_LINE_BYTES=250000 ROUGH_LINE_SECONDS=60 \
        python -m pytest interviewdata/tests/browser/client/test_rough_line.py
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

import pytest

from interviewdata.tests.browser.client.conftest import Tab
from interviewdata.tests.browser.client.rough_line import RoughLine
from sessions.models import AudioUpload, UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MEGABYTES = int(os.environ.get("ROUGH_LINE_MB", "14"))
BYTES_A_SECOND = float(os.environ.get("ROUGH_LINE_BYTES", "2000000"))
SECONDS = float(os.environ.get("ROUGH_LINE_SECONDS", "1"))

# WAV of 8,000 samples a second, a byte each: 64 kbit/s, as the browser's Opus has it.
LONG = """async (megabytes) => {
  const samples = megabytes * 1_000_000;
  const head = new DataView(new ArrayBuffer(44));
  const text = (at, word) => [...word].forEach((c, n) => head.setUint8(at + n, c.charCodeAt(0)));
  text(0, "RIFF"); head.setUint32(4, 36 + samples, true); text(8, "WAVEfmt ");
  head.setUint32(16, 16, true); head.setUint16(20, 1, true); head.setUint16(22, 1, true);
  head.setUint32(24, 8000, true); head.setUint32(28, 8000, true);
  head.setUint16(32, 1, true); head.setUint16(34, 8, true);
  text(36, "data"); head.setUint32(40, samples, true);
  const {clientSession} = interview;
  const recording = store.newRecording(clientSession, 0);
  const keep = (n, bytes) => store.addChunk(clientSession, 0, {
    recording, n, bytes, contentType: "audio/wav", seconds: samples / 8000});
  await keep(0, head.buffer);
  for (let n = 1; n <= megabytes; n++) {
    const bytes = new Uint8Array(1_000_000);
    for (let at = 0; at < bytes.length; at++) {
      bytes[at] = 128 + 60 * Math.sin(at / 6) * Math.sin((at + n) / 9000);
    }
    await keep(n, bytes.buffer);
  }
  await store.finishRecording(clientSession, 0, recording, samples / 8000);
  globalThis.interview = await client.Interview.resume(parts);
  return samples + 44;
}"""


def test_long_answer_arrives_over_a_line_that_keeps_dropping(
    page: Any, site: str, question_bank: None, settings: Any
) -> None:
    settings.MAX_AUDIO_BYTES = 100 * 1024 * 1024  # as it is by default
    server = urlsplit(site)
    with RoughLine(server.port or 80, bytes_a_second=BYTES_A_SECOND, seconds=SECONDS) as line:
        tab = Tab(page, f"http://{server.hostname}:{line.port}")
        tab.open(outbox={"limits": {"json": 1_000_000, "form": 4_000_000}})
        tab.start(count=1)
        size = tab.js(LONG, MEGABYTES)
        line.rough = True
        tab.submit(0)
        least = size / BYTES_A_SECOND
        tab.until(
            """async () => (await outbox.pending()).length === 0 ||
                           interview.answerOf(0).state === "refused" """,
            seconds=6 * least + 60,
        )
        assert tab.view(0)["state"] == "sent"
        line.rough = False
        sha256 = tab.view(0)["audio"]["sha256"]
        page.goto("about:blank")
    row = UserResponse.objects.get()
    assert (row.audio_bytes, row.audio_sha256) == (size, sha256)
    assert AudioUpload.objects.count() == 1
    assert line.cuts >= int(least / SECONDS) > 0
