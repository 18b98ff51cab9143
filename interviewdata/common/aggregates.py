"""Aggregates that Django 5.2 does not have for both databases."""

from __future__ import annotations

from typing import Any

from django.db.models import Aggregate, CharField


class Joined(Aggregate):
    """All values of a group in one text, separated by spaces; on PostgreSQL and SQLite."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ' ')"
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, function="GROUP_CONCAT", **context)
