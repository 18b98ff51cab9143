"""Pages for staff at few and at many interviews: the ratio of their times."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import psycopg

from interviewdata.benchmarks.calls import PAGES
from interviewdata.benchmarks.servers import scratch_database

if TYPE_CHECKING:
    from interviewdata.benchmarks.run import Run

FEW = 1_000
TIME_MOST = 3.0
CONNECTIONS = 2  # staff are few; what is asked is how long a page takes


def measure_pages(run: Run, big: str, monitor: psycopg.Connection, name: str) -> None:
    """Time the pages of `PAGES` on the database at `big` against one of 1,000 interviews.

    `name` is that of the material both are called with: of our own server.
    """
    from interviewdata.benchmarks.run import ROOT, Load, compare, median, ratio

    with contextlib.ExitStack() as stack:
        few = stack.enter_context(scratch_database(run.options.database, f"{run.prefix}_few"))
        material = run.seed(few, "few", FEW, name, sessions=100)
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"],
            check=True,
            env=run.environment(few),
            cwd=ROOT,
        )
        load = Load([material], CONNECTIONS)
        stack.callback(load.close)
        load_many = Load([run.folder / "postgresql.pickle"], CONNECTIONS)
        stack.callback(load_many.close)
        mine = run.serve(run.ours, "ours_few", name, few, monitor)
        stack.callback(mine.server.stop)
        many = run.serve(run.ours, "ours_many", name, big, monitor)
        stack.callback(many.server.stop)
        print(f"\nPages at {FEW:,} and at {run.options.listed[1]:,} interviews")
        for call, path in PAGES.items():
            result: dict[str, Any]
            found = [
                compare(one_load, [(one, call, run.options.seconds)], run.options.rounds)
                for one_load, one in ((load, mine), (load_many, many))
            ]
            if isinstance(found[0], str) or isinstance(found[1], str):
                result = {"not_measured": [one for one in found if isinstance(one, str)]}
                print(f"{path:<60} not measured: {result['not_measured'][0]}")
            else:
                value = ratio(found[0][0], found[1][0])
                result = {
                    "few": found[0][0].summary(),
                    "many": found[1][0].summary(),
                    "time_ratio": round(value, 3),
                    "target": TIME_MOST,
                    "ok": value <= TIME_MOST,
                }
                rates = " ".join(f"{median(one[0].rates):>6.0f}/s" for one in found)
                verdict = "ok" if value <= TIME_MOST else "short"
                print(
                    f"{path:<60} {rates} {value:>5.2f} times as long (at most {TIME_MOST:.0f}:"
                    f" {verdict})",
                    flush=True,
                )
            run.results[call] = result
