"""Proves that the full-text index holds just the texts of the rows, and rebuilds what does not.

Triggers keep it (sessions/migrations/0006), so a difference means that somebody wrote past them:
a restore with triggers off, a table rebuilt on SQLite. What the text of a row is stands with the
triggers; a later migration that changes them has to be named here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import DatabaseError, connection, transaction

from interviewdata.common.sql import is_postgresql
from interviewdata.record.integrity import CHUNK, Problem
from sessions.migrations import _search_postgresql, _search_sqlite

_MISSING = """
SELECT said.id FROM (SELECT r.id, r.session_id, {text} AS text FROM {table} r) AS said
LEFT JOIN search_texts t ON {row}
WHERE said.text <> '' AND (t.text IS NULL OR t.text <> said.text OR t.session_id <> said.session_id)
ORDER BY said.id
"""
_STRAY = """
SELECT {row_id} FROM search_texts t
LEFT JOIN (SELECT r.id, {text} AS text FROM {table} r) AS said ON {row}
WHERE {of_kind} AND (said.id IS NULL OR said.text = '') ORDER BY 1
"""


def search_problems() -> Iterator[Problem]:
    """Texts that are not in the index, or otherwise than in their row, and texts of no row.

    Two statements a kind of text; on SQLite one more, which compares the words with the texts.
    """
    if not is_postgresql() and not _words_are_whole():
        yield Problem(
            "search", "search_texts", "its words are not those of its texts", _rebuild_words
        )
    for kind in _search_postgresql.SOURCES:
        parts = _parts(kind)
        for row_id in _ids(_MISSING.format(**parts)):
            yield Problem(
                "search",
                f"{parts['table']} {row_id}",
                "its text cannot be found",
                _repair(kind, row_id),
            )
        for row_id in _ids(_STRAY.format(**parts)):
            yield Problem(
                "search",
                f"{parts['table']} {row_id}",
                "is found, but is not there, or holds no text",
                _repair(kind, row_id),
            )


def _parts(kind: str) -> dict[str, str]:
    if is_postgresql():
        table, _columns, text = _search_postgresql.SOURCES[kind]
        return {
            "table": table,
            "text": text.format(row="r"),
            "row": f"t.kind = '{kind}' AND t.row_id = said.id",
            "row_id": "t.row_id",
            "of_kind": f"t.kind = '{kind}'",
        }
    number, table, _columns, text = _search_sqlite.SOURCES[kind]
    return {
        "table": table,
        "text": text.format(row="r"),
        "row": f"t.rowid = said.id * 4 + {number}",
        "row_id": "t.rowid / 4",
        "of_kind": f"t.rowid % 4 = {number}",
    }


def _ids(statement: str) -> Iterator[int]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(CHUNK):
            yield from (row[0] for row in rows)


def _repair(kind: str, row_id: int) -> Callable[[], str]:
    def repair() -> str:
        """Write the row's text anew, as its trigger would."""
        with transaction.atomic(), connection.cursor() as cursor:
            if is_postgresql():
                cursor.execute(
                    "DELETE FROM search_texts WHERE kind = %s AND row_id = %s", [kind, row_id]
                )
                add = _search_postgresql.fill(kind)
            else:
                number = _search_sqlite.SOURCES[kind][0]
                cursor.execute("DELETE FROM search_texts WHERE rowid = %s", [row_id * 4 + number])
                add = _search_sqlite.fill(kind)
            cursor.execute(f"{add.replace('%', '%%')} AND said.id = %s", [row_id])
            return "indexed anew" if cursor.rowcount > 0 else "taken out of the index"

    return repair


def _words_are_whole() -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO search_texts (search_texts) VALUES ('integrity-check')")
    except DatabaseError:
        return False
    return True


def _rebuild_words() -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_texts (search_texts) VALUES ('rebuild')")
    return "rebuilt from its texts"
