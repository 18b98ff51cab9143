"""Service tokens, invitations and grants in the admin."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from sessions.access import token_digest
from sessions.models import Invitation, ServiceToken
from sessions.tests.admin.pages import choose, code_in, list_url, make_service_token, page_url


def permission_ids(*names: str) -> list[int]:
    from django.contrib.auth.models import Permission

    return list(Permission.objects.filter(codename__in=names).values_list("pk", flat=True))


def test_service_token_is_shown_once_and_works(boss, api):
    url = reverse("admin:interview_sessions_servicetoken_add")
    sent = {"name": "reports", "permissions": permission_ids("view_interviewsession")}
    page = boss.post(url, sent, follow=True)
    token = code_in(page.content.decode())
    row = ServiceToken.objects.get()
    assert row.token_sha256 == token_digest(token)
    assert row.created_by.get_username() == "boss"
    header = {"Authorization": f"Bearer {token}"}
    assert api.get("/api/v1/sessions", headers=header).status_code == 200
    assert api.get("/api/v1/transcripts", headers=header).status_code == 403
    for again in (boss.get(list_url("servicetoken")), boss.get(page_url(row))):
        assert token not in again.content.decode()
        assert row.token_sha256 not in again.content.decode()
    choose(boss, "revoke_selected", row)
    assert api.get("/api/v1/sessions", headers=header).status_code == 404


def test_service_token_gets_no_more_than_its_maker_holds(clerk):
    staff = clerk("interview_sessions.add_servicetoken", "interview_sessions.view_interviewsession")
    url = reverse("admin:interview_sessions_servicetoken_add")
    sent = {"name": "sly", "permissions": permission_ids("view_interviewsession", "play_audio")}
    page = staff.post(url, sent)
    assert list(page.context["adminform"].errors) == ["permissions"]
    assert ServiceToken.objects.count() == 0


def test_keys_that_have_expired_are_not_made(boss):
    sent = {"name": "late", "label": "late", "expires_at_0": "2020-01-01", "expires_at_1": "00:00"}
    for name in ("servicetoken", "invitation"):
        page = boss.post(reverse(f"admin:interview_sessions_{name}_add"), sent)
        assert list(page.context["adminform"].errors) == ["expires_at"]
    assert (ServiceToken.objects.count(), Invitation.objects.count()) == (0, 0)


def test_revoking_takes_the_permission_to_change(clerk):
    make_service_token(1)
    row = ServiceToken.objects.get()
    choose(clerk("interview_sessions.view_servicetoken"), "revoke_selected", row)
    row.refresh_from_db()
    assert row.revoked_at is None


def test_invitation_link_admits_the_browser_that_opens_it(boss, new_browser, settings):
    settings.ADMISSION = "invite"
    sent = {"label": "spring", "expires_at_0": "2999-01-01", "expires_at_1": "00:00"}
    page = boss.post(reverse("admin:interview_sessions_invitation_add"), sent, follow=True)
    link = code_in(page.content.decode())
    assert link.startswith("http://testserver/interview/invitation/")
    guest, stranger = new_browser(), new_browser()
    body = {"userEmail": "ann@example.org"}
    assert guest.call("/api/interview/create-session", body).status_code == 403
    opened = guest.get(link)
    assert (opened.status_code, opened["Location"]) == (302, "/interview/")
    assert "no-store" in opened["Cache-Control"]
    assert guest.call("/api/interview/create-session", body).status_code == 200
    assert stranger.call("/api/interview/create-session", body).status_code == 403
    choose(boss, "revoke_selected", Invitation.objects.get())
    assert guest.call("/api/interview/create-session", body).status_code == 403
    assert new_browser().get(link).status_code == 404


@pytest.mark.parametrize(
    "dead",
    [{"expires_at": timezone.now() - timedelta(days=1)}, {"revoked_at": timezone.now()}],
)
def test_dead_and_wrong_invitations_are_the_same_404(client, db, dead):
    fields = {"expires_at": timezone.now() + timedelta(days=1), **dead}
    Invitation.objects.create(label="old", token_sha256=token_digest("abc"), **fields)
    old, wrong = client.get("/interview/invitation/abc"), client.get("/interview/invitation/xyz")
    assert (old.status_code, wrong.status_code) == (404, 404)
    texts = [
        re.sub(r'(csrfmiddlewaretoken" value=")\w+', r"\1", page.content.decode())
        for page in (old, wrong)
    ]
    assert texts[0] == texts[1]
