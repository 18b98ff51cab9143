"""Tone of words: the lexicon's own examples, places, languages, whole interviews."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings

from analytics.engines.tone import MOST_WORDS, combine_tone, tone_of
from analytics.tests.engines.texts_any import ANY_TEXT


# From the README of vaderSentiment, "Code Examples".
@pytest.mark.parametrize(
    ("text", "compound"),
    [
        ("VADER is smart, handsome, and funny.", 0.8316),
        ("VADER is smart, handsome, and funny!", 0.8439),
        ("VADER is not smart, handsome, nor funny.", -0.7424),
        ("The book was good.", 0.4404),
        ("At least it isn't a horrible book.", 0.431),
        ("The book was only kind of good.", 0.3832),
        ("Today SUX!", -0.5461),
        ("Not bad at all", 0.431),
    ],
)
def test_published_examples(text, compound):
    assert tone_of(text)["compound"] == compound


def test_sentences_are_told_by_their_places():
    text = "  I loved the team. We met on Monday.\nThe outage was horrible!"
    tone = tone_of(text, language="en")
    assert [text[each["start"] : each["end"]] for each in tone["sentences"]] == [
        "I loved the team.", "The outage was horrible!",
    ]  # fmt: skip
    # loved is rated 2.9: 2.9 / sqrt(2.9² + 15); horrible -2.5 and 0.292 for the mark.
    assert [each["compound"] for each in tone["sentences"]] == [0.5994, -0.5848]
    assert (tone["sentence_count"], tone["positive_sentences"], tone["negative_sentences"]) == (
        3, 1, 1,
    )  # fmt: skip
    # 4 words of each of the three: (0.5994 + 0 - 0.5848) / 3.
    assert tone["compound"] == pytest.approx((0.5994 * 4 - 0.5848 * 4) / 12, abs=1e-4)
    assert tone["positive"] + tone["neutral"] + tone["negative"] == pytest.approx(1, abs=0.002)


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("Das war eine gute Zeit.", "de", "the answer is in “de”"),
        ("I loved it", "fr-CA", "the answer is in “fr-CA”"),
        ("Ich war in der Zeit für die Abrechnung verantwortlich und habe viel gelernt.", "",
         "does not look like English"),
        ("Me gustó mucho trabajar con el equipo y aprendí de todos.", "", "does not look"),
        ("你好。", "", "does not look like English"),
        ("", "en", "no words"),
        ("?! … 🙂", "", "no words"),
    ],
)  # fmt: skip
def test_what_is_not_english_is_not_measured(text, language, reason):
    tone = tone_of(text, language=language)
    assert set(tone) == {"not_measured", "method"}
    assert reason in tone["not_measured"]


@pytest.mark.parametrize("language", ["en", "en-GB", "EN_us", ""])
def test_english_under_its_names(language):
    assert tone_of("I loved the team.", language=language)["compound"] == 0.5994


def test_the_result_says_what_it_is_and_by_what():
    method = tone_of("I loved it.")["method"]
    assert (method["name"], method["parameters"]["lexicon"]) == (
        "tone of words", "vaderSentiment 3.3.2",
    )  # fmt: skip
    assert "not what the person feels" in method["parameters"]["meaning"]


def test_an_endless_sentence_is_rated_in_pieces():
    tone = tone_of("it was good and " * 100)
    assert tone["sentence_count"] == -(-400 // MOST_WORDS)
    assert tone["words"] == 400


def test_an_interview_weighs_its_answers_by_their_words():
    long, short = tone_of("I loved the team. " * 3), tone_of("It was horrible.")
    german = tone_of("Das war gut.", language="de")
    whole = combine_tone([long, german, short])
    assert whole["compound"] == pytest.approx(
        (12 * long["compound"] + 3 * short["compound"]) / 15, abs=1e-4
    )
    assert (whole["lowest"], whole["highest"]) == (short["compound"], long["compound"])
    assert (whole["answers"], whole["answers_not_measured"], whole["words"]) == (2, 1, 15)
    assert combine_tone([combine_tone([long, german]), short]) == whole


def test_an_interview_without_english_is_not_measured():
    assert "not_measured" in combine_tone([tone_of("Gut.", language="de")])
    assert "not_measured" in combine_tone([])


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT)
@example("but good " * 5_000)
def test_any_text_has_a_tone_or_a_reason(text):
    tone = tone_of(text)
    json.dumps(combine_tone([tone]), allow_nan=False)
    for each in tone.get("sentences", []):
        assert 0 <= each["start"] < each["end"] <= len(text)
        assert -1 <= each["compound"] <= 1
