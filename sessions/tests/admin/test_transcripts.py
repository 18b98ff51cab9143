"""Transcripts of many shapes become lines."""

import pytest

from sessions.admin.transcripts import Line, Word, lines_of, words_of


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        ({}, []),
        ([], []),
        ("", []),
        (None, []),
        ("one\n\n two ", [Line("one"), Line("two")]),
        ({"text": "hello there"}, [Line("hello there")]),
        (["one", "two"], [Line("one"), Line("two")]),
        (
            [{"speaker": "ann", "text": "hi", "start": 2}, {"role": "ai", "content": "hello"}],
            [Line("hi", "ann", 2.0), Line("hello", "ai")],
        ),
        (
            {"language": "en", "text": "all", "segments": [{"text": "part", "start": 0.5}]},
            [Line("part", at=0.5)],
        ),
        ({"text": "all", "segments": [7]}, [Line("all")]),
        ({"odd": 1}, [Line('{\n  "odd": 1\n}', raw=True)]),
        ([1, 2], [Line("[\n  1,\n  2\n]", raw=True)]),
        (0, [Line("0", raw=True)]),
        ([{"text": "hi", "start": True}], [Line("hi")]),
    ],
)
def test_lines_of_reads_what_clients_send(data, lines):
    assert lines_of(data) == lines


def test_words_of_leaves_out_what_is_no_word():
    timestamps = [
        {"word": "sure", "start": 0.5, "confidence": 0.9},
        {"word": "unsure", "start": "x", "confidence": 0.59},
        {"word": "plain"},
        {"start": 1},
        "noise",
    ]
    assert words_of(timestamps) == [
        Word("sure", 0.5, False),
        Word("unsure", None, True),
        Word("plain", None, False),
    ]
    assert words_of({"words": []}) == []
