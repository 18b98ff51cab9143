"""The text of a transcript follows its words, whatever shape it came in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.transcript_text import bodies_of, corrected_data, shown_words, timed_words
from sessions.word_edits import Edit, smallest_edits


def timed(text):
    return [
        {"word": word, "start": n, "end": n + 0.5, "confidence": 0.9}
        for n, word in enumerate(text.split())
    ]


SPOKEN = timed("hello there my name is ann")
TEXT = "Hello there!\n\nMy name is Ann."


def corrected(data, words, *edits):
    shown = shown_words(data, words)
    return corrected_data(data, words, shown, smallest_edits(shown, edits))


def test_words_are_shown_with_the_punctuation_of_the_text():
    assert shown_words({"text": TEXT}, SPOKEN) == ["Hello", "there!", "My", "name", "is", "Ann."]
    assert shown_words({}, SPOKEN) == ["hello", "there", "my", "name", "is", "ann"]
    assert shown_words({"text": "A summary of another kind"}, SPOKEN)[0] == "hello"
    assert shown_words({"text": TEXT}, []) == TEXT.split()
    assert shown_words(None, []) == []


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"text": TEXT, "language": "en"},
         {"text": "Hello there!\n\nMy name is Anna.", "language": "en"}),
        (TEXT, "Hello there!\n\nMy name is Anna."),
        (["Hello there!", "My name is Ann."], ["Hello there!", "My name is Anna."]),
        ({"segments": [{"text": "Hello there!", "start": 0, "words": [1]},
                       {"text": "My name is Ann.", "words": [2], "speaker": "A"}], "text": TEXT},
         {"segments": [{"text": "Hello there!", "start": 0, "words": [1]},
                       {"text": "My name is Anna.", "speaker": "A"}],
          "text": "Hello there!\n\nMy name is Anna."}),
        ({"summary": "short"}, {"summary": "short", "text": "hello there my name is Anna."}),
        ({"text": "About something else entirely"},
         {"text": "hello there my name is Anna."}),
        (None, "hello there my name is Anna."),
    ],
)  # fmt: skip
def test_correction_reaches_every_text_that_says_the_words(data, expected):
    assert corrected(data, SPOKEN, Edit(5, 5, "Anna.")) == expected


def test_line_breaks_stay_where_they_were():
    assert corrected({"text": TEXT}, SPOKEN, Edit(2, 2, "The")) == {
        "text": "Hello there!\n\nThe name is Ann."
    }
    assert corrected({"text": TEXT}, SPOKEN, Edit(0, 0, ""))["text"] == "there!\n\nMy name is Ann."
    assert corrected({"text": TEXT}, SPOKEN, Edit(0, -1, "So:"))["text"].startswith("So: Hello")
    assert corrected({"text": TEXT}, SPOKEN, Edit(6, 5, "Yes."))["text"].endswith("Ann. Yes.")


def test_segment_that_loses_all_its_words_goes():
    data = {"segments": [{"text": "Hello there!"}, {"text": "My name is Ann."}]}
    assert corrected(data, SPOKEN, Edit(0, 1, "")) == {"segments": [{"text": "My name is Ann."}]}
    assert corrected(data, SPOKEN, Edit(2, 5, "")) == {"segments": [{"text": "Hello there!"}]}


def test_passage_across_segments_keeps_what_it_can_in_each():
    data = {"segments": [{"text": "Hello there!"}, {"text": "My name is Ann."}]}
    new = corrected(data, SPOKEN, Edit(0, 5, "Hello you! My name was Ann."))
    assert new == {"segments": [{"text": "Hello you!"}, {"text": "My name was Ann."}]}


def test_lines_of_somebody_else_are_neither_shown_nor_touched():
    data = {"messages": [
        {"role": "interviewer", "text": "Good morning, please tell us who you are."},
        {"role": "candidate", "text": "Hello there! My name"},
        {"role": "interviewer", "text": "Sorry, could you say that again?"},
        {"role": "candidate", "text": "is Ann."},
    ]}  # fmt: skip
    assert shown_words(data, SPOKEN) == ["Hello", "there!", "My", "name", "is", "Ann."]
    new = corrected(
        data, SPOKEN, Edit(0, -1, "Um,"), Edit(3, 4, "names are"), Edit(6, 5, "Really.")
    )
    assert [line["text"] for line in new["messages"]] == [
        "Good morning, please tell us who you are.",
        "Um, Hello there! My names are",
        "Sorry, could you say that again?",
        "Ann. Really.",
    ]


def test_words_that_the_text_leaves_out_can_go_without_touching_it():
    words = timed("hello um there my name is ann")
    assert shown_words({"text": TEXT}, words)[1] == "um"
    assert corrected({"text": TEXT}, words, Edit(1, 1, "")) == {"text": TEXT}


@pytest.mark.parametrize(
    "words",
    [None, {}, "words", [1], [{"word": 1, "start": 0, "end": 1}], [{"word": "a", "start": None}],
     [{"word": "a", "start": True, "end": 1}], [{"word": "a"}]],
)  # fmt: skip
def test_words_of_another_shape_count_as_none(words):
    assert timed_words(words) == []


json = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["text", "segments", "messages", "speaker", "x"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@given(json, st.lists(st.sampled_from(["a", "b,", "C.", "", "d e"]), max_size=12), st.data())
@settings(max_examples=400, deadline=None, derandomize=True)
def test_data_of_any_shape_can_be_corrected(data, spoken, drawn):
    words = [{"word": one, "start": n, "end": n, "confidence": 1} for n, one in enumerate(spoken)]
    shown = shown_words(data, words)
    first = drawn.draw(st.integers(0, len(shown)))
    last = drawn.draw(st.integers(first - 1, len(shown) - 1)) if shown else first - 1
    edits = smallest_edits(
        shown, [Edit(first, last, drawn.draw(st.sampled_from(["", "x", "a y"])))]
    )
    before = [body.tokens for body in bodies_of(data)]
    new = corrected_data(data, words, shown, edits)
    if not edits and before:
        assert new == data or not isinstance(data, (dict, str))


@given(
    st.lists(st.sampled_from(["one", "two,", "Three.", "four"]), min_size=1, max_size=30),
    st.lists(st.sampled_from(["one", "two,", "Three.", "four", "five"]), max_size=30),
    st.data(),
)
@settings(max_examples=400, deadline=None, derandomize=True)
def test_text_becomes_the_edited_text(old, new, drawn):
    """A passage typed anew: the text, and the joined words, read just as it was typed."""
    words = timed(" ".join(old))
    first = drawn.draw(st.integers(0, len(old)))
    last = drawn.draw(st.integers(first - 1, len(old) - 1))
    made = corrected({"text": " ".join(old), "n": 1}, words, Edit(first, last, " ".join(new)))
    expected = " ".join([*old[:first], *new, *old[last + 1 :]])
    assert made == {"text": expected, "n": 1}
