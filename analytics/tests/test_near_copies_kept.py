"""Answers like other people's: kept with the analysis, found by bands, proven and repaired."""

import random
from datetime import UTC, datetime

import pytest
from django.db import connection

from analytics.engines.near_copies import bands, signature, similarity
from analytics.models import AnalysisJob, AnswerBand, AnswerSignature
from analytics.services import near_copies
from analytics.services.analysis import do_job
from analytics.services.near_copies import (
    answer_text,
    keep_signature,
    near_copies_of,
    rebuild_signature,
    wrong_signatures,
)
from analytics.services.stock import take_stock
from analytics.tests.engines.answers import answer, population, rewritten
from analytics.tests.factories import ResponseAnalysisFactory
from interviewdata.common.errors import NotFound
from sessions.models import UserResponse
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    UserResponseFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SAID = (
    "I would first look at the plan of the statement and then add an index on the two columns "
    "that the filter names, because the table is read far more often than it is written."
)


def said(text, *, interview=None, question="How?", email=None, words=(), **fields):
    """An analysed answer."""
    interview = interview or InterviewSessionFactory(**({"user_email": email} if email else {}))
    asked = InterviewQuestionFactory(session=interview, question_text=question)
    row = UserResponseFactory(question=asked, user_answer=text, **fields)
    found = ResponseAnalysisFactory(response=row, words=[{"word": word} for word in words])
    keep_signature(row, answer_text(row.user_answer, found.words), now=NOW)
    return row


def others(row):
    return [pair.theirs.response_id for pair in near_copies_of(row.session_id)]


# -- kept ------------------------------------------------------------------------------------------


def test_analysis_keeps_the_signature():
    row = UserResponseFactory(question__question_index=1, user_answer=SAID)
    take_stock(NOW)
    do_job(AnalysisJob.objects.get().pk, now=NOW)
    kept = AnswerSignature.objects.get()
    assert (kept.response_id, kept.session_id) == (row.pk, row.session_id)
    assert bytes(kept.signature) == signature(SAID)
    stored = AnswerBand.objects.filter(answer=kept).values_list("band", flat=True)
    assert sorted(stored) == sorted(bands(signature(SAID)))


def test_words_heard_are_the_text_where_nothing_was_typed():
    row = said(SAID)
    spoken = said(" \n", words=SAID.split())
    assert others(row) == [spoken.pk]
    assert others(spoken) == [row.pk]


@pytest.mark.parametrize("words", [None, "text", [1, None, {"word": 5}, {}]])
def test_words_of_another_shape_are_no_error(words):
    assert isinstance(answer_text("", words), str)


def test_eleven_words_are_found_by_nothing():
    words = [f"word{n}" for n in range(12)]
    said(" ".join(words[:11]))
    assert not AnswerSignature.objects.exists()
    said(" ".join(words))
    assert AnswerSignature.objects.count() == 1


def test_another_text_has_other_bands_and_too_short_a_one_none():
    row = said(SAID)
    other = "Now I say " + " ".join(f"thing{n}" for n in range(30))
    keep_signature(row, other, now=NOW)
    assert set(AnswerBand.objects.values_list("band", flat=True)) == set(bands(signature(other)))
    assert bytes(AnswerSignature.objects.get().signature) == signature(other)
    keep_signature(row, "No.", now=NOW)
    assert not AnswerSignature.objects.exists()
    assert not AnswerBand.objects.exists()


def test_an_interview_takes_its_signatures_along():
    row = said(SAID)
    kept = said(SAID)
    row.session.delete()
    connection.check_constraints()
    assert [one.pk for one in AnswerSignature.objects.all()] == [kept.pk]
    assert set(AnswerBand.objects.values_list("answer_id", flat=True)) == {kept.pk}


def test_statements_of_keeping(django_assert_num_queries):
    row = UserResponseFactory(user_answer=SAID)
    with django_assert_num_queries(4):
        keep_signature(row, SAID, now=NOW)
    with django_assert_num_queries(1):
        keep_signature(row, SAID, now=NOW)


# -- found -----------------------------------------------------------------------------------------


def test_pair_says_what_both_have():
    row = said(f"Well. {SAID} That is all.", email="ann@example.org")
    copy = said(f"As I said: {SAID.upper()}", email="ben@example.org")
    (pair,) = near_copies_of(row.session_id)
    assert (pair.ours.user_email, pair.theirs.user_email) == ("ann@example.org", "ben@example.org")
    assert pair.similarity == pytest.approx(similarity(row.user_answer, copy.user_answer), abs=1e-4)
    (passage,) = pair.passages
    ours = pair.ours.text[passage.first_start : passage.first_end]
    theirs = pair.theirs.text[passage.second_start : passage.second_end]
    assert ours.lower() == theirs.lower() == SAID.rstrip(".").lower()
    assert pair.words == len(SAID.split())
    # Seen from the other side it is the same pair.
    (turned,) = near_copies_of(copy.session_id)
    assert turned.similarity == pair.similarity
    (place,) = turned.passages
    assert (place.first_start, place.second_start) == (passage.second_start, passage.first_start)


def test_one_s_own_words_are_no_copy():
    row = said(SAID, email="ann@example.org")
    said(SAID, email="ann@example.org")
    said(SAID, interview=row.session)
    assert near_copies_of(row.session_id) == []


