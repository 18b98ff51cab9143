"""What an invitation fixes stays fixed: in the page's terms, in the API's create."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from sessions.access import token_digest
from sessions.models import InterviewSession, Invitation
from sessions.services.keys import create_invitation
from sessions.tests.admin.pages import code_in
from sessions.tests.tokens import service_header

CREATE = "/api/interview/create-session"
START = "/api/interview/start"
SET = {
    "user_email": "ann@example.org",
    "mode": "technical",
    "role": "Data engineer",
    "difficulty": "advanced",
    "planned_duration": 45,
    "question_count": 8,
    "note": "Bring a pen.",
}


def invite(token: str = "abc", **fields) -> Invitation:
    return create_invitation(
        label="spring",
        token_sha256=token_digest(token),
        expires_at=timezone.now() + timedelta(days=1),
        by=None,
        **fields,
    )


@pytest.fixture
def guest(api):
    """A browser that came by an invitation with everything set."""
    invite(**SET)
    assert api.get("/interview/invitation/abc")["Location"] == "/interview/"
    return api


def test_invited_browser_is_told_what_is_set(guest, new_browser, django_assert_num_queries):
    with django_assert_num_queries(1):  # the invitation
        found = guest.get("/interview/terms").json()
    found["invitation"].pop("expiresAt")
    assert found["mayBegin"] is True
    assert found["invitation"] == {
        "userEmail": "ann@example.org",
        "type": "technical",
        "role": "Data engineer",
        "difficulty": "advanced",
        "duration": 45,
        "questionCount": 8,
        "note": "Bring a pen.",
    }
    with django_assert_num_queries(0):
        assert new_browser().get("/interview/terms").json()["invitation"] is None


def test_create_takes_what_is_set_where_nothing_is_said(guest):
    reply = guest.call(CREATE, {"userEmail": " ANN@example.org"}).json()
    assert reply["config"]["type"] == "technical"
    interview = InterviewSession.objects.get(session_id=reply["sessionId"])
    assert (
        interview.user_email,
        interview.interview_mode,
        interview.role,
        interview.difficulty,
        interview.planned_duration,
    ) == ("ann@example.org", "technical", "Data engineer", "advanced", 45)
    assert interview.session_data == {
        "questionCount": 8,
        "invitationId": Invitation.objects.get().pk,
    }


def test_create_takes_the_same_again_also_by_alias(guest):
    body = {
        "userEmail": "ann@example.org",
        "type": "tech",
        "role": " Data engineer ",
        "difficulty": "hard",
        "duration": "45",
        "questionCount": 8,
    }
    assert guest.call(CREATE, body).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("userEmail", "bob@example.org"),
        ("type", "hr"),
        ("role", "Data analyst"),
        ("difficulty", "easy"),
        ("duration", 30),
        ("questionCount", 1),
        ("questionCount", "many"),
        ("questionCount", None),
    ],
)
def test_create_refuses_what_differs_and_names_it(guest, name, value):
    reply = guest.call(CREATE, {"userEmail": "ann@example.org", name: value})
    assert reply.status_code == 400
    assert reply.json()["code"] == "invalid"
    assert list(reply.json()["fields"]) == [name]
    assert InterviewSession.objects.count() == 0


def test_start_is_held_to_it_too(guest):
    body = {"userEmail": "ann@example.org", "role": "Data engineer"}
    made = guest.call(START, body).json()["sessionData"]
    assert (made["interviewMode"], made["difficulty"], made["duration"]) == (
        "technical",
        "advanced",
        45,
    )
    refused = guest.call(START, {**body, "interviewMode": "hr"})
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["interviewMode"])


def test_what_is_not_set_stays_free(api):
    invite(mode="hr")
    api.get("/interview/invitation/abc")
    body = {"userEmail": "bob@example.org", "role": "Nurse", "difficulty": "easy", "duration": 5}
    config = api.call(CREATE, body).json()["config"]
    assert (config["mode"], config["role"], config["duration"]) == ("hr", "Nurse", 5)
    assert api.call(CREATE, {**body, "type": "puzzle"}).status_code == 400


def test_end_of_the_invitation_ends_what_it_fixes_where_all_may_begin(guest, settings):
    Invitation.objects.update(revoked_at=timezone.now())
    body = {"userEmail": "bob@example.org", "type": "hr", "invitationId": 7}
    reply = guest.call(CREATE, body)
    assert reply.status_code == 200
    interview = InterviewSession.objects.get(session_id=reply.json()["sessionId"])
    assert interview.session_data == {}  # whose invitation it was is nobody's to say but ours
    settings.ADMISSION = "invite"
    assert guest.call(CREATE, body).status_code == 403
    assert guest.get("/interview/terms").json()["mayBegin"] is False


def test_services_are_not_held_to_a_cookie_beside_their_token(guest):
    header = service_header("interview_sessions.add_interviewsession")
    body = {"userEmail": "bob@example.org", "type": "hr"}
    assert guest.call(CREATE, body, **header).status_code == 200


def test_create_costs_nothing_more_without_an_invitation(api, new_browser, statements_of):
    api.get("/")
    statements = statements_of(lambda: api.call(CREATE, {"userEmail": "a@example.org"}))
    invite(**SET)
    guest = new_browser()
    guest.get("/interview/invitation/abc")
    more = statements_of(lambda: guest.call(CREATE, {"userEmail": "ann@example.org"}))
    asked = [one for one in more if "invitations" in one]
    assert not [one for one in statements if "invitations" in one]
    assert (len(asked), len(more)) == (1, len(statements) + 1)


@pytest.mark.parametrize("dead", ["wrong", "expired", "revoked"])
def test_dead_links_are_one_page(client, db, dead):
    moment = timezone.now() - timedelta(days=1)
    made = invite(**SET)
    if dead == "expired":
        Invitation.objects.update(expires_at=moment)
    if dead == "revoked":
        Invitation.objects.update(revoked_at=moment)
    page = client.get(f"/interview/invitation/{'xyz' if dead == 'wrong' else 'abc'}")
    assert page.status_code == 404
    never = client.get("/interview/invitation/never")
    texts = [re.sub(r'(token" value=")\w+', "", one.content.decode()) for one in (page, never)]
    assert texts[0] == texts[1]
    assert made.label not in page.content.decode()


def test_invitation_is_made_in_the_admin_with_what_it_sets(boss, new_browser):
    url = reverse("admin:interview_sessions_invitation_add")
    sent = {
        "label": "spring",
        "expires_at_0": "2999-01-01",
        "expires_at_1": "00:00",
        **SET,
        "user_email": " Ann@Example.org ",
    }
    page = boss.post(url, sent, follow=True)
    link = code_in(page.content.decode())
    listed = page.content.decode()
    assert "ann@example.org, Technical, Data engineer, Advanced, 45 min, 8 questions" in listed
    row = Invitation.objects.get()
    assert {name: getattr(row, name) for name in SET} == SET
    guest = new_browser()
    guest.get(link)
    assert guest.get("/interview/terms").json()["invitation"]["role"] == "Data engineer"
    shown = boss.get(
        reverse("admin:interview_sessions_invitation_change", args=[row.pk])
    ).content.decode()
    assert "Bring a pen." in shown
    assert row.token_sha256 not in shown


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "quiz"),
        ("difficulty", "hard"),
        ("planned_duration", 0),
        ("planned_duration", 1441),
        ("question_count", 51),
        ("user_email", "no address"),
        ("note", "x" * 2001),
    ],
)
def test_admin_refuses_what_cannot_be(boss, field, value):
    sent = {"label": "x", "expires_at_0": "2999-01-01", "expires_at_1": "00:00", field: value}
    page = boss.post(reverse("admin:interview_sessions_invitation_add"), sent)
    assert list(page.context["adminform"].errors) == [field]
    assert Invitation.objects.count() == 0


def test_service_refuses_unknown_words(db):
    with pytest.raises(ValidationError):
        invite(mode="quiz")
    user = User.objects.create_user("u")
    assert (
        create_invitation(
            label="x", token_sha256="1", expires_at=timezone.now(), by=user, role=" Nurse "
        ).role
        == "Nurse"
    )
