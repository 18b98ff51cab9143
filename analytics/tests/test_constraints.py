"""What must hold, the database insists on: each constraint broken, past all checks of Python's."""

import pytest

from analytics.models import (
    SCORE_FIELDS,
    DashboardStats,
    Review,
    ReviewAssignment,
    ReviewDraft,
    RubricCategory,
)
from analytics.tests.factories import (
    DashboardStatsFactory,
    FeedbackFactory,
    InterviewAnalyticsFactory,
)
from analytics.tests.reviewing import judge, make_reviewer, over
from sessions.tests.constraints import assert_refused, change, constraints_of

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


BROKEN = [
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
