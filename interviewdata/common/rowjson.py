"""Rows as JSON text, made by the database: exact, all columns, and without building objects.

`json_object` writes the SQL for one row of a model. What it leaves to Python is nothing but
joining texts; a thousand-word transcript costs no more than copying it.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import Expression


@functools.cache
def _columns(model: type[models.Model]) -> tuple[tuple[str | None, str], ...]:
    """(column, internal type) of a model, in order of definition."""
    return tuple((f.column, f.get_internal_type()) for f in model._meta.concrete_fields)


def json_object(
    model: type[models.Model],
    table: str,
    *,
    vendor: str,
    leave_out: Collection[str] = (),
    extra: Mapping[str, str] | None = None,
    empty: Collection[str] = (),
) -> str:
    """SQL of the JSON text of one row of `model`, called `table` in the statement.

    All concrete columns under their column names, but for `leave_out`; those in `empty` are null
    whatever the row says; `extra` adds name → SQL.
    Times come as ISO 8601 in UTC. The result is a text on both databases.
    """
    parts = []
    for column, kind in _columns(model):
        if column in leave_out:
            continue
        if column in empty:
            parts.append(f"'{column}', NULL")
            continue
        value = f'{table}."{column}"'
        parts.append(f"'{column}', {_as_json(value, kind) if vendor == 'sqlite' else value}")
    for name, sql in (extra or {}).items():
        parts.append(f"'{name}', {sql}")
    if vendor == "sqlite":
        return f"json_object({', '.join(parts)})"
    return f"json_build_object({', '.join(parts)})::text"


def _as_json(value: str, kind: str) -> str:
    """SQLite keeps times, booleans and JSON as plain text and numbers."""
    if kind == "DateTimeField":
        return f"replace({value}, ' ', 'T') || '+00:00'"
    if kind == "BooleanField":
        return f"json(CASE {value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
    if kind == "JSONField":
        return f"json({value})"
    if kind == "FloatField":
        # SQLite's own JSON writes 15 digits; 17 give the same number back.
        return f"json(CASE WHEN {value} IS NULL THEN NULL ELSE printf('%!.17g', {value}) END)"
    return value


class RowJSON(Expression):
    """`json_object` for a queryset: `qs.values_list(RowJSON(Model), flat=True)` gives texts.

    `leave_out` and `empty` as there.
    """

    output_field = models.TextField()

    def __init__(
        self,
        model: type[models.Model],
        leave_out: Collection[str] = (),
        empty: Collection[str] = (),
    ) -> None:
        super().__init__(output_field=models.TextField())
        self.model = model
        self.leave_out = frozenset(leave_out)
        self.empty = frozenset(empty)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        table = connection.ops.quote_name(self.model._meta.db_table)
        sql = json_object(
            self.model,
            table,
            vendor=connection.vendor,
            leave_out=self.leave_out,
            empty=self.empty,
        )
        return sql.replace("%", "%%"), ()


def vendor_of(using: str = DEFAULT_DB_ALIAS) -> str:
    return connections[using].vendor
