from typing import Any

from axes.apps import AppConfig as AxesConfig
from django.apps import AppConfig
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


def _without_jit(connection: Any, **_more: Any) -> None:
    """PostgreSQL would compile a statement that it takes for an expensive one, for half a second;
    ours find what they look for by an index and are done in milliseconds."""
    if connection.vendor == "postgresql":
        connection.connection.execute("SET jit = off")


def _prepare_nothing(using: str, **_more: Any) -> None:
    """Django adds a foreign key by two statements in one text, which cannot be prepared
    (DATABASES: `prepare_threshold`); while migrating nothing is."""
    _set_threshold(using, None)


def _prepare_again(using: str, **_more: Any) -> None:
    options = connections[using].settings_dict.get("OPTIONS", {})
    _set_threshold(using, options.get("prepare_threshold"))


def _set_threshold(using: str, threshold: int | None) -> None:
    connection = connections[using]
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        connection.connection.prepare_threshold = threshold


class InterviewDataConfig(AppConfig):
    name = "interviewdata"
    verbose_name = _("Interview data")

    def ready(self) -> None:
        from interviewdata import checks  # noqa: F401  (registers the system checks)

        connection_created.connect(_without_jit, dispatch_uid="without_jit")
        pre_migrate.connect(_prepare_nothing, dispatch_uid="prepare_nothing")
        post_migrate.connect(_prepare_again, dispatch_uid="prepare_again")


class LoginsConfig(AxesConfig):  # type: ignore[misc]
    """django-axes, under a name that people understand in the admin."""

    verbose_name = _("Logins")
    default = False
