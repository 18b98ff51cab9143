"""What must be true after the kills, read straight from the database and the disk."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from interviewdata.tests.kill.load import Acknowledged

_ROWS = """
SELECT r.id, r.session_id, r.user_answer, r.audio_file_path, r.audio_sha256, r.audio_bytes,
       r.question_id
FROM user_responses r ORDER BY r.id
"""
_COUNTERS = """
SELECT s.session_id FROM interview_sessions s
WHERE s.questions_answered <> (SELECT count(*) FROM user_responses r
                               WHERE r.session_id = s.session_id AND r.is_current)
   OR s.total_questions <> (SELECT count(*) FROM interview_questions q
                            WHERE q.session_id = s.session_id)
"""


@dataclass
class Proof:
    """`problems` is empty when nothing was lost, doubled or torn."""

    rows: int = 0
    unreferenced_files: int = 0
    problems: list[str] = field(default_factory=list)


def fetch(database_url: str, folder: Path, statement: str) -> list[tuple[Any, ...]]:
    if database_url:
        import psycopg

        with psycopg.connect(database_url) as connection:
            return connection.execute(statement).fetchall()  # type: ignore[call-overload]
    connection = sqlite3.connect(folder / "db.sqlite3")
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def prove(
    folder: Path,
    database_url: str,
    acknowledged: Sequence[Acknowledged],
    sessions: Sequence[str],
) -> Proof:
    rows = fetch(database_url, folder, _ROWS)
    proof = Proof(rows=len(rows))
    kept = {row[0]: row for row in rows}
    say = proof.problems.append
    for answer in acknowledged:
        row = kept.get(answer.response_id)
        if row is None:
            say(f"acknowledged answer {answer.response_id} is lost")
        elif (row[1], row[2], row[4], row[5]) != (
            answer.session_id,
            answer.text,
            answer.sha256,
            answer.size,
        ):
            say(f"acknowledged answer {answer.response_id} is another one now: {row}")
    for text, count in Counter(row[2] for row in rows).items():
        if count > 1:
            say(f"{text!r} is there {count} times")
    media, referenced = folder / "media", set()
    for pk, _session, _text, path, sha256, size, _question in rows:
        file = media / path
        referenced.add(file)
        if not path or not file.is_file():
            say(f"row {pk} has no file")
            continue
        content = file.read_bytes()
        if len(content) != size or hashlib.sha256(content).hexdigest() != sha256:
            say(f"row {pk}: its file is torn, {len(content)} of {size} bytes")
    for (session_id,) in fetch(database_url, folder, _COUNTERS):
        say(f"the counters of {session_id} are wrong")
    there = Counter(row[0] for row in fetch(
        database_url, folder, "SELECT session_id FROM interview_sessions"))  # fmt: skip
    for session_id in sessions:
        if there[session_id] != 1:
            say(f"acknowledged interview {session_id} is there {there[session_id]} times")
    if sum(there.values()) != len(fetch(
        database_url, folder, "SELECT DISTINCT user_email FROM interview_sessions")):  # fmt: skip
        say("an interview was made twice")
    files = {path for path in media.rglob("*") if path.is_file()} if media.exists() else set()
    proof.unreferenced_files = len(files - referenced)
    return proof
