"""The reports of one interview, as pages and PDFs: what stands in them, for whom, at what cost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from analytics.services.assignment import assign
from analytics.services.review import submit_review
from analytics.tests.factories import FeedbackFactory
from analytics.tests.reviewing import make_reviewer, score, spoken
from interviewdata.tests.pages.recorded import ALL, XSS, fill, poison, sound
from interviewdata.tests.pages.reporting import plain
from sessions.access import RECORD_PERMISSIONS
from sessions.models import AccessRecord
from sessions.services.counters import recount
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    TranscriptFactory,
    UserResponseFactory,
)

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 2, 9, tzinfo=UTC)


def report_url(interview, *, candidate=False, query=""):
    name = "session-report-candidate" if candidate else "session-report"
    return reverse(name, args=[interview.session_id]) + query


@pytest.fixture
def boss(client):
    user = User.objects.create_superuser("boss")
    client.force_login(user)
    return user


@pytest.fixture
def interview():
    """Two questions, one of them answered twice and late; reviewed by rita, scored by a service."""
    session = InterviewSessionFactory(
        completed=True, user_email="ann@example.org", role="Bäckerin", start_time=MARCH,
        end_time=MARCH + timedelta(minutes=20),
    )  # fmt: skip
    first = InterviewQuestionFactory(session=session, question_index=1, question_text="Why bread?")
    InterviewQuestionFactory(session=session, question_index=2, question_text="Why cake?")
    UserResponseFactory(question=first, is_current=False, user_answer="First try.")
    UserResponseFactory(question=first, revision=2, is_late=True, user_answer="It is <b>warm</b>.")
    spoken(session)
    FeedbackFactory(session=session, source="service", author="scorer", overall_score=5)
    FeedbackFactory(
        session=session, source="candidate", author="", overall_score=10, strengths=["I am great"]
    )
    recount(session.session_id)
    rita = make_reviewer("rita")
    submit_review(
        session_id=session.session_id,
        reviewer=rita,
        scores=[
            score("technical", 8, note="Knows flour."),
            score("communication", 7),
        ],
        overall=9,
        reason="The bread was good.",
    )
    return session


@pytest.mark.parametrize("query", ["", "?format=pdf"])
def test_report_says_what_was_asked_said_and_judged(client, boss, interview, query):
    text = plain(client.get(report_url(interview, query=query)))
    for wanted in (
        "ann@example.org", "Bäckerin", "20 min", "1 of 2",
        "1. Why bread?", "It is <b>warm</b>.", "late: after the end of the interview",
        "version 2, the one that counts; 1 earlier one is kept",
        "2. Why cake?", "Not answered.",
        "Weighted mean: (1 × 8 + 1 × 7) ÷ (1 + 1) = 7.5",
        "The overall score is not the weighted mean, because: The bread was good.",
        "Knows flour.", "Words with times 10", "Nothing has been measured of its sound.",
    ):  # fmt: skip
        assert wanted in text, wanted
    # (9 + 5) / 2 of two raters; what the candidate said of themselves is in no mean.
    assert re.search(r"Overall 7 2 (reviewer rita 9, )?service scorer 5", text)
    assert "First try." not in text
    assert "I am great" not in text
    assert "it counts nowhere" in text


@pytest.mark.parametrize("query", ["", "?format=pdf"])
def test_measured_figures_name_their_method(client, boss, query):
    session = fill(InterviewSessionFactory(completed=True))
    session.analytics.voice_metrics = {
        "engine": "interviewdata analysis 1",
        "pace": {"value": 131.5, "method": {"name": "words per minute", "version": "1.2"}},
    }
    session.analytics.emotion_analysis = {"mood": "canarymood"}
    session.analytics.save()
    text = plain(client.get(report_url(session, query=query)))
    for wanted in ("voice 2.1", "Pace › Value 131.5", "words per minute", "1.2"):
        assert wanted in text, wanted
    assert "canarymood" not in text


@pytest.mark.parametrize("query", ["", "?format=pdf"])
@pytest.mark.parametrize("candidate", [False, True])
def test_who_is_to_judge_reads_no_scores_of_others(client, interview, query, candidate):
    reader = make_reviewer("reader", *RECORD_PERMISSIONS, "analytics.view_dashboardstats")
    client.force_login(reader)
    url = report_url(interview, candidate=candidate, query=query)
    text = plain(client.get(url))
    for secret in ("rita", "scorer", "Knows flour", "The bread was good", "7.5"):
        assert secret not in text, secret
    assert "own score is in" in text
    submit_review(session_id=interview.session_id, reviewer=reader, scores=[score("technical", 3)])
    text = plain(client.get(url))
    assert "own score is in" not in text
    assert ("Knows flour" in text) is not candidate


def test_an_assigned_reader_is_blind_whatever_they_hold(client, boss, interview):
    assign(session_id=interview.session_id, reviewer=boss, due_at=None, by=boss)
    assert "Knows flour" not in plain(client.get(report_url(interview)))


@pytest.mark.parametrize("query", ["", "?format=pdf"])
def test_candidates_report_has_their_words_and_nobodys_name(client, boss, interview, query):
    FeedbackFactory(
        session=interview,
        author="max.power",
        overall_score=4.44,
        strengths=["Clear", "As Rita said: clear"],
        areas_for_improvement=["Speak about costs"],
        suggestions=["Bake more"],
        detailed_feedback=["not for them"],
        ai_generated_feedback="nor this",
    )
    FeedbackFactory(session=interview, source="service", author="bot", strengths=["machine praise"])
    text = plain(client.get(report_url(interview, candidate=True, query=query)))
    for wanted in ("Clear", "As [name] said: clear", "Speak about costs", "Bake more",
                   "It is <b>warm</b>."):  # fmt: skip
        assert wanted in text, wanted
    for secret in ("rita", "max.power", "4.44", "not for them", "nor this", "machine praise",
                   "scorer", "Knows flour", "I am great"):  # fmt: skip
        assert secret not in text.replace("Made on", ""), secret


@pytest.mark.parametrize("part", RECORD_PERMISSIONS[1:])
def test_parts_without_permission_are_named_and_not_shown(client, staff_user, part):
    session = fill(InterviewSessionFactory(completed=True))
    client.force_login(staff_user(*{*RECORD_PERMISSIONS} - {part}, username="sam"))
    text = plain(client.get(report_url(session)))
    assert "You may not see" in text
    secret = {
        "view_userresponse": "Because of the index",
        "view_interviewquestion": "Because of the index",
        "view_transcript": "Words with times",
        "view_feedback": "6.57",
        "view_interviewanalytics": "voice 2.1",
    }[part.partition(".")[2]]
    assert secret not in text


def test_sound_without_words_is_told_in_the_words_of_the_transcript(client, boss):
    session = InterviewSessionFactory(completed=True)
    first, second = (InterviewQuestionFactory(session=session, question_index=n) for n in (1, 2))
    sound(first, 1, user_answer="")
    sound(second, 2, user_answer="")
    words = ["heard", "it", "well"]
    TranscriptFactory(
        session=session,
        author="whisperer",
        transcript_data={
            "engine": "whisper 1.2",
            "segments": [
                {"question_index": 1, "start": 0, "end": 9, "speaker": "answer", "text": "x"}
            ],
        },
        word_timestamps=[
            {"word": word, "start": n, "end": n + 0.5, "confidence": 0.9}
            for n, word in enumerate(words)
        ],
    )
    recount(session.session_id)
    text = plain(client.get(report_url(session)))
    assert "As it was transcribed: heard it well" in text
    assert "Only sound: its words are not written down." in text
    assert "whisper 1.2" in text


@pytest.mark.parametrize("attack", XSS)
@pytest.mark.parametrize("candidate", [False, True])
def test_hostile_texts_stay_texts(client, boss, attack, candidate):
    session = poison(InterviewSessionFactory(completed=True, role=attack), attack)
    page = client.get(report_url(session, candidate=candidate)).content.decode()
    assert attack not in page or "<" not in attack
    assert (
        client.get(report_url(session, candidate=candidate, query="?format=pdf")).status_code == 200
    )


@pytest.mark.parametrize("query", ["", "?format=pdf"])
@pytest.mark.parametrize("candidate", [False, True])
def test_every_look_is_recorded(client, boss, interview, query, candidate):
    client.get(report_url(interview, candidate=candidate, query=query))
    record = AccessRecord.objects.get()
    assert record.session_ids == [interview.session_id]
    assert (record.action, record.actor) == ("export" if query else "read", "user:boss")


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("query", ["", "?format=pdf"])
@pytest.mark.parametrize("candidate", [False, True])
def test_report_costs_the_same_however_much_there_is(
    client, staff_user, django_assert_num_queries, rows, query, candidate
):
    client.force_login(staff_user(*ALL, username="sam"))
    session = fill(InterviewSessionFactory(completed=True), answers=rows, words=rows * 50)
    # session, user with permissions, who is blind, record, access record
    with django_assert_num_queries(5):
        client.get(report_url(session, candidate=candidate, query=query))


def test_record_leads_to_its_report(client, boss, interview):
    page = client.get(reverse("session-record", args=[interview.session_id])).content.decode()
    assert f'href="{report_url(interview)}"' in page
