"""Further configuration of an interview, added after it was made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sessions.models import InterviewSession


def add_session_data(interview: InterviewSession, more: dict[str, Any], *, now: datetime) -> None:
    """Add keys to `session_data` of a locked interview; what is there stays. One statement."""
    interview.session_data = {**more, **interview.session_data}
    interview.updated_at = now
    interview.save(update_fields=["session_data", "updated_at"])
