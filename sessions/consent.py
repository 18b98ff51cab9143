"""What a candidate agrees to before an interview, and how that is kept.

`VERSION` names the wording of `templates/interview_sessions/consent.html`: change it with every
change of meaning, so that each interview says to what its person agreed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

VERSION = "2026-1"
KEY = "consent"


def with_receipt(session_data: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """`session_data` with the server's own time in its consent; the browser's clock may be wrong.
    What is there instead of an object is kept as it came."""
    given = session_data.get(KEY)
    if not isinstance(given, dict):
        return session_data
    return {**session_data, KEY: {**given, "recordedAt": now.isoformat().replace("+00:00", "Z")}}
