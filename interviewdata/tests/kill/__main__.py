"""`python -m interviewdata.tests.kill --rounds 200 [--postgres URL]`"""

from __future__ import annotations

import argparse
import os
import sys


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m interviewdata.tests.kill",
        description="Kills the real server (kill -9) again and again while clients send answers "
        "with sound, and proves that none that was acknowledged is lost, doubled or torn.",
    )
    parser.add_argument("--rounds", type=int, default=200, help="kills (default 200)")
    parser.add_argument("--postgres", default="", help="URL of a server to make a database on")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--seed", type=int, help="of the instants of the kills")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interviewdata.settings")
    from interviewdata.tests.kill.run import run

    result = run(
        arguments.rounds,
        postgres_url=arguments.postgres,
        port=arguments.port,
        seed=arguments.seed,
        tell=lambda text: print(text, file=sys.stderr, flush=True),  # noqa: T201
    )
    print(result)  # noqa: T201
    for problem in [*result.problems, *sorted(set(result.refused))]:
        print(problem)  # noqa: T201
    return 1 if result.problems or result.refused else 0


if __name__ == "__main__":
    sys.exit(main())
