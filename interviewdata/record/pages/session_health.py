"""What is missing or doubtful in one interview, in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from interviewdata.record.pages.session_answers import Answer, Question
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
        found.append(Finding(gettext("No question has been asked."), ""))
    open_ones = [question.index for question in questions if question.current is None]
    if open_ones and status in (Status.CREATED, Status.ACTIVE):
        text = ngettext(
            "%(count)s question was not answered yet",
            "%(count)s questions were not answered yet",
            len(open_ones),
        )
        found.append(_counted(text, open_ones, ""))
    elif open_ones:
        text = ngettext(
            "%(count)s question was never answered",
            "%(count)s questions were never answered",
            len(open_ones),
        )
        found.append(_counted(text, open_ones))
    answers = [(question.index, question.current) for question in questions if question.current]
    found += _about_sound(answers, unreadable)
    late = [index for index, answer in answers if answer.is_late]
    if late:
        text = ngettext(
            "%(count)s answer came after the end of the interview",
            "%(count)s answers came after the end of the interview",
            len(late),
        )
        found.append(_counted(text, late))
    if has_transcript is False:
        found.append(Finding(gettext("There is no transcript."), "warn" if answers else ""))
    return found


def _about_sound(
    answers: Sequence[tuple[int, Answer]], unreadable: Collection[str]
) -> list[Finding]:
    found = []
    silent = [index for index, answer in answers if not answer.audio_bytes]
    if silent and len(silent) == len(answers):
        found.append(Finding(gettext("No answer has sound."), ""))
    elif silent:
        text = ngettext(
            "%(count)s answer has no sound", "%(count)s answers have no sound", len(silent)
        )
        found.append(_counted(text, silent, ""))
    broken = [index for index, answer in answers if answer.audio_sha256 in unreadable]
    if broken:
        text = ngettext(
            "%(count)s recording could not be decoded",
            "%(count)s recordings could not be decoded",
            len(broken),
        )
        found.append(_counted(text, broken))
    unmeasured = [
        index
        for index, answer in answers
        if answer.audio_bytes and answer.audio_duration is None and index not in broken
    ]
    if unmeasured:
        text = ngettext(
            "%(count)s recording has no known length",
            "%(count)s recordings have no known length",
            len(unmeasured),
        )
        found.append(_counted(text, unmeasured))
    return found


def _counted(text: str, indexes: Sequence[int], kind: str = "warn") -> Finding:
    return Finding(text % {"count": len(indexes)}, kind, tuple(indexes))
