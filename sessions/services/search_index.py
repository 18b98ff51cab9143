"""Erased texts leave the full-text index for good."""

from __future__ import annotations

from interviewdata.common.sql import execute, is_postgresql


def forget_erased_texts() -> None:
    """Take the words of erased texts out of the files of the index. One statement; on SQLite it
    writes the whole index anew, so call it once after erasing, not for every row.

    The triggers take a row out of the index in the transaction that erases it, and nothing finds
    it any more. SQLite's FTS5 however keeps the words of what it forgot until its parts are merged;
    merging leaves pages that `PRAGMA secure_delete` (settings) overwrites. On PostgreSQL erased
    rows go with the next vacuum, in this table as in every other.
    """
    if not is_postgresql():
        execute("INSERT INTO search_texts (search_texts) VALUES ('optimize')", [])
