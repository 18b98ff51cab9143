"""Full-text search: what is found, and what is shown of it."""

from __future__ import annotations

import random

import pytest
from django.db import connection
from django.utils.html import escape

from interviewdata.common.sql import is_postgresql
from sessions import search
from sessions.models import InterviewSession
from sessions.search import find, hits_of, parse, sessions_matching
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    TranscriptFactory,
    UserResponseFactory,
)
from sessions.tests.searching import ALL, answer, found

# -- what is found --

SAID = "We moved from Redis/Kafka to node.js; the Übersetzung of “naïve” code took 3 days."


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "moved",
        "MOVED",
        "mov",  # the last word may be a beginning
        "days redis",  # all words, in any order
        "kafka redis",
        "“moved from redis”",
        '"moved from redis"',
        "node.js",  # words written together stand together
        "js",  # and each is found by itself
        "Redis/Kafka",
        "ubersetzung",  # accents make no difference, on either side
        "Übersetzung",
        "U\u0308bersetzung",  # the same, in two characters
        "naive",
        "naïve",
        "3 day",
        'from "moved',
        "moved !!! --- ,",
    ],
)
def test_search_finds(text):
    one = answer(SAID)
    answer("Something else.")
    assert found(text) == [one.session_id]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "oved",  # not the middle of a word
        "mo",  # two letters are no beginning yet
        "mov redis",  # only the last word may be a beginning
        '"redis moved"',  # a phrase has its order
        '"mov"',  # a quoted word is whole
        "moved nothing",  # all words
        "",
        "   ",
        "!!!",
        '""',
    ],
)
def test_search_does_not_find(text):
    answer(SAID)
    assert found(text) == []


@pytest.mark.django_db
def test_words_may_not_be_spread_over_texts():
    one = answer("We used latency budgets.")
    TranscriptFactory(session=one.session, transcript_data={"text": "And quotas."})
    assert found("latency quotas") == []


@pytest.mark.django_db
def test_newest_interviews_come_first():
    first, second = answer("kubernetes once"), answer("kubernetes twice")
    assert found("kubernetes") == [second.session_id, first.session_id]
    assert len(find("kubernetes", limit=1)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ALL)
def test_kinds_limit_what_is_searched(kind):
    session = InterviewSessionFactory()
    question = InterviewQuestionFactory(session=session, question_text="zebra question")
    UserResponseFactory(question=question, user_answer="zebra answer")
    TranscriptFactory(session=session, transcript_data={"text": "zebra transcript"})
    [(session_id, hits)] = find("zebra", kinds=(kind,))
    assert (session_id, [hit.kind for hit in hits.shown], hits.total) == (
        session.session_id,
        [kind],
        1,
    )
    others = tuple(one for one in ALL if one != kind)
    assert found(f"zebra {kind}", others) == []
    assert found("zebra", ()) == []


@pytest.mark.django_db
def test_older_answers_are_found_and_said_to_be_older():
    old = UserResponseFactory(
        user_answer="first thought", is_current=False, question__question_index=4
    )
    UserResponseFactory(question=old.question, user_answer="second thought", revision=2)
    [(_session_id, hits)] = find("thought")
    assert [(hit.question_index, hit.is_older) for hit in hits.shown] == [(4, False), (4, True)]


@pytest.mark.django_db
def test_a_frequent_word_is_found_another_way(monkeypatch):
    """Beyond MOST_LISTED texts the caller's statement asks each interview."""
    made = [answer(f"common words {n}").session_id for n in range(6)]
    few = found("common")
    monkeypatch.setattr(search, "MOST_LISTED", 3)
    assert found("common") == few == made[::-1]
    assert found("common 4") == [made[4]]


@pytest.mark.django_db
def test_a_word_that_statistics_know_is_not_counted():
    made = [answer(f"everywhere {n}").session_id for n in range(30)]
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE search_texts")
    assert found("everywhere") == made[:4:-1]
    assert found("everywhere 7") == [made[7]]


@pytest.mark.django_db
def test_condition_chains_with_other_filters():
    one, other = answer("shared word"), answer("shared word")
    query = parse("shared")
    assert query is not None
    rows = InterviewSession.objects.filter(session_id__in=sessions_matching(query, ALL))
    assert rows.count() == 2
    assert rows.filter(user_email=one.session.user_email).get().session_id == one.session_id
    assert rows.exclude(pk=one.session.pk).get().session_id == other.session_id


