"""The sessions list: filters and search."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from analytics.tests.factories import FeedbackFactory
from interviewdata.tests.pages.listed import TEXTS, get, interview, names
from sessions.tests.factories import (
    InterviewQuestionFactory,
    TranscriptFactory,
    UserResponseFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "dee.smith cy bob ann"),
        ({"status": "completed"}, "cy bob"),
        ({"status": "active"}, ""),
        ({"mode": "hr"}, "ann"),
        ({"difficulty": "expert"}, "ann"),
        ({"role": "data"}, "cy bob"),
        ({"role": "DATA A"}, "bob"),
        ({"role": "analyst"}, ""),
        ({"role": "*analyst"}, "bob"),
        ({"role": "100%_"}, "dee.smith"),
        ({"role": "%"}, ""),
        ({"role": "*%"}, "dee.smith"),
        ({"person": "B"}, "bob"),
        ({"person": "bob@example.org"}, "bob"),
        ({"person": "smith"}, ""),
        ({"person": "*Smith"}, "dee.smith"),
        ({"person": "*@EXAMPLE"}, "dee.smith cy bob ann"),
        ({"person": "_ob"}, ""),
        ({"created_from": "2026-03-03"}, "dee.smith cy"),
        ({"created_to": "2026-03-03"}, "cy bob ann"),
        ({"created_from": "2026-03-02", "created_to": "2026-03-02"}, "bob"),
        ({"audio": "yes"}, "bob"),
        ({"audio": "no"}, "dee.smith cy ann"),
        ({"transcript": "yes"}, "cy"),
        ({"transcript": "no"}, "dee.smith bob ann"),
        ({"review": "needed"}, "cy"),
        ({"score_from": "8"}, "bob"),
        ({"score_from": "8.01"}, ""),
        ({"score_to": "4"}, "cy"),
        ({"score_from": "4", "score_to": "8"}, "cy bob"),
        ({"score_from": "5", "score_to": "7"}, ""),
        ({"status": "completed", "role": "data", "transcript": "yes", "q": "hello"}, "cy"),
        ({"sort": "oldest"}, "ann bob cy dee.smith"),
        ({"sort": "person"}, "ann bob cy dee.smith"),
    ],
    ids=str,
)
def test_filters(list_reader, several, query, found):
    assert names(get(list_reader, **query)) == found.split()


def test_days_are_those_of_the_readers_zone(list_reader, several):
    list_reader.cookies["zone"] = quote("Asia/Kolkata")
    # 23:30 UTC is five in the morning of the next day there.
    assert names(get(list_reader, created_from="2026-03-03", created_to="2026-03-03")) == ["bob"]


def test_score_is_the_mean_of_each_raters_newest_judgement(list_reader):
    one = interview("ann", completed=True)
    now = timezone.now()
    for author, score, ago in (("rae", 2, 2), ("rae", 9, 1), ("sam", 6, 0)):
        FeedbackFactory(
            session=one, author=author, overall_score=score, created_at=now - timedelta(days=ago)
        )
    FeedbackFactory(session=one, author="ted", overall_score=None)
    assert ">7.5<" in re.sub(r"<span[^>]*>Score </span>", "", get(list_reader).content.decode())
    assert names(get(list_reader, score_from="7.5", score_to="7.5")) == ["ann"]
    assert names(get(list_reader, score_to="6")) == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"status": "asleep"}, "Choose one of the list."),
        ({"mode": "x" * 5000}, "Choose one of the list."),
        ({"sort": "score"}, "Choose one of the list."),
        ({"created_from": "yesterday"}, "Write a day as 2026-11-20."),
        ({"created_from": "0001-01-01"}, "Choose a day between 1970 and 2199."),
        ({"created_to": "9999-12-31"}, "Choose a day between 1970 and 2199."),
        ({"created_from": "2026-03-02", "created_to": "2026-03-01"}, "before the first day"),
        ({"score_from": "high"}, "Write a number from 0 to 10."),
        ({"score_from": "nan"}, "Write a number from 0 to 10."),
        ({"score_from": "-1"}, "Scores begin at 0."),
        ({"score_to": "11"}, "Scores end at 10."),
        ({"score_from": "5", "score_to": "4"}, "below the lowest score"),
        ({"q": "!!!"}, "Write a word: letters or digits."),
        ({"q": "x" * 501}, "at most 500 characters"),
        ({"role": "a\0b"}, "Null characters are not allowed."),
        ({"person": "x" * 255}, "at most 254 characters"),
    ],
    ids=str,
)
def test_bad_value_is_said_at_its_field_and_the_others_hold(list_reader, several, query, message):
    reply = get(list_reader, transcript="no", audio="yes", **query)
    name = list(query)[-1]
    field = re.search(rf'<div class="field filter-{name}">.*?</div>', reply.content.decode(), re.S)
    assert field is not None
    assert message in field[0]
    assert 'aria-invalid="true"' in field[0]
    assert names(reply) == ["bob"]


def test_active_filters_are_chips_with_a_way_to_remove_each(list_reader, several):
    text = get(list_reader, q="hello", status="completed", sort="person", score_from="3.50").content
    chips = re.findall(r'soft">([^<]*):</span> ([^<]*)</span> <a href="([^"]*)"', text.decode())
    assert chips == [
        ("Search", "“hello”", "?status=completed&amp;sort=person&amp;score_from=3.50"),
        ("Status", "Completed", "?q=hello&amp;sort=person&amp;score_from=3.50"),
        ("Score from", "3.5", "?q=hello&amp;status=completed&amp;sort=person"),
    ]
    assert b"Active filters" not in get(list_reader, sort="oldest").content


# -- search --


def test_search_shows_where_the_words_stand(list_reader):
    one = interview("ann")
    question = InterviewQuestionFactory(
        session=one, question_index=2, question_text="Why <b>latency</b>?"
    )
    response = UserResponseFactory(
        question=question, user_answer="Because latency <script>x</script>"
    )
    interview("bob")
    reply = get(list_reader, q="latency")
    text = reply.content.decode()
    assert names(reply) == ["ann"]
    assert "Question 2</a> Why &lt;b&gt;<mark>latency</mark>&lt;/b&gt;?" in text
    record = f"/sessions/{one.session_id}/"
    assert f'href="{record}#answer-{response.pk}">Answer 2<' in text
    assert f'href="{record}#question-2">Question 2<' in text
    assert "Because <mark>latency</mark> &lt;script&gt;x&lt;/script&gt;" in text


@pytest.mark.parametrize("allowed", [(), TEXTS[:1], TEXTS[1:2], TEXTS[2:], TEXTS[:2], TEXTS])
def test_search_looks_only_where_the_reader_may(signed_in, allowed):
    browser = signed_in(*allowed)
    InterviewQuestionFactory(session=interview("q"), question_text="secretword one")
    UserResponseFactory(question__session=interview("a"), user_answer="secretword two")
    TranscriptFactory(session=interview("t"), transcript_data={"text": "secretword three"})
    reply = get(browser, q="secretword")
    shown = dict(zip(TEXTS, "qat", strict=True))
    if not allowed:
        # No search at all: the word is no filter, and nothing of the texts is there.
        assert b'name="q"' not in reply.content
        assert b"<mark>" not in reply.content
        assert sorted(names(reply)) == ["a", "q", "t"]
    else:
        assert sorted(names(reply)) == sorted(shown[one] for one in allowed)
        assert reply.content.count(b"<mark>secretword</mark>") == len(allowed)
