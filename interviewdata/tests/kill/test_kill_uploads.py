"""Acknowledged parts of a recording survive a kill -9 of the server at any instant, and the answer
made of them is whole. KILL_ROUNDS= sets how often it is killed (default 25);
TEST_DATABASE_URL= takes it to PostgreSQL."""

from __future__ import annotations

import os
import random
import threading
import time
from contextlib import nullcontext

import pytest

from interviewdata.tests.kill.load import sounds
from interviewdata.tests.kill.proof import fetch, prove
from interviewdata.tests.kill.server import ScratchDatabase, Server
from interviewdata.tests.kill.uploads import Uploader

CLIENTS = 3
WAIT_SECONDS = 60


def wait_for(done):
    deadline = time.monotonic() + WAIT_SECONDS
    while not done():
        assert time.monotonic() < deadline, "no recording got through"
        time.sleep(0.01)


@pytest.mark.slow
def test_acknowledged_parts_survive_kills_of_the_server(tmp_path):
    rounds = int(os.environ.get("KILL_ROUNDS", "10"))
    url = os.environ.get("TEST_DATABASE_URL", "")
    chance = random.Random()
    stop = threading.Event()
    (tmp_path / "staticfiles").mkdir()
    with ScratchDatabase(url) if url else nullcontext("") as database_url:
        server = Server(tmp_path, database_url=database_url)
        migrated = server.manage("migrate", "--verbosity", "0")
        assert migrated.returncode == 0, migrated.stderr
        clients = [
            Uploader(server.port, sounds()[2:], stop, seed=chance.randrange(2**32))
            for _ in range(CLIENTS)
        ]

        def count():
            return sum(len(client.acknowledged) for client in clients)

        try:
            server.start()
            for client in clients:
                client.start()
            for _ in range(rounds):
                before = count()
                wait_for(lambda before=before: count() > before)
                time.sleep(chance.uniform(0, 0.3))
                server.kill()
                server.start()
            before = [len(client.acknowledged) for client in clients]
            wait_for(
                lambda: all(
                    len(client.acknowledged) > number or not client.is_alive()
                    for client, number in zip(clients, before, strict=True)
                )
            )
        finally:
            stop.set()
            for client in clients:
                client.join(timeout=WAIT_SECONDS)
            server.kill()
        acknowledged = [answer for client in clients for answer in client.acknowledged]
        sessions = [one for client in clients for one in client.sessions]
        proof = prove(tmp_path, database_url, acknowledged, sessions)
        parts = fetch(database_url, tmp_path, _PARTS)
        checked = server.manage("check_interview_data", "--deep")
    resumed = sum(client.resumed for client in clients)
    print(f"{rounds} kills: {count()} recordings acknowledged, {resumed} resumed")  # noqa: T201
    assert [text for client in clients for text in client.refused] == []
    assert [text for client in clients for text in client.lost] == []
    assert proof.problems == []
    assert checked.returncode == 0, checked.stdout
    assert count() >= rounds
    assert resumed > 0  # the kills did interrupt recordings
    # Parts are left of recordings that were not finished, and of no others.
    for upload_id, first_byte, size, sha256 in parts:
        file = tmp_path / "media" / "uploads" / upload_id / f"{first_byte:012d}-{sha256}"
        assert file.stat().st_size == size


_PARTS = """
SELECT u.upload_id, p.first_byte, p.size_bytes, p.sha256
FROM audio_upload_parts p JOIN audio_uploads u ON u.id = p.upload_id
"""
