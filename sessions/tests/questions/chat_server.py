"""A local server that speaks the chat completions protocol, well or badly, as a test wishes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def question(number: int, **changed: Any) -> dict[str, Any]:
    """One question as the instructions ask for it."""
    return {
        "question": f"How would you go about problem number {number}?",
        "type": "technical",
        "category": "Problem solving",
        "difficulty": "intermediate",
        "expected_keywords": ["measure", "compare"],
        "time_limit": 120,
        **changed,
    }


def completion(content: Any) -> bytes:
    """The body of a chat completion whose message says `content` (a text, or made JSON)."""
    text = content if isinstance(content, str) else json.dumps(content)
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "stub",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "stop",
                    "message": {"role": "assistant", "content": text},
                }
            ],
        }
    ).encode()


@dataclass
class Call:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class ChatServer:
    """`answer(handler)` writes the reply; `calls` are the requests that came."""

    answer: Callable[[BaseHTTPRequestHandler], None] = lambda handler: None
    calls: list[Call] = field(default_factory=list)
    url: str = ""
    _stopped: threading.Event = field(default_factory=threading.Event)

    def says(self, content: Any, status: int = 200, **headers: str) -> None:
        """Reply to every call with a completion of `content`."""
        self.sends(completion(content), status, **headers)

    def sends(self, body: bytes, status: int = 200, **headers: str) -> None:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)

        self.answer = answer

    def drips(self, body: bytes, *, headers_too: bool = False, pause: float = 0.05) -> None:
        """Send a byte, wait, send the next, so that something arrives all the time."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            head = (
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                + f"Content-Length: {len(body)}\r\n\r\n".encode()
            )
            if not headers_too:
                handler.wfile.write(head)
            for byte in (head if headers_too else b"") + body:
                if self._stopped.wait(pause):
                    return
                handler.wfile.write(bytes([byte]))

        self.answer = answer

    def is_silent(self) -> None:
        self.answer = lambda handler: self._stopped.wait(60) and None

    def start(self) -> Callable[[], None]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                server.calls.append(
                    Call(
                        self.path,
                        {name.lower(): value for name, value in self.headers.items()},
                        json.loads(body),
                    )
                )
                try:
                    server.answer(self)
                except ConnectionError:
                    pass  # the client gave up, which is what some tests want to see
                self.close_connection = True

            def log_message(self, *args: Any) -> None:
                pass

        httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        httpd.daemon_threads = True
        thread = threading.Thread(target=httpd.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{httpd.server_port}/v1"

        def stop() -> None:
            self._stopped.set()
            httpd.shutdown()
            httpd.server_close()
            thread.join()

        return stop
