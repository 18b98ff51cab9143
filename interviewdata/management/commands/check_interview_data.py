"""Proves counters, figures, relations and files; exit code 1 and a list of what is wrong."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from tqdm import tqdm

from interviewdata.common.errors import DomainError
from interviewdata.record import (
    integrity,
    integrity_analysis,
    integrity_copies,
    integrity_figures,
    integrity_files,
    integrity_search,
    integrity_uploads,
)
from interviewdata.record.integrity import Problem
from sessions.kinds import rebuild_kinds
from sessions.services.search_index import forget_erased_texts
from sessions.services.tidy import forget_old_replies, forget_old_uploads


class Command(BaseCommand):
    help = (
        "Proves that counters, statistics, relations and sound files are what they must be. "
        "Prints what is wrong, one line each; exit code 1 if anything is left so."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help="rebuild what can be rebuilt, and say what"
        )
        parser.add_argument(
            "--deep", action="store_true", help="read every sound file and compare its SHA-256"
        )
        parser.add_argument(
            "--json", action="store_true", help="JSON Lines: each problem, then a summary"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found: Counter[str] = Counter()
        try:
            self._check(found, options)
        except OSError as error:
            raise CommandError(f"The store of sound does not answer: {error}") from error
        left = found["problems"] - found["repaired"]
        if options["json"]:
            counts = {name: found[name] for name in ("problems", "repaired", "swept")}
            self.stdout.write(json.dumps({"summary": {**counts, "left": left}}))
        else:
            self._sum_up(found, left)
        if left:
            sys.exit(1)

    def _check(self, found: Counter[str], options: dict[str, Any]) -> None:
        for problem in self._problems(deep=options["deep"], quiet=options["verbosity"] < 1):
            repaired = self._repair(problem) if options["repair"] else ""
            found["problems"] += 1
            found["repaired"] += bool(repaired)
            self._say(problem, repaired, as_json=options["json"])
        if options["repair"] and hasattr(default_storage, "sweep_temporary"):
            # What listing the store by name does not reach.
            found["swept"] = default_storage.sweep_temporary(integrity_files.GRACE.total_seconds())
        if options["repair"]:
            forget_old_replies()
            forget_old_uploads()
            forget_erased_texts()
            rebuild_kinds()  # without those of erased interviews

    def _repair(self, problem: Problem) -> str:
        """What was done; empty where nothing could be: no repair, or one the database refused."""
        if problem.repair is None:
            return ""
        try:
            return problem.repair()
        except (DatabaseError, DomainError, OSError) as error:
            self.stderr.write(f"{problem.kind}: {problem.subject}: not repaired: {error}")
            return ""

    def _sum_up(self, found: Counter[str], left: int) -> None:
        if found["swept"]:
            self.stdout.write(f"{found['swept']} remains of interrupted uploads removed.")
        if not found["problems"]:
            self.stdout.write("Everything is as it must be.")
            return
        self.stdout.write(f"{found['problems']} found, {found['repaired']} repaired, {left} left.")

    def _problems(self, *, deep: bool, quiet: bool) -> Iterator[Problem]:
        # In this order: a repaired relation may move counters, and these the statistics.
        yield from integrity.relation_problems()
        yield from integrity.email_problems()
        yield from integrity.counter_problems()
        yield from integrity.stats_problems()
        yield from integrity_figures.figure_problems()
        yield from integrity_search.search_problems()
        yield from integrity_analysis.analysis_problems()
        yield from integrity_copies.copy_problems()
        with tqdm(
            total=integrity_files.recorded().count(),
            desc="sound files",
            unit="file",
            file=sys.stderr,
            disable=True if quiet else None,
            leave=False,
        ) as bar:
            yield from integrity_files.missing_file_problems(deep=deep, each=bar.update)
        yield from integrity_files.stray_file_problems()
        yield from integrity_uploads.lost_part_problems(deep=deep)
        yield from integrity_uploads.stray_part_problems()

    def _say(self, problem: Problem, repaired: str, *, as_json: bool) -> None:
        if as_json:
            line = {"kind": problem.kind, "subject": problem.subject, "message": problem.message}
            if repaired:
                line["repaired"] = repaired
            self.stdout.write(json.dumps(line, ensure_ascii=False))
        else:
            ending = f" → {repaired}" if repaired else ""
            self.stdout.write(f"{problem.kind}: {problem.subject}: {problem.message}{ending}")
