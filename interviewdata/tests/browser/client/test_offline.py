"""The whole misfortune: offline in the middle, reload, browser killed, started again, online.

Two runs; OFFLINE_RUNS sets another number.
"""

from __future__ import annotations

import hashlib
import os
from typing import Any

import pytest
from django.core.files.storage import default_storage

from interviewdata.tests.browser.client.conftest import KillableBrowser, arrived
from sessions.models import InterviewSession, UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
RUNS = int(os.environ.get("OFFLINE_RUNS", "2"))
WITH_SOUND = (1, 4, 8)


def answer(tab: Any, index: int) -> None:
    if index in WITH_SOUND:
        tab.record(index, 1.2)
    tab.answer(index, f"answer {index}")


@pytest.mark.parametrize("run", range(RUNS))
def test_ten_of_ten_arrive_once_and_in_order(
    run: int, killable: KillableBrowser, site: str
) -> None:
    tab = killable.open(site).open()
    tab.start()
    assert len(tab.js("() => interview.questions")) == 10
    for index in (0, 1, 2):
        answer(tab, index)
    if run % 2:
        tab.until_sent()

    killable.context.set_offline(True)
    for index in (3, 4):
        answer(tab, index)
    assert tab.js("() => outbox.unsent()") >= 2
    # Offline a reload needs the service worker, which is the page's; here the server is back for
    # the page alone.
    killable.context.route("**/api/**", lambda route: route.abort("internetdisconnected"))
    killable.context.set_offline(False)
    tab.open()
    assert tab.resume() is not None
    for index in (5, 6, 7, 8):
        answer(tab, index)
    tab.write(9, "answer 9")
    before = len(arrived())
    kept = {index: tab.view(index) for index in range(10)}

    killable.kill()
    assert len(arrived()) == before < 10

    tab = killable.open(site).open()
    assert tab.resume() is not None
    for index in range(9):
        view = tab.view(index)
        assert (view["text"], view["submitted"]) == (f"answer {index}", True)
        assert view["audio"] == kept[index]["audio"]
    # What was written and not yet submitted is there as well.
    assert (tab.view(9)["text"], tab.view(9)["submitted"]) == ("answer 9", False)
    tab.submit(9)
    tab.js("() => interview.end()")
    tab.until_sent()

    assert arrived() == [(index, f"answer {index}") for index in range(10)]
    assert list(UserResponse.objects.values_list("revision", flat=True).distinct()) == [1]
    assert InterviewSession.objects.get().status == "completed"
    for index in WITH_SOUND:
        row = UserResponse.objects.get(question__question_index=index + 1)
        with default_storage.open(row.audio_file_path) as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        assert digest == row.audio_sha256 == kept[index]["audio"]["sha256"]
