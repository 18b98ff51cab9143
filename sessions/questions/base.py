"""The small interface behind which questions come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sessions.enums import Difficulty, Mode
from sessions.services.question import QuestionDraft


@dataclass(frozen=True)
class QuestionRequest:
    """What is asked for. The same request gives the same questions of the bank.

    `role` in the client's words; `asked`: key of the bank → how often this person was asked it;
    `asked_texts`: questions this person met before; `given`: texts that another source has chosen
    for this same request.
    """

    mode: Mode
    role: str
    difficulty: Difficulty
    count: int
    seed: str
    asked: Mapping[str, int] = field(default_factory=dict)
    asked_texts: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    bank_version: str = ""


@dataclass(frozen=True)
class Picked:
    """The questions in the order to ask, and what the client should know about the choice."""

    drafts: list[QuestionDraft]
    notes: list[str] = field(default_factory=list)


class QuestionSource(Protocol):
    def pick(self, request: QuestionRequest) -> Picked:
        """Up to `request.count` questions; fewer only with a note. Raises SourceFailed."""


class SourceFailed(Exception):
    """The source cannot give questions just now; `str(error)` is a sentence for `notes`."""
