"""`import_interviews` where the interview is there already: it gets what is missing."""

from __future__ import annotations

import pytest

from interviewdata.tests.commands.answers_file import CLIENT, GIVEN, a_file
from sessions.models import InterviewQuestion, InterviewSession, UserResponse


@pytest.mark.parametrize("named_by", ["sessionId", "clientSession", "both"])
def test_interview_that_is_there_gets_what_is_missing(take, begun, named_by):
    if named_by == "sessionId":
        InterviewSession.objects.update(session_data={})
    ran = take(a_file(sessionId=None if named_by == "clientSession" else begun))
    assert ran.code == 0
    assert (
        f"interview {begun}: 2 questions and 1 answers added, consent noted, 1 answers were there"
    ) in ran.out
    interview = InterviewSession.objects.get()
    assert (interview.total_questions, interview.questions_answered) == (3, 2)
    assert interview.session_data["consent"]["recordedAt"]


def test_consent_that_was_given_before_stays(take, begun):
    given = {"clientSession": CLIENT, "consent": {"version": "2025-9"}}
    InterviewSession.objects.update(session_data=given)
    take(a_file())
    assert InterviewSession.objects.get().session_data == given


def test_session_id_that_nobody_knows_here_makes_a_new_interview(take):
    ran = take(a_file(sessionId="from-another-server"))
    assert ran.code == 0
    assert InterviewSession.objects.get().session_id != "from-another-server"
    assert "nothing to add" in take(a_file(sessionId="from-another-server")).out


def test_newer_answer_of_the_server_is_not_replaced_by_an_older_one(take, begun, api):
    body = {"sessionId": begun, "questionIndex": 0, "answer": "Better.", "timestamp": GIVEN + 9}
    api.call("/api/interview/response", body)
    answers = [{"questionIndex": 0, "answer": "An old one.", "timestamp": GIVEN + 5}]
    ran = take(a_file(answers=answers))
    assert ran.code == 0
    assert "answers[0]: question 1 has another answer; this one is older" in ran.err
    assert UserResponse.objects.get(is_current=True).user_answer == "Better."
    assert UserResponse.objects.count() == 2


def test_answer_whose_sound_the_browser_has_sent_and_removed_is_there(take, begun):
    answers = [{**a_file()["answers"][0], "audio": None}]
    ran = take(a_file(answers=answers))
    assert "1 answers were there" in ran.out
    assert UserResponse.objects.count() == 1


def test_question_at_a_taken_place_goes_to_the_end(take, begun, api):
    asked = {"sessionId": begun, "questionText": "Why not?"}
    api.call("/api/interview/question", asked)
    take(a_file())
    texts = InterviewQuestion.objects.order_by("question_index").values_list(
        "question_text", flat=True
    )
    assert list(texts) == ["Who are you?", "Why not?", "Why an index?", "Anything else?"]
    kept = UserResponse.objects.get(user_answer="To find rows.")
    assert kept.question.question_text == "Why an index?"


def test_answers_after_the_end_are_late(take, begun, api):
    api.call("/api/interview/end", {"sessionId": begun})
    take(a_file())
    assert UserResponse.objects.get(user_answer="To find rows.").is_late
    assert InterviewSession.objects.get().status == "completed"
