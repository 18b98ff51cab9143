"""The transcript of the record page: passages of text, and beside them the times of all words.

10,000 words would be 10,000 elements. The page carries them as plain text in passages, readable
without scripts, and their times as a few arrays of whole numbers; static/js/transcript.js makes
elements of the passages that come into view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop

from interviewdata.record.pages.session_timeline import (
    BY_ANSWER_FROM_ZERO,
    END_TO_END,
    NO_RECORDING,
    Recording,
    Segment,
    Timeline,
    Word,
    map_words,
    number,
    segments_of,
)
from sessions.admin.transcripts import DOUBTFUL_BELOW, lines_of

MOST_WORDS = 50_000
# A passage ends at the first end of a sentence after so many words, or at a long pause.
PASSAGE_WORDS = 60
LONGEST_PASSAGE_WORDS = 120
PAUSE_SECONDS = 2.5
_SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！")

_BASIS_WORDS = {
    END_TO_END: gettext_noop(
        "The transcript has one clock for the whole interview and does not say which answer"
        " a word belongs to: the recordings are taken end to end, in the order of the questions."
    ),
    BY_ANSWER_FROM_ZERO: gettext_noop(
        "The transcript times each answer from 0; here the answers follow one another."
    ),
    NO_RECORDING: gettext_noop("No answer has sound: the times cannot be played."),
}


class _Compact(DjangoJSONEncoder):
    item_separator = ","
    key_separator = ":"


@dataclass(frozen=True)
class Passage:
    """A few sentences. first: index of its first word; start: page time (s) or None;
    track: index in the timeline's tracks, -1 for none; text: its words, one space between."""

    first: int
    text: str
    start: float | None
    track: int
    question_index: int | None
    speaker: str
    raw: bool = False


@dataclass(frozen=True)
class ShownTranscript:
    """What the page shows of the transcript that stands for the interview.

    words: the arrays for the script, see `_packed`.
    """

    passages: list[Passage]
    words: dict[str, Any]
    note: str = ""
    has_times: bool = False
    word_count: int = 0
    doubtful_count: int = 0
    left_out: int = 0
    starts: Sequence[float | None] = field(default_factory=tuple)

    @property
    def script(self) -> SafeString:
        """`words` as `json_script` writes them, without the spaces of 20,000 numbers."""
        return json_script(self.words, "transcript-words", encoder=_Compact)

    def start_of(self, index: Any) -> float | None:
        """The page time of a word; None where it has none."""
        if type(index) is not int or not 0 <= index < len(self.starts):
            return None
        return self.starts[index]


@dataclass(frozen=True)
class Version:
    """One of the transcripts kept: whose it is, in words, when it came, which one it corrects."""

    pk: int
    by: str
    created_at: datetime
    corrects: int | None
    is_shown: bool


def words_of(timestamps: Any) -> list[Word]:
    """The words of `[{word, start, end, confidence}]`; what has another shape is left out."""
    words = []
    for item in timestamps if isinstance(timestamps, list) else []:
        if not isinstance(item, dict) or not isinstance(item.get("word"), str):
            continue
        text = "\u00a0".join(item["word"].split())  # one word, however the service wrote it
        if text:
            confidence = item.get("confidence")
            known = type(confidence) in (int, float) and 0 <= confidence <= 1  # type: ignore[operator]
            words.append(
                Word(
                    text,
                    number(item.get("start")),
                    number(item.get("end")),
                    float(confidence) if known else None,  # type: ignore[arg-type]
                )
            )
    return words


def show_transcript(
    row: Mapping[str, Any],
    recordings: Sequence[Recording],
    *,
    of_response: Mapping[int, int],
    of_question: Mapping[int, int],
) -> ShownTranscript:
    """The passages and word times of one row of `transcripts` (as the record gives it).

    The mappings turn ids of responses and questions into question indexes.
    """
    data = row["transcript_data"]
    segments = segments_of(data, of_response=of_response, of_question=of_question)
    words = words_of(row["word_timestamps"])
    if not words:
        return _text_only(data, segments, recordings)
    shown = words[:MOST_WORDS]
    timeline = map_words(shown, segments, recordings)
    return ShownTranscript(
        passages=_passages(shown, timeline, segments),
        words=_packed(shown, timeline),
        note=_note(timeline),
        has_times=any(start is not None for start in timeline.starts),
        word_count=len(words),
        doubtful_count=sum(
            word.confidence is not None and word.confidence < DOUBTFUL_BELOW for word in shown
        ),
        left_out=len(words) - len(shown),
        starts=timeline.starts,
    )


