"""Prepares a machine of one's own; `make run` calls it before it serves."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from interviewdata.record.local_setup import make_first_admin, set_up

OPEN_API_BANNER = """\
**********************************************************************
*  OPEN_API is on: programs on this machine read and write interviews *
*  without any credentials. For existing clients on a machine of your *
*  own only; unset OPEN_API to end this.                              *
**********************************************************************"""


class Command(BaseCommand):
    help = (
        "Brings the database up to date, loads the question bank and the samples where they are "
        "missing, and makes a first admin, whose password it prints once. Keeps what is there."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for line in set_up():
            self.stderr.write(line)
        admin = make_first_admin()
        if admin is not None:
            name, password = admin
            port = os.environ.get("PORT", "8000")
            self.stdout.write(
                f"\n  The first admin, shown this once:\n\n"
                f"    address   http://127.0.0.1:{port}/admin/\n"
                f"    user      {name}\n"
                f"    password  {password}\n\n"
                f"  Another password: manage.py changepassword {name}\n"
            )
        if settings.OPEN_API:
            self.stderr.write(OPEN_API_BANNER)
