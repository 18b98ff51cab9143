"""The table of computed figures on the record page."""

from __future__ import annotations

import pytest

from interviewdata.record.pages.session_figures import figures_of

OURS = {"engine": "interviewdata analysis 1"}


def row(**parts):
    empty = {"question_analytics": {}, "voice_metrics": {}, "emotion_analysis": {}}
    return {**empty, "response_patterns": {}, **parts}


def question(**more):
    return {"question_analytics": {**OURS, "questions": [{"question_index": 2, **more}]}}


@pytest.mark.parametrize(
    "analytics",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"engine": "acme 3", "questions": [{"question_index": 1}]}, id="others"),
        pytest.param({"questions": [{"question_index": 1}]}, id="nobody's"),
        pytest.param([1], id="a list"),
    ],
)
def test_figures_of_others_are_not_made_into_ours(analytics):
    assert figures_of(row(question_analytics=analytics)) is None


def test_what_was_measured_stands_in_its_column():
    found = figures_of(
        row(
            **question(
                seconds=13.14,
                patterns={
                    "length": {"words": 32},
                    "keywords": {"found": 1, "expected": 5},
                    "structure": {"found": ["action", "situation"]},
                },
                voice={
                    "rate": {"words_a_minute_of_speech": 206.2},
                    "pitch": {"median_hz": 165.2},
                    "pauses": {"count": 2, "longest_seconds": 1.5},
                },
            ),
            emotion_analysis={
                **OURS,
                "method": {"name": "tone of words", "version": "1",
                           "parameters": {"lexicon": "vaderSentiment 3.3.2"}},
                "questions": [
                    {"question_index": 2, "positive_sentences": 3, "negative_sentences": 0}
                ],
            },
        )
    )  # fmt: skip
    (one,) = found.answers
    assert (one.question_index, one.seconds, one.words, one.rate) == (2, 13.14, 32, 206.2)
    assert (one.pitch, one.pauses, one.longest) == (165.2, 2, 1.5)
    assert (one.found, one.expected, one.story) == (1, 5, ["situation", "action"])
    assert (one.friendly, one.unfriendly) == (3, 0)
    assert (found.has_voice, found.has_tone) == (True, True)
    assert found.methods == ["Tone: tone of words 1 (vaderSentiment 3.3.2)"]


def test_what_was_not_measured_is_not_made_up():
    found = figures_of(row(**question(patterns={"length": {"words": None}}, voice="broken")))
    (one,) = found.answers
    assert (one.words, one.pitch, one.friendly, one.story) == (None, None, None, [])
    assert (found.has_voice, found.has_tone, found.methods) == (False, False, [])


def test_tone_of_another_engine_is_not_shown_as_ours():
    tone = {"engine": "acme 3", "questions": [{"question_index": 2, "positive_sentences": 9}]}
    found = figures_of(row(**question(), emotion_analysis=tone))
    assert found.answers[0].friendly is None