def _text_only(
    data: Any, segments: Sequence[Segment], recordings: Sequence[Recording]
) -> ShownTranscript:
    """A transcript without words: its lines, each placed where it says that it begins."""
    lines = lines_of(data)
    timeline = map_words([Word(line.text, line.at) for line in lines], segments, recordings)
    passages: list[Passage] = []
    first = 0
    for line, start, track, question in zip(
        lines, timeline.starts, timeline.word_tracks, timeline.word_questions, strict=True
    ):
        if line.raw:
            passages.append(Passage(first, line.text, None, -1, None, "", raw=True))
            continue
        words = line.text.split()
        for begin in range(0, len(words), LONGEST_PASSAGE_WORDS):
            part = words[begin : begin + LONGEST_PASSAGE_WORDS]
            at = start if begin == 0 else None
            passages.append(Passage(first, " ".join(part), at, track, question, line.speaker))
            first += len(part)
    timed = any(passage.start is not None for passage in passages)
    return ShownTranscript(
        passages=passages,
        words=_packed([], timeline),
        note=_note(timeline) if timed else "",
        has_times=timed,
        word_count=first,
    )


def _note(timeline: Timeline) -> str:
    basis = _BASIS_WORDS.get(timeline.basis)
    one_clock = timeline.basis == BY_ANSWER_FROM_ZERO and len(timeline.tracks) < 2
    note = gettext(basis) if basis and not one_clock else ""
    if timeline.unplaced:
        unplaced = gettext(
            "%(count)s later recording(s) could not be placed:"
            " the length of one before them is not known."
        )
        note += " " + unplaced % {"count": timeline.unplaced}
    return note


def _packed(words: Sequence[Word], timeline: Timeline) -> dict[str, Any]:
    """Whole numbers, which are short: times in hundredths of a second, each start as its distance
    from the start before (null: no time); of confidences only those that are shown, as pairs of
    a word's index and hundredths."""
    starts: list[int | None] = []
    lengths: list[int | None] = []
    before = 0
    for start, end in zip(timeline.starts, timeline.ends, strict=True):
        if start is None or end is None:
            starts.append(None)
            lengths.append(None)
            continue
        at = round(start * 100)
        starts.append(at - before)
        lengths.append(max(0, round(end * 100) - at))
        before = at
    return {
        "starts": starts if words else [],
        "lengths": lengths if words else [],
        "doubtful": [
            (index, round(word.confidence * 100))
            for index, word in enumerate(words)
            if word.confidence is not None and word.confidence < DOUBTFUL_BELOW
        ],
        "tracks": [
            {"response": track.response_id, "shift": track.shift, "duration": track.duration}
            for track in timeline.tracks
        ],
    }


def _passages(
    words: Sequence[Word], timeline: Timeline, segments: Sequence[Segment]
) -> list[Passage]:
    speakers = _speakers(words, segments)
    passages: list[Passage] = []
    first = 0
    for index in range(1, len(words) + 1):
        if index < len(words) and not _ends(words, timeline, speakers, first, index):
            continue
        passages.append(
            Passage(
                first,
                " ".join(word.text for word in words[first:index]),
                timeline.starts[first],
                timeline.word_tracks[first],
                timeline.word_questions[first],
                speakers[first],
            )
        )
        first = index
    return passages


def _ends(
    words: Sequence[Word], timeline: Timeline, speakers: Sequence[str], first: int, index: int
) -> bool:
    """Whether a passage that began at `first` ends before the word `index`."""
    length = index - first
    if length >= LONGEST_PASSAGE_WORDS:
        return True
    if length >= PASSAGE_WORDS and words[index - 1].text.endswith(_SENTENCE_ENDS):
        return True
    for known in (timeline.word_tracks, timeline.word_questions, speakers):
        if known[index] != known[index - 1]:
            return True
    end, start = timeline.ends[index - 1], timeline.starts[index]
    return end is not None and start is not None and start - end > PAUSE_SECONDS


def _speakers(words: Sequence[Word], segments: Sequence[Segment]) -> list[str]:
    """Who speaks each word, where segments say so: they follow one another as words do."""
    if not any(segment.speaker for segment in segments):
        return [""] * len(words)
    speakers, at = [], 0
    for word in words:
        while (
            word.start is not None
            and at + 1 < len(segments)
            and segments[at + 1].start <= word.start + 0.05
        ):
            at += 1
        speakers.append(segments[at].speaker)
    return speakers
