"""`check_interview_data` and the full-text index: what it finds, what it sets right."""

import json

import pytest
from django.core.management import call_command
from django.db import connection

from interviewdata.common.sql import is_postgresql
from sessions.search import find
from sessions.services.counters import recount
from sessions.tests.factories import TranscriptFactory, UserResponseFactory

KINDS = ("question", "answer", "transcript")


@pytest.fixture
def answer(db):
    response = UserResponseFactory(
        user_answer="answered", question__question_text="asked", question__question_index=1
    )
    TranscriptFactory(session=response.session, transcript_data={"text": "said"})
    recount(response.session_id)
    return response


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def of_kind(kind):
    return (
        f"kind = '{kind}'" if is_postgresql() else f"rowid %% 4 = {KINDS.index(kind) + 1}"
    ).replace("%%", "%")


def problems(run, *arguments):
    ran = run("check_interview_data", "--json", *arguments)
    *found, summary = [json.loads(line) for line in ran.out.splitlines()]
    return [(one["kind"], one["subject"].split()[0], one["message"]) for one in found], summary


TABLES = {
    "question": "interview_questions",
    "answer": "user_responses",
    "transcript": "transcripts",
}
WORDS = {"question": "asked", "answer": "answered", "transcript": "said"}
NOT_FOUND = "its text cannot be found"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrong", ["missing", "another text", "another interview"])
def test_text_that_cannot_be_found_is_reported_and_repaired(run, answer, kind, wrong):
    if wrong == "missing":
        execute(f"DELETE FROM search_texts WHERE {of_kind(kind)}")
    else:
        change = "text = 'x'" if wrong == "another text" else "session_id = 'x'"
        execute(f"UPDATE search_texts SET {change} WHERE {of_kind(kind)}")
    wanted = [("search", TABLES[kind], NOT_FOUND)]
    assert problems(run)[0] == wanted
    found, summary = problems(run, "--repair")
    assert (found, summary["summary"]["left"]) == (wanted, 0)
    assert problems(run)[0] == []
    assert [session_id for session_id, _hits in find(f'"{WORDS[kind]}"')] == [answer.session_id]


@pytest.mark.parametrize("kind", KINDS)
def test_text_of_no_row_is_reported_and_taken_out(run, answer, kind):
    if is_postgresql():
        execute(
            "INSERT INTO search_texts (kind, row_id, session_id, text)"
            f" VALUES ('{kind}', 77, 'x', 'stray')"
        )
    else:
        number = 77 * 4 + KINDS.index(kind) + 1
        execute(f"INSERT INTO search_texts (rowid, session_id, text) VALUES ({number}, 'x', 'y')")
    wanted = [("search", TABLES[kind], "is found, but is not there, or holds no text")]
    assert problems(run, "--repair")[0] == wanted
    assert problems(run)[0] == []


@pytest.mark.skipif("is_postgresql()", reason="PostgreSQL generates the words from the text")
def test_words_that_are_not_those_of_the_texts_are_rebuilt(run, answer):
    execute("UPDATE search_texts_content SET c0 = 'answered otherwise' WHERE c0 = 'answered'")
    found, _summary = problems(run, "--repair")
    assert found[0][2] == ("its words are not those of its texts")
    assert problems(run)[0] == []
    assert [session_id for session_id, _hits in find('"answered"')] == [answer.session_id]


@pytest.mark.django_db(transaction=True)
def test_migration_fills_the_index_and_can_be_taken_back(run, answer):
    before = texts()
    try:
        call_command("migrate", "interview_sessions", "0005", verbosity=0)
        assert "search_texts" not in connection.introspection.table_names()
    finally:
        call_command("migrate", verbosity=0)
    assert texts() == before
    assert len(before) == 3
    assert problems(run)[0] == []


def texts():
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_id, text FROM search_texts ORDER BY text")
        return cursor.fetchall()
