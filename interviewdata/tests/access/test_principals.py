"""Cookies, logins, tokens and windows of time, one by one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core import signing
from django.utils import timezone

from conftest import ApiClient
from interviewdata.common.browser_session import ANONYMOUS_PREFIX, SALT
from sessions.access import RECORD_PERMISSIONS
from sessions.models import AccessGrant, AccessRecord

CREATE = "/api/interview/create-session"
ANN = {"userEmail": "ann@example.org"}
COOKIE = django_settings.SESSION_COOKIE_NAME


def record_of(session_id: str) -> str:
    return f"/api/interview/session-data/{session_id}"


def with_cookie(value: str) -> ApiClient:
    browser = ApiClient()
    browser.cookies[COOKIE] = value
    return browser


# -- the browser's cookie -----------------------------------------------------------------------


def test_cookie_is_httponly_lax_and_holds_no_row(api, interview):
    cookie = api.cookies[COOKIE]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert Session.objects.count() == 0


@pytest.mark.parametrize(
    "value",
    [
        "",
        "a",
        "a~",
        "a~nonsense",
        "a~e30:1x:y",
        ANONYMOUS_PREFIX + "x" * 4000,
        "z" * 32,
        "Z" * 32,
        "a" * 5000,
        '"abcdefgh\\000"',
        "abcdefgh'; DROP TABLE django_session; --",
        "ünïcödé-as-bytes",
    ],
)
def test_cookie_that_we_never_gave_is_nobody(db, interview, value):
    browser = with_cookie(value)
    assert browser.get(record_of(interview)).status_code == 404
    assert browser.get("/api/interview-modes").status_code == 200
    assert browser.get("/admin/login/").status_code == 200


def test_cookie_cannot_name_another_browser(api, interview, new_browser):
    """Signed by somebody without the key, and signed by us for something else."""
    stranger = new_browser()
    stranger.call(CREATE, {"userEmail": "eve@example.org"})
    browser_id = AccessGrant.objects.get(session_id=interview).browser_id
    for value in (
        signing.dumps({"browser": browser_id}, key="guessed", salt=SALT),
        signing.dumps({"browser": browser_id}, salt="another use"),
    ):
        forged = with_cookie(ANONYMOUS_PREFIX + value)
        assert forged.get(record_of(interview)).status_code == 404


def test_signed_cookie_never_logs_anybody_in(db, staff_user):
    user = staff_user()
    data = {"_auth_user_id": str(user.pk), "_auth_user_hash": user.get_session_auth_hash()}
    data["_auth_user_backend"] = django_settings.AUTHENTICATION_BACKENDS[0]
    forged = with_cookie(ANONYMOUS_PREFIX + signing.dumps(data, salt=SALT))
    assert forged.get("/admin/").status_code == 302
    assert forged.get("/api/v1/sessions").status_code == 404


def test_new_interview_renews_a_cookie_of_last_month(api):
    """Else the interview's grant would end with the cookie, days before its time."""
    api.call(CREATE, ANN)
    start = timezone.now()
    with time_machine.travel(start + timedelta(days=29)):
        made = api.call(CREATE, ANN)
        assert COOKIE in made.cookies
    with time_machine.travel(start + timedelta(days=35)):
        read = api.get(record_of(made.json()["sessionId"]))
    assert read.status_code == 200


def test_young_cookie_is_left_as_it_is(api):
    api.call(CREATE, ANN)
    assert not api.call(CREATE, ANN).cookies


def test_page_gives_a_new_browser_its_id_and_keeps_a_known_one(api, interview):
    fresh = ApiClient()
    assert COOKIE in fresh.get("/admin/login/").cookies
    assert not fresh.get("/admin/login/").cookies.get(COOKIE)
    api.get("/admin/login/")
    assert api.get(record_of(interview)).status_code == 200


# -- logins -------------------------------------------------------------------------------------


def log_in(browser: ApiClient) -> None:
    reply = browser.post(
        "/admin/login/?next=/admin/", {"username": "rita", "password": "pw", "next": "/admin/"}
    )
    assert reply.status_code == 302


def test_login_moves_the_session_into_a_row_and_keeps_the_grants(api, interview, staff_user):
    staff_user()
    before = api.cookies[COOKIE].value
    log_in(api)
    after = api.cookies[COOKIE].value
    assert before.startswith(ANONYMOUS_PREFIX)
    assert not after.startswith(ANONYMOUS_PREFIX)
    assert Session.objects.get().session_key == after
    assert api.get(record_of(interview)).status_code == 200
    body = {"sessionId": interview, "questionIndex": 0, "answer": "still mine"}
    assert api.call("/api/interview/response", body).status_code == 200
    # A cookie from before the login is not logged in by it.
    assert with_cookie(before).get("/api/v1/sessions").status_code == 404


def test_login_takes_no_session_key_that_was_planted(staff_user, new_browser):
    staff_user(*RECORD_PERMISSIONS)
    planted = "p" * 32
    browser = with_cookie(planted)
    log_in(browser)
    assert browser.cookies[COOKIE].value != planted
    assert with_cookie(planted).get("/api/v1/sessions").status_code == 404


def test_cookie_kept_from_before_the_logout_is_dead(interview, staff_user, new_browser):
    staff_user(*RECORD_PERMISSIONS)
    browser = new_browser()
    log_in(browser)
    kept = browser.cookies[COOKIE].value
    assert with_cookie(kept).get(record_of(interview)).status_code == 200
    browser.post("/admin/logout/")
    assert Session.objects.count() == 0
    assert with_cookie(kept).get(record_of(interview)).status_code == 404
    assert browser.get(record_of(interview)).status_code == 404