@pytest.mark.parametrize("older", ["ours", "theirs"])
def test_only_current_answers_are_compared(older):
    row, other = said(SAID), said(SAID)
    UserResponse.objects.filter(pk=(row if older == "ours" else other).pk).update(is_current=False)
    assert near_copies_of(row.session_id) == []


def test_signatures_of_another_version_are_not_compared():
    row, other = said(SAID), said(SAID)
    AnswerSignature.objects.filter(pk=other.pk).update(version="0")
    assert near_copies_of(row.session_id) == []


def test_what_is_repeated_of_the_question_does_not_count():
    row = said(f"{SAID} I do not know.", question=f"What of this: {SAID}")
    said(f"{SAID} Whatever comes.", question=f"What of this: {SAID}")
    assert near_copies_of(row.session_id) == []


def test_whether_the_question_was_the_same():
    row = said(SAID, question="How do you do it?")
    said(SAID, question="How do you  do it")
    said(SAID, question="And why?")
    found = {pair.theirs.question_text: pair for pair in near_copies_of(row.session_id)}
    assert found["How do you  do it"].is_same_question
    assert not found["And why?"].is_same_question


def test_the_most_alike_first_and_no_more_than_asked_for():
    chance = random.Random(3)
    words = answer(chance, 120)
    row = said(" ".join(words))
    less = said(" ".join(rewritten(chance, words, 0.7)))
    same = said(" ".join(words))
    assert others(row) == [same.pk, less.pk]
    assert len(near_copies_of(row.session_id, most=1)) == 1


def test_copies_among_many_are_found_and_nothing_else():
    texts, true = population(120, 20, 0.6)
    rows = {number: said(text) for number, text in texts}
    found = {
        (number, pair.theirs.response_id)
        for number in range(100)
        for pair in near_copies_of(rows[number].session_id)
    }
    assert found == {(first, rows[second].pk) for first, second in true}


def test_a_sentence_that_everybody_says_does_not_crowd_out_another_pair(monkeypatch):
    monkeypatch.setattr(near_copies, "NEWEST_IN_A_BAND", 3)
    monkeypatch.setattr(near_copies, "MOST_CANDIDATES", 2)
    for _ in range(6):
        said(SAID)
    chance = random.Random(5)
    rare = " ".join(answer(chance, 60))
    copy = said(rare)
    row = said(SAID)
    said(rare, interview=row.session)
    found = others(row)
    assert copy.pk in found
    assert len(found) == 3


def test_texts_beyond_what_is_compared_at_once_are_left(monkeypatch):
    row = said(SAID)
    said(SAID)
    monkeypatch.setattr(near_copies, "MOST_CHARACTERS", len(SAID))
    assert near_copies_of(row.session_id) == []


@pytest.mark.parametrize("answers", [1, 3])
def test_statements_of_reading(django_assert_num_queries, answers):
    row = said(SAID)
    for _ in range(answers):
        said(SAID)
        said(SAID, interview=row.session)
    with django_assert_num_queries(2):
        assert len(near_copies_of(row.session_id)) == answers * (answers + 1)


def test_nothing_to_find_takes_one_statement(django_assert_num_queries):
    said(SAID)
    with django_assert_num_queries(1):
        assert near_copies_of("nobody's") == []


# -- proven ----------------------------------------------------------------------------------------


def wrong():
    return [(one.response_id, one.message) for one in wrong_signatures()]


def test_nothing_is_wrong_where_analysis_kept_them():
    said(SAID)
    said("Too short.")
    UserResponseFactory(user_answer=SAID)  # not analysed, so it needs none
    assert wrong() == []


@pytest.mark.parametrize(
    ("breaks", "message"),
    [
        (lambda row: AnswerSignature.objects.all().delete(), "it has no signature"),
        (lambda row: AnswerSignature.objects.update(version="0"), "not that of its text"),
        (lambda row: AnswerSignature.objects.update(signature=b"x" * 512), "not that of its text"),
        (lambda row: AnswerBand.objects.filter(band__gt=0).delete(), "its bands are not"),
        (
            lambda row: UserResponse.objects.filter(pk=row.pk).update(user_answer="Short."),
            "too few words",
        ),
        (lambda row: row.analysis.delete(), "was not analysed"),
    ],
)
def test_wrong_signature_is_found_and_repaired(breaks, message):
    row, other = said(SAID), said("Too short.")
    breaks(UserResponse.objects.get(pk=row.pk))
    ((found, words),) = wrong()
    assert found == row.pk
    assert message in words
    rebuild_signature(found)
    assert wrong() == []
    assert not AnswerSignature.objects.filter(pk=other.pk).exists()


def test_more_answers_than_are_read_at_once(monkeypatch):
    monkeypatch.setattr(near_copies, "CHUNK", 2)
    rows = [said(SAID) for _ in range(5)]
    AnswerSignature.objects.filter(pk__in=[rows[1].pk, rows[4].pk]).delete()
    assert [pk for pk, _ in wrong()] == [rows[1].pk, rows[4].pk]


def test_answer_that_is_gone_cannot_be_repaired():
    with pytest.raises(NotFound):
        rebuild_signature(404)