# -- hostile queries --

_LOT = random.Random(20)
HOSTILE = [
    "'", '"', "''", '"""', "'\"'", "\\", "\\'", "a\\'b", "a' OR '1'='1", "'; DROP TABLE x; --",
    "a & b", "a | b", "!a", "a <-> b", "a:*", ":*", "*", "a*", "a:A", "(", ")", "(a", "a)",
    "NEAR(a b)", "a AND", "OR", "NOT a", "AND AND AND", "text:a", "{text}: a", "^a", "a + b", "-a",
    "%s", "%(x)s", "%", "%%", "{0}", "\x00", "a\x00b", "\ud800", "a\ufeffb", "\u202e", "🙂", "🙂 a",
    "\u0301", "a\u0301\u0301\u0301", "हिन्दी", "日本語", "한국어", "½ x² ①", "ß İ ı ﬁ", "\r\n\t",
    "x" * 10_000, "a " * 5_000, '"' * 10_000, "(" * 10_000, "é" * 10_000, "a" + "\u0301" * 10_000,
    *("".join(_LOT.choices("ab \"'()*:&|!<->^\\\x00%{}~\u0301é", k=40)) for _ in range(60)),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_query_is_an_error(text, monkeypatch):
    one = answer("a b x")
    find(text)
    monkeypatch.setattr(search, "MOST_LISTED", -1)
    find(text)
    query = parse(text)
    if query is not None:
        hits_of(query, [one.session_id], ALL)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["हिन्दी में", "日本語", "한국어 이름", "Ελλάδα", "привет мир"])
def test_words_of_other_scripts_are_found(text):
    one = answer(f"It was {text} then.")
    assert found(text) == [one.session_id]
    [(_session_id, hits)] = find(text)
    assert "<mark>" in hits.shown[0].snippet


# -- snippets --

XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "<mark>planted</mark>",
    "</mark><b>out</b>",
    "&lt;script&gt;",
    "<scr<mark>ipt>",
    "javascript:alert(1)//",
    "{{ 7|add:7 }}{% now 'Y' %}",
]


@pytest.mark.django_db
@pytest.mark.parametrize("text", XSS)
def test_snippets_are_escaped_and_marked(text):
    answer(f"needle {text} needle")
    [(_session_id, hits)] = find("needle")
    assert hits.shown[0].snippet == (f"<mark>needle</mark> {escape(text)} <mark>needle</mark>")


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["script", "alert", "img", "mark", "lt", "b"])
def test_marking_inside_markup_leaves_it_escaped(word):
    answer(" ".join(XSS))
    snippets = [hit.snippet for _id, hits in find(f'"{word}"') for hit in hits.shown]
    assert snippets
    for snippet in snippets:
        bare = snippet.replace("<mark>", "").replace("</mark>", "")
        assert "<" not in bare
        assert ">" not in bare
        assert f"<mark>{word}</mark>" in snippet


@pytest.mark.django_db
def test_snippet_shows_the_surroundings_of_the_first_hit():
    answer("word " * 5000 + "needle in a haystack " + "word " * 5000)
    [(_session_id, hits)] = find("needle haystack")
    snippet = hits.shown[0].snippet
    assert snippet.startswith("… word")
    assert "<mark>needle</mark> in a <mark>haystack</mark> word" in snippet
    assert snippet.endswith(" …")
    assert len(snippet) < 300


@pytest.mark.django_db
def test_marks_keep_the_text_as_it_was_said():
    answer("Der ÜBERGANG, naïve & schön")
    [(_session_id, hits)] = find('"ubergang naive" schon')
    assert hits.shown[0].snippet == ("Der <mark>ÜBERGANG, naïve</mark> &amp; <mark>schön</mark>")


@pytest.mark.django_db
def test_three_places_are_shown_and_the_others_counted():
    session = InterviewSessionFactory()
    for index in range(1, 6):
        question = InterviewQuestionFactory(session=session, question_index=index)
        UserResponseFactory(question=question, user_answer=f"latency {index}")
    [(_session_id, hits)] = find("latency")
    assert [hit.question_index for hit in hits.shown] == [5, 4, 3]
    assert (hits.total, hits.further) == (5, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_is_three_statements(rows, django_assert_num_queries):
    for _ in range(rows):
        answer("constant cost")
    # The index (PostgreSQL), the interviews, their hits.
    with django_assert_num_queries(3 if is_postgresql() else 2):
        assert len(find("constant")) == rows
