"""Small helpers for the few statements that are written by hand."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from psycopg import RawCursor


def is_postgresql(using: str = DEFAULT_DB_ALIAS) -> bool:
    return connections[using].vendor == "postgresql"


@contextmanager
def _executed(statement: str, values: Sequence[Any], using: str) -> Iterator[Any]:
    """A cursor that has run `statement`.

    On PostgreSQL it is psycopg's raw cursor on Django's own connection, whose state and errors
    stay Django's: nothing is parsed and nothing wrapped, half the CPU of a short statement. Where
    statements are counted or logged, Django's cursor runs them.
    """
    connection = connections[using]
    if (
        connection.vendor != "postgresql"
        or connection.queries_logged
        or connection.execute_wrappers
    ):
        with connection.cursor() as counted:
            counted.execute(statement, values)
            yield counted
        return
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        cursor = RawCursor(connection.connection)
        cursor.execute(_numbered(statement), values)
    yield cursor
    cursor.close()


@functools.lru_cache(maxsize=200)
def _numbered(statement: str) -> bytes:
    """Django's placeholders as PostgreSQL has them: $1, $2 …"""
    first, *rest = statement.split("%s")
    parts = [first, *(f"${number}{part}" for number, part in enumerate(rest, start=1))]
    return "".join(parts).replace("%%", "%").encode()


def fetch_one(
    statement: str, values: Sequence[Any], using: str = DEFAULT_DB_ALIAS
) -> tuple[Any, ...] | None:
    with _executed(statement, values, using) as cursor:
        return cursor.fetchone()  # type: ignore[no-any-return]


def fetch_all(
    statement: str, values: Sequence[Any], using: str = DEFAULT_DB_ALIAS
) -> list[tuple[Any, ...]]:
    with _executed(statement, values, using) as cursor:
        return cursor.fetchall()  # type: ignore[no-any-return]


def execute(statement: str, values: Sequence[Any], using: str = DEFAULT_DB_ALIAS) -> int:
    """Run a statement; the number of rows it touched."""
    with _executed(statement, values, using) as cursor:
        return int(cursor.rowcount)


@contextmanager
def planned_each_time(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Around a statement whose best plan depends on its values: a rare word, a frequent one.

    PostgreSQL plans a prepared statement anew a few times and then once for all values; inside
    this nothing is prepared. Planning a list of ours takes it 1–2 ms.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    own = connection.connection
    before, own.prepare_threshold = own.prepare_threshold, None
    try:
        yield
    finally:
        own.prepare_threshold = before


def to_sql_time(value: datetime | None, using: str = DEFAULT_DB_ALIAS) -> Any:
    """A time as the database wants it: SQLite keeps Django's text without an offset."""
    if value is None or connections[using].vendor == "postgresql":
        return value
    return connections[using].ops.adapt_datetimefield_value(value)


def from_sql_time(value: Any) -> datetime | None:
    """A time as the database gave it, or seconds since 1970: an aware datetime in UTC."""
    if value is None:
        return None
    if isinstance(value, float):
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value.astimezone(UTC)  # type: ignore[no-any-return]


def to_sql_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def from_sql_json(value: Any) -> Any:
    """JSON as the database gave it: a text on SQLite, and from PostgreSQL too under Django."""
    return orjson.loads(value) if isinstance(value, (str, bytes)) else value


def own_statement(using: str = DEFAULT_DB_ALIAS) -> AbstractContextManager[Any]:
    """Around a statement that may fail: a savepoint inside a transaction, nothing outside one."""
    if connections[using].in_atomic_block:
        return transaction.atomic(using=using)
    return nullcontext()
