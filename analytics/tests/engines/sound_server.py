"""A local server that speaks /audio/transcriptions, well or badly, as a test wishes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Call:
    """fields: of the form, each a list of its values; sound: the bytes of the file."""

    path: str
    headers: dict[str, str]
    fields: dict[str, list[str]]
    sound: bytes
    file_name: str


@dataclass
class SoundServer:
    """`answer(handler)` writes the reply; `calls` are the requests that came."""

    answer: Callable[[BaseHTTPRequestHandler], None] = lambda handler: None
    calls: list[Call] = field(default_factory=list)
    url: str = ""
    stopped: threading.Event = field(default_factory=threading.Event)

    def says(self, content: Any, status: int = 200, **headers: str) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)

        self.answer = answer

    def is_silent(self) -> None:
        self.answer = lambda handler: self.stopped.wait(60) and None

    def drips(self) -> None:
        """Send a byte, wait, send the next: something arrives all the time."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
            while not self.stopped.wait(0.05):
                handler.wfile.write(b" ")

        self.answer = answer

    def start(self) -> Callable[[], None]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                server.calls.append(_call(self, body))
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
            self.stopped.set()
            httpd.shutdown()
            httpd.server_close()
            thread.join()

        return stop


def _call(handler: BaseHTTPRequestHandler, body: bytes) -> Call:
    kind = handler.headers.get("Content-Type", "")
    message = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    fields: dict[str, list[str]] = {}
    sound, file_name = b"", ""
    for part in message.get_payload():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if part.get_filename():
            sound, file_name = content, part.get_filename()
        else:
            fields.setdefault(name, []).append(content.decode())
    headers = {name.lower(): value for name, value in handler.headers.items()}
    return Call(handler.path, headers, fields, sound, file_name)
