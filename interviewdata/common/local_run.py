"""Lets a script at the root run as `make run` does, without any settings of its own."""

from __future__ import annotations

import os
from pathlib import Path

from interviewdata.common import env


def prepare(root: Path) -> None:
    """Read `.env`, switch DEBUG on unless it or SECRET_KEY is set, and start Django."""
    env.load_dotenv(root / ".env")
    if not env.text("SECRET_KEY"):
        os.environ.setdefault("DEBUG", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interviewdata.settings")
    import django
    from django.conf import settings

    django.setup()
    # Served from the sources here, but its absence is warned of.
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
