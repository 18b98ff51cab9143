"""A page of another origin in a real Chromium: it cannot write here and cannot read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from sessions.models import InterviewSession, UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!doctype html><title>Another site</title><body><h1>Another site</h1>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def foreign_port() -> Iterator[int]:
    """A web server of somebody else on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def own_site(site: str) -> str:
    return site.replace("127.0.0.1", "localhost")


@pytest.fixture
def session_id(page: Any, own_site: str) -> str:
    """An interview that this browser holds, made on our own page."""
    page.goto(f"{own_site}/")
    made = page.evaluate(
        """async () => (await fetch("/api/interview/create-session", {
            method: "POST", body: JSON.stringify({userEmail: "ann@example.org"})})).json()"""
    )
    return str(made["sessionId"])


# Another port of the same host is the same *site*: its requests carry SameSite cookies.
SITES = pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])

WRITE = """async ([site, sessionId, mode]) => {
  const bodies = {
    "create-session": {userEmail: "evil@example.org"},
    "response": {sessionId, questionIndex: 0, question: "Mine?", answer: "not hers"},
    "end": {sessionId},
  };
  const seen = {};
  for (const [name, body] of Object.entries(bodies)) {
    try {
      const reply = await fetch(`${site}/api/interview/${name}`, {
        method: "POST", body: JSON.stringify(body), credentials: "include", mode});
      seen[name] = `${reply.type} ${reply.status}`;
    } catch (error) { seen[name] = error.name; }
  }
  return seen;
}"""

READ = """async ([site, sessionId, credentials]) => {
  const seen = {};
  for (const path of [`session-data/${sessionId}`, `export/${sessionId}`,
                      "history/ann@example.org"]) {
    try {
      const reply = await fetch(`${site}/api/interview/${path}`, {credentials});
      seen[path] = await reply.text();
    } catch (error) { seen[path] = error.name; }
  }
  return seen;
}"""


@SITES
def test_foreign_page_cannot_create_answer_or_end(page, own_site, session_id, foreign_port, host):
    page.goto(f"http://{host}:{foreign_port}/")
    assert set(page.evaluate(WRITE, [own_site, session_id, "cors"]).values()) == {"TypeError"}
    seen = page.evaluate(WRITE, [own_site, session_id, "no-cors"])
    assert set(seen.values()) == {"opaque 0"}
    session = InterviewSession.objects.get()
    assert (session.session_id, session.status) == (session_id, "created")
    assert UserResponse.objects.count() == 0


@SITES
def test_form_of_a_foreign_page_cannot_end_an_interview(
    page, own_site, session_id, foreign_port, host
):
    """A form as text/plain can be made to read as JSON; it even shows the reply."""
    page.goto(f"http://{host}:{foreign_port}/")
    with page.expect_navigation():
        page.evaluate(
            """([site, sessionId]) => {
                const form = document.createElement("form");
                form.method = "POST";
                form.enctype = "text/plain";
                form.action = `${site}/api/interview/end`;
                const field = document.createElement("input");
                field.name = `{"sessionId": "${sessionId}", "x": "`;
                field.value = `"}`;
                form.append(field);
                document.body.append(form);
                form.submit();
            }""",
            [own_site, session_id],
        )
    assert "cross_site" in page.inner_text("body")
    assert InterviewSession.objects.get().status == "created"


@SITES
def test_foreign_page_cannot_read(page, own_site, session_id, foreign_port, host):
    page.goto(f"http://{host}:{foreign_port}/")
    for credentials in ("include", "omit"):
        seen = page.evaluate(READ, [own_site, session_id, credentials])
        assert set(seen.values()) == {"TypeError"}
    # The same browser on our own page reads what it asked for there.
    page.goto(f"{own_site}/")
    seen = page.evaluate(READ, [own_site, session_id, "include"])
    assert all("ann@example.org" in text or session_id in text for text in seen.values())


def test_allowed_origin_gets_bearer_access_and_no_cookie(
    page, own_site, session_id, foreign_port, settings
):
    partner = f"http://localhost:{foreign_port}"
    settings.CORS_ALLOWED_ORIGINS = [partner]
    page.goto(f"{partner}/")
    before = page.context.cookies()
    # Asking for cookies fails: the reply does not allow them, and has not used them.
    assert set(page.evaluate(WRITE, [own_site, session_id, "cors"]).values()) == {"TypeError"}
    assert InterviewSession.objects.get(session_id=session_id).status == "created"
    seen = page.evaluate(READ, [own_site, session_id, "omit"])
    assert "not_found" in seen[f"session-data/{session_id}"]
    assert '"total":0' in seen["history/ann@example.org"]
    statuses = page.evaluate(
        """async (site) => {
            const made = await (await fetch(`${site}/api/interview/create-session`, {
                method: "POST", body: JSON.stringify({userEmail: "bea@example.org"})})).json();
            const headers = {Authorization: `Bearer ${made.accessToken}`};
            const url = `${site}/api/interview/session-data/${made.sessionId}`;
            const bare = await fetch(url);
            const read = await fetch(url, {headers});
            const ended = await fetch(`${site}/api/interview/end`, {
                method: "POST", headers, body: JSON.stringify({sessionId: made.sessionId})});
            return [bare.status, read.status, ended.status];
        }""",
        own_site,
    )
    assert statuses == [404, 200, 200]
    assert page.context.cookies() == before
