"""Patterns of answers against values worked by hand; any text at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.engines.keywords import find_keywords, stem
from analytics.engines.patterns import answer_patterns, interview_patterns, moving_ratio
from analytics.engines.structure import find_structure
from analytics.engines.texts import LONGEST_SENTENCE, sentences_of, words_of
from analytics.engines.words import Word
from analytics.tests.engines.texts_any import ANY_TEXT

STORY = (
    "In my last job there was an outage. I had to find the slow query. First I profiled it, then I "
    "added an index. As a result, it dropped from 900 to 40 ms."
)


def cut(text, places):
    return [text[place["start"] : place["end"]] for place in places]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. Miller, e.g. at 3.5 percent, left. Then…", ["Dr. Miller, e.g. at 3.5 percent, left.",
                                                          "Then…"]),
        ("- milk\n- bread\n\n", ["- milk", "- bread"]),
        ("He said “no.” I left.", ["He said “no.”", "I left."]),
        ("你好。我很好！", ["你好。", "我很好！"]),
        ("... ?! 🙂", []),
        ("", []),
    ],
)  # fmt: skip
def test_sentences(text, sentences):
    assert [text[start:end] for start, end in sentences_of(text)] == sentences


def test_a_sentence_without_end_is_cut():
    places = list(sentences_of("word " * 3_000))
    assert max(end - start for start, end in places) <= LONGEST_SENTENCE
    assert sum(len(words_of(("word " * 3_000)[start:end])) for start, end in places) == 3_000


def test_words_keep_their_places():
    text = "It’s a B-tree, isn't it? Œuvre_2"
    assert [(word.text, text[word.start : word.end]) for word in words_of(text)] == [
        ("it's", "It’s"), ("a", "a"), ("b-tree", "B-tree"), ("isn't", "isn't"), ("it", "it"),
        ("œuvre", "Œuvre"), ("2", "2"),
    ]  # fmt: skip


def test_length_and_vocabulary():
    measured = answer_patterns("The cat saw the dog. The dog ran.", seconds=4.0)
    assert measured["length"] == {
        "words": 8, "characters": 33, "sentences": 2, "words_a_sentence": 4.0,
        "longest_sentence_words": 5, "seconds": 4.0, "words_a_minute": 120.0,
    }  # fmt: skip
    # the, cat, saw, dog, ran
    assert measured["vocabulary"] == {
        "distinct_words": 5, "type_token_ratio": 0.625, "moving_average_type_token_ratio": None,
    }  # fmt: skip


def test_moving_ratio_by_hand():
    # Two windows of 50: 50 different words, then 49 of them and the last again: (50 + 49) / 100.
    names = [str(number) for number in range(50)] + ["49"]
    assert moving_ratio(names) == pytest.approx(0.99)
    assert moving_ratio(["a"] * 120) == pytest.approx(0.02)
    assert moving_ratio(names[:49]) is None


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcdefgh"), min_size=50, max_size=130))
def test_moving_ratio_is_the_mean_of_all_windows(names):
    windows = [len(set(names[at : at + 50])) / 50 for at in range(len(names) - 49)]
    assert moving_ratio(names) == pytest.approx(sum(windows) / len(windows))


@pytest.mark.parametrize(
    "family",
    [
        ("index", "indexes", "indexed", "indexing"),
        ("cache", "caches", "cached", "caching"),
        ("query", "queries"), ("plan", "plans", "planned", "planning"),
        ("test", "tests", "tested", "testing", "test's"), ("call", "calls", "called", "calling"),
        ("process", "processes", "processed", "processing"), ("release", "releases", "released"),
    ],
)  # fmt: skip
def test_inflections_meet(family):
    assert len({stem(word) for word in family}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("string", "str"), ("status", "statu"), ("bus", "bu"), ("red", "r"),
                       ("thing", "th"), ("analysis", "analyse"), ("index", "indices")]
)  # fmt: skip
def test_what_does_not_meet(one, other):
    assert stem(one) != stem(other)


def test_keywords_are_found_at_their_places():
    text = "We cached queries; the B-trees and C++ code, not C. CI/CD tests. Caching, again."
    found = find_keywords(
        text, ["cache", "Query", "b tree", "C++", "ci/cd", "lock", "testing", "CACHE", " ", 7]
    )
    assert {each["keyword"]: [text[a:b] for a, b in each["places"]]
            for each in found["keywords"]} == {
        "cache": ["cached", "Caching"], "Query": ["queries"], "b tree": ["B-trees"],
        "C++": ["C++"], "ci/cd": ["CI/CD"], "lock": [], "testing": ["tests"],
    }  # fmt: skip
    assert (found["expected"], found["found"], found["share"]) == (7, 6, round(6 / 7, 4))
    assert find_keywords(text, [])["share"] is None


def test_a_keyword_is_a_whole_word():
    found = find_keywords("Indexation of javascript and .NETs", ["java", ".NET", "index"])
    assert found["found"] == 0


def test_the_parts_of_a_story():
    structure = answer_patterns(STORY)["structure"]
    assert cut(STORY, structure["situation"]["places"]) == ["In my last job", "there was an outage"]
    assert cut(STORY, structure["task"]["places"]) == ["I had to"]
    assert cut(STORY, structure["action"]["places"]) == ["First I", "then I"]
    assert cut(STORY, structure["result"]["places"]) == ["As a result", "dropped from 900 to 40"]
    assert structure["found"] == ["situation", "task", "action", "result"]
    assert structure["in_order"] is True


def test_a_story_told_from_its_end():
    structure = find_structure("In the end it worked. I decided that when I was at school.")
    assert structure["found"] == ["result", "action", "situation"]
    assert structure["in_order"] is False
    assert find_structure("Postgres uses B-trees.")["found"] == []
    assert find_structure("I decided it.")["in_order"] is None


def test_repeated_phrases_once_and_whole():
    text = "We rolled back the release. Then we tested. We rolled back the release again."
    repeated = answer_patterns(text)["repetitions"]
    assert [(each["phrase"], each["count"]) for each in repeated] == [
        ("we rolled back the release", 2)
    ]
    assert cut(text, repeated[0]["places"]) == ["We rolled back the release"] * 2


def test_grammar_and_overlaps_are_no_repetitions():
    assert answer_patterns("And then I was there, and then I was here.")["repetitions"] == []
    # Six times the word: twice the phrase of three, once nothing longer than that.
    repeated = answer_patterns("test " * 6)["repetitions"]
    assert [(each["words"], each["count"]) for each in repeated] == [(3, 2)]


def test_fillers_are_counted_only_where_they_are_kept():
    text = "Um, I mean, we, uh, sort of fixed it, you know. Sort it."
    kept = answer_patterns(text, fillers_kept=True)["fillers"]
    assert cut(text, kept["places"]) == ["Um", "I mean", "uh", "sort of", "you know"]
    assert (kept["count"], kept["a_hundred_words"]) == (5, round(500 / 13, 2))
    assert set(answer_patterns(text)["fillers"]) == {"not_measured"}


def test_places_carry_the_moment_where_words_have_times():
    text = "In the end, the index helped."
    words = [Word(f" {word}", at / 2, at / 2 + 0.4, 0.9) for at, word in enumerate(text.split())]
    measured = answer_patterns(text, words=words, expected_keywords=["index"])
    assert measured["keywords"]["keywords"][0]["places"] == [
        {"start": 16, "end": 21, "at_seconds": 2.0}
    ]
    assert measured["structure"]["result"]["places"] == [{"start": 0, "end": 10, "at_seconds": 0.0}]
    # Words of another text have no times to give.
    other = answer_patterns("An index, typed.", words=words, expected_keywords=["index"])
    assert other["keywords"]["keywords"][0]["places"] == [{"start": 3, "end": 8}]


def test_an_interview():
    parts = [
        answer_patterns(STORY, expected_keywords=["index", "lock"], seconds=12.0),
        answer_patterns("In my last year I um rested.", expected_keywords=["rest"],
                        fillers_kept=True),
        answer_patterns(""),
    ]  # fmt: skip
    whole = interview_patterns(json.loads(json.dumps(parts)), skipped=[5, 3], re_answered={2: 3})
    assert whole["answers"] == 3
    assert whole["length"]["words"] == 34 + 7
    assert (whole["length"]["seconds"], whole["length"]["words_a_minute"]) == (12.0, 170.0)
    assert (whole["length"]["shortest_answer_words"], whole["length"]["longest_answer_words"]) == (
        0, 34,
    )  # fmt: skip
    assert whole["keywords"] == {"expected": 3, "found": 2, "share": 0.6667}
    # "last year" alone is a sign of a situation, too.
    assert whole["structure"] == {
        "situation": 2, "task": 1, "action": 1, "result": 1, "all_parts": 1,
    }  # fmt: skip
    assert whole["repetitions"]["openings"] == [{"opening": "in my last", "answers": 2}]
    assert whole["fillers"] == {"answers": 1, "count": 1, "a_hundred_words": round(100 / 7, 2)}
    assert whole["skipped"] == {"count": 2, "questions": [3, 5]}
    assert whole["re_answered"]["questions"] == [{"question": 2, "answers": 3}]
    distinct = {word.text for word in words_of(STORY + " in my last year i um rested")}
    assert whole["vocabulary"]["distinct_words"] == len(distinct)
    assert whole["vocabulary"]["distinct_words_exact"] is True


def test_an_interview_without_answers():
    whole = interview_patterns([], skipped=[1], re_answered={})
    assert whole["length"]["words"] == 0
    assert whole["length"]["words_a_minute"] is None
    assert whole["keywords"]["share"] is None


def _places(value):
    if isinstance(value, dict):
        if "start" in value:
            yield value
        for each in value.values():
            yield from _places(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _places(each)


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT, st.lists(ANY_TEXT, max_size=4))
def test_any_text_has_patterns(text, keywords):
    measured = answer_patterns(text, expected_keywords=keywords, fillers_kept=True, seconds=0.0)
    json.dumps(interview_patterns([measured], skipped=[], re_answered={}), allow_nan=False)
    for place in _places(measured):
        assert 0 <= place["start"] < place["end"] <= len(text)
    for start, end in sentences_of(text):
        assert text[start:end].strip() == text[start:end] != ""
