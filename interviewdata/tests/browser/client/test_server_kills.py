"""The server killed -9 and started again while a browser sends its answers to it.

One run of three kills; SERVER_KILL_RUNS sets another number of runs.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from interviewdata.tests.browser.client.conftest import Tab
from interviewdata.tests.kill.server import ScratchDatabase, Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RUNS = int(os.environ.get("SERVER_KILL_RUNS", "1"))
KILLS = 3
ANSWERS = 10
WITH_SOUND = range(0, ANSWERS, 2)

# A recording of 300 kB in the browser's store, another for each question: WAV, a sound.
KEEP_SOUND = """async (index) => {
  const samples = 150_000;
  const file = new DataView(new ArrayBuffer(44 + 2 * samples));
  const text = (at, word) => [...word].forEach((c, n) => file.setUint8(at + n, c.charCodeAt(0)));
  text(0, "RIFF"); file.setUint32(4, 36 + 2 * samples, true); text(8, "WAVEfmt ");
  file.setUint32(16, 16, true); file.setUint16(20, 1, true); file.setUint16(22, 1, true);
  file.setUint32(24, 16000, true); file.setUint32(28, 32000, true);
  file.setUint16(32, 2, true); file.setUint16(34, 16, true);
  text(36, "data"); file.setUint32(40, 2 * samples, true);
  for (let n = 0; n < samples; n++) {
    file.setInt16(44 + 2 * n, 8000 * Math.sin(n / (20 + index)), true);
  }
  const {clientSession} = interview;
  const recording = store.newRecording(clientSession, index);
  await store.addChunk(clientSession, index, {recording, n: 0, bytes: file.buffer,
                                              contentType: "audio/wav", seconds: samples / 16000});
  await store.finishRecording(clientSession, index, recording, samples / 16000);
}"""
# What came to the server, as it stands in the database and in the files.
REPORT = """
import hashlib, json
from django.core.files.storage import default_storage
from sessions.models import InterviewSession, UserResponse
rows = []
answers = UserResponse.objects.order_by("question__question_index", "id")
for row in answers.select_related("question"):
    found = ""
    if row.audio_file_path:
        with default_storage.open(row.audio_file_path) as file:
            found = hashlib.sha256(file.read()).hexdigest()
    rows.append([row.question.question_index - 1, row.user_answer, row.revision, found,
                 found == row.audio_sha256])
print("ROWS", json.dumps([InterviewSession.objects.count(), rows]))
"""


def prepare(server: Server, command: tuple[str, ...]) -> None:
    for one in (command, ("loaddata", "-v0", "question_bank")):
        done = server.manage(*one)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def server(tmp_path_factory: Any) -> Iterator[Server]:
    url = os.environ.get("TEST_DATABASE_URL", "")
    folder: Path = tmp_path_factory.mktemp("killed")
    with ExitStack() as stack:
        server = Server(
            folder, database_url=stack.enter_context(ScratchDatabase(url)) if url else ""
        )
        prepare(server, ("migrate", "-v0"))
        stack.callback(server.kill)
        yield server


@pytest.mark.parametrize("run", range(RUNS))
def test_each_answer_arrives_once_through_kills(run: int, server: Server, page: Any) -> None:
    chance = random.Random(run)
    prepare(server, ("flush", "--noinput", "-v0"))
    server.start()
    tab = Tab(page, f"http://127.0.0.1:{server.port}").open()
    tab.start(count=ANSWERS)
    for index in WITH_SOUND:
        tab.js(KEEP_SOUND, index)
    tab.js("async () => { globalThis.interview = await client.Interview.resume(parts); }")
    # Answers go out one after the other while the server dies under them.
    tab.js(
        """async (count) => {
          for (let index = 0; index < count; index++) {
            await interview.saveText(index, `answer ${index}`);
            interview.submit(index);
          }
          interview.end();
        }""",
        ANSWERS,
    )
    for _kill in range(KILLS):
        page.wait_for_timeout(chance.uniform(5, 250))
        server.kill()
        page.wait_for_timeout(chance.uniform(0, 400))
        server.start()
        tab.js("() => { dispatchEvent(new Event('online')); }")
    tab.until_sent(seconds=90)
    sent = {index: tab.view(index)["audio"] for index in WITH_SOUND}
    page.goto("about:blank")
    shown = server.manage("shell", "-v0", "-c", REPORT)
    server.kill()
    assert "ROWS " in shown.stdout, shown.stderr
    interviews, rows = json.loads(shown.stdout.split("ROWS ")[1])
    assert interviews == 1
    assert [row[:3] for row in rows] == [[n, f"answer {n}", 1] for n in range(ANSWERS)]
    for index, _text, _revision, found, is_as_said in rows:
        assert found == (sent[index]["sha256"] if index in WITH_SOUND else "")
        assert is_as_said
