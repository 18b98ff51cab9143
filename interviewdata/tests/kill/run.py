"""The whole test: start, load, kill -9 at a random instant, again and again, then the proof."""

from __future__ import annotations

import random
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from interviewdata.tests.kill.load import Client, sounds
from interviewdata.tests.kill.proof import prove
from interviewdata.tests.kill.server import ScratchDatabase, Server

CLIENTS = 4
# Between the first answer of a fresh server and its end, in seconds.
SHORTEST, LONGEST = 0.0, 0.5
DRAIN_SECONDS = 60


@dataclass(frozen=True)
class Result:
    rounds: int
    acknowledged: int
    sent_again: int
    rows: int
    unreferenced_files: int
    refused: list[str]
    problems: list[str]
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.rounds} kills in {self.seconds:.0f} s: {self.acknowledged} answers "
            f"acknowledged, {self.sent_again} of them sent more than once, {self.rows} rows, "
            f"{self.unreferenced_files} files without a row, {len(self.refused)} replies other "
            f"than 200, {len(self.problems)} problems"
        )


def run(
    rounds: int,
    *,
    postgres_url: str = "",
    port: int = 0,
    seed: int | None = None,
    tell: Callable[[str], None] = lambda text: None,
) -> Result:
    """Kill the server `rounds` times under load; on a scratch database of PostgreSQL where
    `postgres_url` is given, else on SQLite. All data stand in a folder that is removed."""
    begun = time.monotonic()
    chance = random.Random(seed)
    scratch = ScratchDatabase(postgres_url) if postgres_url else nullcontext("")
    with tempfile.TemporaryDirectory(prefix="interviewdata-kill-") as name, scratch as database_url:
        folder = Path(name)
        (folder / "staticfiles").mkdir()  # its absence is worth a warning to the server
        server = Server(folder, database_url=database_url, port=port)
        migrated = server.manage("migrate", "--verbosity", "0")
        if migrated.returncode:
            raise RuntimeError(migrated.stderr)
        stop, samples = threading.Event(), sounds()
        clients = [
            Client(server.port, samples, stop, seed=chance.randrange(2**32)) for _ in range(CLIENTS)
        ]
        try:
            server.start()
            for client in clients:
                client.start()
            for number in range(1, rounds + 1):
                _wait_for_answers(clients)
                time.sleep(chance.uniform(SHORTEST, LONGEST))
                server.kill()
                server.start()
                if number % 10 == 0:
                    tell(f"{number} kills, {_count(clients)} answers acknowledged")
            # Everybody's last answer gets through before the count.
            _wait_for_answers(clients)
        finally:
            stop.set()
            for client in clients:
                client.join(timeout=DRAIN_SECONDS)
            server.kill()
        acknowledged = [answer for client in clients for answer in client.acknowledged]
        sessions = [one for client in clients for one in client.sessions]
        proof = prove(folder, database_url, acknowledged, sessions)
        return Result(
            rounds=rounds,
            acknowledged=len(acknowledged),
            sent_again=sum(answer.tries > 1 for answer in acknowledged),
            rows=proof.rows,
            unreferenced_files=proof.unreferenced_files,
            refused=[text for client in clients for text in client.refused],
            problems=proof.problems,
            seconds=time.monotonic() - begun,
        )


def _count(clients: list[Client]) -> int:
    return sum(len(client.acknowledged) for client in clients)


def _wait_for_answers(clients: list[Client]) -> None:
    """Until the fresh server has acknowledged something: a kill meets work, not an idle server."""
    before, deadline = _count(clients), time.monotonic() + DRAIN_SECONDS
    while _count(clients) == before:
        if time.monotonic() > deadline:
            raise RuntimeError(
                f"No answer got through: {[client.refused[-1:] for client in clients]}"
            )
        time.sleep(0.005)
