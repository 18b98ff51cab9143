"""What the server does not take stays on this computer, and the page says so and why."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from interviewdata.tests.browser.interview.taking import Candidate
from interviewdata.tests.browser.interview.test_looks import Judge
from sessions.models import AccessGrant, InterviewSession, UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RESPONSES = "**/api/interview/response"


def refuse(page: Any, status: int, code: str) -> None:
    body = {"success": False, "error": "No.", "code": code, "fields": {"answer": ["No."]}}
    page.route(RESPONSES, lambda route: route.fulfill(status=status, json=body))


def test_refused_answer_is_kept_said_and_sent_again(candidate: Candidate) -> None:
    page = candidate.page
    candidate.start_in_writing()
    refuse(page, 422, "unprocessable")
    candidate.write("Not taken.")
    candidate.go_on()
    strip = page.locator("#strip[data-kind=bad]")
    strip.get_by_text("The server did not take everything: No.").wait_for(timeout=20_000)
    candidate.button("Answers").click()
    row = candidate.view("answers").locator("li").first
    row.get_by_text("Saved here. The server did not take it: No.").wait_for()
    candidate.button("Finish the interview").click()
    candidate.button("End the interview").click()
    candidate.sees("finished")
    problem = page.locator("[data-part=finished-problem]")
    problem.get_by_text("1 answer was not taken by the server.").wait_for()
    judge = Judge(page)
    judge("finished, refused")
    assert judge.problems == []
    file = candidate.answers_file("finished")
    assert [answer["answer"] for answer in file["answers"]] == ["Not taken."]
    page.unroute(RESPONSES)
    candidate.button("Try again now").click()
    assert candidate.confirmed() == "The server has confirmed all of it."
    assert UserResponse.objects.get().user_answer == "Not taken."


def test_right_that_has_ended_is_said_and_answers_stay(candidate: Candidate) -> None:
    page = candidate.page
    candidate.start_in_writing()
    AccessGrant.objects.update(revoked_at=timezone.now())
    candidate.write("Too late.")
    candidate.go_on()
    page.locator("#strip[data-kind=bad]").get_by_text(
        "The server does not let this browser in any more."
    ).wait_for(timeout=20_000)
    judge = Judge(page)
    judge("question, not let in")
    assert judge.problems == []
    candidate.button("Answers").click()
    file = candidate.answers_file()
    assert [answer["answer"] for answer in file["answers"]] == ["Too late."]
    assert UserResponse.objects.count() == 0


def test_server_that_is_away_is_said_with_the_time_of_the_next_try(candidate: Candidate) -> None:
    page = candidate.page
    candidate.start_in_writing()
    refuse(page, 503, "unavailable")
    candidate.write("Later.")
    candidate.go_on()
    page.locator("#strip[data-kind=warn]").get_by_text(
        "All is kept here. Sending again at"
    ).wait_for(timeout=20_000)
    candidate.button("Answers").click()
    row = candidate.view("answers").locator("li").first
    row.get_by_text("Saved here, not on the server yet: trying again at").wait_for()
    page.unroute(RESPONSES)
    row.get_by_text("Saved on the server").wait_for(timeout=40_000)
    assert UserResponse.objects.get().user_answer == "Later."


def test_interview_that_cannot_begin_says_why(candidate: Candidate) -> None:
    page = candidate.page
    candidate.open()
    candidate.tell()
    candidate.agree()
    body = {"success": False, "error": "Not today.", "code": "invalid", "fields": {"features": []}}
    page.route(
        "**/api/interview/create-session",
        lambda route: route.fulfill(status=400, body=json.dumps(body)),
    )
    candidate.button("Answer in writing only").click()
    page.get_by_text("The interview could not begin: Not today.").wait_for(timeout=20_000)
    judge = Judge(page)
    judge("start, refused")
    assert judge.problems == []
    assert InterviewSession.objects.count() == 0
    page.unroute("**/api/interview/create-session")
    candidate.begin_in_writing()
