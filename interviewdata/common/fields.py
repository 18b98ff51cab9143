"""Model fields that all tables share."""

from __future__ import annotations

from typing import Any

from django.db import models


class VerbatimJSONField(models.JSONField):
    """JSON kept as the text that was sent: PostgreSQL `json`, not `jsonb`.

    For evidence and for large lists (word times): order of keys and spelling of numbers stay,
    and the database hands the text on without building it anew. It cannot be searched inside.
    """

    def db_type(self, connection: Any) -> str | None:
        if connection.vendor == "postgresql":
            return "json"
        return super().db_type(connection)

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """As text: psycopg builds Python values from `json` (not from `jsonb`), which Django,
        expecting text, would try to read once more."""
        if compiler.connection.vendor == "postgresql":
            return f"({sql})::text", params
        return super().select_format(compiler, sql, params)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """As `json`: what travels as `jsonb` arrives with its keys sorted anew."""
        adapted = super().get_db_prep_value(value, connection, prepared)
        if connection.vendor == "postgresql":
            from psycopg.types.json import Json, Jsonb

            if isinstance(adapted, Jsonb):
                return Json(adapted.obj, dumps=adapted.dumps)
        return adapted
