"""The admin of judgement."""

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from analytics.models import AnalysisJob
from analytics.tests.factories import (
    AnalysisJobFactory,
    DashboardStatsFactory,
    FeedbackFactory,
    InterviewAnalyticsFactory,
)
from sessions.models import AccessRecord
from sessions.tests.factories import InterviewSessionFactory

# Model → (maker, statements of its list: login's session and user, count, rows, the access record).
LISTS = {
    "feedback": (FeedbackFactory, 5),
    "interviewanalytics": (InterviewAnalyticsFactory, 5),
    "dashboardstats": (DashboardStatsFactory, 5),
    "analysisjob": (AnalysisJobFactory, 5),
}


@pytest.fixture
def boss(client, db):
    client.force_login(User.objects.create_superuser("boss"))
    return client


def page_url(row: object) -> str:
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


@pytest.mark.parametrize("name", sorted(LISTS))
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_any_rows(boss, django_assert_num_queries, name, rows):
    factory, statements = LISTS[name]
    factory.create_batch(rows)
    with django_assert_num_queries(statements):
        page = boss.get(reverse(f"admin:analytics_{name}_changelist"))
    assert len(page.context["cl"].result_list) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_interview_page_costs_the_same_for_any_feedback(boss, django_assert_num_queries, rows):
    interview = InterviewSessionFactory()
    FeedbackFactory.create_batch(rows, session=interview)
    InterviewAnalyticsFactory(session=interview)
    boss.get(page_url(interview))  # Django keeps content types from now on
    # The login's session and user, the interview, questions, transcripts, whether feedback is
    # hidden from this user, feedback, analytics, the access record.
    with django_assert_num_queries(9):
        page = boss.get(page_url(interview))
    assert page.content.count(b"Scores, 0") == rows


def test_interview_page_shows_judgement(boss):
    interview = InterviewSessionFactory()
    FeedbackFactory(
        session=interview,
        author="rita",
        overall_score=8.5,
        strengths=["Calm <b>and</b> clear"],
        suggestions="Speak up.",
    )
    FeedbackFactory(session=interview, source="candidate", overall_score=10)
    InterviewAnalyticsFactory(session=interview, voice_metrics={"pauses": 3}, engine="voice 1.0")
    page = boss.get(page_url(interview)).content.decode()
    assert "<td>8.5</td>" in page
    assert "<li>Calm &lt;b&gt;and&lt;/b&gt; clear</li>" in page
    assert "<li>Speak up.</li>" in page
    assert "counts nowhere" in page
    assert "&quot;pauses&quot;: 3" in page
    assert "computed by voice 1.0" in page


def test_judgement_takes_its_permissions(client, staff_user):
    interview = InterviewSessionFactory()
    FeedbackFactory(session=interview, ai_generated_feedback="canary")
    InterviewAnalyticsFactory(session=interview, engine="canary")
    user = staff_user("interview_sessions.view_interviewsession")
    client.force_login(user)
    assert b"canary" not in client.get(page_url(interview)).content
    user.user_permissions.add(Permission.objects.get(codename="view_feedback"))
    assert client.get(page_url(interview)).content.count(b"canary") == 1


@pytest.mark.parametrize(
    "factory", [FeedbackFactory, InterviewAnalyticsFactory, DashboardStatsFactory]
)
def test_judgement_is_read_only(boss, factory):
    row = factory()
    before = type(row).objects.values().get(pk=row.pk)
    name = f"admin:analytics_{row._meta.model_name}"
    assert boss.get(page_url(row)).status_code == 200
    assert boss.post(page_url(row), {"user_email": "eve@example.org"}).status_code == 403
    assert boss.get(reverse(f"{name}_add")).status_code == 403
    assert boss.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert type(row).objects.values().get(pk=row.pk) == before


def test_looks_are_recorded(boss):
    feedback = FeedbackFactory()
    stats = DashboardStatsFactory(user_email="zoe@example.org")
    boss.get(reverse("admin:analytics_feedback_changelist"))
    boss.get(page_url(feedback))
    boss.get(page_url(stats))
    listed, read, person = AccessRecord.objects.order_by("id")
    assert (listed.action, listed.resource) == ("list", "feedback")
    assert listed.session_ids == [feedback.session_id]
    assert (read.action, read.session_ids) == ("read", [feedback.session_id])
    assert (person.resource, person.detail) == ("dashboard_stats", f"admin: {stats.pk}")


def test_jobs_that_failed_are_tried_again(boss):
    failed = AnalysisJobFactory(state="failed", problem="It broke.", attempts=4)
    done = AnalysisJobFactory(state="done")
    chosen = {"action": "try_again", "_selected_action": [failed.pk, done.pk]}
    page = boss.post(reverse("admin:analytics_analysisjob_changelist"), chosen, follow=True)
    assert "1 job is tried again." in page.content.decode()
    states = AnalysisJob.objects.order_by("id").values_list("state", "attempts", "problem")
    assert list(states) == [("waiting", 0, ""), ("done", 0, "")]


def test_a_job_is_looked_at_without_its_claim(boss):
    job = AnalysisJobFactory(
        state="running", claim="c" * 32, claimed_until="2026-01-01T00:00Z", problem=""
    )
    page = boss.get(page_url(job)).content.decode()
    assert "c" * 32 not in page
    assert str(job.response_id) in page


def test_trying_again_needs_its_permission(client, staff_user):
    job = AnalysisJobFactory(state="failed", problem="It broke.")
    client.force_login(staff_user("analytics.view_analysisjob"))
    client.post(
        reverse("admin:analytics_analysisjob_changelist"),
        {"action": "try_again", "_selected_action": [job.pk]},
    )
    assert AnalysisJob.objects.get().state == "failed"
