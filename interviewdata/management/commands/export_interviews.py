"""Interviews as JSON documents: one as a document, several as JSON Lines."""

from __future__ import annotations

import contextlib
import getpass
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from interviewdata.record.bulk import as_line, documents, select_interviews

USAGE, NOTHING = 2, 3


class Command(BaseCommand):
    help = (
        "Writes interviews as JSON: one as the document the API sends, several as JSON Lines. "
        "Exit codes: 0 done, 1 failed, 2 usage, 3 nothing matched."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--session", action="append", default=[], metavar="ID", help="may be repeated"
        )
        parser.add_argument("--email", default="", help="all interviews of one person")
        parser.add_argument("--all", action="store_true", help="all interviews")
        parser.add_argument(
            "--output", default="-", metavar="FILE", help="a file, or - for standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = list(dict.fromkeys(options["session"]))
        if bool(wanted) + bool(options["email"]) + options["all"] != 1:
            raise CommandError("Name --session, --email or --all, one of them.", returncode=USAGE)
        output = options["output"]
        if output != "-" and not Path(output).absolute().parent.is_dir():
            raise CommandError(f"--output: {output}: there is no such folder.", returncode=USAGE)
        interviews = select_interviews(session_ids=wanted, email=options["email"])
        total = interviews.count()
        if wanted and total < len(wanted):
            found = set(interviews.values_list("session_id", flat=True))
            missing = ", ".join(name for name in wanted if name not in found)
            raise CommandError(f"There is no interview {missing}.", returncode=NOTHING)
        if total == 0:
            raise CommandError("No interview matches.", returncode=NOTHING)
        exported = documents(
            interviews.values_list("session_id", flat=True).iterator(chunk_size=2000),
            actor=f"shell:{_who()}",
            now=timezone.now(),
        )
        count = 0
        with (
            self._sink(output) as sink,
            tqdm(
                total=total,
                unit="interview",
                file=sys.stderr,
                disable=True if options["verbosity"] < 1 else None,
                leave=False,
            ) as bar,
        ):
            for document in exported:
                sink.write(document if total == 1 else as_line(document))
                count += 1
                bar.update()
        if output != "-" and options["verbosity"] > 0:
            self.stderr.write(f"{count} written to {output}.")

    @contextlib.contextmanager
    def _sink(self, output: str) -> Iterator[BinaryIO | _TextSink]:
        """Where the bytes go; a file appears under its name only when it is whole."""
        if output == "-":
            stream: Any = getattr(self.stdout, "_out", self.stdout)
            yield getattr(stream, "buffer", None) or _TextSink(stream)
            stream.flush()
            return
        target = Path(output).absolute()
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
        # Candidates' data: for the owner alone.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
            os.replace(temporary, target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


class _TextSink:
    """Bytes for a stream of text, as callers of `call_command` give."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, content: bytes) -> None:
        self._stream.write(content.decode())


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
