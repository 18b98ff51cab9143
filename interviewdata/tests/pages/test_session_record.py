"""The record page: everything of one interview, in six statements, and no text of it as markup."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interviewdata.tests.pages.recorded import ALL, LOOKS, SCORES, XSS, fill, poison, sound, url_of
from sessions.access import RECORD_PERMISSIONS
from sessions.models import AccessRecord, AudioPeaks
from sessions.services.counters import recount
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    UserResponseFactory,
)

# -- cost ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 40])
@pytest.mark.parametrize("permissions", [ALL, (*ALL, *SCORES), RECORD_PERMISSIONS[:1]])
def test_page_takes_at_most_six_statements(
    client, staff_user, django_assert_max_num_queries, rows, permissions
):
    interview = fill(InterviewSessionFactory(completed=True), rows)
    client.force_login(staff_user(*permissions))
    # Login, user with permissions, record, blindness, access record, who looked.
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url_of(interview)).status_code == 200
    statements = [q["sql"] for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) == (6 if LOOKS in permissions else 5), statements


def test_an_hour_with_40_answers_is_under_400_kilobytes(client, staff_user):
    interview = fill(InterviewSessionFactory(completed=True), 40, words=10_000)
    client.force_login(staff_user(*ALL))
    reply = client.get(url_of(interview))
    text = reply.content.decode()
    assert "word976" in text
    assert text.count('class="player"') == 40
    assert len(reply.content) < 400_000


# -- what is there ---------------------------------------------------------------------------------


def test_page_shows_every_part_of_the_interview(see, record):
    page = see(record)
    for shown in (
        record.user_email, "Nurse", "Technical", "Intermediate", "Completed", "1 of 1 question",
        "Databases", "Advanced", "time limit 4 min", "index", "lock", "Because of the index.",
        "1 earlier answer", "Revision 1, replaced", "1 min 30 s of sound", "word1 word2",
        "Reviewer rater1", ">6.57<", "Computed by voice 2.1", "131", "read the record",
        f'href="/api/interview/export/{record.session_id}"',
    ):  # fmt: skip
        assert shown in page, shown
    assert 'data-sound="/api/interview/audio/' in page
    assert "None" not in re.sub(r"<script.*?</script>", "", page)


def test_empty_interview_says_what_is_missing(see, db):
    page = see(InterviewSessionFactory())
    for shown in ("No questions yet", "No transcript", "No feedback yet", "No analytics",
                  "No question has been asked.", "There is no transcript."):  # fmt: skip
        assert shown in page, shown


def test_unknown_interview_is_a_404_that_leaves_no_record(client, staff_user, db):
    client.force_login(staff_user(*ALL))
    for session_id in ("nothing", "..%2f..%2fetc", "%00", "x" * 300):
        assert client.get(f"/sessions/{session_id}/").status_code == 404
    assert AccessRecord.objects.count() == 0


@pytest.mark.parametrize(
    "session_id", ["a b", "semi;colon", "ümlaut ☃", 'quote"and<b>', "%25", "?a=b#c", "-" * 128]
)
def test_imported_id_of_any_letters_has_its_page(client, staff_user, session_id):
    fill(InterviewSessionFactory(session_id=session_id))
    client.force_login(staff_user(*ALL))
    reply = client.get(f"/sessions/{quote(session_id, safe='')}/")
    assert reply.status_code == 200
    (address,) = re.findall(r'data-peaks="([^"]+)"', reply.content.decode())
    assert client.get(html.unescape(address)).status_code == 503  # its file is not in the store


def test_people_without_a_page_of_their_own_are_plain_text(see, record, monkeypatch):
    from django.urls import NoReverseMatch

    from interviewdata.record.pages import session_record

    def reverse(name, args=()):
        if name in ("person", "review-form", "session-list", "transcript-correct"):
            raise NoReverseMatch
        raise AssertionError(name)

    monkeypatch.setattr(session_record, "reverse", reverse)
    assert f"<h1>{record.user_email}</h1>" in see(record, *ALL, *SCORES)


def test_page_writes_the_look_into_the_books(see, record):
    see(record)
    look = AccessRecord.objects.get()
    assert (look.actor, look.action, look.resource) == ("user:rita", "read", "record")
    assert look.session_ids == [record.session_id]


# -- health ----------------------------------------------------------------------------------------


def test_health_says_what_is_missing_and_where(see, db):
    interview = InterviewSessionFactory(completed=True)
    questions = [
        InterviewQuestionFactory(session=interview, question_index=index) for index in range(1, 7)
    ]
    sound(questions[0], 1)
    sound(questions[1], 2, audio_duration=None)
    sound(questions[2], 3, is_late=True)
    UserResponseFactory(question=questions[3])
    AudioPeaks.objects.create(
        audio_sha256=f"{1:064x}", duration=0, peaks=[], problem="This sound file is damaged."
    )
    # Another interview's trouble is not this one's.
    AudioPeaks.objects.create(audio_sha256=f"{99:064x}", duration=0, peaks=[], problem="Bad.")
    recount(interview.session_id)
    page = re.sub(r"<[^>]+>", "", see(interview))
    for sentence in (
        "2 questions were never answered: 5, 6.",
        "1 answer has no sound: 4.",
        "1 recording could not be decoded: 1.",
        "1 recording has no known length: 2.",
        "1 answer came after the end of the interview: 3.",
        "There is no transcript.",
    ):
        assert sentence in page, sentence
    assert "This sound could not be decoded on the server" in page


def test_whole_interview_is_called_complete(see, record):
    page = see(record)
    assert "Complete</span> Every question is answered with sound" in page


def test_running_interview_is_not_blamed_for_open_questions(see, db):
    interview = InterviewSessionFactory(status="active")
    InterviewQuestionFactory(session=interview, question_index=1)
    recount(interview.session_id)
    assert "1 question was not answered yet" in see(interview)


# -- any text anywhere -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", XSS)
def test_no_text_becomes_markup(client, staff_user, db, text):
    interview = InterviewSessionFactory(
        role=text, interview_type=text, features=[text], session_data={text: {text: [text]}}
    )
    poison(interview, text)
    user = staff_user(*ALL)
    client.force_login(user)
    reply = client.get(url_of(interview))
    page = reply.content.decode()
    assert reply.status_code == 200
    for dangerous in ("<script>alert", "<img src=x", "<svg onload", "' onmouseover='", "49"):
        if dangerous == "49" and "7*7" not in text:
            continue
        if dangerous == "' onmouseover='":
            assert not re.search(r"<[^>]*' onmouseover='", page)
            continue
        if dangerous != "49":
            assert dangerous not in page
    assert 'href="javascript:' not in page
