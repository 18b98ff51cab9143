"""A worker that is killed -9 at random instants forgets nothing and does nothing twice.
KILL_WORKER_ROUNDS= sets how often it is killed (default 6; 50 takes about five minutes);
TEST_DATABASE_URL= takes it to PostgreSQL."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import nullcontext

import pytest

from interviewdata.tests.kill.proof import fetch
from interviewdata.tests.kill.server import ROOT, ScratchDatabase, Server

INTERVIEWS = 20
WAIT_SECONDS = 240
_DONE = "SELECT count(*) FROM response_analyses"
_UNFINISHED = "SELECT count(*) FROM analysis_jobs WHERE state <> 'done'"
_COMPOSED = "SELECT count(*) FROM interview_analytics"
# What the worker left of each interview: answers, analyses, those of its figures.
_PROOF = """
SELECT s.session_id,
       (SELECT count(*) FROM user_responses r WHERE r.session_id = s.session_id),
       (SELECT count(*) FROM response_analyses v WHERE v.session_id = s.session_id),
       (SELECT count(*) FROM analysis_jobs j WHERE j.session_id = s.session_id),
       (SELECT count(*) FROM interview_analytics a WHERE a.session_id = s.session_id),
       (SELECT max(CAST(response_patterns AS text)) FROM interview_analytics a
        WHERE a.session_id = s.session_id)
FROM interview_sessions s
"""
_ATTEMPTS = """
SELECT sum(attempts), count(*), max(problem) FROM analysis_jobs WHERE kind = 'answer'
"""


class Worker:
    def __init__(self, server):
        self.server = server
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "work", "--lease", "1", "-v", "0"],
            cwd=ROOT,
            env=self.server.environment,
            start_new_session=True,
        )

    def kill(self):
        """kill -9 for the worker and what decodes for it."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.mark.slow
def test_a_killed_worker_forgets_nothing_and_does_nothing_twice(tmp_path):
    rounds = int(os.environ.get("KILL_WORKER_ROUNDS", "6"))
    answers = max(2, rounds // 6)
    url = os.environ.get("TEST_DATABASE_URL", "")
    chance = random.Random()
    with ScratchDatabase(url) if url else nullcontext("") as database_url:
        server = Server(tmp_path, database_url=database_url, TRANSCRIPTION="off")
        migrated = server.manage("migrate", "--verbosity", "0")
        assert migrated.returncode == 0, migrated.stderr
        module = [sys.executable, "-m", "interviewdata.tests.kill.interviews"]
        subprocess.run(
            [*module, str(INTERVIEWS), str(answers)], cwd=ROOT, env=server.environment, check=True
        )

        def number(statement):
            return fetch(database_url, tmp_path, statement)[0][0]

        def is_over():
            return number(_COMPOSED) == INTERVIEWS and number(_UNFINISHED) == 0

        def wait_for(is_so):
            deadline = time.monotonic() + WAIT_SECONDS
            while not is_so():
                assert worker.process.poll() is None, "the worker ended by itself"
                assert time.monotonic() < deadline, "the worker got nowhere"
                time.sleep(0.05)

        worker = Worker(server)
        kills = 0
        try:
            for _round in range(rounds):
                before = number(_DONE)
                worker.start()
                wait_for(lambda before=before: number(_DONE) > before or is_over())
                if is_over():
                    break
                time.sleep(chance.uniform(0, 0.6))
                worker.kill()
                kills += 1
            worker.start()
            wait_for(is_over)
            worker.process.send_signal(signal.SIGTERM)
            assert worker.process.wait(WAIT_SECONDS) == 0
        finally:
            worker.kill()
        proof = fetch(database_url, tmp_path, _PROOF)
        ((attempts, jobs, problem),) = fetch(database_url, tmp_path, _ATTEMPTS)
        checked = server.manage("check_interview_data", "--deep")
    print(f"{kills} kills: {jobs} answers, {attempts - jobs} begun again")  # noqa: T201
    assert len(proof) == INTERVIEWS
    for session_id, given, found, made, composed, patterns in proof:
        assert (given, found, made, composed) == (answers + 1, answers + 1, answers + 2, 1)
        assert f'"answers": {answers + 1},' in patterns, session_id
    assert problem == ""
    assert kills == rounds
    assert attempts > jobs  # the kills did interrupt analyses
    assert checked.returncode == 0, checked.stdout
