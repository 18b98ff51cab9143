"""The record page: everything of one interview, for whoever may see it, in six statements."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.models import Review, ReviewAssignment
from analytics.tests.factories import FeedbackFactory, InterviewAnalyticsFactory
from interviewdata.record.pages.session_transcript import words_of
from sessions.access import AUDIO_PERMISSION, RECORD_PERMISSIONS
from sessions.models import AccessRecord, AudioPeaks
from sessions.services.access_record import record_access
from sessions.services.counters import recount
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    TranscriptFactory,
    UserResponseFactory,
)

LOOKS = "interview_sessions.view_accessrecord"
ALL = (*RECORD_PERMISSIONS, AUDIO_PERMISSION, LOOKS)
SCORES = ("analytics.add_review", "analytics.add_feedback")


def sound(question, number=1, **fields):
    return UserResponseFactory(
        question=question,
        audio_file_path=f"audio/{number}.webm",
        audio_sha256=f"{number:064x}",
        audio_content_type="audio/webm",
        audio_bytes=1000,
        **{"audio_duration": 90.0, **fields},
    )


def fill(interview, answers=1, words=10):
    """An interview with `answers` answers with sound, each with an older revision."""
    for index in range(1, answers + 1):
        question = InterviewQuestionFactory(
            session=interview,
            question_index=index,
            question_type="technical",
            category="Databases",
            difficulty="advanced",
            metadata={"expected_keywords": ["index", "lock"], "time_limit": 240},
        )
        UserResponseFactory(question=question, revision=1, is_current=False)
        sound(question, index, revision=2, user_answer="Because of the index. " * 60)
        FeedbackFactory(session=interview, author=f"rater{index}", overall_score=6.57)
    TranscriptFactory(
        session=interview,
        transcript_data={"text": "none"},
        word_timestamps=[
            {
                "word": f"word{n % 977}{'.' if n % 13 == 0 else ''}",
                "start": round(n * 0.36, 2),
                "end": round(n * 0.36 + 0.3, 2),
                "confidence": 0.4 if n % 20 == 0 else 0.957,
            }
            for n in range(words)
        ],
    )
    InterviewAnalyticsFactory(session=interview, engine="voice 2.1", voice_metrics={"pace": 131})
    recount(interview.session_id)
    return interview


@pytest.fixture
def record(db):
    return fill(InterviewSessionFactory(completed=True, role="Nurse"))


def url_of(interview):
    return f"/sessions/{interview.session_id}/"


def text_of(reply):
    assert reply.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(reply.content.decode()))


@pytest.fixture
def see(client, staff_user):
    """The page as text, for staff with the given permissions (default: all)."""

    def see(interview, *permissions, user=None):
        client.force_login(user or staff_user(*(permissions or ALL)))
        return text_of(client.get(url_of(interview)))

    return see


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


# -- who may see what ------------------------------------------------------------------------------

HIDDEN = {
    "interview_sessions.view_interviewquestion": (
        "You may not see the questions and answers.", "Databases"),
    "interview_sessions.view_userresponse": ("You may not see the answers.", "Because of the"),
    "interview_sessions.view_transcript": ("You may not see the transcript.", "word1 word2"),
    "analytics.view_feedback": ("You may not see the feedback.", "rater1"),
    "analytics.view_interviewanalytics": ("You may not see the analytics.", "voice 2.1"),
    AUDIO_PERMISSION: ("You may not listen to the answers.", "data-sound"),
    LOOKS: ("You may not see who looked at this interview.", "read the record"),
}  # fmt: skip


@pytest.mark.parametrize("permission", HIDDEN)
def test_part_without_permission_is_named_and_not_shown(see, record, permission):
    said, shown = HIDDEN[permission]
    page = see(record, *(one for one in ALL if one != permission))
    assert said in page
    assert shown not in page
    for other, (others_words, others_part) in HIDDEN.items():
        if other == permission:
            continue
        assert others_words not in page
        # Answers stand below their questions, sound below answers.
        below = (AUDIO_PERMISSION, "interview_sessions.view_userresponse")
        if not ("question" in permission and other in below) and not (
            "userresponse" in permission and other == AUDIO_PERMISSION
        ):
            assert others_part in page, others_part


def test_page_alone_shows_no_part(see, record):
    page = see(record, RECORD_PERMISSIONS[0])
    for said, shown in HIDDEN.values():
        assert shown not in page
        assert said in page or said in (
            "You may not see the answers.",
            "You may not listen to the answers.",
        )
    assert "Export as JSON" not in page


def test_page_needs_its_permission(client, staff_user, record):
    client.force_login(staff_user(*ALL[1:]))
    assert client.get(url_of(record)).status_code == 403
    client.logout()
    assert client.get(url_of(record)).status_code == 302


# -- blind -----------------------------------------------------------------------------------------


def review(interview, user, *, note, feedback=None):
    feedback = feedback or FeedbackFactory(
        session=interview, author=user.get_username(), overall_score=3.25
    )
    return Review.objects.create(
        session=interview,
        reviewer=user,
        feedback=feedback,
        override_reason=f"override {note}",
        scores=[
            {
                "category": "Databases",
                "score": 4,
                "note": note,
                "evidence": [{"transcript": interview.transcripts.get().pk, "first": 3, "last": 5,
                              "start": 1.08, "end": 2.1, "text": "word3 word4 word5"}],
            }
        ],
    )  # fmt: skip


def test_blind_reviewer_sees_no_judgement_but_their_own_way_to_one(see, staff_user, record):
    other = staff_user(username="olga")
    review(record, other, note="canarynote")
    FeedbackFactory(session=record, author="olga", ai_generated_feedback="canarysummary")
    page = see(record, *ALL, *SCORES)
    assert "Hidden until your own score is in." in page
    for secret in ("canary", "rater1", "olga", ">6.57<", ">3.25<"):
        assert secret not in page, secret
    assert "Give your score" in page
    assert f'href="{reverse("review-form", args=[record.session_id])}"' in page


def test_own_judgement_opens_those_of_others(see, staff_user, record):
    user = staff_user(*ALL, *SCORES)
    review(record, staff_user(username="olga"), note="canarynote")
    own = review(record, user, note="ownnote")
    page = see(record, user=user)
    assert "canarynote" in page
    assert "override canarynote" in page
    assert "Hidden until" not in page
    # Evidence is a link to its moment.
    assert f'href="#t={3 * 0.36:.2f}"' in page
    Review.objects.filter(pk=own.pk).delete()
    again = see(record, user=user)
    # Feedback of one's own stays; the others' is hidden again.
    assert "canarynote" not in again
    assert "Reviewer rita" in again


def test_assigned_reader_is_blind_until_they_judged(see, staff_user, record):
    user = staff_user(*ALL)
    assert "rater1" in see(record, user=user)
    ReviewAssignment.objects.create(session=record, reviewer=user)
    page = see(record, user=user)
    assert "rater1" not in page
    assert "Hidden until your own score is in." in page


def test_candidates_own_score_is_called_so(see, record):
    FeedbackFactory(session=record, source="candidate", overall_score=10)
    assert "Said by the candidate’s own client, not counted" in see(record)


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


# -- transcript ------------------------------------------------------------------------------------


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


# -- any text anywhere -----------------------------------------------------------------------------

XSS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)</script>",
    "</p><svg onload=alert(1)>",
    "{{7*7}}{% load x %}",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "<!--",
    "]]>",
)


def poison(interview, text):
    """`text` in every text of the record."""
    question = InterviewQuestionFactory(
        session=interview,
        question_index=1,
        question_text=text,
        question_type=text[:60],
        category=text,
        difficulty=text[:20],
        metadata={"expected_keywords": [text, {text: text}], "time_limit": text, text: [text]},
    )
    sound(question, user_answer=text, emotion_detected=text[:60])
    TranscriptFactory(
        session=interview,
        author=text,
        transcript_data={"segments": [{"start": 0, "end": 1, "speaker": text, "text": text}]},
        word_timestamps=[{"word": text, "start": 0, "end": 1, "confidence": 0.1}],
    )
    FeedbackFactory(
        session=interview,
        author=text,
        categories={text: 5, "odd": text},
        strengths=[text, {text: text}],
        suggestions=text,
        ai_generated_feedback=text,
        tts_feedback=text,
        transcript={text: [{text: text}, {text: text}]},
    )
    InterviewAnalyticsFactory(
        session=interview,
        engine=text,
        question_analytics={text: [{text: text}, {text: 1}]},
        voice_metrics={text: {text: text}},
        reported={text: text},
    )
    record_access(actor=f"user:{text}", action=text[:60], resource=text[:60],
                  session_ids=[interview.session_id], detail=text)  # fmt: skip
    recount(interview.session_id)
    return interview


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
