"""Names of tables and columns, as the admin and its forms show them, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.db import models


def name_for_people(model: type[models.Model], one: Any, many: Any, /, **columns: Any) -> None:
    """Name a table by lazy texts, one row and many, and its columns by their fields.

    The English texts are what Django makes of the names of class and fields by itself. As
    `verbose_name` in the class they would be part of migrations, of which each further wording
    would be one; set afterwards they are not. Raises FieldDoesNotExist.
    """
    model._meta.verbose_name = one
    model._meta.verbose_name_plural = many
    for name, words in columns.items():
        model._meta.get_field(name).verbose_name = words  # type: ignore[union-attr]
