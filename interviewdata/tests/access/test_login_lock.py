"""A name is locked at one address after too many wrong passwords, for a while, and there alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conftest import ApiClient
from interviewdata.common.client_address import client_address

LOGIN = "/admin/login/"


@pytest.fixture
def rita(staff_user, settings) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # in no time
    return staff_user("interview_sessions.view_interviewsession")


def sign_in(password: str = "wrong", username: str = "rita", address: str = "192.0.2.1", **more):
    client = Client(REMOTE_ADDR=address, **more)
    return client.post(LOGIN, {"username": username, "password": password, "next": "/admin/"})


def fail(times: int, **more) -> list[int]:
    return [sign_in(**more).status_code for _ in range(times)]


def test_fifth_wrong_password_locks_and_the_right_one_does_not_open(rita):
    assert fail(4) == [200] * 4
    locked = sign_in()
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    assert "no-store" in locked["Cache-Control"]
    text = locked.content.decode()
    assert "<h1>Too many attempts</h1>" in text
    assert "locked for 15 minutes" in text
    right = sign_in("pw")
    assert right.status_code == 429
    assert "_auth_user_id" not in right.client.session


def test_right_password_before_the_limit_starts_the_count_anew(rita):
    assert fail(4) == [200] * 4
    assert sign_in("pw").status_code == 302
    assert AccessAttempt.objects.count() == 0
    assert fail(4) == [200] * 4


def test_lock_ends_when_it_said_it_would_however_often_it_is_tried(rita):
    begin = timezone.now()
    with time_machine.travel(begin, tick=False):
        fail(5)
    with time_machine.travel(begin + timedelta(minutes=14, seconds=30), tick=False):
        again = sign_in("pw")
        assert (again.status_code, again["Retry-After"]) == (429, "30")
        assert "locked for 1 minute." in again.content.decode()
    with time_machine.travel(begin + timedelta(minutes=15, seconds=1), tick=False):
        assert sign_in("pw").status_code == 302


@pytest.mark.parametrize(
    "other", [{"address": "192.0.2.2"}, {"username": "ruth"}, {"address": "2001:db8::1"}]
)
def test_other_names_and_addresses_are_not_affected(rita, staff_user, other):
    staff_user(username="ruth")
    fail(5)
    assert sign_in("pw", **other).status_code == 302


def test_another_browser_at_the_same_address_is_locked_too(rita):
    for number in range(4):
        fail(1, HTTP_USER_AGENT=f"browser {number}")
    assert fail(1) == [429]
    assert sign_in("pw", HTTP_USER_AGENT="a new one").status_code == 429


def test_addresses_of_one_ipv6_network_count_together(rita):
    for number in range(5):
        fail(1, address=f"2001:db8:1:2::{number:x}")
    assert sign_in("pw", address="2001:db8:1:2:ffff::1").status_code == 429
    assert sign_in("pw", address="2001:db8:1:3::1").status_code == 302


def test_unknown_names_are_locked_alike(rita):
    known, unknown = fail(6), fail(6, username="nobody")
    assert known == unknown == [200] * 4 + [429] * 2


def test_signed_in_staff_and_the_api_stay_as_they_are(rita, interview):
    rita.user_permissions.add(
        *Permission.objects.filter(codename__in=["view_interviewsession", "view_transcript"])
    )
    inside = Client(REMOTE_ADDR="192.0.2.1")
    inside.force_login(rita)
    fail(6)
    assert inside.get("/admin/").status_code == 200
    assert inside.get(f"/api/interview/progress/{interview}").status_code == 200
    new = ApiClient(REMOTE_ADDR="192.0.2.1")
    made = new.call("/api/interview/create-session", {"userEmail": "rita@example.org"})
    assert made.status_code == 200
    token = made.json()["accessToken"]
    read = ApiClient(REMOTE_ADDR="192.0.2.1").get(
        f"/api/interview/session-data/{made.json()['sessionId']}",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert read.status_code == 200


def test_neither_pages_nor_the_api_ask_the_tables_of_failed_logins(rita, interview):
    client = ApiClient()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(LOGIN).status_code == 200
        assert client.get(f"/api/interview/progress/{interview}").status_code == 404
    client.force_login(rita)
    with CaptureQueriesContext(connection) as asked_signed_in:
        assert client.get("/").status_code == 200
        assert client.get("/admin/").status_code == 200
        assert client.get(f"/api/interview/progress/{interview}").status_code == 200
    assert [query["sql"] for query in [*asked, *asked_signed_in] if "axes" in query["sql"]] == []


def test_command_of_the_machine_itself_is_not_locked(rita):
    from django.contrib.auth import authenticate

    fail(5)
    assert authenticate(username="rita", password="pw") == rita
    assert authenticate(username="rita", password="wrong") is None


def test_limits_come_from_the_settings(rita, settings):
    settings.AXES_FAILURE_LIMIT = 2
    settings.AXES_COOLOFF_TIME = timedelta(minutes=3)
    assert fail(2) == [200, 429]
    assert sign_in()["Retry-After"] in ("179", "180")


def test_form_with_hostile_texts_is_refused_quietly(rita):
    for name in ("a\0b", "x" * 10_000, "<script>", "ａ" * 150):
        assert sign_in(username=name).status_code == 200
    assert fail(4, username="x" * 10_000) == [200, 200, 200, 429]
    assert sign_in(HTTP_USER_AGENT="\x80" * 5000).status_code == 200
    assert sign_in(address="").status_code == 200


def test_administrator_ends_a_lock(rita, staff_user):
    fail(5)
    fail(1, HTTP_USER_AGENT="another")
    (row, *_) = AccessAttempt.objects.order_by("-failures_since_start")
    url = reverse("admin:axes_accessattempt_changelist")
    chief = Client()
    chief.force_login(staff_user("axes.view_accessattempt", username="view"))
    page = chief.get(url).content.decode()
    assert "locked" in page
    assert "Let these try again" not in page
    chief.force_login(
        staff_user("axes.view_accessattempt", "axes.delete_accessattempt", username="chief")
    )
    chief.post(url, {"action": "unlock", "_selected_action": [row.pk]})
    assert AccessAttempt.objects.count() == 0
    assert sign_in("pw").status_code == 302


@pytest.mark.parametrize(
    ("proxies", "connection", "passed", "expected"),
    [
        (0, "192.0.2.1", "198.51.100.7", "192.0.2.1"),
        (1, "10.0.0.1", "198.51.100.7", "198.51.100.7"),
        (1, "10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),  # the client lies in front
        (2, "10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "10.0.0.1", "198.51.100.7", "10.0.0.1"),  # it came past one of them
        (1, "10.0.0.1", None, "10.0.0.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (1, "10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
        (1, "10.0.0.1", "[2001:db8::9]:4711", "2001:db8::"),
        (1, "10.0.0.1", "unknown", None),
        (0, "::ffff:192.0.2.1", None, "192.0.2.1"),
        (0, "fe80::1%eth0", None, "fe80::"),
        (0, "", None, None),
    ],
)
def test_address_is_the_one_that_the_own_proxies_name(
    rf, settings, proxies, connection, passed, expected
):
    settings.PROXIES_IN_FRONT = proxies
    headers = {} if passed is None else {"HTTP_X_FORWARDED_FOR": passed}
    assert client_address(rf.get("/", REMOTE_ADDR=connection, **headers)) == expected
