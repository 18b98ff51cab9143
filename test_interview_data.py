#!/usr/bin/env python
"""Takes one interview through the documented calls and prints a line a step.

    python test_interview_data.py       inside this process, with the configured database
    BASE_URL=http://127.0.0.1:8000 python test_interview_data.py        a running server

Exit code 0 when every step did what the documentation says, 1 at the first that did not.
The interview it makes stays, under the address try-out@example.org.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> int:
    from interviewdata.record.tryout import InProcess, OverHTTP, try_out

    base_url = os.environ.get("BASE_URL", "")
    caller = OverHTTP(base_url) if base_url else InProcess()
    return try_out(caller, sound_folder=ROOT / "fixtures" / "sample_audio", say=sys.stdout.write)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from interviewdata.common.local_run import prepare

    prepare(ROOT)
    sys.exit(main())
