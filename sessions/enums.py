"""The words of the record: modes, difficulties, statuses, sources, and their aliases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _


class Mode(models.TextChoices):
    TECHNICAL = "technical", _("Technical")
    BEHAVIORAL = "behavioral", _("Behavioral")
    HR = "hr", _("HR")
    MIXED = "mixed", _("Mixed")
    PRACTICE = "practice", _("Practice")
    PUZZLE = "puzzle", _("Puzzle")
    CASE_STUDY = "case_study", _("Case study")
    SYSTEM_DESIGN = "system_design", _("System design")


class Difficulty(models.TextChoices):
    BEGINNER = "beginner", _("Beginner")
    INTERMEDIATE = "intermediate", _("Intermediate")
    ADVANCED = "advanced", _("Advanced")
    EXPERT = "expert", _("Expert")


class Status(models.TextChoices):
    CREATED = "created", _("Created")
    ACTIVE = "active", _("Active")
    COMPLETED = "completed", _("Completed")
    ABANDONED = "abandoned", _("Abandoned")


class Source(models.TextChoices):
    """Who gave a transcript, a score or an analysis."""

    REVIEWER = "reviewer", _("Reviewer")
    SERVICE = "service", _("Service")
    CANDIDATE = "candidate", _("Candidate")
    IMPORT = "import", _("Import")


# The same inside a sentence, where English writes them small: `gettext(source)`.
gettext_noop("reviewer")
gettext_noop("service")
gettext_noop("candidate")
gettext_noop("import")


class EventKind(models.TextChoices):
    """What can happen to an interview. `resumed`: its person came back after it was abandoned."""

    CREATED = "created", "Created"
    ASKED = "asked", "Questions asked"
    ANSWERED = "answered", "Answered"
    COMPLETED = "completed", "Completed"
    ABANDONED = "abandoned", "Abandoned"
    RESUMED = "resumed", "Resumed"
    TRANSCRIBED = "transcribed", "Transcript saved"
    SCORED = "scored", "Scored"


class PresenceState(models.TextChoices):
    """What a candidate's page says it is doing."""

    THINKING = "thinking", "Thinking"
    RECORDING = "recording", "Recording"
    PAUSED = "paused", "Paused"
    WRITING = "writing", "Writing"
    REVIEWING = "reviewing", "Reviewing"
    AWAY = "away", "Away"


# Whose transcript or judgement stands for the interview: what people checked comes first, what
# the candidate's own client said only where there is nothing else. The newest of its kind.
BEST_FIRST = (Source.REVIEWER, Source.SERVICE, Source.IMPORT, Source.CANDIDATE)

MODE_ALIASES = {"tech": Mode.TECHNICAL, "standard": Mode.MIXED}
DIFFICULTY_ALIASES = {
    "easy": Difficulty.BEGINNER,
    "medium": Difficulty.INTERMEDIATE,
    "hard": Difficulty.ADVANCED,
}

_MODES = {mode.value: mode for mode in Mode} | MODE_ALIASES
_DIFFICULTIES = {level.value: level for level in Difficulty} | DIFFICULTY_ALIASES

# The allowed moves of an interview; an abandoned one becomes active again when its person returns.
ALLOWED_MOVES = {
    Status.CREATED: {Status.ACTIVE, Status.COMPLETED, Status.ABANDONED},
    Status.ACTIVE: {Status.COMPLETED, Status.ABANDONED},
    Status.ABANDONED: {Status.ACTIVE, Status.COMPLETED},
    Status.COMPLETED: set(),
}


def use_one_of(words: Iterable[str]) -> Any:
    """What a constraint says of an unknown word; put together when it is read."""
    known = ", ".join(words)

    def sentence() -> str:
        return gettext("Use one of: %(words)s.") % {"words": known}

    return lazy(sentence, str)()


def normalize_word(value: str) -> str:
    return value.strip().lower().replace("-", "_").replace(" ", "_")


def as_mode(value: str) -> Mode | None:
    """The mode that a word or its alias names; None for an unknown word."""
    return _MODES.get(normalize_word(value))


def as_difficulty(value: str) -> Difficulty | None:
    """The difficulty that a word or its alias names; None for an unknown word."""
    return _DIFFICULTIES.get(normalize_word(value))
