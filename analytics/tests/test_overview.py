"""The dashboard's queries: which rows a figure rests on, and what they cost."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from analytics.models import Feedback
from analytics.services import overview, overview_scores
from analytics.services.overview_questions import read_questions
from analytics.services.period import Filters, default_days
from analytics.tests.factories import FeedbackFactory
from sessions.models import InterviewSession
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    UserResponseFactory,
)

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 4, 9, tzinfo=UTC)  # a Wednesday
PERIOD = Filters(date(2026, 3, 2), date(2026, 3, 15))


@pytest.fixture
def reader(staff_user) -> User:
    return staff_user("analytics.view_feedback")


@pytest.fixture
def judge(staff_user) -> User:
    return staff_user("analytics.view_feedback", "analytics.add_review", username="judge")


def interview(hours=0, *, end=None, **fields) -> InterviewSession:
    created = DAY + timedelta(hours=hours)
    if end is not None:
        fields |= {"status": "completed", "end_time": created + end}
    return InterviewSessionFactory(created_at=created, **fields)


def scored(score, hours=0, *, judged=None, **fields) -> InterviewSession:
    one = interview(hours, **fields)
    FeedbackFactory(
        session=one, overall_score=score, author="ada", created_at=judged or one.created_at
    )
    return one


# -- the period ---------------------------------------------------------------------------------


def test_weeks_are_iso_weeks_cut_to_the_period():
    weeks = Filters(date(2026, 2, 28), date(2026, 3, 10)).weeks()
    assert [(week.name, week.first.day, week.last.day) for week in weeks] == [
        ("2026-W09", 28, 1),
        ("2026-W10", 2, 8),
        ("2026-W11", 9, 10),
    ]
    assert weeks[0].end == weeks[1].start == datetime(2026, 3, 2, tzinfo=UTC)


def test_days_are_those_of_the_readers_zone():
    with timezone.override("America/New_York"):
        # The clocks go forward on 8 March 2026: that week has an hour less.
        weeks = PERIOD.weeks()
        assert weeks[0].start == datetime(2026, 3, 2, 5, tzinfo=UTC)
        assert weeks[0].end == datetime(2026, 3, 9, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("newest", "first", "last"),
    [
        (None, date(2026, 8, 31), date(2026, 11, 22)),
        (datetime(2026, 11, 20, tzinfo=UTC), date(2026, 8, 31), date(2026, 11, 22)),
        (datetime(2026, 8, 31, tzinfo=UTC), date(2026, 8, 31), date(2026, 11, 22)),
        # Nothing of late: the twelve weeks that end with the newest one's.
        (datetime(2026, 6, 15, tzinfo=UTC), date(2026, 3, 30), date(2026, 6, 21)),
    ],
)
def test_default_is_twelve_weeks_with_interviews(newest, first, last):
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False):
        assert default_days(newest) == (first, last)
        assert len(Filters(first, last).weeks()) == 12


# -- counts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "filters", [PERIOD, Filters(PERIOD.created_from, PERIOD.created_to, mode="hr")]
)
def test_counts_by_week_and_status(filters):
    # From the tally where days alone are asked for, else from the interviews: the same numbers.
    for hours, status in ((0, "created"), (1, "created"), (2, "active"), (24 * 7, "abandoned")):
        interview(hours, status=status, interview_mode="hr")
    interview(3, end=timedelta(minutes=20), interview_mode="hr")
    interview(24 * 30, interview_mode="hr")
    found = overview.read_counts(filters)
    assert [(week.week.name, week.counts) for week in found.weeks] == [
        ("2026-W10", {"created": 2, "active": 1, "completed": 1, "abandoned": 0}),
        ("2026-W11", {"created": 0, "active": 0, "completed": 0, "abandoned": 1}),
    ]
    assert found.total == 5
    assert (found.completion.part, found.completion.whole) == (1, 5)
    assert found.completion.share == found.abandonment.share == 0.2


def test_each_filter_narrows_the_counts():
    interview(role="Data Analyst", interview_mode="hr", difficulty="expert", status="active")
    interview(role="Data Analyst II")
    interview(role="Senior Data Analyst")
    days = {"created_from": PERIOD.created_from, "created_to": PERIOD.created_to}
    for asked, expected in (
        ({"role": "data analyst"}, 2),
        ({"role": "=data analyst"}, 1),
        ({"role": "*analyst"}, 3),
        ({"mode": "hr"}, 1),
        ({"difficulty": "expert"}, 1),
        ({"status": "active"}, 1),
        ({"status": "active", "role": "nurse"}, 0),
    ):
        assert overview.read_counts(Filters(**days, **asked)).total == expected, asked


def test_recent_knows_the_newest_and_the_roles():
    assert overview.read_recent() == overview.Recent(None, [])
    interview(5, role="Nurse")
    interview(role="Cook")
    found = overview.read_recent()
    assert (found.newest, found.roles) == (DAY + timedelta(hours=5), ["Cook", "Nurse"])


# -- scores -------------------------------------------------------------------------------------


def test_score_is_the_mean_over_raters_of_their_newest(reader):
    one = scored(2, judged=DAY)
    FeedbackFactory(session=one, overall_score=6, author="ada", created_at=DAY + timedelta(days=1))
    FeedbackFactory(session=one, overall_score=9, author="bo", created_at=DAY + timedelta(days=2))
    FeedbackFactory(session=one, overall_score=1, source="candidate")
    found = overview.read_sample(reader, PERIOD)
    assert [row.overall for row in found.rows] == [7.5]
    assert found.rows[0].first_reviewed == DAY
    assert (found.hidden, found.is_cut) == (0, False)


def test_what_does_not_count_is_no_sample(reader):
    FeedbackFactory(session=interview(), source="candidate")
    FeedbackFactory(session=interview(), overall_score=None, technical_score=3)
    taken_back = scored(8)
    FeedbackFactory(
        session=taken_back, overall_score=None, author="ada", created_at=DAY + timedelta(days=1)
    )
    scored(5, hours=24 * 20)
    assert overview.read_sample(reader, PERIOD).rows == []


def test_a_reviewer_with_an_assignment_does_not_get_that_score(reader, judge):
    open_one, done, other = scored(2), scored(4), scored(6)
    for one, submitted in ((open_one, None), (done, DAY)):
        one.assignments.create(reviewer=reader, submitted_at=submitted)
    found = overview.read_sample(reader, PERIOD)
    assert sorted(row.overall for row in found.rows) == [4, 6]
    assert (found.hidden, found.hidden_is_cut) == (1, False)
    # Who is to judge sees nothing before: all three are left out, none is known.
    found = overview.read_sample(judge, PERIOD)
    assert (found.rows, found.hidden) == ([], 3)
    other.reviews.create(
        reviewer=judge, feedback=FeedbackFactory(session=other, overall_score=8, author="judge")
    )
    found = overview.read_sample(judge, PERIOD)
    assert [row.overall for row in found.rows] == [7]
    assert found.hidden == 2


def test_sample_is_cut_at_the_newest_judgements(reader, monkeypatch):
    monkeypatch.setattr(overview, "SAMPLE", 2)
    for hours in range(3):
        scored(hours, hours=hours)
    found = overview.read_sample(reader, PERIOD)
    assert [row.overall for row in found.rows] == [2, 1]
    assert found.is_cut


def test_groups_are_the_largest_first_and_capitals_are_one(reader):
    for score, role in ((4, "Nurse"), (6, "nurse"), (9, "Cook")):
        scored(score, role=role)
    groups = overview_scores.by_attribute(overview.read_sample(reader, PERIOD).rows, "role")
    assert [(g.name.lower(), g.figures.n, g.figures.mean) for g in groups.shown] == [
        ("nurse", 2, 5),
        ("cook", 1, 9),
    ]
    assert [group.distribution for group in groups.shown] == [None, None]


def test_people_have_three_scored_interviews_in_order(reader):
    for hours, score in enumerate((5, 6, 9)):
        scored(score, hours=hours, user_email="ann@example.org")
    for hours in range(2):
        scored(5, hours=hours, user_email="bob@example.org")
    people = overview_scores.people(overview.read_sample(reader, PERIOD).rows)
    assert [(one.email, one.scores, one.trend.slope) for one in people] == [
        ("ann@example.org", (5, 6, 9), 2)
    ]


def test_dimensions_that_nobody_scored_are_left_out(reader):
    one = interview()
    FeedbackFactory(session=one, overall_score=5, technical_score=7)
    found = overview_scores.by_dimension(overview.read_sample(reader, PERIOD).rows)
    assert [(name, figures.mean) for name, figures in found] == [
        ("overall_score", 5),
        ("technical_score", 7),
    ]


# -- questions and times ------------------------------------------------------------------------


def questions(sample):
    return read_questions(overview.read_newest(PERIOD).session_ids, sample)


def ask(one, text="Why?", *, index=1, category="Depth", seconds=None, answered=True):
    question = InterviewQuestionFactory(
        session=one, question_index=index, question_text=text, category=category
    )
    if answered:
        UserResponseFactory(question=question, response_duration=seconds)
    return question


def test_question_is_counted_over_interviews():
    first, second, third = interview(), interview(1), interview(2)
    question = ask(first, seconds=10)
    question.responses.update(is_current=False)
    UserResponseFactory(question=question, revision=2, response_duration=20, user_answer="again")
    ask(second, seconds=40)
    ask(third, answered=False)
    ask(third, "How?", index=2)
    why, how = questions([]).shown
    assert (why.text, why.asked, why.answered.part) == ("Why?", 3, 2)
    assert (why.mean_seconds, why.median_seconds) == (30, 30)
    assert (how.text, how.asked, how.mean_seconds, how.seconds) == ("How?", 1, None, None)
    assert (why.scores, why.discrimination, why.judged) == (None, None, 0)


def test_discrimination_is_of_the_category_with_the_others(reader):
    # Ten interviews; the category rises with the mean of the two others: r = 1.
    for n in range(10):
        one = interview(n)
        ask(one)
        FeedbackFactory(
            session=one,
            overall_score=5,
            categories={"depth": n / 2, "Clarity": n / 2 + 1, "Pace": n / 2 + 3},
        )
    sample = overview.read_sample(reader, PERIOD)
    (why,) = questions(sample.rows).shown
    assert why.discrimination == pytest.approx(1)
    assert why.judged == 10
    assert (why.scores.n, why.scores.mean) == (10, 2.25)
    # One interview less is too few to say; the spread of nine scores is not.
    (why,) = questions(sample.rows[:9]).shown
    assert why.discrimination is None
    assert why.scores.sd == pytest.approx(1.3693, abs=1e-4)  # of 0.5, 1 … 4.5: √(15 / 8)


def test_a_question_without_other_categories_has_scores_and_no_discrimination(reader):
    for n in range(10):
        one = interview(n)
        ask(one)
        FeedbackFactory(session=one, overall_score=5, categories={"Depth": n, "word": "x"})
    (why,) = questions(overview.read_sample(reader, PERIOD).rows).shown
    assert (why.scores.n, why.judged, why.discrimination) == (10, 0, None)


def test_questions_left_out_are_said(monkeypatch):
    monkeypatch.setattr("analytics.services.overview_questions.QUESTIONS_SHOWN", 1)
    one = interview()
    ask(one, "A?")
    assert not questions([]).left_out
    ask(one, "B?", index=2)
    assert questions([]).left_out


def test_time_to_completion_and_to_the_first_score(reader):
    for minutes in (10, 20, 60):
        interview(end=timedelta(minutes=minutes))
    assert overview.read_newest(PERIOD).to_completion.median == 1200
    one = scored(5, judged=DAY + timedelta(hours=3))
    FeedbackFactory(session=one, source="service", created_at=DAY)
    FeedbackFactory(session=interview(), source="service", author="machine")
    found = overview.to_first_score(overview.read_sample(reader, PERIOD).rows)
    assert (found.n, found.median) == (1, 3 * 3600)


def test_questions_and_times_are_of_the_newest(monkeypatch):
    monkeypatch.setattr(overview, "SAMPLE", 2)
    for hours, minutes in enumerate((10, 20, 40)):
        ask(interview(hours, end=timedelta(minutes=minutes)))
    newest = overview.read_newest(PERIOD)
    assert newest.is_cut
    assert newest.to_completion.median == 30 * 60
    assert [one.asked for one in questions([]).shown] == [2]


def test_nothing_at_all(reader):
    counts = overview.read_counts(PERIOD)
    assert (counts.total, counts.completion.share) == (0, None)
    sample = overview.read_sample(reader, PERIOD)
    assert (sample.rows, sample.hidden) == ([], 0)
    assert overview.read_newest(PERIOD).to_completion is None
    assert overview.to_first_score([]) is None
    assert overview_scores.overall([]) is None
    assert questions([]).shown == []


@pytest.mark.parametrize("rows", [1, 50])
def test_overview_costs_seven_statements(reader, rows, django_assert_num_queries):
    for n in range(rows):
        ask(scored(5, hours=n))
    assert Feedback.objects.count() == rows
    reader.get_all_permissions()
    # Recent, counts; judged, hidden, their feedback; the newest, their questions.
    with django_assert_num_queries(7):
        overview.read_recent()
        overview.read_counts(PERIOD)
        sample = overview.read_sample(reader, PERIOD)
        questions(sample.rows)
