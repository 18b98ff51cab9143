"""Which second of which recording a word of the transcript was said in. Pure: no Django, no reads.

Transcripts come from many services. Some say for each passage which answer it belongs to, some
time the words of one file, some those of the whole interview. `map_words` finds out which, and
gives every word a *page time*: one clock for the whole page, in seconds, that never runs back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# Clocks of recorders and recognizers differ by fractions of a second.
SLACK = 0.5
# A word this long after the end of its recording was not said in it.
BEYOND = 1.0

BY_ANSWER = "by_answer"
BY_ANSWER_FROM_ZERO = "by_answer_from_zero"
ONE_RECORDING = "one_recording"
END_TO_END = "end_to_end"
NO_RECORDING = "no_recording"


@dataclass(frozen=True)
class Recording:
    """The sound of one current answer. duration: measured seconds, None where unknown."""

    response_id: int
    question_index: int
    duration: float | None


@dataclass(frozen=True)
class Word:
    """One word as the recognizer gave it: times in seconds, confidence 0–1, None: not said."""

    text: str
    start: float | None = None
    end: float | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class Segment:
    """A stretch of the transcript: seconds, the answer it belongs to and who speaks, if said."""

    start: float
    end: float
    question_index: int | None = None
    speaker: str = ""


@dataclass(frozen=True)
class Track:
    """A recording on the page's clock: its second s is the page time `shift` + s."""

    response_id: int
    question_index: int
    shift: float
    duration: float | None


@dataclass(frozen=True)
class Timeline:
    """Page times of all words, and the recordings they lie in.

    starts, ends: page time of each word, None where it has no time; starts never fall.
    word_tracks: index in `tracks` of each word, -1 where it lies in no recording.
    word_questions: question index of each word, None where it is not known.
    unplaced: recordings that lie nowhere on the clock, because one before has no length.
    """

    basis: str
    tracks: tuple[Track, ...]
    starts: tuple[float | None, ...]
    ends: tuple[float | None, ...]
    word_tracks: tuple[int, ...]
    word_questions: tuple[int | None, ...]
    unplaced: int = 0


def map_words(
    words: Sequence[Word], segments: Sequence[Segment], recordings: Sequence[Recording]
) -> Timeline:
    """Find the recording of every word; `recordings` in the order of their questions.

    1. Segments that name answers decide. Where the times of a later answer begin before those of
       an earlier one end, each answer has a clock of its own that begins at 0, and answers are
       laid end to end; else all share one clock, and a recording begins where its answer's first
       segment does.
    2. Else one recording alone holds all words.
    3. Else times are of the whole interview: recordings lie end to end, in order of questions.
    """
    named = [segment for segment in segments if segment.question_index is not None]
    if named:
        mapped = _by_answer(words, named, recordings)
        if mapped is not None:
            return mapped
    if not recordings:
        return _place(NO_RECORDING, words, [0.0] * len(words), (), [-1] * len(words))
    if len(recordings) == 1:
        only = recordings[0]
        track = Track(only.response_id, only.question_index, 0.0, only.duration)
        return _place(ONE_RECORDING, words, [0.0] * len(words), (track,), [0] * len(words))
    return _end_to_end(words, recordings)


def _end_to_end(words: Sequence[Word], recordings: Sequence[Recording]) -> Timeline:
    tracks: list[Track] = []
    begin = 0.0
    for recording in recordings:
        tracks.append(
            Track(recording.response_id, recording.question_index, begin, recording.duration)
        )
        if recording.duration is None:
            break
        begin += recording.duration
    begins = [track.shift for track in tracks]
    places, last = [], 0
    for word in words:
        if word.start is not None:
            last = max(0, bisect_right(begins, word.start) - 1)
        places.append(last)
    return _place(
        END_TO_END,
        words,
        [0.0] * len(words),
        tuple(tracks),
        places,
        unplaced=len(recordings) - len(tracks),
    )


def _by_answer(
    words: Sequence[Word], named: Sequence[Segment], recordings: Sequence[Recording]
) -> Timeline | None:
    """None where each answer has its own clock and the words do not show which is whose."""
    order: list[int] = []
    spans: dict[int, tuple[float, float]] = {}
    for segment in named:
        question = segment.question_index
        assert question is not None
        if question not in spans:
            order.append(question)
            spans[question] = (segment.start, segment.end)
        low, high = spans[question]
        spans[question] = (min(low, segment.start), max(high, segment.end))
    of_question = {recording.question_index: recording for recording in recordings}
    if _begins_anew(named, spans, of_question):
        return _own_clocks(words, order, spans, of_question)
    ordered = sorted(named, key=lambda segment: segment.start)
    begins = [segment.start for segment in ordered]
    questions: list[int | None] = []
    last: int | None = None
    for word in words:
        if word.start is not None:
            found = bisect_right(begins, word.start + 0.05) - 1
            last = ordered[found].question_index if found >= 0 else None
        questions.append(last)
    tracks = tuple(
        Track(of_question[q].response_id, q, spans[q][0], of_question[q].duration)
        for q in order
        if q in of_question
    )
    return _place(BY_ANSWER, words, [0.0] * len(words), tracks, _of_questions(tracks, questions),
                  questions)  # fmt: skip


