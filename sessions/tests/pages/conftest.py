from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions.tests.admin.conftest import boss

__all__ = ["boss"]


@pytest.fixture
def statements_of(db: None) -> Callable[[Callable[[], object]], list[str]]:
    """Runs something and gives the statements it sent."""

    def run(act: Callable[[], object]) -> list[str]:
        with CaptureQueriesContext(connection) as found:
            act()
        return [one["sql"] for one in found.captured_queries]

    return run
