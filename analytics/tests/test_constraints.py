"""What must hold, the database insists on: each constraint broken, past all checks of Python's."""

import pytest

from analytics.models import (
    SCORE_FIELDS,
    AnswerSignature,
    CandidateGroupData,
    DashboardStats,
    Review,
    ReviewAssignment,
    ReviewDraft,
    RubricCategory,
    StockCursor,
)
from analytics.tests.factories import (
    AnalysisJobFactory,
    DashboardStatsFactory,
    FeedbackDraftFactory,
    FeedbackFactory,
    InterviewAnalyticsFactory,
    ResponseAnalysisFactory,
)
from analytics.tests.reviewing import judge, make_reviewer, over
from sessions.tests.constraints import assert_refused, change, constraints_of
from sessions.tests.factories import InterviewSessionFactory, UserResponseFactory

pytestmark = pytest.mark.django_db


def feedback(**fields):
    change(FeedbackFactory(), **fields)


def stats(**fields):
    change(DashboardStatsFactory(), **fields)


def feedback_again():
    first = FeedbackFactory()
    FeedbackFactory(session=first.session, fingerprint=first.fingerprint)


def analytics_again():
    InterviewAnalyticsFactory(session=InterviewAnalyticsFactory().session)


def stats_again():
    DashboardStatsFactory(user_email=DashboardStatsFactory().user_email)


def category(**fields):
    change(RubricCategory.objects.create(name="Care"), **fields)


def category_again():
    for _time in range(2):
        RubricCategory.objects.create(name="Care")


def dimension_again():
    for name in ("Craft", "Knowledge"):
        RubricCategory.objects.create(name=name, dimension="technical_score")


def assignment_again():
    first = ReviewAssignment.objects.create(session=over(), reviewer=make_reviewer("rita"))
    ReviewAssignment.objects.create(session=first.session, reviewer=first.reviewer)


def draft_again():
    first = ReviewDraft.objects.create(session=over(), reviewer=make_reviewer("rita"))
    ReviewDraft.objects.create(session=first.session, reviewer=first.reviewer)


def review(**fields):
    change(judge(over(), make_reviewer("rita")), **fields)


def review_again():
    first = judge(over(), make_reviewer("rita"))
    Review.objects.create(session=first.session, reviewer=first.reviewer, feedback=first.feedback)


def job(**fields):
    change(AnalysisJobFactory(), **fields)


def job_again():
    AnalysisJobFactory(response=AnalysisJobFactory().response)


def interview_job_again():
    first = AnalysisJobFactory(kind="interview", session=InterviewSessionFactory(), response=None)
    AnalysisJobFactory(kind="interview", session=first.session, response=None)


def draft_job_again():
    first = AnalysisJobFactory(kind="draft", session=InterviewSessionFactory(), response=None)
    AnalysisJobFactory(kind="draft", session=first.session, response=None)


def analysis_again():
    ResponseAnalysisFactory(response=ResponseAnalysisFactory().response)


def signature_of_no_version():
    response = UserResponseFactory()
    AnswerSignature.objects.create(
        response=response, session=response.session, version="", signature=b"x"
    )


def group_data(**fields):
    content = {"attribute": "gender", "group": "woman", "consent_version": "1", **fields}
    return CandidateGroupData.objects.create(session=InterviewSessionFactory(), **content)


def group_data_again():
    first = group_data()
    CandidateGroupData.objects.create(
        session=first.session, attribute="gender", group="man", consent_version="1"
    )


