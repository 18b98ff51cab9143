"""`/api/v1/`: lists and rows of the tables of judgement."""

import pytest

from analytics.models import DashboardStats
from analytics.tests.factories import (
    DashboardStatsFactory,
    FeedbackFactory,
    InterviewAnalyticsFactory,
)
from interviewdata.common.sql import is_postgresql
from sessions.models import AccessRecord
from sessions.tests.tokens import service_header

VIEW = {
    "analytics": "analytics.view_interviewanalytics",
    "feedback": "analytics.view_feedback",
    "stats": "analytics.view_dashboardstats",
}
FACTORIES = {
    "analytics": InterviewAnalyticsFactory,
    "feedback": FeedbackFactory,
    "stats": DashboardStatsFactory,
}
RESOURCES = sorted(VIEW)


@pytest.fixture
def service(api):
    """Lists and reads as a service that may view all tables."""
    header = service_header(*VIEW.values())

    def get(path: str, **query: object):
        return api.get(f"/api/v1/{path}", query, headers=header)

    return get


def test_filters_find(service):
    first = FeedbackFactory(author="rita", ai_generated_feedback="Calm and clear.")
    second = FeedbackFactory(source="candidate", user_email="bob@example.org")
    analytics = InterviewAnalyticsFactory(engine="voice 1.0")
    InterviewAnalyticsFactory(source="candidate")
    stats = DashboardStatsFactory(user_email="zoe@example.org")

    def ids(path: str, **query: object) -> list[int]:
        reply = service(path, **query)
        assert reply.status_code == 200, reply.content
        return [row["id"] for row in reply.json()["results"]]

    assert ids("feedback") == [second.pk, first.pk]
    assert ids("feedback", ordering="created_at") == [first.pk, second.pk]
    assert ids("feedback", session_id=first.session_id) == [first.pk]
    assert ids("feedback", source="candidate") == [second.pk]
    assert ids("feedback", user_email="BOB@example.org") == [second.pk]
    assert ids("feedback", search="calm nobody") == []
    assert ids("feedback", search="CALM rita") == [first.pk]
    assert ids("feedback", created_after="2000-01-01", created_before="2001-01-01") == []
    assert ids("analytics", engine="voice 1.0") == [analytics.pk]
    assert ids("analytics", source="service") == [analytics.pk]
    assert ids("stats", user_email="Zoe@example.org") == [stats.pk]


def test_stats_are_ordered_and_paged_by_email(service):
    for name in ("mia", "ann", "zoe"):
        DashboardStatsFactory(user_email=f"{name}@example.org")
    first = service("stats", ordering="user_email", limit=2).json()
    assert [row["user_email"] for row in first["results"]] == ["ann@example.org", "mia@example.org"]
    second = service(
        "stats", ordering="user_email", limit=2, cursor=first["next"].split("cursor=")[1]
    ).json()
    assert [row["user_email"] for row in second["results"]] == ["zoe@example.org"]
    assert (second["next"], second["previous"] is None) == (None, False)


def test_rows_are_found_by_what_names_them(service):
    feedback = FeedbackFactory()
    analytics = InterviewAnalyticsFactory()
    stats = DashboardStatsFactory(user_email="ann@example.org", total_interviews=3)
    assert service(f"feedback/{feedback.pk}").json()["result"]["overall_score"] == 7.5
    row = service(f"analytics/{analytics.session_id}").json()["result"]
    assert row["id"] == analytics.pk
    by_email = service("stats/Ann@example.org").json()["result"]
    assert by_email == service(f"stats/{stats.pk}").json()["result"]
    assert by_email["total_interviews"] == 3
    assert set(by_email) == {field.column for field in DashboardStats._meta.concrete_fields}


@pytest.mark.parametrize(
    "path",
    [
        "feedback/0",
        "feedback/abc",
        "analytics/nobody",
        "analytics/%00",
        "stats/nobody@example.org",
        "stats/a%00@example.org",
        "stats/0",
        f"stats/{2**63}",
        f"stats/{'9' * 5000}",
        "stats/²",
    ],
)
def test_retrieve_of_what_is_not_there_is_404(service, path):
    reply = service(path)
    assert reply.status_code == 404
    assert reply.json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("feedback", {"source": "rumour"}, "source"),
        ("feedback", {"created_after": "soon"}, "created_after"),
        ("analytics", {"ordering": "created_at"}, "ordering"),
        ("stats", {"session_id": "x"}, "session_id"),
        ("stats", {"cursor": "bm8"}, "cursor"),
    ],
)
def test_bad_arguments_are_refused(service, path, query, field):
    reply = service(path, **query)
    assert reply.status_code == 400
    assert list(reply.json()["fields"]) == [field]


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("rows", [1, 50])
def test_lists_cost_three_statements_at_most(api, django_assert_num_queries, resource, rows):
    header = service_header(VIEW[resource])
    FACTORIES[resource].create_batch(rows)
    # The service token, the rows, the access record. PostgreSQL writes it with the rows, but for
    # statistics, which belong to no interview.
    with django_assert_num_queries(2 if is_postgresql() and resource != "stats" else 3):
        reply = api.get(f"/api/v1/{resource}", headers=header)
    assert len(reply.json()["results"]) == rows


def test_looks_are_recorded(service):
    feedback = FeedbackFactory()
    stats = DashboardStatsFactory(user_email="ann@example.org")
    service("feedback", session_id=feedback.session_id)
    service("stats", user_email="ann@example.org")
    service("stats/ann@example.org")
    listed, statistics, person = AccessRecord.objects.order_by("id")
    assert (listed.actor, listed.action, listed.resource) == ("service:reports", "list", "feedback")
    assert listed.session_ids == [feedback.session_id]
    # Statistics belong to a person, not to an interview: their rows are named.
    assert (statistics.session_ids, statistics.detail) == (
        [],
        f"?user_email=ann%40example.org ids {stats.pk}",
    )
    assert person.detail == f"ann@example.org ids {stats.pk}"


@pytest.mark.parametrize("resource", RESOURCES)
def test_who_may_not_look(api, new_browser, staff_user, interview, resource):
    others = [name for key, name in VIEW.items() if key != resource]
    assert api.get(f"/api/v1/{resource}").status_code == 404
    assert new_browser().get(f"/api/v1/{resource}/1").status_code == 404
    staff = new_browser()
    staff.force_login(staff_user(*others))
    for path in (f"/api/v1/{resource}", f"/api/v1/{resource}/1"):
        assert staff.get(path).status_code == 403
        assert staff.get(path, headers=service_header(*others, name=path)).status_code == 403
