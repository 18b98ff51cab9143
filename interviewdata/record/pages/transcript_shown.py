"""A transcript as the page of its versions shows it: passages to correct, and differences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, gettext_noop

from sessions.admin.transcripts import DOUBTFUL_BELOW
from sessions.enums import Source
from sessions.models import Transcript
from sessions.transcript_text import shown_words, timed_words
from sessions.word_edits import Word, difference

PASSAGE_WORDS = 40
# A form has 200 fields at most (DATA_UPLOAD_MAX_NUMBER_FIELDS): a long transcript has longer
# passages instead of more.
MOST_PASSAGES = 150
# A passage may end so much earlier or later, where a sentence does.
_LEEWAY = 0.4
_SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！")
_PAUSE_SECONDS = 2.5
_MOST_DOUBTFUL = 12
# So many unchanged words stand around a change; what is between is counted.
CONTEXT_WORDS = 12

_ARRIVALS = {
    Source.REVIEWER: gettext_noop("reviewer: as it came in"),
    Source.SERVICE: gettext_noop("service: as it came in"),
    Source.CANDIDATE: gettext_noop("candidate: as it came in"),
    Source.IMPORT: gettext_noop("import: as it came in"),
}


@dataclass(frozen=True)
class Version:
    """One transcript of the interview. `number`: 1 is the oldest; `corrects`: a version's id;
    `source` one of sessions.enums.Source."""

    pk: int
    number: int
    source: str
    author: str
    created_at: datetime
    corrects: int | None
    corrects_number: int | None
    stands: bool

    @property
    def by(self) -> str:
        return self.author or str(Source(self.source).label)

    @property
    def how_it_came(self) -> str:
        return gettext(_ARRIVALS[Source(self.source)])


@dataclass(frozen=True)
class Passage:
    """Words `first` to `last` of a transcript, to be corrected together; `start` in seconds.

    `doubtful`: words of it that the recognizer was unsure of. `typed`: what was sent for it.
    """

    first: int
    last: int
    text: str
    start: float | None
    doubtful: tuple[str, ...]
    typed: str | None = None

    @property
    def name(self) -> str:
        return f"passage-{self.first}"

    @property
    def value(self) -> str:
        return self.text if self.typed is None else self.typed

    @property
    def rows(self) -> int:
        return max(2, math.ceil(len(self.value) / 72))

    def typed_as(self, text: str | None) -> Passage:
        return replace(self, typed=text)


@dataclass(frozen=True)
class Run:
    """A piece of a difference: equal, removed, added or skipped (`count` words left out)."""

    kind: str
    text: str = ""
    start: float | None = None
    count: int = 0


@dataclass(frozen=True)
class Difference:
    old: Version
    new: Version
    runs: list[Run]
    removed: int
    added: int

    @property
    def is_none(self) -> bool:
        return not self.removed and not self.added


def versions_of(session_id: str) -> list[Version]:
    """The versions, the one that stands for the interview first. One statement, no word read."""
    rows = list(
        Transcript.objects.best_first(session_id).only(
            "id", "source", "author", "created_at", "corrects"
        )
    )
    numbers = {pk: number for number, pk in enumerate(sorted(row.pk for row in rows), 1)}
    return [
        Version(
            pk=row.pk,
            number=numbers[row.pk],
            source=row.source,
            author=row.author,
            created_at=row.created_at,
            corrects=row.corrects_id,
            corrects_number=numbers.get(row.corrects_id or 0),
            stands=place == 0,
        )
        for place, row in enumerate(rows)
    ]


def passages_of(transcript: Transcript) -> list[Passage]:
    """The whole transcript in passages; the same for the same transcript at any time."""
    words = timed_words(transcript.word_timestamps)
    shown = shown_words(transcript.transcript_data, words)
    usual = max(PASSAGE_WORDS, math.ceil(len(shown) / (MOST_PASSAGES * (1 - _LEEWAY))))
    passages = []
    first = 0
    for end in range(1, len(shown) + 1):
        if end == len(shown) or _ends(shown, words, end, end - first, usual):
            passages.append(_passage(shown, words, first, end))
            first = end
    return passages


def _ends(shown: Sequence[str], words: Sequence[Word], end: int, length: int, usual: int) -> bool:
    if length < usual * (1 - _LEEWAY):
        return False
    if length >= usual * (1 + _LEEWAY) or shown[end - 1].endswith(_SENTENCE_ENDS):
        return True
    return bool(words) and words[end]["start"] - words[end - 1]["end"] > _PAUSE_SECONDS


def _passage(shown: Sequence[str], words: Sequence[Word], first: int, end: int) -> Passage:
    doubtful = [
        shown[n] for n in range(first, end) if words and _is_doubtful(words[n].get("confidence"))
    ]
    return Passage(
        first=first,
        last=end - 1,
        text=" ".join(word for word in shown[first:end] if word),
        start=float(words[first]["start"]) if words else None,
        doubtful=tuple(dict.fromkeys(doubtful))[:_MOST_DOUBTFUL],
    )


def _is_doubtful(confidence: Any) -> bool:
    return type(confidence) in (int, float) and confidence < DOUBTFUL_BELOW


def difference_of(
    old: Version, new: Version, old_row: Transcript, new_row: Transcript
) -> Difference:
    """What turns one version into the other, word by word."""
    old_words, new_words = (timed_words(row.word_timestamps) for row in (old_row, new_row))
    pieces = difference(
        shown_words(old_row.transcript_data, old_words),
        shown_words(new_row.transcript_data, new_words),
        old_words,
        new_words,
    )
    runs: list[Run] = []
    for number, piece in enumerate(pieces):
        if piece.kind != "equal":
            runs.append(Run(piece.kind, piece.text, piece.start))
            continue
        before = CONTEXT_WORDS if number else 0
        after = CONTEXT_WORDS if number < len(pieces) - 1 else 0
        left_out = len(piece.words) - before - after
        if left_out <= 1:
            runs.append(Run("equal", piece.text))
            continue
        head, tail = piece.words[:before], piece.words[len(piece.words) - after :]
        runs += [
            *([Run("equal", " ".join(head))] if head else []),
            Run("skipped", count=left_out),
            *([Run("equal", " ".join(tail))] if after else []),
        ]
    return Difference(
        old,
        new,
        runs,
        removed=sum(len(piece.words) for piece in pieces if piece.kind == "removed"),
        added=sum(len(piece.words) for piece in pieces if piece.kind == "added"),
    )
