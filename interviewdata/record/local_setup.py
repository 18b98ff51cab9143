"""What `make run` prepares: tables, question bank, samples, a first admin."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction

from sessions.models import BankQuestion, InterviewSession

ADMIN_NAME = "admin"


def set_up() -> Iterator[str]:
    """Bring the database up to date and fill what is empty; yields a line for each thing done.

    Nothing that is there is changed: a second call does nothing and yields nothing.
    """
    call_command("migrate", interactive=False, verbosity=0)
    # Under DEBUG files are served from the sources; the folder's absence is warned of all the same.
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    # The server looks for this folder at its start, and says so where there is none.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    if not settings.DEBUG:
        call_command("collectstatic", interactive=False, verbosity=0)
    if not BankQuestion.objects.exists():
        call_command("loaddata", "question_bank", verbosity=0)
        yield f"Loaded {BankQuestion.objects.count()} questions into the question bank."
    if not InterviewSession.objects.exists():
        call_command("loaddata", "sample_interviews", verbosity=0)
        yield f"Loaded {InterviewSession.objects.count()} sample interviews."


@transaction.atomic
def make_first_admin() -> tuple[str, str] | None:
    """(name, password) of a new superuser; None where there is a superuser already."""
    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return None
    name = ADMIN_NAME
    while users.filter(username=name).exists():
        name = f"{ADMIN_NAME}-{secrets.token_hex(3)}"
    password = secrets.token_urlsafe(15)
    users.create_superuser(name, password=password)
    return name, password
