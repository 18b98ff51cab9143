"""The candidate's page: the same for everybody; what is personal comes beside it."""

import hashlib
import json
import re

import pytest
from django.conf import settings as django_settings
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from sessions import consent
from sessions.access import INVITATION_KEY
from sessions.models import AccessGrant, InterviewSession
from sessions.tests.pages.test_invitations import CREATE, invite

# The wording that `consent.VERSION` names. Another wording needs another version.
WORDING = {"2026-1": "2620686d1489a579087b5fc6058030f5bad3516d2d29dc174c4595dd11edba79"}


def test_page_is_the_same_for_everybody_and_asks_the_database_nothing(
    api, new_browser, staff_user, django_assert_num_queries
):
    invite(user_email="ann@example.org", note="Bring a pen.")
    guest, staff, stranger = new_browser(), new_browser(), new_browser()
    guest.get("/interview/invitation/abc")
    staff.force_login(staff_user(username="rita"))
    with django_assert_num_queries(0):
        page = stranger.get("/interview/")
    assert page.status_code == 200
    assert page.content == guest.get("/interview/").content
    assert page.content == staff.get("/interview/").content
    for word in (b"ann@example.org", b"Bring a pen", b"rita"):
        assert word not in page.content
    token = re.search(rb'name="csrfmiddlewaretoken"[^>]*', page.content)
    assert token is not None
    assert b"value" not in token[0]


