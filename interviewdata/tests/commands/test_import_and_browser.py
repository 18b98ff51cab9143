"""An interview that came as a file and the browser it is of: one interview, in whichever order, and
nobody gets into it who has not its key."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interviewdata.tests.commands.answers_file import CLIENT, GIVEN, a_file, sound
from sessions.models import AccessGrant, InterviewSession, Invitation, UserResponse
from sessions.tests.pages.test_invitations import invite
from sessions.tests.tokens import service_header

CREATE = "/api/interview/create-session"
KEY = "7c" * 32
DIGEST = hashlib.sha256(KEY.encode()).hexdigest()
BODY = {
    "userEmail": "ann@example.org",
    "type": "tech",
    "role": "Backend Developer",
    "difficulty": "medium",
    "duration": 45,
    "features": ["audio"],
    "clientSession": CLIENT,
}


@pytest.fixture
def imported(take):
    """The id of an interview that came as a file of a browser with a key."""
    assert take(a_file(createKeySha256=DIGEST)).code == 0
    return InterviewSession.objects.get().session_id


def create(client, key=KEY, **changes):
    return client.call(CREATE, {**BODY, **changes}, Idempotency_Key=key).json()


def test_browser_that_gets_through_goes_on_in_the_imported_interview(imported, api):
    made = create(api, invitationId=7, more="kept")
    assert made["sessionId"] == imported
    # What it sends then is there, by cookie and by token.
    body = {"sessionId": imported, "questionIndex": 0, "question": "Who are you?"}
    body |= {"answer": "I am Ann.", "audioBlob": sound()["base64"], "timestamp": GIVEN}
    assert api.call("/api/interview/response", body).status_code == 200
    body = {"sessionId": imported, "questionIndex": 2, "question": "Anything else?"}
    assert api.call("/api/interview/response", {**body, "answer": "No."}).status_code == 200
    assert (InterviewSession.objects.count(), UserResponse.objects.count()) == (1, 3)
    interview = InterviewSession.objects.get()
    assert (interview.features, interview.total_questions) == (["audio"], 3)
    data = interview.session_data
    assert (data["more"], data["importedFrom"]) == ("kept", "interview-answers")
    assert "invitationId" not in data
    assert KEY not in str(data)


def test_the_same_call_again_gives_the_same_interview(imported, api, new_browser):
    first = create(api)
    assert create(api) == first
    # The cookie is gone, and nobody repeats the reply any more: another grant, the same interview.
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=True):
        assert create(new_browser())["sessionId"] == imported
    assert InterviewSession.objects.count() == 1
    assert AccessGrant.objects.exclude(browser_id="").count() == 2


def test_file_after_the_browser_is_the_same_interview(take, api):
    made = create(api)
    assert take(a_file(createKeySha256=DIGEST)).code == 0
    assert InterviewSession.objects.get().session_id == made["sessionId"]
    assert UserResponse.objects.count() == 2


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("8c" * 32, {}),
        (DIGEST, {}),  # what staff read in the record
        (CLIENT, {}),
        (KEY[:-1], {}),
        ("", {}),
        (KEY, {"clientSession": "0f8fad5b-d9cb-469f-a165-70867728950f"}),
        (KEY, {"clientSession": {"$ne": 1}}),
        (KEY, {"clientSession": [CLIENT]}),
        (KEY, {"clientSession": "%"}),
        (KEY, {"clientSession": None}),
        (KEY, {"userEmail": "bob@example.org"}),
        (KEY, {"role": "Nurse"}),
        (KEY, {"type": "hr"}),
        (KEY, {"difficulty": "expert"}),
        (KEY, {"duration": 30}),
    ],
)
def test_who_has_not_all_of_it_gets_an_interview_of_their_own(imported, api, key, changes):
    headers = {"Idempotency_Key": key} if key else {}
    made = api.call(CREATE, {**BODY, **changes}, **headers).json()
    assert made["success"]
    assert made["sessionId"] != imported
    assert api.get(f"/api/interview/session-data/{imported}").status_code == 404
    assert AccessGrant.objects.filter(session_id=imported).exclude(browser_id="").count() == 0


def test_record_does_not_hold_what_opens_it(imported, api):
    data = InterviewSession.objects.get().session_data
    assert data["createKeySha256"] == DIGEST
    # Sent as a key, nothing of what the record says opens it.
    for value in (data["createKeySha256"], data["clientSession"], imported):
        assert create(api, key=value)["sessionId"] != imported


def test_digest_is_no_way_into_an_interview_that_is_there(take, begun, new_browser):
    """A file that somebody made for an interview whose ids they have read."""
    InterviewSession.objects.update(planned_duration=45, interview_mode="technical")
    assert take(a_file(sessionId=begun, createKeySha256=DIGEST)).code == 0
    assert InterviewSession.objects.get().session_id == begun
    assert create(new_browser())["sessionId"] != begun


def test_digest_that_a_client_sent_makes_no_imported_interview(api, new_browser):
    """Further configuration is the client's own words."""
    forged = {**BODY, "createKeySha256": DIGEST, "importedFrom": "interview-answers"}
    first = api.call(CREATE, forged).json()["sessionId"]
    assert InterviewSession.objects.get().session_data == {"clientSession": CLIENT}
    assert create(new_browser())["sessionId"] != first


def test_file_without_a_key_stays_apart(take, api):
    """Of an older release, or of a page without TLS."""
    take(a_file(createKeySha256=None))
    assert "createKeySha256" not in InterviewSession.objects.get().session_data
    create(api)
    assert InterviewSession.objects.count() == 2


@pytest.mark.parametrize("digest", ["x", "0" * 63, DIGEST.upper(), 7, ["a"]])
def test_digest_that_is_none_is_a_mistake(take, digest):
    ran = take(a_file(createKeySha256=digest))
    assert ran.code == 1
    assert "createKeySha256: " in ran.err
    assert InterviewSession.objects.count() == 0


def test_interview_that_may_be_answered_no_more_is_not_joined(imported, api):
    with time_machine.travel(timezone.now() + timedelta(days=30), tick=True):
        assert create(api)["sessionId"] != imported


def test_invitation_of_the_browser_is_noted(imported, api):
    invite(mode="technical", role="Backend Developer")
    api.get("/interview/invitation/abc")
    assert create(api)["sessionId"] == imported
    data = InterviewSession.objects.get().session_data
    assert data["invitationId"] == Invitation.objects.get().pk


def test_who_may_not_create_may_not_join(imported, api, settings):
    settings.ADMISSION = "invite"
    assert api.call(CREATE, BODY, Idempotency_Key=KEY).status_code == 403


def test_service_creates_and_does_not_join(imported, api):
    header = service_header("interview_sessions.add_interviewsession")
    made = api.call(CREATE, BODY, Idempotency_Key=KEY, **header).json()
    assert made["sessionId"] != imported


def statements(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured.captured_queries)


def test_looking_for_it_costs_one_statement_where_a_name_and_a_key_are_sent(api):
    unnamed = {name: value for name, value in BODY.items() if name != "clientSession"}
    create(api, key="0" * 40)
    keyed = statements(lambda: api.call(CREATE, unnamed, Idempotency_Key="a" * 40))
    assert statements(lambda: api.call(CREATE, BODY, Idempotency_Key="b" * 40)) == keyed + 1
    plain = statements(lambda: api.call(CREATE, unnamed))
    assert statements(lambda: api.call(CREATE, BODY)) == plain
