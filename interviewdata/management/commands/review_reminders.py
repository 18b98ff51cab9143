"""Who owes which review: what is overdue or due soon, by reviewer."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from analytics.models import ReviewAssignment
from analytics.services.assignment import REMIND_WITHIN, is_overdue, owed

USAGE, NOTHING = 2, 3
LONGEST_DAYS = 3650


class Command(BaseCommand):
    help = (
        "Prints who owes which review: overdue ones and those due within --days, by reviewer. "
        "Exit code 3 where nobody owes any. Nothing is sent; the output is for a mail program."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days",
            type=int,
            default=REMIND_WITHIN.days,
            help=f"due within so many days (default {REMIND_WITHIN.days}; 0: overdue alone)",
        )
        parser.add_argument("--json", action="store_true", help="JSON Lines: one object a reviewer")
        parser.add_argument(
            "--output", default="-", metavar="FILE", help="a file, or - for standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["days"]
        if not 0 <= days <= LONGEST_DAYS:
            raise CommandError(f"--days is between 0 and {LONGEST_DAYS}.", returncode=USAGE)
        now = timezone.now()
        rows = owed(now=now, within=timedelta(days=days)).iterator(chunk_size=500)
        lines = []
        for name, held in itertools.groupby(rows, key=lambda row: row.reviewer.get_username()):
            reviews = [_as_record(row, overdue=is_overdue(row, now)) for row in held]
            lines += [_as_json(name, reviews)] if options["json"] else _as_text(name, reviews)
        if not lines:
            raise CommandError("Nobody owes a review.", returncode=NOTHING)
        text = "\n".join(lines)
        if options["output"] == "-":
            self.stdout.write(text)
            return
        try:
            Path(options["output"]).write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['output']}: {error.strerror}") from error


def _as_record(row: ReviewAssignment, *, overdue: bool) -> dict[str, Any]:
    assert row.due_at is not None  # `owed` gives dated ones alone
    return {
        "session_id": row.session_id,
        "role": row.session.role,
        "due_at": row.due_at.isoformat().replace("+00:00", "Z"),
        "overdue": overdue,
        "email": row.reviewer.email,
    }


def _as_json(name: str, reviews: list[dict[str, Any]]) -> str:
    email = reviews[0]["email"]
    held = [{key: value for key, value in one.items() if key != "email"} for one in reviews]
    return json.dumps({"reviewer": name, "email": email, "reviews": held}, ensure_ascii=False)


def _as_text(name: str, reviews: list[dict[str, Any]]) -> list[str]:
    late = sum(one["overdue"] for one in reviews)
    lines = [f"{name}: {len(reviews)} to review, {late} overdue"]
    for one in reviews:
        word = "overdue since" if one["overdue"] else "due"
        lines.append(f"  {word} {one['due_at']}  {one['session_id']}  {one['role']}")
    return lines
