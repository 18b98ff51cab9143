"""Helpers for tests that break constraints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction


def change(row: models.Model, **fields: Any) -> None:
    """Write `fields` past every check of Python's."""
    type(row)._default_manager.filter(pk=row.pk).update(**fields)


def assert_refused(name: str, act: Callable[[], object]) -> None:
    """`act` fails on the constraint of that name; SQLite names the columns of unique ones."""

    def broken() -> None:
        act()
        connection.check_constraints()  # those that wait for the end of the transaction

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        broken()
    message = str(caught.value)
    assert name in message or message.startswith("UNIQUE constraint failed"), message


def constraints_of(app_label: str) -> set[str]:
    """Names of all constraints of an app's models, unique fields as `table.column`."""
    names = set()
    for model in apps.get_app_config(app_label).get_models():
        names |= {constraint.name for constraint in model._meta.constraints}
        names |= {
            f"{model._meta.db_table}.{field.column}"
            for field in model._meta.concrete_fields
            if field.unique and not field.primary_key
        }
    return names
