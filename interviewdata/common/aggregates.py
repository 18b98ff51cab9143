"""Expressions that Django 5.2 does not have for both databases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from django.db.models import Aggregate, CharField, TextField
from django.db.models.expressions import Expression


class Joined(Aggregate):
    """All values of a group in one text, separated by spaces; on PostgreSQL and SQLite."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ' ')"
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, function="GROUP_CONCAT", **context)


class TextRows(Expression):
    """Texts as the rows of a subquery, for `column__in=`.

    PostgreSQL looks each of hundreds of texts up in an index then; of `IN (…, …)` it believes that
    reading the whole table is cheaper. One parameter, however many there are.
    """

    subquery = True
    output_field = TextField()

    def __init__(self, texts: Iterable[str]) -> None:
        super().__init__()
        self.texts = orjson.dumps(list(texts)).decode()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str]]:
        return "(SELECT value FROM json_each(%s))", (self.texts,)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str]]:
        return "(SELECT jsonb_array_elements_text(%s::jsonb))", (self.texts,)
