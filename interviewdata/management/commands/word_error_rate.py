"""How well speech is heard: recordings against what was said in them."""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from analytics.engines.transcription import Transcriber, TranscriptionFailed
from analytics.engines.transcription.plain import plain_words
from analytics.services.transcriber import transcriber, why_none
from sessions.audio.facts import UnreadableAudio
from sessions.audio.inspect import inspect_audio
from sessions.audio.samples import samples_of

USAGE, NOTHING = 2, 3


@dataclass(frozen=True)
class Heard:
    """errors: words wrong, missing or too many; words: of the reference. seconds: of sound; took,
    cpu: seconds to decode and to transcribe it, the latter of this process and its children."""

    file: str
    words: int
    errors: int
    seconds: float
    took: float
    cpu: float
    reference: str
    text: str


class Command(BaseCommand):
    help = (
        "Transcribes recordings as the settings say (TRANSCRIPTION) and prints how many words in a "
        "hundred are wrong, missing or too many, the time it took as a share of the sound's "
        "length, and the most memory. Exit codes: 0 done, 1 failed, 2 usage, 3 nothing found."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths",
            nargs="+",
            metavar="PATH",
            help="a folder of recordings, each beside a .txt of its name; or recording text pairs",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")
        parser.add_argument("--texts", action="store_true", help="also print what was heard")

    def handle(self, *args: Any, **options: Any) -> None:
        pairs = _pairs([Path(path) for path in options["paths"]])
        try:
            import jiwer
        except ImportError as error:
            raise CommandError(
                "The package jiwer is missing: pip install jiwer==4.0.0", returncode=1
            ) from error
        engine = transcriber()
        if engine is None:
            raise CommandError(why_none(), returncode=1)
        quiet = not sys.stderr.isatty() or options["verbosity"] == 0
        heard = [_hear(engine, jiwer, *pair) for pair in tqdm(pairs, disable=quiet)]
        if options["json"]:
            self.stdout.write(json.dumps(_summary(engine, heard), ensure_ascii=False))
            return
        width = max(len(one.file) for one in heard)
        for one in heard:
            self.stdout.write(
                f"{one.file:<{width}}  {100 * one.errors / one.words:6.1f} %  "
                f"{one.errors:>3} of {one.words:>4} words  {one.took / one.seconds:.3f} × real time"
            )
            if options["texts"]:
                self.stdout.write(f"  said:  {one.reference}\n  heard: {one.text}")
        total = _summary(engine, heard)
        self.stdout.write(
            f"{'overall':<{width}}  {100 * total['wordErrorRate']:6.1f} %  {total['errors']:>3} of "
            f"{total['words']:>4} words  {total['realTimeFactor']:.3f} × real time "
            f"(CPU {total['cpuFactor']:.3f}), peak memory {total['peakMemoryMB']} MB\n"
            f"by {total['engine']}, {total['model']}"
        )


def _pairs(paths: list[Path]) -> list[tuple[Path, str]]:
    """(recording, what was said in it), by name. Raises CommandError."""
    if len(paths) == 1:
        if not paths[0].is_dir():
            raise CommandError(
                f"{paths[0]}: is no folder. Name a folder, or a recording and its text.",
                returncode=USAGE,
            )
        texts = sorted(paths[0].glob("*.txt"))
        found = [
            (sound, text)
            for text in texts
            for sound in sorted(paths[0].glob(f"{text.stem}.*"))
            if sound != text
        ]
    elif len(paths) % 2:
        raise CommandError("Name a text after each recording.", returncode=USAGE)
    else:
        found = list(zip(paths[::2], paths[1::2], strict=True))
    if not found:
        raise CommandError(f"{paths[0]}: no recording lies beside a .txt.", returncode=NOTHING)
    pairs = []
    for sound, text in found:
        try:
            reference = plain_words(text.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{text}: cannot be read as text.", returncode=USAGE) from error
        if not reference:
            raise CommandError(f"{text}: holds no words.", returncode=USAGE)
        pairs.append((sound, reference))
    return pairs


def _hear(engine: Transcriber, jiwer: Any, sound: Path, reference: str) -> Heard:
    try:
        with sound.open("rb") as file:
            facts = inspect_audio(file)
            began, cpu = time.monotonic(), _cpu_seconds()
            with samples_of(file, facts.content_type) as samples:
                words = engine.transcribe(samples).words
                seconds = samples.duration
    except OSError as error:
        raise CommandError(f"{sound}: {error.strerror}.", returncode=USAGE) from error
    except (UnreadableAudio, TranscriptionFailed) as error:
        raise CommandError(f"{sound}: {error}", returncode=1) from error
    took, used = time.monotonic() - began, _cpu_seconds() - cpu
    text = plain_words(" ".join(word.word for word in words))
    found = jiwer.process_words(reference, text)
    return Heard(
        file=sound.name,
        words=len(reference.split()),
        errors=found.substitutions + found.deletions + found.insertions,
        seconds=seconds,
        took=took,
        cpu=used,
        reference=reference,
        text=text,
    )


def _cpu_seconds() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(kind)[:2]) for kind in kinds)


def _summary(engine: Transcriber, heard: list[Heard]) -> dict[str, Any]:
    seconds = sum(one.seconds for one in heard)
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    return {
        "engine": engine.engine,
        "model": engine.model,
        "words": sum(one.words for one in heard),
        "errors": sum(one.errors for one in heard),
        "wordErrorRate": sum(one.errors for one in heard) / sum(one.words for one in heard),
        "seconds": round(seconds, 3),
        "realTimeFactor": round(sum(one.took for one in heard) / seconds, 4),
        "cpuFactor": round(sum(one.cpu for one in heard) / seconds, 4),
        "peakMemoryMB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 1024**2,
        "files": [asdict(one) for one in heard],
    }
