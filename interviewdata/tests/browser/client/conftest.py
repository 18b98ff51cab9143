"""The client library in a real Chromium: tabs that have it, and a browser that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from interviewdata.tests.browser.conftest import find_chromium
from sessions.models import UserResponse

# What every tab begins with: the library, and what became of the answers.
LOAD = """async (options) => {
  const client = await import("/static/js/client/index.js");
  const api = new client.InterviewApi();
  const store = await client.openStore("interviews", options.store ?? {});
  const outbox = new client.Outbox({api, store, ...(options.outbox ?? {})});
  const seen = [];
  for (const name of ["state", "sent"]) {
    outbox.addEventListener(name, ({detail}) => seen.push({name, ...detail}));
  }
  store.addEventListener("storage", ({detail}) => seen.push({name: "storage", ...detail}));
  Object.assign(globalThis, {client, api, store, outbox, seen, parts: {api, store, outbox}});
  outbox.start();
}"""
START = """async (options) => {
  globalThis.interview = await client.Interview.start({
    ...parts, userEmail: "ann@example.org", type: "technical", role: "Backend Developer",
    count: 10, features: ["audio"], ...options});
  return interview.clientSession;
}"""
RESUME = """async (options) => {
  globalThis.interview = await client.Interview.resume({...parts, ...options});
  return interview?.clientSession ?? null;
}"""
RECORD = """async ([index, seconds]) => {
  await interview.record(index);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return interview.stopRecording();
}"""


class Tab:
    """A page of the site with the library in it: `client`, `parts`, `interview` are globals."""

    def __init__(self, page: Any, site: str) -> None:
        self.page, self.site = page, site

    def open(self, **options: Any) -> Tab:
        self.page.goto(f"{self.site}/")
        self.page.evaluate(LOAD, options)
        return self

    def js(self, expression: str, argument: Any = None) -> Any:
        return self.page.evaluate(expression, argument)

    def start(self, **options: Any) -> str:
        return str(self.js(START, options))

    def resume(self, **options: Any) -> str | None:
        return self.js(RESUME, options)  # type: ignore[no-any-return]

    def write(self, index: int, text: str) -> None:
        self.js("([index, text]) => interview.saveText(index, text)", [index, text])

    def submit(self, index: int) -> dict[str, Any]:
        return dict(self.js("(index) => interview.submit(index)", index))

    def answer(self, index: int, text: str) -> dict[str, Any]:
        self.write(index, text)
        return self.submit(index)

    def record(self, index: int, seconds: float) -> dict[str, Any]:
        return dict(self.js(RECORD, [index, seconds]))

    def view(self, index: int) -> dict[str, Any]:
        return dict(self.js("(index) => interview.answerOf(index)", index))

    def until(self, expression: str, argument: Any = None, seconds: float = 20) -> None:
        """Wait until an expression is true; it may be a promise."""
        self.page.evaluate(
            f"""async ([argument, seconds]) => {{
              const test = {expression};
              const until = performance.now() + seconds * 1000;
              while (!(await test(argument))) {{
                if (performance.now() > until) {{
                  throw new Error(`not within ${{seconds}} s: ${{JSON.stringify(seen.slice(-8))}}`);
                }}
                await new Promise((resolve) => setTimeout(resolve, 50));
              }}
            }}""",
            [argument, seconds],
        )

    def until_sent(self, seconds: float = 30) -> None:
        self.until("async () => (await outbox.pending()).length === 0", seconds=seconds)


@pytest.fixture
def tab(page: Any, site: str, question_bank: None) -> Tab:
    return Tab(page, site)


@pytest.fixture
def another_tab(page: Any, site: str) -> Callable[[], Tab]:
    return lambda: Tab(page.context.new_page(), site)


class KillableBrowser:
    """A Chromium with a profile of its own, which outlives it."""

    def __init__(self, playwright: Any, profile: Path, arguments: list[str]) -> None:
        self.playwright, self.profile, self.arguments = playwright, profile, arguments
        self.process: subprocess.Popen[bytes] | None = None

    def open(self, site: str) -> Tab:
        port_file = self.profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        path = find_chromium() or self.playwright.chromium.executable_path
        self.process = subprocess.Popen(
            [
                path,
                "--headless=new",
                "--remote-debugging-port=0",
                f"--user-data-dir={self.profile}",
                "--password-store=basic",
                *self.arguments,
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 30
        while not (port_file.exists() and port_file.read_text().strip()):
            assert time.monotonic() < deadline, "Chromium did not start"
            time.sleep(0.05)
        port = port_file.read_text().split()[0]
        self.browser = self.playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        self.context = self.browser.contexts[0]
        self.context.set_default_timeout(30_000)
        return Tab(self.context.pages[0], site)

    def kill(self) -> None:
        """SIGKILL to the browser and all its children: nothing is written any more."""
        if self.process is None:
            return
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        self.browser.close()


@pytest.fixture
def killable(
    playwright: Any, tmp_path: Path, browser_type_launch_args: dict, site: str, question_bank: None
) -> Iterator[KillableBrowser]:
    browser = KillableBrowser(playwright, tmp_path / "profile", browser_type_launch_args["args"])
    yield browser
    browser.kill()


def arrived() -> list[tuple[int, str]]:
    """Index (from 0) and text of every answer on the server, in the order in which they came."""
    rows = UserResponse.objects.order_by("id").values_list(
        "question__question_index", "user_answer"
    )
    return [(index - 1, text) for index, text in rows]
