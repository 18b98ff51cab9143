"""The figures that this server computed, answer by answer, as a table people can read.

Everything else that is kept, from whomever, is shown as it stands (nested_facts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from analytics.services.analytics import is_own
from interviewdata.record.pages.session_timeline import number

_PARTS_OF_A_STORY = (
    ("situation", gettext_noop("situation")),
    ("task", gettext_noop("task")),
    ("action", gettext_noop("action")),
    ("result", gettext_noop("result")),
)


@dataclass(frozen=True)
class AnswerFigures:
    """One answer; None where there is nothing to measure.

    seconds: of its sound; rate: words a minute of speech; pitch: median, Hz; pauses, longest:
    their number, seconds of the longest; found, expected: keywords; story: which parts of a story
    have an opening phrase; friendly, unfriendly: sentences by the tone of their words.
    """

    question_index: int
    seconds: float | None
    words: float | None
    rate: float | None
    pitch: float | None
    pauses: float | None
    longest: float | None
    found: float | None
    expected: float | None
    story: list[str]
    friendly: float | None
    unfriendly: float | None
    problem: str


@dataclass(frozen=True)
class Figures:
    """answers: in order of their questions; methods: by what each kind was made; has_*: whether
    any answer has such figures, so that a column of dashes is left out."""

    answers: list[AnswerFigures]
    methods: list[str]
    has_voice: bool
    has_tone: bool


def figures_of(row: Mapping[str, Any]) -> Figures | None:
    """From a row of interview_analytics as the record has it; None where none of it is ours."""
    per_question = _dict(row["question_analytics"])
    if not per_question or not is_own(per_question):
        return None
    tones = {
        one.get("question_index"): one
        for one in _dicts(_own(row["emotion_analysis"]).get("questions"))
    }
    answers = [
        _answer(one, tones.get(one.get("question_index"), {}))
        for one in _dicts(per_question.get("questions"))
    ]
    methods = [
        gettext("%(part)s: %(method)s") % {"part": gettext(title), "method": said}
        for column, title in (
            ("voice_metrics", gettext_noop("Voice")),
            ("emotion_analysis", gettext_noop("Tone")),
            ("response_patterns", gettext_noop("Patterns")),
        )
        if (said := _method(_own(row[column])))
    ]
    return Figures(
        answers=answers,
        methods=methods,
        has_voice=any(one.pitch is not None or one.pauses is not None for one in answers),
        has_tone=any(one.friendly is not None for one in answers),
    )


def _answer(one: Mapping[str, Any], tone: Mapping[str, Any]) -> AnswerFigures:
    patterns, voice = _dict(one.get("patterns")), _dict(one.get("voice"))
    story = _dict(patterns.get("structure")).get("found")
    index = one.get("question_index")
    return AnswerFigures(
        question_index=index if type(index) is int else 0,
        seconds=_at(one, "seconds"),
        words=_at(patterns, "length", "words"),
        rate=_at(voice, "rate", "words_a_minute_of_speech"),
        pitch=_at(voice, "pitch", "median_hz"),
        pauses=_at(voice, "pauses", "count"),
        longest=_at(voice, "pauses", "longest_seconds"),
        found=_at(patterns, "keywords", "found"),
        expected=_at(patterns, "keywords", "expected"),
        story=[
            gettext(words)
            for name, words in _PARTS_OF_A_STORY
            if isinstance(story, list) and name in story
        ],
        friendly=_at(tone, "positive_sentences"),
        unfriendly=_at(tone, "negative_sentences"),
        problem=str(one.get("problem") or ""),
    )


def _method(part: Mapping[str, Any]) -> str:
    method = _dict(part.get("method"))
    found = f"{method.get('name', '')} {method.get('version', '')}".strip()
    lexicon = _dict(method.get("parameters")).get("lexicon")
    return f"{found} ({lexicon})" if found and isinstance(lexicon, str) else found


def _own(part: Any) -> dict[str, Any]:
    found = _dict(part)
    return found if found and is_own(found) else {}


def _at(value: Mapping[str, Any], *path: str) -> float | None:
    found: Any = value
    for name in path:
        found = _dict(found).get(name)
    return number(found)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
