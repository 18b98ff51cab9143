"""A bad connection between browser and server: narrow, and cut every so often."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from types import TracebackType

BLOCK = 16 * 1024


class RoughLine:
    """Stands at a port of its own and hands bytes on, both ways, to the server at `port`.

    While `rough` is set, what the browser sends passes at `bytes_a_second` over all connections
    together, and every `seconds` all connections are cut. `cuts` counts them.
    """

    def __init__(self, port: int, *, bytes_a_second: float, seconds: float) -> None:
        self.server_port = port
        self.bytes_a_second, self.seconds = bytes_a_second, seconds
        self.rough = False
        self.cuts = 0
        self.port = 0
        self._free_at = 0.0  # when the line has passed what it took so far
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> RoughLine:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._cutter = asyncio.create_task(self._cut())

    async def _stop(self) -> None:
        self._cutter.cancel()
        self._server.close()
        self._hang_up()
        others = asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _cut(self) -> None:
        while True:
            await asyncio.sleep(self.seconds)
            if self.rough:
                self.cuts += 1
                self._hang_up()

    def _hang_up(self) -> None:
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
            pair = {writer, far_writer}
            self._open |= pair
            await asyncio.gather(
                self._pass_on(reader, far_writer, narrow=True),
                self._pass_on(far_reader, writer, narrow=False),
            )
            self._open -= pair

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, narrow: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(BLOCK):
                if narrow and self.rough:
                    now = time.monotonic()
                    self._free_at = max(now, self._free_at) + len(data) / self.bytes_a_second
                    await asyncio.sleep(self._free_at - now)
                writer.write(data)
                await writer.drain()
        writer.close()
