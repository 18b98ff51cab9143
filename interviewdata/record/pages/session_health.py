"""What is missing or doubtful in one interview, in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from interviewdata.record.pages.session_answers import Question
from sessions.enums import Status


@dataclass(frozen=True)
class Finding:
    """One sentence and where it is about. kind: "warn" (something is missing or wrong) or ""
    (worth knowing); questions: the indexes of those it names."""

    text: str
    kind: str = "warn"
    questions: tuple[int, ...] = ()


def findings_of(
    questions: Sequence[Question],
    *,
    status: str,
    has_transcript: bool | None,
    unreadable: Collection[str],
) -> list[Finding]:
    """Everything that is not as one would wish; empty: all is well.

    has_transcript: None where the reader may not know. unreadable: SHA-256 of sounds that could
    not be decoded.
    """
    found = []
    if not questions:
        found.append(Finding("No question has been asked.", ""))
    open_ones = [question.index for question in questions if question.current is None]
    if open_ones:
        running = status in (Status.CREATED, Status.ACTIVE)
        text = "not answered yet" if running else "never answered"
        found.append(
            _counted(open_ones, "question was", "questions were", text, "" if running else "warn")
        )
    answers = [(question.index, question.current) for question in questions if question.current]
    silent = [index for index, answer in answers if not answer.audio_bytes]
    if silent and len(silent) == len(answers):
        found.append(Finding("No answer has sound.", ""))
    elif silent:
        found.append(_counted(silent, "answer has", "answers have", "no sound", ""))
    broken = [index for index, answer in answers if answer.audio_sha256 in unreadable]
    if broken:
        found.append(_counted(broken, "recording", "recordings", "could not be decoded"))
    unmeasured = [
        index
        for index, answer in answers
        if answer.audio_bytes and answer.audio_duration is None and index not in broken
    ]
    if unmeasured:
        found.append(_counted(unmeasured, "recording has", "recordings have", "no known length"))
    late = [index for index, answer in answers if answer.is_late]
    if late:
        found.append(
            _counted(late, "answer came", "answers came", "after the end of the interview")
        )
    if has_transcript is False:
        found.append(Finding("There is no transcript.", "warn" if answers else ""))
    return found


def _counted(indexes: Sequence[int], one: str, many: str, rest: str, kind: str = "warn") -> Finding:
    return Finding(
        f"{len(indexes)} {one if len(indexes) == 1 else many} {rest}", kind, tuple(indexes)
    )
