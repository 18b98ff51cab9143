"""What an invitation fixes binds the questions of its interview too."""

from __future__ import annotations

import pytest
from django.utils import timezone

from sessions.models import InterviewQuestion, InterviewSession, Invitation
from sessions.tests.pages.test_invitations import CREATE, SET, invite
from sessions.tests.tokens import service_header

QUESTIONS = "/api/interview-modes/questions"


@pytest.fixture
def made(api, question_bank):
    """The interview of a browser that came by an invitation with everything set."""
    invite(**SET)
    api.get("/interview/invitation/abc")
    return api.call(CREATE, {"userEmail": "ann@example.org"}).json()


def test_questions_are_as_the_invitation_has_them(api, made):
    reply = api.call(QUESTIONS, {"sessionId": made["sessionId"]}).json()
    assert len(reply["questions"]) == 8
    assert reply["config"]["mode"] == "technical"
    assert reply["config"]["role"] == "Data engineer"
    assert reply["config"]["difficulty"] == "advanced"
    # The same again, said in full and by aliases, is the same set.
    same = {"sessionId": made["sessionId"], "mode": "tech", "difficulty": "hard", "count": 8}
    again = api.call(QUESTIONS, {**same, "role": "Data engineer"}).json()
    assert again["questions"] == reply["questions"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("mode", "hr"), ("role", "Nurse"), ("difficulty", "easy"), ("count", 9), ("count", 1)],
)
def test_what_differs_is_refused_and_named(api, made, name, value):
    reply = api.call(QUESTIONS, {"sessionId": made["sessionId"], name: value})
    assert reply.status_code == 400
    assert list(reply.json()["fields"]) == [name]
    assert "The invitation has set this to" in reply.json()["error"]
    assert InterviewQuestion.objects.count() == 0


def test_client_without_cookies_is_bound_as_well(new_browser, made):
    header = {"Authorization": f"Bearer {made['accessToken']}"}
    body = {"sessionId": made["sessionId"], "mode": "hr"}
    assert new_browser().call(QUESTIONS, body, **header).status_code == 400
    body = {"sessionId": made["sessionId"]}
    assert len(new_browser().call(QUESTIONS, body, **header).json()["questions"]) == 8


def test_another_seed_gives_no_second_set(api, made):
    body = {"sessionId": made["sessionId"]}
    assert api.call(QUESTIONS, body).status_code == 200
    refused = api.call(QUESTIONS, {**body, "seed": "another"})
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["count"])
    assert InterviewQuestion.objects.count() == 8


def test_questions_of_ones_own_are_no_set(api, made):
    """Who began without a connection asked questions of the client's own first."""
    asked = {"sessionId": made["sessionId"], "questionText": "Who are you?"}
    assert api.call("/api/interview/question", asked).status_code == 200
    assert len(api.call(QUESTIONS, {"sessionId": made["sessionId"]}).json()["questions"]) == 8


def test_end_of_the_invitation_frees_no_interview_made_by_it(api, made):
    Invitation.objects.update(revoked_at=timezone.now(), role="Nurse")
    body = {"sessionId": made["sessionId"], "mode": "hr"}
    assert api.call(QUESTIONS, body).status_code == 400
    body = {"sessionId": made["sessionId"], "role": "Data engineer"}
    assert api.call(QUESTIONS, body).json()["config"]["role"] == "Data engineer"


def test_what_is_not_fixed_stays_free(api, question_bank):
    invite(mode="hr")
    api.get("/interview/invitation/abc")
    made = api.call(CREATE, {"userEmail": "bob@example.org", "role": "Nurse"}).json()
    body = {"sessionId": made["sessionId"], "count": 2}
    for more in ({"role": "Baker"}, {"seed": "b", "difficulty": "easy"}):
        assert len(api.call(QUESTIONS, {**body, **more}).json()["questions"]) == 2
    assert api.call(QUESTIONS, {**body, "mode": "puzzle"}).status_code == 400


def test_services_ask_as_they_want(api, made):
    header = service_header("interview_sessions.add_interviewquestion")
    body = {"sessionId": made["sessionId"], "mode": "hr", "count": 2}
    assert len(api.call(QUESTIONS, body, **header).json()["questions"]) == 2


@pytest.mark.parametrize("said", ["7; DROP TABLE x", "٣", -1, 1e300, None, {"a": 1}, [1], True])
def test_anything_else_in_its_place_fixes_nothing(api, made, said):
    """Imported configuration may say what it likes."""
    InterviewSession.objects.update(session_data={"invitationId": said})
    body = {"sessionId": made["sessionId"], "mode": "hr", "count": 2}
    assert api.call(QUESTIONS, body).status_code == 200


def test_invitation_costs_one_statement_more(api, made, new_browser, statements_of):
    free = new_browser()
    other = free.call(CREATE, {"userEmail": "bob@example.org"}).json()["sessionId"]
    bound = statements_of(lambda: api.call(QUESTIONS, {"sessionId": made["sessionId"]}))
    unbound = statements_of(lambda: free.call(QUESTIONS, {"sessionId": other, "count": 8}))
    assert len([one for one in bound if '"invitations"' in one]) == 1
    assert not [one for one in unbound if '"invitations"' in one]
