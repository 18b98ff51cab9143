"""OPEN_API and ADMISSION: who is served without credentials, and who may create."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from conftest import ApiClient
from interviewdata.tests.access.world import World
from sessions.access import token_digest
from sessions.models import InterviewSession, Invitation

CREATE = "/api/interview/create-session"
ANN = {"userEmail": "ann@example.org"}


def record_of(session_id: str) -> str:
    return f"/api/interview/session-data/{session_id}"


# -- OPEN_API -----------------------------------------------------------------------------------


@pytest.fixture
def world(db) -> World:
    return World(())


OPEN_FROM = [
    ({"REMOTE_ADDR": "127.0.0.1"}, True),
    ({"REMOTE_ADDR": "127.8.8.8"}, True),
    ({"REMOTE_ADDR": "::1"}, True),
    ({"REMOTE_ADDR": "192.168.1.7"}, False),
    ({"REMOTE_ADDR": "203.0.113.9"}, False),
    ({"REMOTE_ADDR": ""}, False),
    ({"REMOTE_ADDR": "localhost"}, False),
    # a proxy on this machine speaks for somebody else
    ({"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, False),
    ({"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, False),
    ({"HTTP_X_FORWARDED_HOST": "interviews.example.org"}, False),
    ({"HTTP_X_FORWARDED_PROTO": "https"}, False),
    ({"HTTP_X_REAL_IP": "203.0.113.9"}, False),
    ({"HTTP_FORWARDED": "for=203.0.113.9"}, False),
    ({"HTTP_VIA": "1.1 proxy"}, False),
    ({"HTTP_AUTHORIZATION": "Bearer nonsense"}, False),
]


@pytest.mark.parametrize(("meta", "is_open"), OPEN_FROM)
def test_open_api_is_for_this_machine_alone(world, settings, meta, is_open):
    settings.OPEN_API = True
    own = world.objects["own"]
    reply = ApiClient().get(record_of(own.session_id), **meta)
    assert reply.status_code == (200 if is_open else 404)


def test_open_api_is_off_unless_set(world):
    reply = ApiClient().get(record_of(world.objects["own"].session_id))
    assert reply.status_code == 404


def test_open_api_serves_a_whole_interview_without_credentials(db, settings, question_bank):
    settings.OPEN_API = True
    made = ApiClient().call(CREATE, ANN).json()
    session = {"sessionId": made["sessionId"]}
    for path, body in (
        ("/api/interview-modes/questions", {"count": 1}),
        ("/api/interview/response", {"questionIndex": 0, "answer": "so"}),
        ("/api/feedback/save", {"overallScore": 7}),
        ("/api/interview/end", {}),
    ):
        assert ApiClient().call(path, {**session, **body}).status_code == 200
    assert ApiClient().get(record_of(made["sessionId"])).status_code == 200
    assert ApiClient().get("/api/interview/history/ann@example.org").json()["total"] == 1


@pytest.mark.parametrize(
    ("host", "is_open"),
    [
        ("localhost:8000", True),
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("LOCALHOST", True),
        ("evil.example", False),
        ("evil.example:8000", False),
        ("localhost.evil.example", False),
    ],
)
def test_name_that_was_made_to_point_here_opens_nothing(world, settings, host, is_open):
    """DNS rebinding: a foreign page's own name suddenly means this machine."""
    settings.OPEN_API, settings.ALLOWED_HOSTS = True, ["*"]
    own = world.objects["own"]
    reply = ApiClient().get(record_of(own.session_id), headers={"Host": host})
    assert reply.status_code == (200 if is_open else 404)


def test_open_api_keeps_the_cross_site_rule(db, settings):
    settings.OPEN_API = True
    assert ApiClient().call(CREATE, ANN, Origin="https://evil.example").status_code == 403


def test_open_api_without_debug_is_an_error_of_the_checks(settings):
    from interviewdata.checks import open_api_only_in_debug

    settings.OPEN_API, settings.DEBUG = True, False
    assert [message.id for message in open_api_only_in_debug(None)] == ["interviewdata.E001"]
    settings.DEBUG = True
    assert open_api_only_in_debug(None) == []


# -- ADMISSION ----------------------------------------------------------------------------------


def create_by(principal) -> int:
    return principal.client.call(CREATE, ANN, **principal.headers).status_code


@pytest.mark.parametrize(
    ("admission", "name", "status"),
    [
        ("open", "anonymous", 200),
        ("open", "own cookie", 200),
        ("open", "superuser", 200),
        ("staff", "anonymous", 403),
        ("staff", "own cookie", 403),
        ("staff", "own bearer", 403),
        ("staff", "superuser", 403),  # a staff cookie never writes here
        ("staff", "service with", 200),
        ("staff", "service without", 403),
        ("invite", "anonymous", 403),
        ("invite", "own cookie", 403),
        ("invite", "superuser", 403),
        ("invite", "service with", 200),
        ("invite", "service without", 403),
    ],
)
def test_admission_says_who_may_create(db, settings, admission, name, status):
    world = World(("interview_sessions.add_interviewsession",))
    settings.ADMISSION = admission
    count = InterviewSession.objects.count()
    assert create_by(world.principal(name)) == status
    assert InterviewSession.objects.count() == count + (status == 200)


@pytest.fixture
def invitation(db, settings) -> Invitation:
    settings.ADMISSION = "invite"
    return Invitation.objects.create(
        label="spring",
        token_sha256=token_digest("the-link"),
        expires_at=timezone.now() + timedelta(days=3),
    )


def test_invited_browser_creates_until_the_invitation_ends(api, invitation):
    assert api.call(CREATE, ANN).status_code == 403
    assert api.get("/interview/invitation/the-link").status_code == 302
    made = api.call(CREATE, ANN)
    assert made.status_code == 200
    assert api.get(record_of(made.json()["sessionId"])).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert api.call(CREATE, ANN).status_code == 403
        # What was begun goes on.
        assert api.get(record_of(made.json()["sessionId"])).status_code == 200


def test_revoked_invitation_admits_nobody(api, invitation):
    api.get("/interview/invitation/the-link")
    Invitation.objects.update(revoked_at=timezone.now())
    assert api.call(CREATE, ANN).status_code == 403
    assert api.get("/interview/invitation/the-link").status_code == 404


def test_invitation_is_of_the_browser_that_opened_it(api, new_browser, invitation):
    api.get("/interview/invitation/the-link")
    assert new_browser().call(CREATE, ANN).status_code == 403
