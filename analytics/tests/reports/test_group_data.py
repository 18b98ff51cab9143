"""Voluntary group data: given by the candidate alone, withdrawn the same way, shown to nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.urls import NoReverseMatch, reverse

from analytics.models import CandidateGroupData
from analytics.reports.impact import Outcome
from analytics.services.group_data import Period, give_group_data, outcomes_of
from analytics.tests.factories import FeedbackFactory
from conftest import ApiClient
from sessions.access import new_service_token, token_digest
from sessions.models import AccessGrant, InterviewSession, ServiceToken
from sessions.services.session import end_session
from sessions.tests.factories import InterviewSessionFactory

pytestmark = pytest.mark.django_db

PATH = "/api/interview/group-data"
YEAR = Period(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
MARCH = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def ended(api, interview):
    end_session(session_id=interview)
    return interview


def send(client, session_id, groups, **more):
    body = {"sessionId": session_id, "groups": groups, "consentVersion": "2026-1", **more}
    return client.call(PATH, body)


def kept():
    return list(
        CandidateGroupData.objects.order_by("attribute").values_list(
            "attribute", "group", "consent_version"
        )
    )


def test_what_is_sent_replaces_what_was_there(api, ended):
    assert send(api, ended, {"gender": "woman", "age": "from_40"}).json()["kept"] == 2
    reply = send(api, ended, {"gender": "man"}, consentVersion="2026-2")
    assert reply.json() == {"success": True, "message": "Your choice was saved.", "kept": 1}
    assert kept() == [("gender", "man", "2026-2")]


def test_the_same_twice_is_the_same_once(api, ended):
    for _ in range(2):
        assert send(api, ended, {"gender": "woman"}).status_code == 200
    assert len(kept()) == 1


def test_nothing_sent_withdraws_everything(api, ended):
    send(api, ended, {"gender": "woman"})
    reply = api.call(PATH, {"sessionId": ended, "groups": {}})
    assert reply.json() == {"success": True, "message": "What you had said is deleted.", "kept": 0}
    assert kept() == []


def test_what_was_given_can_be_withdrawn_long_after_answering(api, ended):
    send(api, ended, {"gender": "woman"})
    with time_machine.travel(datetime.now(UTC) + timedelta(days=20)):
        assert send(api, ended, {"gender": "man"}).status_code == 404
        assert send(api, ended, {}).status_code == 200
    assert kept() == []


def test_nobody_is_asked_before_they_have_been_heard(api, interview):
    reply = send(api, interview, {"gender": "woman"})
    assert (reply.status_code, reply.json()["code"]) == (409, "conflict")
    assert kept() == []


@pytest.mark.parametrize(
    ("groups", "field"),
    [
        ({"gender": "canary"}, "groups"),
        ({"height": "tall"}, "groups"),
        ({"gender": ["woman"]}, "groups"),
        ({"gender": None}, "groups"),
        (["woman"], "groups"),
        (None, "groups"),
    ],
)
def test_unknown_words_are_refused_with_the_known_ones(api, ended, groups, field):
    reply = send(api, ended, groups)
    assert reply.status_code == 400
    assert field in reply.json()["fields"]
    assert kept() == []


def test_groups_need_the_text_that_was_agreed_to(api, ended):
    reply = send(api, ended, {"gender": "woman"}, consentVersion="  ")
    assert (reply.status_code, list(reply.json()["fields"])) == (400, ["consentVersion"])


def test_nobody_but_the_candidate_gives_or_withdraws(api, ended, staff_user):
    send(api, ended, {"gender": "woman"})
    boss, token = ApiClient(), new_service_token()
    boss.force_login(staff_user(is_superuser=True))
    row = ServiceToken.objects.create(name="bot", token_sha256=token_digest(token))
    row.permissions.set(Permission.objects.filter(content_type__app_label="analytics"))
    for groups in ({}, {"gender": "man"}):
        assert send(boss, ended, groups).status_code == 404
        assert send(ApiClient(), ended, groups).status_code == 404
        body = {"sessionId": ended, "groups": groups, "consentVersion": "1"}
        reply = ApiClient().call(PATH, body, Authorization=f"Bearer {token}")
        assert reply.status_code == 403
    AccessGrant.objects.update(revoked_at=datetime.now(UTC))
    assert send(api, ended, {}).status_code == 404
    assert kept() == [("gender", "woman", "2026-1")]


def test_an_erased_interview_takes_it_along(api, ended):
    send(api, ended, {"gender": "woman"})
    InterviewSession.objects.all().delete()
    assert kept() == []


def test_no_page_and_no_permission_leads_to_a_row():
    assert CandidateGroupData not in admin.site._registry
    with pytest.raises(NoReverseMatch):
        reverse("admin:analytics_candidategroupdata_changelist")
    names = Permission.objects.filter(
        content_type__app_label="analytics", content_type__model="candidategroupdata"
    ).values_list("codename", flat=True)
    assert list(names) == ["view_adverse_impact"]


@pytest.mark.parametrize("word", ["canary", "woman", "from_40"])
def test_a_row_says_nothing_of_its_group_in_passing(word):
    row = CandidateGroupData(pk=7, attribute="gender", group=word)
    assert word not in f"{row} {row!r}"


def test_reviewers_and_recruiters_do_not_hold_the_permission():
    holders = Group.objects.filter(permissions__codename="view_adverse_impact")
    assert set(holders.values_list("name", flat=True)) <= {"Admin"}


# -- reading in sums ----------------------------------------------------------------------------


def interviewed(email, group="", *, score=None, at=MARCH, role="Baker"):
    session = InterviewSessionFactory(
        completed=True, user_email=email, created_at=at, start_time=at,
        end_time=at + timedelta(hours=1), role=role,
    )  # fmt: skip
    if score is not None:
        FeedbackFactory(session=session, overall_score=score)
    if group:
        give_group_data(
            session_id=session.session_id, groups={"gender": group}, consent_version="1"
        )
    return session


def test_people_are_counted_by_what_became_of_them():
    for n in range(3):
        interviewed(f"a{n}@example.org", "woman", score=7)
    interviewed("b@example.org", "man")
    interviewed("c@example.org", score=7)
    assert outcomes_of(YEAR, "gender") == [
        Outcome("", True, 7.0, 1),
        Outcome("man", True, None, 1),
        Outcome("woman", True, 7.0, 3),
    ]
    # Of another attribute nobody has said anything.
    assert {outcome.group for outcome in outcomes_of(YEAR, "age")} == {""}


def test_a_person_with_many_interviews_is_one_and_the_newest_counts():
    """Else one person with five interviews would be a group of five."""
    for day in range(5):
        interviewed("ann@example.org", "woman", score=day, at=MARCH + timedelta(days=day))
    assert outcomes_of(YEAR, "gender") == [Outcome("woman", True, 4.0, 1)]


def test_other_months_and_other_roles_are_left_out():
    interviewed("a@example.org", "woman", at=MARCH - timedelta(days=100))
    interviewed("b@example.org", "woman", role="Nurse")
    interviewed("c@example.org", "man", role="baker")
    found = outcomes_of(Period(YEAR.start, YEAR.end, "BAKER"), "gender")
    assert [(o.group, o.n) for o in found] == [("man", 1)]


@pytest.mark.parametrize("rows", [1, 3])
def test_reading_costs_one_statement(django_assert_num_queries, rows):
    for n in range(rows):
        interviewed(f"a{n}@example.org", "woman", score=n)
    with django_assert_num_queries(1):
        outcomes_of(YEAR, "gender")
