"""What an invitation fixes, as the calls that create interviews and ask questions meet it. In wire
names."""

from __future__ import annotations

from typing import Any

from interviewdata.common.errors import Invalid
from sessions.access import Head
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


def fixed_in(head: Head, invitation_id: str | None) -> dict[str, Any]:
    """What is fixed of the questions of an interview that was made by an invitation, by the names
    of `interview-modes/questions`: the interview's own values, since it was made by them, whatever
    became of the invitation. `invitation_id` as JSON text. One statement; none where there was no
    invitation."""
    text = invitation_id or ""
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        return {}
    invitation = Invitation.objects.filter(pk=int(text)).first()
    if invitation is None:
        return {}
    own = {"mode": head.interview_mode, "role": head.role, "difficulty": head.difficulty}
    fixed = {name: value for name, value in own.items() if getattr(invitation, name)}
    if invitation.question_count:
        fixed["count"] = invitation.question_count  # type: ignore[assignment]
    return fixed


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
