"""What the record page needs to follow its interview while it is open: static/js/record-live.js."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sessions.enums import EventKind, Status

OVER = frozenset({Status.COMPLETED, Status.ABANDONED})
# What the page shows of an event, by the parts of it that its reader may see.
_SHOWN_IN = {
    EventKind.ASKED: ("questions",),
    EventKind.ANSWERED: ("questions", "answers"),
    EventKind.TRANSCRIBED: ("transcript",),
    EventKind.SCORED: ("feedback",),
    EventKind.COMPLETED: (),
    EventKind.ABANDONED: (),
    EventKind.RESUMED: (),
}


@dataclass(frozen=True)
class Live:
    """after: the id of the last event that the page shows; tells: the kinds of events whose news
    it would show to this reader, with spaces between; statuses: all, each as a badge."""

    after: int
    tells: str
    is_over: bool
    statuses: list[str]


def live_of(*, after: int, status: str, may: Mapping[str, bool], blind: bool) -> Live:
    """Who is blind is not told that somebody gave a score. No statement."""
    kinds = [
        kind.value
        for kind, parts in _SHOWN_IN.items()
        if all(may[part] for part in parts) and not (blind and kind == EventKind.SCORED)
    ]
    return Live(after, " ".join(kinds), status in OVER, Status.values)
