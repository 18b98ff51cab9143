#!/usr/bin/env python
"""Loads the sample interviews and prints the rows per table: python add_sample_interview_data.py

The database is the configured one, as for `make run`; it is brought up to date first. Loading the
samples a second time changes nothing.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> int:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("loaddata", "sample_interviews")
    call_command("interview_stats")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from interviewdata.common.local_run import prepare

    prepare(ROOT)
    sys.exit(main())
