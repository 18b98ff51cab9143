"""The record page: the transcript, its words and their times."""

from __future__ import annotations

import html
import json
import re

import pytest

from interviewdata.record.pages.session_transcript import words_of
from interviewdata.tests.pages.recorded import ALL, fill, url_of
from sessions.tests.factories import InterviewSessionFactory, TranscriptFactory


def payload(page):
    return json.loads(re.search(r'id="transcript-words"[^>]*>(.*?)</script>', page)[1])


def test_times_travel_as_whole_numbers(see, record):
    packed = payload(see(record))
    assert packed["starts"] == [0] + [36] * 9
    assert packed["lengths"] == [30] * 10
    assert packed["doubtful"] == [[0, 40]]
    (track,) = packed["tracks"]
    assert (track["shift"], track["duration"]) == (0.0, 90.0)


def test_words_in_the_page_are_as_many_as_times(client, staff_user, db):
    interview = fill(InterviewSessionFactory(), 2)
    interview.transcripts.all().delete()
    TranscriptFactory(
        session=interview,
        word_timestamps=[
            {"word": " New  York ", "start": 0.5, "end": 1, "confidence": 0.2},
            {"word": "", "start": 1, "end": 1.1},
            {"word": "   ", "start": 1, "end": 1.1},
            {"nothing": 1},
            "text",
            {"word": "a b\nc", "start": None, "end": None, "confidence": "high"},
            {"word": "x", "start": 4, "end": 3, "confidence": 7},
        ],
    )
    client.force_login(staff_user(*ALL))
    page = client.get(url_of(interview)).content.decode()
    packed = payload(page)
    texts = [html.unescape(one) for one in re.findall(r'<p class="passage-text">(.*?)</p>', page)]
    # The script tells words apart by plain spaces alone.
    assert [word for text in texts for word in text.split(" ")] == [
        "New\u00a0York",
        "a\u00a0b\u00a0c",
        "x",
    ]
    assert packed["starts"] == [50, None, 350]
    assert packed["lengths"] == [50, None, 0]
    assert packed["doubtful"] == [[0, 20]]


def test_inner_spaces_of_a_word_do_not_break_it():
    assert [word.text for word in words_of([{"word": " New  York "}])] == ["New\u00a0York"]


def test_page_says_how_times_were_placed(see, db):
    interview = fill(InterviewSessionFactory(), 2)
    assert "the recordings are taken end to end" in see(interview)


def test_transcript_without_word_times_is_text(see, db):
    interview = fill(InterviewSessionFactory())
    interview.transcripts.all().delete()
    TranscriptFactory(
        session=interview,
        transcript_data=[
            {"speaker": "Ann", "text": "Hello there.", "start": 2.5, "end": 3},
            {"speaker": "Bob", "text": "Good day."},
        ],
        word_timestamps=[],
    )
    page = see(interview)
    for shown in ("Ann", "Hello there.", "Bob", "Good day.", 'href="#t=2.50"'):
        assert shown in page, shown


@pytest.mark.parametrize("data", [{}, [], "", 7, True, {"segments": [{"start": "x"}]}, [[[]]]])
@pytest.mark.parametrize("words", [[], {}, "x", [None], [{"word": 3}]])
def test_transcript_of_any_shape_makes_a_page(see, db, data, words):
    interview = InterviewSessionFactory()
    TranscriptFactory(session=interview, transcript_data=data, word_timestamps=words)
    assert "Transcript" in see(interview)
