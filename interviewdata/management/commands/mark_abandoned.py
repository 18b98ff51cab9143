"""Marks interviews abandoned that fell silent."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sessions.feed import silence
from sessions.services.abandon import abandon_silent, silent_interviews

MOST_SHOWN = 100_000


class Command(BaseCommand):
    help = (
        "Marks interviews abandoned that are not completed and gave no sign of life (no write, no "
        "open page) for ABANDONED_AFTER_MINUTES. Prints their ids; exit code 3 if there were none. "
        "Whoever comes back makes theirs active again. Run it every few minutes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--minutes", type=int, metavar="N", help="of silence, instead of the setting"
        )
        parser.add_argument("--dry-run", action="store_true", help="print them, mark none")

    def handle(self, *args: Any, **options: Any) -> None:
        minutes = options["minutes"]
        if minutes is not None and not 5 <= minutes <= 525_600:
            raise CommandError("--minutes: from 5 to 525600.", returncode=2)
        silent_for = silence() if minutes is None else timedelta(minutes=minutes)
        if options["dry_run"]:
            found = silent_interviews(silence=silent_for, now=timezone.now(), limit=MOST_SHOWN)
        else:
            found = abandon_silent(silence=silent_for)
        for session_id in found:
            self.stdout.write(session_id)
        if options["verbosity"] > 0:
            would = "would be marked" if options["dry_run"] else "marked"
            self.stderr.write(f"{len(found)} {would} abandoned.")
        if not found:
            sys.exit(3)
