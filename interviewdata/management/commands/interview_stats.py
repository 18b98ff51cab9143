"""Rows per table."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from interviewdata.record.tables import rows_per_table


class Command(BaseCommand):
    help = "Prints how many rows each table of the interview record holds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object: table → rows")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = rows_per_table()
        if options["json"]:
            self.stdout.write(json.dumps(rows))
            return
        width = max(map(len, rows))
        for table, count in rows.items():
            self.stdout.write(f"{table:<{width}}  {count:>9,}")
