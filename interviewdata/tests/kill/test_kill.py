"""An acknowledged answer survives a kill -9 of the server at any instant. KILL_ROUNDS= sets how
often it is killed (default 50); TEST_DATABASE_URL= takes it to PostgreSQL."""

from __future__ import annotations

import os

import pytest

from interviewdata.tests.kill.load import Acknowledged
from interviewdata.tests.kill.proof import prove
from interviewdata.tests.kill.run import run


@pytest.mark.slow
def test_acknowledged_answers_survive_kills_of_the_server():
    rounds = int(os.environ.get("KILL_ROUNDS", "50"))
    result = run(rounds, postgres_url=os.environ.get("TEST_DATABASE_URL", ""))
    print(result)  # noqa: T201  (the figures, with pytest -s)
    assert result.problems == []
    assert result.refused == []
    assert result.acknowledged >= rounds
    assert result.sent_again > 0  # the kills did interrupt work
    assert result.rows >= result.acknowledged


def test_proof_finds_what_is_lost_torn_and_doubled(tmp_path):
    """The proof can fail: a database where everything it looks for is wrong."""
    import sqlite3

    connection = sqlite3.connect(tmp_path / "db.sqlite3")
    connection.executescript(
        """
        CREATE TABLE interview_sessions (session_id, user_email, questions_answered,
                                         total_questions);
        CREATE TABLE interview_questions (session_id);
        CREATE TABLE user_responses (id, session_id, user_answer, audio_file_path, audio_sha256,
                                     audio_bytes, question_id, is_current);
        INSERT INTO interview_sessions VALUES ('s', 'a@b.c', 7, 0);
        INSERT INTO user_responses VALUES (1, 's', 'torn', 'torn.webm', 'aa', 5, 1, 1),
            (2, 's', 'twice', 'gone.webm', 'aa', 5, 1, 0),
            (3, 's', 'twice', 'gone.webm', 'aa', 5, 1, 0);
        """
    )
    connection.commit()
    connection.close()
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "torn.webm").write_bytes(b"to")
    (tmp_path / "media" / "nobody.webm").write_bytes(b"x")
    acknowledged = [
        Acknowledged(1, "s", "other words", "aa", 5, tries=1),
        Acknowledged(9, "s", "lost", "aa", 5, tries=1),
    ]
    proof = prove(tmp_path, "", acknowledged, ["s", "lost"])
    assert proof.unreferenced_files == 1
    assert [problem.split(":")[0] for problem in proof.problems] == [
        "acknowledged answer 1 is another one now",
        "acknowledged answer 9 is lost",
        "'twice' is there 2 times",
        "row 1",
        "row 2 has no file",
        "row 3 has no file",
        "the counters of s are wrong",
        "acknowledged interview lost is there 0 times",
    ]
