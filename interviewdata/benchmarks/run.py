"""`python -m interviewdata.benchmarks`: our server beside a bare endpoint, as ratios.

Contenders take turns in short slices of one run, so that a noisy machine disturbs them alike; a
figure is the median of the rounds' ratios. CPU milliseconds a request (server processes and their
database backends) stand beside it. It always ends with 0: figures are to be read, not to fail on.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import psycopg

from interviewdata.benchmarks.contest import ROOT, Contender, Load, Tally, compare, ratio
from interviewdata.benchmarks.pages import measure_pages
from interviewdata.benchmarks.servers import bare, ours, scratch_database
from interviewdata.benchmarks.speech import measure_speech
from interviewdata.benchmarks.watchers import measure_watchers

DATABASE_URL = "postgresql://postgres@127.0.0.1:5432/postgres"
WRITERS = 8
# Name, words for people, least ratio to the bare endpoint.
CALLS = (
    ("create_first", "create-session, a browser's first", 0.60),
    ("create_again", "create-session, with its cookie", 0.60),
    ("questions", "questions, 5", 0.60),
    ("response_text", "response, text of 1 KB", 0.55),
    ("response_base64", "response, 200 kB sound, base64", 0.80),
    ("response_multipart", "response, 200 kB sound, multipart", 0.75),
    ("record_small", "session-data, small", 0.60),
    ("record_words", "session-data, 1,000 words", 0.90),
    ("record_plain", "the same; bare: one JSON document", 0.90),
    ("list_page", "list page; bare: the rows alone", 0.60),
    ("list_recorded", "list page; bare: the same statement", 0.60),
)
# What ours is asked where the bare endpoint is asked something else.
OURS_INSTEAD = {"record_plain": "record_words", "list_recorded": "list_page"}
SQLITE_LEAST = 0.80
LIST_TIME_MOST = 1.30


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Run:
    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        self.results: dict[str, Any] = {}
        self.port = options.first_port
        self.ours = partial(ours, threads=options.threads)
        self.secret_key = secrets.token_urlsafe(50)
        self.stack = contextlib.ExitStack()
        self.prefix = f"bench_{os.getpid()}"

    def environment(self, database: str, **more: str) -> dict[str, str]:
        """What production sets, and nothing of what this shell may have set otherwise."""
        kept = ("PATH", "HOME", "LANG", "PYTHONPATH", "VIRTUAL_ENV")
        return {name: os.environ[name] for name in kept if name in os.environ} | {
            "DJANGO_SETTINGS_MODULE": "interviewdata.settings",
            "DEBUG": "0",
            "SECRET_KEY": self.secret_key,
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATA_DIR": str(self.folder),
            "MEDIA_ROOT": str(self.folder / "media"),
            "DATABASE_URL": database,
            "LOG_LEVEL": "WARNING",
            **more,
        }

    def seed(
        self, database: str, name: str, listed: int, contenders: str, sessions: int | None = None
    ) -> Path:
        output = self.folder / f"{name}.pickle"
        began = time.monotonic()
        command = [sys.executable, "-m", "interviewdata.benchmarks.seed", str(output)]
        command += [f"--sessions={sessions or self.options.sessions}", f"--listed={listed}"]
        command += [f"--contenders={contenders}"]
        subprocess.run(command, check=True, env=self.environment(database), cwd=ROOT)
        say(f"seeded {name} in {time.monotonic() - began:.0f} s")
        return output

    def serve(
        self, make: Any, name: str, material: str, database: str, monitor: Any, **more: str
    ) -> Contender:
        server = make(name, self.port, self.environment(database, **more), self.folder)
        self.port += 1
        server.start()
        self.stack.callback(server.stop)
        return Contender(server, material, monitor)

    def all(self) -> None:
        options = self.options
        if not options.only or "speech" in options.only:
            measure_speech(self)
        if options.only == ["speech"]:
            return
        with self.stack:
            enter = self.stack.enter_context
            small = enter(scratch_database(options.database, f"{self.prefix}_small"))
            lite = f"sqlite:///{self.folder / 'bench.sqlite3'}"
            materials = [
                self.seed(small, "postgresql", options.listed[0], "ours,bare"),
                self.seed(lite, "sqlite", 0, "sqlite"),
            ]
            big = enter(self.copied(small, f"{self.prefix}_big", options.listed[1]))
            monitor = enter(psycopg.connect(options.database, autocommit=True))
            load = Load(materials, WRITERS)
            self.stack.callback(load.close)
            mine = self.serve(self.ours, "ours", "ours", small, monitor)
            other = self.serve(bare, "bare", "bare", small, monitor)
            static = self.serve(
                self.ours,
                "static",
                "ours",
                small,
                None,
                DJANGO_SETTINGS_MODULE="interviewdata.benchmarks.settings",
            )
            self.calls(load, mine, other, static)
            if not options.only:
                static.server.stop()
                self.sqlite(load, mine, self.serve(self.ours, "sqlite", "sqlite", lite, None))
            if not options.only or "list_page" in options.only:
                mine_big = self.serve(self.ours, "ours_big", "ours", big, monitor)
                bare_big = self.serve(bare, "bare_big", "bare", big, monitor)
                self.big_list(load, mine, mine_big, bare_big)
                bare_big.server.stop()
            if not options.only or "pages" in options.only:
                measure_pages(self, big, monitor, "ours")
            if not options.only or "watchers" in options.only:
                measure_watchers(self, monitor)

    @contextlib.contextmanager
    def copied(self, database: str, name: str, listed: int) -> Any:
        """A copy of a seeded database with `listed` interviews."""
        began = time.monotonic()
        with scratch_database(self.options.database, name) as address:
            with psycopg.connect(self.options.database, autocommit=True) as connection:
                template = database.rpartition("/")[2].partition("?")[0]
                connection.execute(f'DROP DATABASE "{name}"')
                connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            environment = self.environment(address)
            code = (
                "import django; django.setup();"
                "from interviewdata.benchmarks.seed import listed_interviews;"
                f"listed_interviews({listed})"
            )
            subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=ROOT)
            say(f"seeded {listed:,} interviews in {time.monotonic() - began:.0f} s")
            yield address

    def calls(self, load: Load, mine: Contender, other: Contender, static: Contender) -> None:
        print(f"\n{HEAD}\n{'-' * len(HEAD)}", flush=True)
        for call, words, target in CALLS:
            if self.options.only and call not in self.options.only:
                continue
            seconds = self.options.seconds
            found = compare(
                load,
                [
                    (mine, OURS_INSTEAD.get(call, call), seconds),
                    (other, call, seconds),
                    (static, "static_bytes", seconds / 3),
                ],
                self.options.rounds,
            )
            self.show(call, words, found, target)

    def show(self, call: str, words: str, found: list[Tally] | str, target: float) -> None:
        if isinstance(found, str):
            print(f"{words:<35} not measured: {found}", flush=True)
            self.results[call] = {"not_measured": found}
            return
        value = ratio(found[0], found[1])
        names = ("ours", "bare", "static")
        result = {name: tally.summary() for name, tally in zip(names, found, strict=False)}
        result |= {"ratio": round(value, 3), "target": target, "ok": value >= target}
        static = ""
        if len(found) > 2:
            result["ratio_to_static"] = round(ratio(found[0], found[2]), 3)
            static = f"{result['ratio_to_static']:.2f}"
        self.results[call] = result
        one, two = result["ours"], result["bare"]
        print(
            f"{words:<35} {one['requests_per_second']:>8.0f} {two['requests_per_second']:>8.0f}"
            f" {value:>6.2f} {target:>7.2f} {'ok' if value >= target else 'short':<6}"
            f"{_cpu_words(one):>14} {_cpu_words(two):>14} {static:>7}"
            f"{_error_words(one)}{_error_words(two)}",
            flush=True,
        )

    def sqlite(self, load: Load, mine: Contender, lite: Contender) -> None:
        seconds, call = self.options.seconds, "response_text"
        found = compare(load, [(lite, call, seconds), (mine, call, seconds)], self.options.rounds)
        if isinstance(found, str):
            print(f"SQLite: not measured: {found}")
            self.results["sqlite"] = {"not_measured": found}
            return
        value = ratio(*found)
        locked = lite.server.log.read_text(errors="replace").count("database is locked")
        self.results["sqlite"] = {
            "sqlite": found[0].summary(),
            "postgresql": found[1].summary(),
            "ratio": round(value, 3),
            "target": SQLITE_LEAST,
            "ok": value >= SQLITE_LEAST,
            "database_is_locked": locked,
        }
        print(
            f"\nSQLite, text responses, {WRITERS} writers: {median(found[0].rates):.0f} a second,"
            f" {value:.2f} of PostgreSQL's {median(found[1].rates):.0f}"
            f" (target {SQLITE_LEAST:.2f}: {'ok' if value >= SQLITE_LEAST else 'short'});"
            f' "database is locked": {locked} ({"ok" if not locked else "short"})'
            f"{_error_words(found[0].summary())}",
            flush=True,
        )

    def big_list(
        self, load: Load, mine: Contender, mine_big: Contender, other_big: Contender
    ) -> None:
        few, many = self.options.listed
        found = compare(
            load,
            [(c, "list_page", self.options.seconds) for c in (mine_big, other_big, mine)],
            self.options.rounds,
        )
        shown = found if isinstance(found, str) else found[:2]
        print()
        self.show("list_page_many", f"list page at {many:,}", shown, 0.60)
        if isinstance(found, str):
            return
        value = ratio(found[2], found[0])
        self.results["list_page_time"] = {
            "few": few,
            "many": many,
            "time_ratio": round(value, 3),
            "target": LIST_TIME_MOST,
            "ok": value <= LIST_TIME_MOST,
        }
        print(
            f"A list page at {many:,} interviews takes {value:.2f} times as long as at {few:,}"
            f" (at most {LIST_TIME_MOST:.2f}: {'ok' if value <= LIST_TIME_MOST else 'short'})",
            flush=True,
        )


HEAD = (
    f"{'call':<35} {'ours/s':>8} {'bare/s':>8} {'ratio':>6} {'target':>7} {'':<6}"
    f"{'CPU ms ours':>14} {'CPU ms bare':>14} {'/static':>7}"
)


def _cpu_words(summary: dict[str, Any]) -> str:
    """Server + database, milliseconds a request."""
    return f"{summary['server_cpu_ms']:.2f} + {summary['database_cpu_ms']:.2f}"


def _error_words(summary: dict[str, Any]) -> str:
    if not summary["errors"]:
        return ""
    return f"\n    {summary['errors']} errors, the first: {summary['first_error']}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m interviewdata.benchmarks", description=__doc__)
    parser.add_argument("--database", default=os.environ.get("BENCH_DATABASE_URL", DATABASE_URL))
    parser.add_argument("--seconds", type=float, help="length of a slice (1.5; quick 0.5)")
    parser.add_argument("--rounds", type=int, help="slices a contender (5; quick 3)")
    parser.add_argument("--sessions", type=int, help="interviews a contender (4000; quick 500)")
    parser.add_argument(
        "--listed",
        type=int,
        nargs=2,
        metavar=("FEW", "MANY"),
        help="interviews to list (10,000 and 1,000,000; quick 2,000 and 20,000)",
    )
    parser.add_argument(
        "--only", nargs="*", choices=[*(call[0] for call in CALLS), "pages", "watchers", "speech"]
    )
    parser.add_argument("--threads", type=int, default=2, help="of each worker of our server")
    parser.add_argument("--quick", action="store_true", help="under a minute, rough figures")
    parser.add_argument("--first-port", type=int, default=8110)
    parser.add_argument("--output", type=Path, default=ROOT / "bench-results.json")
    options = parser.parse_args()
    usual = {"seconds": 1.5, "rounds": 5, "sessions": 4000, "listed": (10_000, 1_000_000)}
    quick = {"seconds": 0.5, "rounds": 3, "sessions": 500, "listed": (2_000, 20_000)}
    for name, value in (quick if options.quick else usual).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    with tempfile.TemporaryDirectory(prefix="interviewdata-bench-") as folder:
        run = Run(options, Path(folder))
        try:
            run.all()
        finally:
            document = {
                "options": {k: str(v) for k, v in vars(options).items()},
                "results": run.results,
            }
            options.output.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    say(f"written to {options.output}")


if __name__ == "__main__":
    main()