def test_changed_password_ends_other_logins(interview, staff_user, new_browser):
    user = staff_user(*RECORD_PERMISSIONS)
    browser = new_browser()
    log_in(browser)
    user.set_password("another")
    user.save()
    assert browser.get(record_of(interview)).status_code == 404


def test_logout_in_another_tab_does_not_break_a_create(new_browser, staff_user, monkeypatch):
    staff_user()
    browser = new_browser()
    log_in(browser)
    from sessions.api import session_views

    make = session_views.create_session

    def logged_out_meanwhile(**values: object) -> object:
        Session.objects.all().delete()
        return make(**values)

    monkeypatch.setattr(session_views, "create_session", logged_out_meanwhile)
    # Its session has no browser id yet, so the create wants to write into it.
    session = Session.objects.get()
    data = session.get_decoded()
    data.pop("browser", None)
    session.session_data = browser.session.encode(data)
    session.save()
    made = browser.call(CREATE, ANN)
    assert made.status_code == 200
    headers = {"Authorization": f"Bearer {made.json()['accessToken']}"}
    assert new_browser().get(
        record_of(made.json()["sessionId"]), headers=headers
    ).status_code == 200  # fmt: skip


def test_staff_reading_in_a_browser_with_the_grant_is_recorded(api, interview, staff_user):
    staff_user()
    log_in(api)
    assert api.get(record_of(interview)).status_code == 200
    assert AccessRecord.objects.get().actor == "user:rita"


def test_documented_reads_work_for_staff_without_permission_with_own_interviews(
    api, interview, staff_user, new_browser
):
    staff_user()
    log_in(api)
    assert api.get("/api/interview/history/ann@example.org").json()["total"] == 1
    assert api.get("/api/dashboard/stats/ann@example.org").status_code == 200
    other = new_browser()
    log_in(other)
    assert other.get("/api/interview/history/ann@example.org").status_code == 403


# -- windows of time ----------------------------------------------------------------------------

# After completion: how long, may read, may answer. Planned for 30 minutes, begun at once.
WINDOWS = [
    (timedelta(hours=23, minutes=59), True, True),
    (timedelta(hours=24, minutes=1), False, True),
    (timedelta(days=7, minutes=29), False, True),
    (timedelta(days=7, minutes=31), False, False),
]


@pytest.mark.parametrize("by", ["cookie", "bearer"])
@pytest.mark.parametrize(("later", "may_read", "may_answer"), WINDOWS)
def test_reading_ends_a_day_after_completion_and_answering_a_week_after_the_plan(
    api, new_browser, by, later, may_read, may_answer
):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        made = api.call("/api/interview/start", {**ANN, "role": "Nurse"}).json()
        session_id = made["sessionId"]
        api.call("/api/interview/question", {"sessionId": session_id, "questionText": "Why?"})
        api.call("/api/interview/end", {"sessionId": session_id})
    client, headers = api, {}
    if by == "bearer":
        client, headers = new_browser(), {"Authorization": f"Bearer {made['accessToken']}"}
    with time_machine.travel(start + later, tick=False):
        read = client.get(record_of(session_id), headers=headers)
        history = client.get("/api/interview/history/ann@example.org", headers=headers)
        body = {"sessionId": session_id, "questionIndex": 0, "answer": "late"}
        answered = client.call("/api/interview/response", body, **headers)
    assert read.status_code == (200 if may_read else 404)
    assert history.json()["total"] == (1 if may_read else 0)
    assert answered.status_code == (200 if may_answer else 404)


def test_e_mail_in_capitals_is_the_same_person(api, interview):
    for email in ("ANN@Example.ORG", " ann@example.org ", "ann%40example.org"):
        assert api.get(f"/api/interview/history/{email}").json()["total"] == 1
        assert api.get(f"/api/dashboard/stats/{email}").json()["stats"]["totalInterviews"] == 1


@pytest.mark.parametrize("path", ["session-data", "export", "progress", "history"])
def test_nul_in_an_address_is_a_404_and_not_an_error(api, interview, staff_user, path):
    assert api.get(f"/api/interview/{path}/%00").status_code == 404
    assert api.get(f"/api/interview/{path}/{interview}%00").status_code == 404
    user = staff_user()
    user.is_superuser = True
    user.save()
    browser = ApiClient()
    browser.force_login(user)
    assert browser.get(f"/api/interview/{path}/{interview}%00").status_code == 404


# -- over TLS --------------------------------------------------------------------------------------


def test_cookies_over_tls_cannot_be_planted_by_a_sibling_domain():
    """Browsers keep the prefix `__Host-` for cookies that are secure, of one host and path /."""
    code = (
        "import json; from django.conf import settings as s;"
        "print(json.dumps([[s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.SESSION_COOKIE_PATH, s.SESSION_COOKIE_DOMAIN],"
        " [s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE, s.CSRF_COOKIE_PATH, s.CSRF_COOKIE_DOMAIN]]))"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "interviewdata.settings"}
    names = {}
    for origin in ("https://interviews.example.org", "http://interviews.example.org"):
        environment["PUBLIC_ORIGINS"] = origin
        ran = subprocess.run(
            [sys.executable, "-c", code],
            cwd=django_settings.BASE_DIR,
            env=environment,
            capture_output=True,
            check=True,
        )
        names[origin.partition(":")[0]] = json.loads(ran.stdout)
    assert names["https"] == [
        ["__Host-interviewdata_session", True, "/", None],
        ["__Host-csrftoken", True, "/", None],
    ]
    assert [name for name, *_rest in names["http"]] == ["interviewdata_session", "csrftoken"]
