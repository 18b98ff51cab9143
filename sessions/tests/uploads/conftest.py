from collections.abc import Callable
from pathlib import Path

import pytest

from sessions.tests.uploads.tus_client import begun


@pytest.fixture
def upload(api, interview) -> str:
    """The address of a new upload of 10 bytes."""
    return begun(api, interview, 10)


@pytest.fixture
def parts(media_folder) -> Callable[[], list[bytes]]:
    """What the store has of uploads, in order of the names."""

    def look() -> list[bytes]:
        folder = Path(media_folder) / "uploads"
        return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]

    return look
