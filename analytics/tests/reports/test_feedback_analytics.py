"""`GET /api/feedback/analytics`: who is told what, and in how many statements."""

from __future__ import annotations

import pytest

from analytics.services.assignment import assign
from analytics.tests.factories import FeedbackFactory
from analytics.tests.reviewing import judge, make_reviewer
from sessions.models import AccessRecord, InterviewSession
from sessions.tests.factories import InterviewSessionFactory

pytestmark = pytest.mark.django_db

PATH = "/api/feedback/analytics"
EMAIL = "ann@example.org"
PERMISSIONS = ("interview_sessions.view_interviewsession", "analytics.view_feedback")


def scored(score=8.0, *, email=EMAIL, **fields):
    session = InterviewSessionFactory(completed=True, user_email=email, role="Baker")
    FeedbackFactory(session=session, overall_score=score, author="rita", **fields)
    return session


@pytest.fixture
def staff(client, staff_user):
    client.force_login(staff_user(*PERMISSIONS, username="sam"))
    return client


def test_person_is_summed_up_from_feedback_that_counts(staff):
    scored(6, strengths=["Calm."], areas_for_improvement=["Costs"], technical_score=9)
    last = scored(8, strengths=["calm"])
    FeedbackFactory(
        session=last, source="service", author="bot", overall_score=9, strengths=["Fast"]
    )
    FeedbackFactory(session=last, source="candidate", overall_score=1, strengths=["Great"])
    scored(1, email="bob@example.org")
    body = staff.get(f"{PATH}?email=%20ANN@example.org").json()
    assert body["email"] == EMAIL
    assert body["overview"] == {
        "interviews": 2,
        "completed": 2,
        "scored": 2,
        "overall": {"mean": 7.25, "n": 2, "ratings": 3},
        "spread": {"lowest": 6.0, "highest": 8.5, "standardDeviation": 1.767767},
        "hidden": 0,
        "isCut": False,
    }
    assert body["roles"][0]["dimensions"]["technical"] == {"mean": 9.0, "n": 1, "ratings": 1}
    assert body["strengths"] == [{"phrase": "calm", "n": 2}, {"phrase": "Fast", "n": 1}]
    assert body["weaknesses"] == [{"phrase": "Costs", "n": 1}]
    assert [row["dimension"] for row in body["dimensions"]] == ["technical", "overall"]
    assert (body["improvement"]["n"], body["improvement"]["slope"]) == (2, 2.5)


def test_without_email_staff_get_everybody_and_no_trend(staff):
    scored(6)
    scored(8, email="bob@example.org")
    body = staff.get(PATH).json()
    assert (body["overview"]["interviews"], body["overview"]["overall"]["mean"]) == (2, 7.0)
    assert body["improvement"] == {"n": 0, "slope": 0.0, "first": 0.0, "last": 0.0, "points": []}
    assert AccessRecord.objects.get().detail == "everybody"


def test_candidate_gets_the_interviews_of_their_own_grants_alone(api, interview):
    FeedbackFactory(session=InterviewSession.objects.get(session_id=interview), overall_score=4)
    scored(9)  # Ann's as well, but no grant of this browser's
    for path in (PATH, f"{PATH}?email={EMAIL}"):
        overview = api.get(path).json()["overview"]
        assert (overview["interviews"], overview["overall"]["mean"]) == (1, 4.0)
    assert AccessRecord.objects.count() == 0


def test_foreign_and_unknown_people_are_the_same_nobody(api, interview):
    scored(9, email="bob@example.org")
    replies = [
        api.get(f"{PATH}?email={email}").json() | {"email": ""}
        for email in ("bob@example.org", "nobody@example.org")
    ]
    assert replies[0] == replies[1]
    assert replies[0]["overview"]["overall"] == {"mean": 0.0, "n": 0, "ratings": 0}
    assert replies[0]["improvement"]["slope"] == 0.0


@pytest.mark.parametrize(
    "query", ["email=nonsense", "email=a%00b@example.org", f"email={'a' * 300}@b.de"]
)
def test_what_is_no_address_is_refused_with_its_name(staff, query):
    reply = staff.get(f"{PATH}?{query}")
    assert reply.status_code == 400
    assert list(reply.json()["fields"]) == ["email"]


@pytest.mark.parametrize("missing", PERMISSIONS)
def test_staff_need_both_permissions(client, staff_user, missing):
    client.force_login(staff_user(*{*PERMISSIONS} - {missing}))
    assert client.get(PATH).status_code == 403


def test_who_is_to_judge_is_told_nothing_of_that_interview(client):
    hidden = scored(9, strengths=["Secret"])
    scored(5)
    reader = make_reviewer("reader", *PERMISSIONS[1:], "analytics.see_scores")
    assign(session_id=hidden.session_id, reviewer=reader, due_at=None, by=reader)
    client.force_login(reader)
    body = client.get(f"{PATH}?email={EMAIL}").json()
    assert (body["overview"]["hidden"], body["overview"]["overall"]["mean"]) == (1, 5.0)
    assert (body["overview"]["interviews"], body["strengths"]) == (2, [])
    judge(hidden, reader, 7)
    body = client.get(f"{PATH}?email={EMAIL}").json()
    assert (body["overview"]["hidden"], body["overview"]["overall"]["n"]) == (0, 2)


@pytest.mark.parametrize("rows", [1, 3])
def test_staff_cost_five_statements(staff, django_assert_num_queries, rows):
    for _ in range(rows):
        scored()
    # session, user and permissions, interviews by role, feedback, access record
    with django_assert_num_queries(5):
        staff.get(f"{PATH}?email={EMAIL}")


@pytest.mark.parametrize("rows", [1, 3])
def test_candidate_costs_three_statements(api, interview, django_assert_num_queries, rows):
    for n in range(rows):
        FeedbackFactory(
            session=InterviewSession.objects.get(session_id=interview), author=f"rater{n}"
        )
    # grants, interviews by role, feedback
    with django_assert_num_queries(3):
        api.get(f"{PATH}?email={EMAIL}")