def _begins_anew(
    named: Sequence[Segment],
    spans: Mapping[int, tuple[float, float]],
    of_question: Mapping[int, Recording],
) -> bool:
    """Whether each answer's times begin at 0 again."""
    if len(spans) > 1:
        return any(
            later.question_index != earlier.question_index and later.start < earlier.end - SLACK
            for earlier, later in pairwise(named)
        )
    ((question, (_low, high)),) = spans.items()
    recording = of_question.get(question)
    return recording is not None and recording.duration is not None and (
        high <= recording.duration + SLACK
    )  # fmt: skip


def _own_clocks(
    words: Sequence[Word],
    order: Sequence[int],
    spans: Mapping[int, tuple[float, float]],
    of_question: Mapping[int, Recording],
) -> Timeline | None:
    runs: list[int] = []
    run, before = 0, None
    for word in words:
        if word.start is not None:
            if before is not None and word.start < before - SLACK:
                run += 1
            before = word.start
        runs.append(run)
    if words and run + 1 != len(order):
        return None
    run_ends = [0.0] * len(order)
    for word, run in zip(words, runs, strict=True):
        run_ends[run] = max(run_ends[run], word.start or 0.0, word.end or 0.0)
    shifts: list[float] = []
    tracks: list[Track] = []
    begin = 0.0
    for question, run_end in zip(order, run_ends, strict=True):
        shifts.append(begin)
        recording = of_question.get(question)
        length = spans[question][1]
        if recording is not None:
            tracks.append(Track(recording.response_id, question, begin, recording.duration))
            length = max(length, recording.duration or 0.0)
        begin += max(length, run_end)
    questions: list[int | None] = [order[run] for run in runs]
    return _place(
        BY_ANSWER_FROM_ZERO,
        words,
        [shifts[run] for run in runs],
        tuple(tracks),
        _of_questions(tracks, questions),
        questions,
    )


def _of_questions(tracks: Sequence[Track], questions: Sequence[int | None]) -> list[int]:
    at = {track.question_index: place for place, track in enumerate(tracks)}
    return [at.get(question, -1) if question is not None else -1 for question in questions]


def _place(
    basis: str,
    words: Sequence[Word],
    shifts: Sequence[float],
    tracks: tuple[Track, ...],
    places: Sequence[int],
    questions: Sequence[int | None] | None = None,
    unplaced: int = 0,
) -> Timeline:
    starts: list[float | None] = []
    ends: list[float | None] = []
    kept: list[int] = []
    latest = 0.0
    for word, shift, place in zip(words, shifts, places, strict=True):
        start = None if word.start is None else max(latest, word.start + shift)
        end = None if start is None else max(start, (word.end or 0.0) + shift)
        latest = start if start is not None else latest
        track = tracks[place] if place >= 0 else None
        beyond = (
            track is not None
            and track.duration is not None
            and start is not None
            and start - track.shift > track.duration + BEYOND
        )
        starts.append(start)
        ends.append(end)
        kept.append(-1 if beyond else place)
    if questions is None:
        questions = [tracks[place].question_index if place >= 0 else None for place in kept]
    return Timeline(
        basis, tracks, tuple(starts), tuple(ends), tuple(kept), tuple(questions), unplaced
    )


# -- what transcripts say about answers ---------------------------------------------------------

_LISTS = ("segments", "utterances", "entries", "turns", "messages", "lines", "results", "answers")
_SPEAKERS = ("speaker", "role", "name", "from")


def segments_of(
    data: Any, *, of_response: Mapping[int, int], of_question: Mapping[int, int]
) -> list[Segment]:
    """The stretches with times in `transcript_data`, in their order.

    An answer is named by `question_index` (from 1, as in the tables), by `questionIndex` (from 0,
    as the API has it), by `question_id` or `response_id` (in either spelling); the two mappings
    turn ids into question indexes. What names no question of this interview is not believed.
    """
    rows = data
    if isinstance(data, dict):
        rows = next((data[name] for name in _LISTS if isinstance(data.get(name), list)), [])
    segments = []
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict):
            continue
        start, end = number(row.get("start")), number(row.get("end"))
        if start is None:
            continue
        speaker = next((row[name] for name in _SPEAKERS if isinstance(row.get(name), str)), "")
        question = _question_of(row, of_response, of_question)
        segments.append(Segment(start, max(start, end or start), question, speaker))
    return segments


def _question_of(
    row: Mapping[str, Any], of_response: Mapping[int, int], of_question: Mapping[int, int]
) -> int | None:
    known = set(of_question.values())
    for names, find in (
        (("question_index",), lambda value: value),
        (("questionIndex",), lambda value: value + 1),
        (("question_id", "questionId"), of_question.get),
        (("response_id", "responseId", "answer_id", "answerId"), of_response.get),
    ):
        for name in names:
            value = row.get(name)
            if type(value) is int:
                found = find(value)
                if found in known:
                    return found
    return None


def number(value: Any) -> float | None:
    """A time of JSON as seconds: finite, not negative, no truth value; else None."""
    if type(value) not in (int, float) or not 0 <= value < 1e7:
        return None
    return float(value)
