"""The words of the record: modes, difficulties, statuses, sources, and their aliases."""

from __future__ import annotations

from django.db import models


class Mode(models.TextChoices):
    TECHNICAL = "technical", "Technical"
    BEHAVIORAL = "behavioral", "Behavioral"
    HR = "hr", "HR"
    MIXED = "mixed", "Mixed"
    PRACTICE = "practice", "Practice"
    PUZZLE = "puzzle", "Puzzle"
    CASE_STUDY = "case_study", "Case study"
    SYSTEM_DESIGN = "system_design", "System design"


class Difficulty(models.TextChoices):
    BEGINNER = "beginner", "Beginner"
    INTERMEDIATE = "intermediate", "Intermediate"
    ADVANCED = "advanced", "Advanced"
    EXPERT = "expert", "Expert"


class Status(models.TextChoices):
    CREATED = "created", "Created"
    ACTIVE = "active", "Active"
    COMPLETED = "completed", "Completed"
    ABANDONED = "abandoned", "Abandoned"


class Source(models.TextChoices):
    """Who gave a transcript, a score or an analysis."""

    REVIEWER = "reviewer", "Reviewer"
    SERVICE = "service", "Service"
    CANDIDATE = "candidate", "Candidate"
    IMPORT = "import", "Import"


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


def normalize_word(value: str) -> str:
    return value.strip().lower().replace("-", "_").replace(" ", "_")


def as_mode(value: str) -> Mode | None:
    """The mode that a word or its alias names; None for an unknown word."""
    return _MODES.get(normalize_word(value))


def as_difficulty(value: str) -> Difficulty | None:
    """The difficulty that a word or its alias names; None for an unknown word."""
    return _DIFFICULTIES.get(normalize_word(value))