def test_page_may_be_kept_by_its_browser_alone(api):
    page = api.get("/interview/")
    assert page["Cache-Control"] == "private, no-cache"
    policy = page["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert "unsafe" not in policy
    assert b"<script>" not in page.content
    assert b" style=" not in page.content


def test_page_speaks_the_readers_language(api):
    page = api.get("/interview/", headers={"Accept-Language": "de"})
    assert b'<html lang="de">' in page.content
    assert b"/texts/de.js" in page.content


def test_page_says_what_is_kept_how_long(api, settings):
    settings.READING_AFTER_COMPLETION_HOURS = 48
    settings.EMOTION_ANALYSIS = False
    text = " ".join(api.get("/interview/").content.decode().split())
    assert "until 48 hours after the end" in text
    assert "Answers are taken until 7 days after the planned end." in text
    assert "emotions are not" in text
    assert f"Text {consent.VERSION}" in text
    facts = json.loads(re.search(r'<script id="facts"[^>]*>(.*?)</script>', text)[1])
    assert (facts["consentVersion"], facts["readingHours"]) == (consent.VERSION, 48)
    assert facts["modes"]["technical"]["minutes"] == 45


def test_home_leads_to_the_interview(api):
    assert b'href="/interview/">Begin an interview</a>' in api.get("/").content


def test_wording_of_the_consent_has_its_version():
    with translation.override("en"):
        texts = [
            render_to_string(
                "interview_sessions/interview/consent.html",
                {"reading_hours": 24, "answering_days": 7, "emotions": emotions},
            )
            for emotions in (True, False)
        ]
    words = re.sub(r"\s+", " ", " ".join(texts))
    assert WORDING[consent.VERSION] == hashlib.sha256(words.encode()).hexdigest()


@pytest.mark.parametrize(
    ("admission", "may_begin"), [("open", True), ("invite", False), ("staff", False)]
)
def test_terms_say_who_may_begin(api, settings, admission, may_begin):
    settings.ADMISSION = admission
    reply = api.get("/interview/terms")
    found = reply.json()
    assert (found["admission"], found["mayBegin"]) == (admission, may_begin)
    assert found["csrfToken"]
    assert "no-store" in reply["Cache-Control"]


def test_invitation_lets_in_where_it_is_asked_for(api, settings):
    settings.ADMISSION = "invite"
    invite()
    api.get("/interview/invitation/abc")
    assert api.get("/interview/terms").json()["mayBegin"] is True


def test_consent_is_kept_with_the_servers_time(api):
    given = {"version": "2026-1", "language": "en", "givenAt": "1999-01-01T00:00:00Z"}
    sent = {"userEmail": "ann@example.org", "clientSession": "7f", "consent": given}
    sent["consent"]["recordedAt"] = "1999-01-01T00:00:00Z"
    made = api.call(CREATE, sent).json()
    interview = InterviewSession.objects.get(session_id=made["sessionId"])
    kept = interview.session_data
    recorded = kept["consent"].pop("recordedAt")
    assert recorded.startswith(str(interview.created_at.year))
    assert recorded.endswith("Z")
    given.pop("recordedAt")
    assert kept == {"clientSession": "7f", "consent": given}


def test_other_words_under_consent_are_kept_as_they_came(api):
    made = api.call(CREATE, {"userEmail": "ann@example.org", "consent": True}).json()
    interview = InterviewSession.objects.get(session_id=made["sessionId"])
    assert interview.session_data == {"consent": True}


# -- “I am finished on this computer” --------------------------------------------------------------


@pytest.fixture
def browser(db) -> Client:
    """A browser that keeps the rule against forged forms."""
    return Client(enforce_csrf_checks=True)


def leave(browser: Client):
    token = browser.get("/interview/terms").json()["csrfToken"]
    return browser.post("/interview/forget", headers={"X-CSRFToken": token})


def begin(browser: Client) -> dict:
    body = json.dumps({"userEmail": "ann@example.org"})
    return browser.post(CREATE, body, content_type="text/plain").json()


def test_forget_ends_what_the_browser_holds_and_its_tokens(browser, new_browser):
    other = new_browser()
    kept = other.call(CREATE, {"userEmail": "ann@example.org"}).json()["sessionId"]
    browser.get("/")
    made = [begin(browser), begin(browser)]
    url = f"/api/interview/session-data/{made[0]['sessionId']}"
    bearer = {"Authorization": f"Bearer {made[0]['accessToken']}"}
    assert browser.get(url).status_code == 200
    assert other.get(url, headers=bearer).status_code == 200
    reply = leave(browser)
    assert (reply.status_code, reply.json()) == (200, {"success": True, "revoked": 2})
    assert "no-store" in reply["Cache-Control"]
    assert browser.get(url).status_code == 404
    assert other.get(url, headers=bearer).status_code == 404
    assert other.get(f"/api/interview/session-data/{kept}").status_code == 200
    assert AccessGrant.objects.filter(revoked_at__isnull=True).count() == 1


def test_forget_ends_what_tokens_hold_where_the_cookie_is_lost(browser, new_browser, api):
    made = begin(browser)
    foreign = api.call(CREATE, {"userEmail": "bob@example.org"}).json()
    spoilt = foreign["accessToken"][:-1] + ("A" if foreign["accessToken"][-1] != "A" else "B")
    later = new_browser()
    sent = {"token": [made["accessToken"], spoilt, "nonsense", foreign["sessionId"]]}
    assert later.post("/interview/forget", sent).json()["revoked"] == 1
    bearer = {"Authorization": f"Bearer {made['accessToken']}"}
    url = "/api/interview/session-data/"
    assert later.get(url + made["sessionId"], headers=bearer).status_code == 404
    assert api.get(url + foreign["sessionId"]).status_code == 200


def test_forget_ends_the_invitation_and_begins_a_new_browser(browser, settings):
    settings.ADMISSION = "invite"
    invite()
    browser.get("/interview/invitation/abc")
    before = dict(browser.session)
    assert INVITATION_KEY in before
    leave(browser)
    after = dict(browser.session)
    assert INVITATION_KEY not in after
    assert after["browser"] != before["browser"]
    assert browser.get("/interview/terms").json()["mayBegin"] is False


def test_forget_costs_one_statement_and_a_stranger_may_ask(api, django_assert_num_queries):
    api.get("/")
    with django_assert_num_queries(1):  # the grants
        assert api.post("/interview/forget").json()["revoked"] == 0


def test_forget_cannot_be_asked_by_a_forged_form_or_by_get(browser):
    begin(browser)
    assert browser.post("/interview/forget").status_code == 403
    assert browser.get("/interview/forget").status_code == 405
    assert AccessGrant.objects.filter(revoked_at__isnull=True).count() == 1


def test_templates_of_the_page_name_no_other_host():
    folder = django_settings.BASE_DIR / "templates" / "interview_sessions"
    for path in folder.rglob("*.html"):
        assert "//" not in path.read_text().replace("https over", ""), path
