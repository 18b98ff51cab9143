"""Fixtures that all tests share."""

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="only tests that use a database: for a further one, after the whole suite on one",
    )


DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def uses_database(item: pytest.Item) -> bool:
    """Tests that start servers of their own bring databases of their own: they are `slow`, and so
    are some of sound and its engines, which use none."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if DATABASE_FIXTURES & fixtures or item.get_closest_marker("django_db"):
        return True
    pure = {"audio", "engines"} & set(item.path.parts)
    return item.get_closest_marker("slow") is not None and not pure


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-only"):
        return
    others = [item for item in items if not uses_database(item)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if uses_database(item)]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database, which PostgreSQL does not drop while a server's thread holds on to it."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


@pytest.fixture(autouse=True)
def rubric_of_migration(request: Any) -> None:
    """The rubric that a migration brought, also after a test whose flush has taken it away."""
    with_database = DATABASE_FIXTURES & set(request.fixturenames)
    if not with_database and request.node.get_closest_marker("django_db") is None:
        return
    request.getfixturevalue("_django_db_helper")
    from analytics.models import RubricCategory

    if not RubricCategory.objects.exists():
        migration = import_module("analytics.migrations.0004_rubric")
        migration.add_dimensions(apps, None)


@pytest.fixture(autouse=True)
def media_folder(settings: Any, tmp_path: Path) -> Path:
    """Every test has a store of sound of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


class ApiClient(Client):
    """A browser's `fetch` with a string body: text/plain, cookies kept, nothing else sent."""

    def call(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST `body` as JSON (GET where it is None); `headers` by their HTTP names, - as _."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is None:
            return self.get(path, headers=named)
        return self.post(
            path, json.dumps(body), content_type="text/plain;charset=UTF-8", headers=named
        )


@pytest.fixture
def api(db: None) -> ApiClient:
    return ApiClient()


@pytest.fixture
def new_browser(db: None) -> Callable[[], ApiClient]:
    """Makes further browsers, each with a cookie jar of its own."""
    return ApiClient


@pytest.fixture
def interview(api: ApiClient) -> str:
    """The session id of an interview that `api` holds the grant of, with questions asked."""
    from sessions.models import InterviewSession
    from sessions.services.counters import recount
    from sessions.tests.factories import InterviewQuestionFactory

    made = api.call("/api/interview/create-session", {"userEmail": "ann@example.org"}).json()
    session = InterviewSession.objects.get(session_id=made["sessionId"])
    for index in (1, 2, 3):
        InterviewQuestionFactory(session=session, question_index=index)
    recount(made["sessionId"])
    return str(made["sessionId"])


@pytest.fixture
def staff_user(db: None) -> Callable[..., User]:
    """Makes staff with the named permissions ("app.codename")."""

    def make(*permissions: str, username: str = "rita", **fields: Any) -> User:
        user = User.objects.create_user(username, password="pw", is_staff=True, **fields)
        for name in permissions:
            app_label, codename = name.split(".")
            user.user_permissions.add(
                Permission.objects.get(content_type__app_label=app_label, codename=codename)
            )
        return user

    return make


@pytest.fixture
def question_bank(db: None) -> None:
    from django.core.management import call_command

    call_command("loaddata", "question_bank", verbosity=0)