LATER = "2026-01-01T00:00Z"
BROKEN = [
    ("analysis_jobs.response_id", job_again),
    ("analytics_analysisjob_interview_once", interview_job_again),
    ("analytics_analysisjob_kind_fits", lambda: job(kind="interview")),
    ("analytics_analysisjob_kind_fits", lambda: job(response=None)),
    ("analytics_analysisjob_state_known", lambda: job(state="asleep")),
    ("analytics_analysisjob_running_is_claimed", lambda: job(state="running")),
    ("analytics_analysisjob_running_is_claimed", lambda: job(claim="c")),
    ("analytics_analysisjob_running_is_claimed", lambda: job(claimed_until=LATER)),
    (
        "analytics_analysisjob_running_is_claimed",
        lambda: job(state="running", claim="c", claimed_until=None),
    ),
    ("analytics_analysisjob_finished_is_out", lambda: job(state="done", enqueued_at=LATER)),
    ("response_analyses.response_id", analysis_again),
    (
        "analytics_responseanalysis_seconds_range",
        lambda: change(ResponseAnalysisFactory(), seconds=-1),
    ),
    ("analytics_answersignature_version_told", signature_of_no_version),
    ("analytics_analysisjob_draft_once", draft_job_again),
    ("analytics_analysisjob_kind_fits", lambda: job(kind="draft")),
    ("analytics_feedbackdraft_says_by_what", lambda: change(FeedbackDraftFactory(), model="")),
    ("analytics_feedbackdraft_says_by_what", lambda: change(FeedbackDraftFactory(), engine="")),
    (
        "analytics_feedbackdraft_says_by_what",
        lambda: change(FeedbackDraftFactory(), prompt_sha256=""),
    ),
    (
        "feedback_drafts.feedback_id",
        lambda: FeedbackDraftFactory(feedback=FeedbackDraftFactory().feedback),
    ),
    ("analytics_candidategroupdata_once", group_data_again),
    ("analytics_candidategroupdata_group_known", lambda: group_data(group="from_40")),
    ("analytics_candidategroupdata_group_known", lambda: group_data(attribute="height")),
    ("analytics_candidategroupdata_agreed", lambda: group_data(consent_version="")),
    ("analytics_stockcursor_one_row", lambda: StockCursor.objects.create(pk=2)),
    *[
        ("analytics_feedback_score_range", lambda n=name, v=value: feedback(**{n: v}))
        for name in SCORE_FIELDS
        for value in (-0.1, 10.1)
    ],
    ("analytics_feedback_saved_once", feedback_again),
    ("analytics_feedback_source_known", lambda: feedback(source="rumour")),
    ("analytics_dashboardstats_ranges", lambda: stats(best_score=10.1)),
    ("analytics_dashboardstats_ranges", lambda: stats(best_score=-1)),
    ("analytics_dashboardstats_ranges", lambda: stats(total_time_spent=-1)),
    ("dashboard_stats.user_email", stats_again),
    (
        "analytics_interviewanalytics_source_known",
        lambda: change(InterviewAnalyticsFactory(), source="rumour"),
    ),
    ("interview_analytics.session_id", analytics_again),
    ("rubric_categories.name", category_again),
    ("analytics_rubriccategory_dimension_once", dimension_again),
    *[
        ("analytics_rubriccategory_weight_range", lambda v=value: category(weight=v))
        for value in (-0.1, 100.1)
    ],
    ("analytics_reviewassignment_once", assignment_again),
    ("analytics_reviewdraft_once", draft_again),
    *[
        ("analytics_review_score_range", lambda v=value: review(weighted_score=v))
        for value in (-0.1, 10.1)
    ],
    ("reviews.feedback_id", review_again),
]


@pytest.mark.parametrize(
    ("name", "act"), BROKEN, ids=[f"{n}-{name}" for n, (name, _) in enumerate(BROKEN)]
)
def test_constraint_refuses(name, act):
    assert_refused(name.rpartition(".")[2], act)


def test_every_constraint_is_broken_here():
    assert constraints_of("analytics") == {name for name, _act in BROKEN}


@pytest.mark.parametrize("score", [0, 10, None])
def test_limits_themselves_are_taken(score):
    feedback(**dict.fromkeys(SCORE_FIELDS, score))
    stats(best_score=score)
    assert DashboardStats.objects.filter(best_score=score).exists()
