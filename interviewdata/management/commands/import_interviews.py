"""Brings interviews from files into the record."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from tqdm import tqdm

from interviewdata.common.errors import DomainError
from interviewdata.record.imports import FORMATS, read
from interviewdata.record.imports.answers_store import Imported, store_answers
from interviewdata.record.imports.mistakes import Mistake

FAILED, USAGE, NOTHING = 1, 2, 3


class Command(BaseCommand):
    help = (
        "Brings interviews from files into the record, each file whole or not at all; the same "
        f"file twice changes nothing. Formats: {', '.join(FORMATS)} (what candidates download "
        "when their answers cannot be sent). Exit codes: 0 done, 1 failed, 2 usage, 3 no answers."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done and write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files = [Path(name) for name in options["files"]]
        for file in files:
            if not file.is_file():
                raise CommandError(f"{file}: there is no such file.", returncode=USAGE)
        failed = answers = 0
        with tqdm(
            files,
            unit="file",
            file=sys.stderr,
            disable=True if options["verbosity"] < 1 else None,
            leave=False,
        ) as bar:
            for file in bar:
                try:
                    imported = self._import(file, dry_run=options["dry_run"])
                except (Mistake, DomainError, DatabaseError, OSError) as error:
                    self.stderr.write(f"{file}: {error}")
                    failed += 1
                    continue
                answers += imported.answers + imported.already + len(imported.left_out)
                self._tell(file, imported, options)
        if failed:
            raise CommandError(
                f"{failed} of {len(files)} files could not be imported; "
                "nothing of these was stored.",
                returncode=FAILED,
            )
        if not answers:
            raise CommandError("There are no answers in what was given.", returncode=NOTHING)

    def _import(self, file: Path, *, dry_run: bool) -> Imported:
        return store_answers(read(file.read_bytes()), dry_run=dry_run)

    def _tell(self, file: Path, imported: Imported, options: dict[str, Any]) -> None:
        for sentence in imported.left_out:
            self.stderr.write(f"{file}: {sentence}")
        if not options["verbosity"]:
            return
        word = "new interview" if imported.is_new else "interview"
        name = "" if imported.is_new and options["dry_run"] else f" {imported.session_id}"
        if imported.changes:
            done = f"{imported.questions} questions and {imported.answers} answers"
            done += " would be added" if options["dry_run"] else " added"
            done += ", consent noted" if imported.consent else ""
        else:
            done = "nothing to add"
        there = f", {imported.already} answers were there" if imported.already else ""
        self.stdout.write(f"{file}: {word}{name}: {done}{there}.")
