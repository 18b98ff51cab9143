"""What the start of an interview offers where nobody has fixed it."""

from __future__ import annotations

from sessions.enums import Difficulty, Mode

USUAL_MODE = Mode.MIXED.value
USUAL_DIFFICULTY = Difficulty.INTERMEDIATE.value
LENGTHS = (10, 20, 30, 45, 60)  # minutes
MINUTES_A_QUESTION = 6  # as the API has it where nothing is said: 30 minutes, 5 questions
THINKING_SECONDS = 30

# The roles for which the bank has questions of their own, in its words (they are data, not texts
# of ours); any other may be written as well.
ROLES = (
    "Software engineer",
    "Frontend developer",
    "Backend developer",
    "Full-stack developer",
    "Mobile developer",
    "DevOps engineer",
    "Data scientist",
    "Data engineer",
    "Machine learning engineer",
    "Data analyst",
    "QA engineer",
    "Security engineer",
    "Product manager",
    "Project manager",
    "UX designer",
    "Customer success manager",
)
