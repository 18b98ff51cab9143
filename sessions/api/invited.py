"""What an invitation fixes, as the calls that create interviews meet it. In wire names."""

from __future__ import annotations

from typing import Any

from interviewdata.common.errors import Invalid
from sessions.models import Invitation

QUESTION_COUNT = "questionCount"


def fixed_by(invitation: Invitation | None, *, mode_name: str) -> dict[str, Any]:
    """What is fixed, by the names of a call in which the mode is called `mode_name`."""
    if invitation is None:
        return {}
    values = {
        "userEmail": invitation.user_email,
        mode_name: invitation.mode,
        "role": invitation.role,
        "difficulty": invitation.difficulty,
        "duration": invitation.planned_duration,
        QUESTION_COUNT: invitation.question_count,
    }
    return {name: value for name, value in values.items() if value}


def insist(asked: dict[str, Any], fixed: dict[str, Any]) -> None:
    """Raise Invalid, naming the fields, where `asked` (checked values, words without their
    aliases, by wire names) differs from what is fixed."""
    fields = {
        name: [f"The invitation has set this to {value}."]
        for name, value in fixed.items()
        if asked[name] != value or isinstance(asked[name], bool)
    }
    if fields:
        name, sentences = next(iter(fields.items()))
        raise Invalid(f"{name}: {sentences[0]}", fields=fields)
