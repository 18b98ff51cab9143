"""The interview modes as clients show them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from sessions.enums import Mode


@dataclass(frozen=True)
class ModeInfo:
    """`duration` in minutes."""

    name: str
    description: str
    duration: int
    focus_areas: list[str]
    scoring_criteria: list[str]


MODES = [
    ModeInfo(
        Mode.TECHNICAL.value,
        gettext_noop("Craft of the role: knowledge, reasoning and code, spoken aloud."),
        45,
        ["fundamentals", "problem solving", "tools of the role", "trade-offs"],
        ["correctness", "depth", "clarity of explanation", "awareness of limits"],
    ),
    ModeInfo(
        Mode.BEHAVIORAL.value,
        gettext_noop("What the person did in real situations, and what came of it."),
        30,
        ["teamwork", "conflict", "ownership", "learning"],
        ["concrete situation", "own part in it", "result", "reflection"],
    ),
    ModeInfo(
        Mode.HR.value,
        gettext_noop("Motivation, expectations and the way of working."),
        25,
        ["motivation", "expectations", "working style", "questions to us"],
        ["honesty", "fit with the role", "clarity"],
    ),
    ModeInfo(
        Mode.MIXED.value,
        gettext_noop(
            "A bit of everything, in turns: technical, behavioral, case and HR questions."
        ),
        45,
        ["craft", "teamwork", "analysis", "motivation"],
        ["correctness", "structure", "communication", "reflection"],
    ),
    ModeInfo(
        Mode.PRACTICE.value,
        gettext_noop("To warm up on one's own, from gentle to demanding."),
        20,
        ["speaking freely", "structure", "confidence"],
        ["clarity", "completeness", "pace"],
    ),
    ModeInfo(
        Mode.PUZZLE.value,
        gettext_noop("Puzzles with a definite answer; the way there counts."),
        30,
        ["logic", "estimation", "probability"],
        ["approach", "correctness", "explanation"],
    ),
    ModeInfo(
        Mode.CASE_STUDY.value,
        gettext_noop("An open business or product problem, taken apart aloud."),
        45,
        ["framing", "analysis", "recommendation"],
        ["structure", "use of numbers", "judgement", "communication"],
    ),
    ModeInfo(
        Mode.SYSTEM_DESIGN.value,
        gettext_noop("A system from requirements to trade-offs."),
        60,
        ["requirements", "architecture", "scale", "failure"],
        ["soundness", "trade-offs", "depth", "clarity"],
    ),
]
