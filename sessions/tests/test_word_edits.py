"""Comparing and changing timed words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.word_edits import Edit, Piece, compare, difference, replace_words, smallest_edits


def word(text: str, start: float, end: float, **more) -> dict:
    return {"word": text, "start": start, "end": end, "confidence": 0.9, **more}


HELLO = [
    word("I", 0.0, 0.2),
    word("use", 0.3, 0.5),
    word("post", 1.0, 1.4),
    word("gress", 1.5, 2.0),
    word("daily", 3.0, 3.5),
]


def texts(words):
    return [one["word"] for one in words]


def times(words):
    return [(one["start"], one["end"]) for one in words]


def test_replaced_words_share_the_time_and_the_others_stay_what_they_were():
    new = replace_words(HELLO, [Edit(2, 3, "PostgreSQL")])
    assert texts(new) == ["I", "use", "PostgreSQL", "daily"]
    assert new[2] == {
        "word": "PostgreSQL", "start": 1.0, "end": 2.0, "confidence": None, "corrected": True
    }  # fmt: skip
    assert [new[0], new[1], new[3]] == [HELLO[0], HELLO[1], HELLO[4]]


def test_more_words_than_before_share_the_time_by_their_length():
    new = replace_words(HELLO, [Edit(4, 4, "a bcd")])
    assert times(new[4:]) == [(3.0, 3.125), (3.125, 3.5)]


def test_as_many_words_as_before_take_their_times_one_by_one():
    new = replace_words(HELLO, [Edit(2, 3, "Postgre SQL")])
    assert times(new) == times(HELLO)


def test_inserted_words_fill_the_silence_for_as_long_as_they_take_to_say():
    new = replace_words(HELLO, [Edit(2, 1, "really")])
    assert (new[2]["word"], times(new)[2]) == ("really", (0.5, 0.9))
    both = replace_words(HELLO, [Edit(4, 3, "oh well indeed yes")])
    assert times(both)[4][0] == 2.0
    assert times(both)[7][1] == 3.0


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (Edit(0, -1, "Well"), (0.0, 0.0)),  # no silence before the first word
        (Edit(5, 4, "indeed"), (3.5, 3.5)),  # nobody knows how long the recording goes on
    ],
)
def test_inserted_words_take_no_time_where_there_is_none(edit, expected):
    new = replace_words(HELLO, [edit])
    assert times(new)[edit.first] == expected


def test_deleted_words_are_gone():
    assert texts(replace_words(HELLO, [Edit(0, 1, ""), Edit(4, 4, "")])) == ["post", "gress"]
    assert replace_words(HELLO, [Edit(0, 4, " \n ")]) == []


def test_speaker_is_carried_over_where_all_replaced_words_have_the_same():
    words = [word("a", 0, 1, speaker="x"), word("b", 1, 2, speaker="x"), word("c", 2, 3)]
    assert replace_words(words, [Edit(0, 1, "ab")])[0]["speaker"] == "x"
    assert "speaker" not in replace_words(words, [Edit(1, 2, "bc")])[1]


def test_words_that_overlap_stay_in_order():
    words = [word("a", 0, 5), word("b", 1, 2), word("c", 1.5, 6)]
    new = replace_words(words, [Edit(0, 0, "a1 a2 a3")])
    starts = [one["start"] for one in new]
    assert starts == sorted(starts)


def test_smallest_edits_leave_unchanged_words_out():
    shown = ["I", "use", "post", "gress,", "daily."]
    passage = Edit(0, 4, "I use PostgreSQL, every day.")
    assert smallest_edits(shown, [passage]) == [Edit(2, 4, "PostgreSQL, every day.")]
    assert smallest_edits(shown, [Edit(0, 4, " ".join(shown))]) == []
    assert smallest_edits(shown, [Edit(0, 4, "I really use post gress, daily.")]) == [
        Edit(1, 0, "really")
    ]
    # A word shown as two is kept or replaced as a whole; a blank one is never touched.
    assert smallest_edits(["", "ice cream", ""], [Edit(0, 2, "ice cold")]) == [
        Edit(0, 2, "ice cold")
    ]
    assert smallest_edits(["", "ice cream", ""], [Edit(0, 2, "ice cream")]) == []


def test_difference_tells_what_went_and_what_came_with_their_times():
    new = replace_words(HELLO, [Edit(2, 3, "PostgreSQL")])
    assert difference(texts(HELLO), texts(new), HELLO, new) == [
        Piece("equal", ("I", "use"), 0.0, 0.5),
        Piece("removed", ("post", "gress"), 1.0, 2.0),
        Piece("added", ("PostgreSQL",), 1.0, 2.0),
        Piece("equal", ("daily",), 3.0, 3.5),
    ]
    assert difference(["a"], ["b"]) == [
        Piece("removed", ("a",), None, None),
        Piece("added", ("b",), None, None),
    ]


@given(
    st.lists(st.sampled_from("abcd"), max_size=40), st.lists(st.sampled_from("abcd"), max_size=40)
)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_comparison_turns_one_text_into_the_other(old, new):
    made = []
    at = 0
    for kind, i1, i2, j1, j2 in compare(old, new):
        assert i1 == at
        made += old[i1:i2] if kind == "equal" else new[j1:j2]
        at = i2
    assert (made, at) == (new, len(old))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["the"] * 20_000, ["the"] * 15_000 + ["end"] + ["the"] * 4_000),
        ([str(n) for n in range(20_000)], [str(n * 7 % 20_011) for n in range(20_000)]),
        ([str(n % 977) for n in range(20_000)], [str(n % 983) for n in range(20_000)]),
    ],
    ids=["one word", "shuffled", "often repeated"],
)
def test_comparison_of_long_texts_takes_seconds_at_most(old, new):
    begin = time.perf_counter()
    opcodes = compare(old, new)
    assert time.perf_counter() - begin < 5
    made = [
        x
        for kind, i1, i2, j1, j2 in opcodes
        for x in (old[i1:i2] if kind == "equal" else new[j1:j2])
    ]
    assert made == new


@st.composite
def corrections(draw):
    """Words with rising times, and edits in order that do not overlap."""
    gaps = draw(st.lists(st.floats(0, 2), max_size=30))
    words, at = [], 0.0
    for number, gap in enumerate(gaps):
        start = round(at + gap, 3)
        end = round(start + draw(st.floats(0, 1)), 3)
        words.append(word(f"w{number}", start, end))
        at = end
    edits, first = [], 0
    while first <= len(words) and len(edits) < 6:
        first += draw(st.integers(0, 5))
        if first > len(words):
            break
        last = min(first - 1 + draw(st.integers(0, 4)), len(words) - 1)
        new = " ".join(draw(st.lists(st.sampled_from(["x", "long-word", "yy,"]), max_size=5)))
        edits.append(Edit(first, last, new))
        first = max(last, first) + 1
    return words, edits


@given(corrections())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_times_stay_in_order_and_within_and_unchanged_words_stay(case):
    words, edits = case
    new = replace_words(words, edits)
    expected, at = [], 0
    for edit in edits:
        expected += texts(words[at : edit.first]) + edit.words.split()
        at = edit.last + 1
    assert texts(new) == expected + texts(words[at:])
    starts, ends = [one["start"] for one in new], [one["end"] for one in new]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(one["start"] <= one["end"] for one in new)
    assert all(one["start"] >= 0 for one in new)
    assert max(ends, default=0) <= max((one["end"] for one in words), default=0)
    kept = [one for one in new if "corrected" not in one]
    assert all(any(one is other for other in words) for one in kept)
