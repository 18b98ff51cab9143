"""What a reviewer judges by: the transcript in passages, and the questions with their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from analytics.services.evidence import Word, words_of
from sessions.admin.transcripts import Line, lines_of
from sessions.models import InterviewQuestion, Transcript, UserResponse

PASSAGE_WORDS = 40
PAUSE_SECONDS = 1.5
NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True)
class Passage:
    """Some words in a row, for reading. `first` is the index of its first word, `at` its time in
    seconds; words are apart by one blank each, so that a script finds them by counting blanks.
    `starts`: the words' times, separated by blanks, "-" where there is none."""

    first: int
    at: float | None
    text: str
    starts: str


@dataclass(frozen=True)
class ShownTranscript:
    """The transcript that stands for the interview: words in passages, or lines without times."""

    pk: int
    words: list[Word]
    passages: list[Passage]
    lines: list[Line]


def shown_transcript(session_id: str) -> ShownTranscript | None:
    """The best transcript of an interview, None where there is none. One statement."""
    row = (
        Transcript.objects.best_first(session_id)
        .values_list("pk", "word_timestamps", "transcript_data")
        .first()
    )
    if row is None:
        return None
    words = words_of(row[1], row[2])
    has_words = any(word.text.strip() for word in words)
    return ShownTranscript(
        pk=row[0],
        words=words,
        passages=passages_of(words) if has_words else [],
        lines=[] if has_words else lines_of(row[2]),
    )


def passages_of(words: list[Word]) -> list[Passage]:
    """Words in passages: a new one at the end of a sentence, after a pause, or where it is long."""
    passages: list[Passage] = []
    first = 0
    for index in range(len(words)):
        is_last = index == len(words) - 1
        if is_last or _breaks_after(words, first, index):
            passages.append(_passage(words, first, index))
            first = index + 1
    return passages


def _breaks_after(words: list[Word], first: int, index: int) -> bool:
    word, following = words[index], words[index + 1]
    length = index - first + 1
    if length >= 2 * PASSAGE_WORDS:
        return True
    if length >= PASSAGE_WORDS // 2 and word.text.endswith((".", "?", "!", "…")):
        return True
    if word.end is None or following.start is None:
        return False
    return following.start - word.end >= PAUSE_SECONDS


def _passage(words: list[Word], first: int, last: int) -> Passage:
    said = words[first : last + 1]
    return Passage(
        first=first,
        at=next((word.start for word in said if word.start is not None), None),
        text=" ".join(NO_BREAK_SPACE.join(word.text.split()) for word in said),
        starts=" ".join("-" if word.start is None else f"{word.start:.2f}" for word in said),
    )


def questions_with_answers(session_id: str) -> list[Any]:
    """Questions by index, each with `answers`: the current one, if any. Two statements."""
    answers = UserResponse.objects.filter(is_current=True).only(
        "id", "question_id", "session_id", "user_answer", "is_late", "response_duration"
    )
    return list(
        InterviewQuestion.objects.filter(session__session_id=session_id)
        .order_by("question_index")
        .prefetch_related(Prefetch("responses", queryset=answers, to_attr="answers"))
    )
