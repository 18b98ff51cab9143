"""The file of "Download my answers" goes into the server, and what is sent later is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command

from interviewdata.tests.browser.client.conftest import Tab, arrived
from sessions.models import InterviewSession, UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAID = [(1, "said and written"), (0, "written")]


def download(tab: Tab, folder: Path) -> Path:
    file = folder / "answers.json"
    file.write_text(tab.js("async () => (await interview.exportLocal()).blob.text()"))
    return file


def test_file_of_an_interview_that_never_reached_the_server(tab: Tab, tmp_path: Path) -> None:
    tab.open()
    tab.page.context.set_offline(True)
    tab.start(count=3)
    tab.record(1, 1.2)
    for index, text in SAID:
        tab.answer(index, text)
    file = download(tab, tmp_path)
    for _ in range(2):
        call_command("import_interviews", str(file))
        assert arrived() == SAID
    session = InterviewSession.objects.get()
    assert session.user_email == "ann@example.org"
    assert session.session_data["clientSession"] == tab.js("() => interview.clientSession")
    assert (
        UserResponse.objects.exclude(audio_sha256="").get().audio_sha256
        == (tab.view(1)["audio"]["sha256"])
    )
    # Online at last, the browser goes on in that interview and sends nothing twice.
    tab.page.context.set_offline(False)
    tab.until_sent()
    assert InterviewSession.objects.count() == 1
    assert tab.js("() => interview.sessionId") == session.session_id
    assert arrived() == SAID
    tab.answer(2, "and more")
    tab.until_sent()
    assert arrived() == [*SAID, (2, "and more")]
    key = tab.js("() => interview.details.createKey")
    assert len(key) == 64
    session.refresh_from_db()
    assert key not in f"{session.session_data} {file.read_text()}"


def test_file_of_an_interview_that_arrives_after_all(tab: Tab, tmp_path: Path) -> None:
    tab.open()
    tab.start(count=3)
    tab.page.context.set_offline(True)
    tab.record(1, 1.2)
    for index, text in SAID:
        tab.answer(index, text)
    call_command("import_interviews", str(download(tab, tmp_path)))
    assert arrived() == SAID
    tab.page.context.set_offline(False)
    tab.until_sent()
    assert arrived() == SAID
    assert [tab.view(index)["state"] for index in (0, 1)] == ["sent", "sent"]
