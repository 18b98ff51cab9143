"""The example page of docs/browser-client.md, served by another site, against this server."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from playwright.sync_api import expect

from interviewdata.tests.browser.client.conftest import arrived
from sessions.models import InterviewSession, UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def example() -> str:
    text = (Path(project.BASE_DIR) / "docs" / "browser-client.md").read_text()
    found = re.search(r"```html\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


class _Files(SimpleHTTPRequestHandler):
    page = ""

    def do_GET(self) -> None:
        if self.path not in ("/", "/favicon.ico"):
            super().do_GET()
            return
        body = self.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def careers(site: str, settings: Any) -> Iterator[str]:
    """The origin of another site, which has copies of the library and the page."""

    class Handler(_Files):
        page = example().replace('baseUrl: ""', f'baseUrl: "{site}"')

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=project.BASE_DIR))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    origin = f"http://127.0.0.1:{server.server_address[1]}"
    settings.CORS_ALLOWED_ORIGINS = [origin]
    yield origin
    server.shutdown()
    thread.join()
    server.server_close()


def test_example_page_takes_an_interview_from_another_origin(
    careers: str, page: Any, console: list[str], question_bank: None
) -> None:
    page.goto(f"{careers}/")
    page.get_by_role("heading").filter(has_text=re.compile(r"\w")).wait_for()
    text = page.get_by_role("textbox")
    text.fill("A first answer, in writing.")
    page.get_by_role("button", name="Record").click()
    page.get_by_role("button", name="Stop").wait_for()
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Record").wait_for()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_text("Answer 1: sent").wait_for()
    expect(text).to_have_value("")  # the next question is shown
    text.fill("A second")
    page.reload()
    page.get_by_role("heading").filter(has_text=re.compile(r"\w")).wait_for()
    assert text.input_value() == "A second"
    text.fill("A second one.")
    page.get_by_role("button", name="Save and go on").click()
    expect(text).to_have_value("")
    text.fill("And the third.")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_text("Answer 3: sent").wait_for()
    page.wait_for_timeout(500)

    assert [text for _, text in arrived()] == [
        "A first answer, in writing.",
        "A second one.",
        "And the third.",
    ]
    session = InterviewSession.objects.get()
    assert (session.role, session.status) == ("Backend Developer", "completed")
    assert UserResponse.objects.exclude(audio_sha256="").count() == 1
    assert page.context.cookies() == []
    assert console == []


def test_an_interview_that_a_service_made_is_taken_by_its_token(
    careers: str, site: str, page: Any, api: Any, question_bank: None, settings: Any
) -> None:
    body = {"userEmail": "cy@example.org"}
    made = api.call("/api/interview/create-session", body, Host="localhost").json()
    settings.ADMISSION = "staff"
    page.goto(f"{careers}/docs/")
    page.evaluate(
        """async ([baseUrl, session]) => {
          const {Interview, InterviewApi, Outbox, openStore} =
            await import("/static/js/client/index.js");
          const api = new InterviewApi({baseUrl});
          const store = await openStore();
          const outbox = new Outbox({api, store}).start();
          const interview = await Interview.start(
            {api, store, outbox, userEmail: "cy@example.org", count: 2, session});
          await interview.saveText(1, "by the service's leave");
          await interview.submit(1);
          await new Promise((resolve) => outbox.addEventListener("sent", resolve));
        }""",
        [site, {name: made[name] for name in ("sessionId", "accessToken")}],
    )
    assert arrived() == [(1, "by the service's leave")]
    assert InterviewSession.objects.get().session_id == made["sessionId"]


def test_long_recording_goes_in_parts_from_another_origin(
    careers: str, site: str, page: Any, question_bank: None
) -> None:
    page.goto(f"{careers}/docs/")
    state = page.evaluate(
        """async (baseUrl) => {
          const {Interview, InterviewApi, Outbox, openStore} =
            await import("/static/js/client/index.js");
          const api = new InterviewApi({baseUrl});
          const store = await openStore("another");
          const outbox = new Outbox({api, store, limits: {json: 0, form: 0}}).start();
          const interview = await Interview.start(
            {api, store, outbox, userEmail: "bea@example.org", count: 1});
          await interview.record(0);
          await new Promise((resolve) => setTimeout(resolve, 1500));
          await interview.submit(0);
          const until = performance.now() + 15000;
          while (interview.answerOf(0).state !== "sent" && performance.now() < until) {
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
          return {...interview.answerOf(0), digest: interview.answerOf(0).audio.sha256};
        }""",
        site,
    )
    assert state["state"] == "sent", state["problem"]
    assert UserResponse.objects.get().audio_sha256 == state["digest"]
