"""Full-text search: what of a row is text, and how the index follows its rows."""

from __future__ import annotations

import random

import pytest
from django.db import connection, transaction

from interviewdata.common.sql import is_postgresql
from interviewdata.record.integrity_search import search_problems
from sessions.models import InterviewQuestion, InterviewSession, Transcript, UserResponse
from sessions.services.search_index import forget_erased_texts
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    TranscriptFactory,
    UserResponseFactory,
)
from sessions.tests.searching import answer, found


def texts() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM search_texts ORDER BY text")
        return [row[0] for row in cursor.fetchall()]


# -- what of a transcript is text --

WORDS = [{"word": "spoken", "start": 0, "end": 1}, {"word": "words", "start": 1, "end": 2}]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"text": "whole text"}, "whole text"),
        ({"text": "whole text", "segments": [{"text": "part"}]}, "whole text"),
        ("just a string", "just a string"),
        ({"segments": [{"text": "one", "start": 0}, {"text": "two"}]}, "one two"),
        ({"messages": [{"role": "user", "content": "said"}, {"content": "more"}]}, "said more"),
        ([{"text": "one"}, {"text": "two"}], "one two"),
        (["line one", "line two"], "line one line two"),
        ({"lines": ["line one", "line two"]}, "line one line two"),
        ({"transcript": "said"}, "said"),
        ({"text": ""}, "spoken words"),
        ({"text": None, "language": "en"}, "spoken words"),
        ({"text": 7, "n": [1, 2]}, "spoken words"),
        ({}, "spoken words"),
        ([], "spoken words"),
    ],
)
def test_text_of_a_transcript(data, text):
    row = TranscriptFactory(transcript_data=data, word_timestamps=WORDS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, session_id FROM search_texts")
        assert cursor.fetchall() == [(text, row.session_id)]


@pytest.mark.django_db
@pytest.mark.parametrize("words", [[], {}, "x", ["a"], [{"word": 7}], [None, {"start": 1}]])
def test_transcript_without_any_text_is_not_in_the_index(words):
    TranscriptFactory(transcript_data={"n": 1}, word_timestamps=words)
    assert texts() == []
    assert list(search_problems()) == []


@pytest.mark.django_db
@pytest.mark.skipif("not is_postgresql()", reason="PostgreSQL's JSON cannot hold it as text")
def test_text_that_postgresql_cannot_hold_stops_no_import():
    session = InterviewSessionFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO transcripts (session_id, user_email, transcript_data, word_timestamps,"
            " confidence_scores, raw_audio_path, processed_audio_path, source, author, fingerprint,"
            " created_at, updated_at) VALUES (%s, %s, %s, '[]', '[]', '', '', 'import', '', 'f',"
            " now(), now())",
            [session.session_id, session.user_email, '{"text": "a\\u0000b \\ud800"}'],
        )
    assert Transcript.objects.count() == 1
    assert texts() == []


# -- the index follows its rows --


@pytest.mark.django_db
def test_index_follows_inserts_updates_and_deletes():
    question = InterviewQuestionFactory(question_text="asked")
    response = UserResponseFactory(question=question, user_answer="answered")
    transcript = TranscriptFactory(session=question.session, transcript_data={"text": "said"})
    assert texts() == ["answered", "asked", "said"]
    InterviewQuestion.objects.update(question_text="asked anew")
    UserResponse.objects.update(user_answer="answered anew")
    Transcript.objects.update(transcript_data={"text": "said anew"})
    assert texts() == ["answered anew", "asked anew", "said anew"]
    assert found("asked") == [question.session_id]
    transcript.delete()
    response.delete()
    assert texts() == ["asked anew"]
    InterviewSession.objects.all().delete()
    assert texts() == []


@pytest.mark.django_db
def test_answer_in_sound_alone_has_no_text():
    UserResponseFactory(
        user_answer="",
        question__question_text="asked",
        audio_file_path="audio/x",
        audio_sha256="0" * 64,
        audio_content_type="audio/webm",
        audio_bytes=1,
    )
    assert texts() == ["asked"]


@pytest.mark.django_db
def test_what_is_rolled_back_is_not_found():
    with transaction.atomic():
        answer("ephemeral")
        transaction.set_rollback(True)
    assert found("ephemeral") == []


@pytest.mark.django_db
def test_random_writes_leave_the_index_as_the_rows_are():
    lot = random.Random(6)
    questions = [InterviewQuestionFactory() for _ in range(4)]
    for n in range(150):
        kind = lot.randrange(6)
        question = lot.choice(questions)
        rows = UserResponse.objects.filter(question=question)
        if kind in (0, 1):
            rows.update(is_current=False)
            UserResponseFactory(question=question, user_answer=f"w{n}", revision=n + 1)
        elif kind == 2:
            TranscriptFactory(session=question.session, transcript_data={"text": f"t{n}"})
        elif kind == 3:
            rows.filter(is_current=True).update(user_answer=f"changed {n}")
        elif kind == 4:
            lot.choice([rows, Transcript.objects.filter(session=question.session)]).delete()
        else:
            InterviewQuestion.objects.filter(pk=question.pk).update(question_text=f"q{n}")
    assert list(search_problems()) == []
    assert len(texts()) == (
        InterviewQuestion.objects.count()
        + UserResponse.objects.count()
        + Transcript.objects.count()
    )


@pytest.mark.django_db
def test_very_long_text_of_different_words_is_kept():
    """A vector of PostgreSQL holds 1 MB: the beginning of the text is found, the write goes on."""
    said = " ".join(f"w{n:x}-{n:x}x" for n in range(160_000))
    row = TranscriptFactory(transcript_data={"text": said})
    assert found("w77-77x") == [row.session_id]
    assert list(search_problems()) == []


@pytest.mark.django_db
def test_triggers_are_there():
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(
                "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'search\\_texts\\_%%'"
            )
            wanted = 7
        else:
            cursor.execute(
                "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
                " AND name LIKE 'search\\_texts\\_%%' ESCAPE '\\'"
            )
            wanted = 9
        assert cursor.fetchone() == (wanted,)


@pytest.mark.django_db
@pytest.mark.skipif("is_postgresql()", reason="SQLite's index keeps words of what it forgot")
def test_words_of_erased_texts_leave_the_files_of_the_index():
    session = answer("unforgettableword").session
    answer("another").session.refresh_from_db()
    session.delete()
    forget_erased_texts()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM search_texts_data WHERE instr(block, 'unforget') > 0")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM search_texts_content WHERE c0 LIKE '%%unforget%%'")
        assert cursor.fetchone() == (0,)
    assert found("another") != []
