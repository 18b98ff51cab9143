"""Assignments and the rubric: one test for each outcome."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from analytics.models import ReviewAssignment, RubricCategory
from analytics.services.assignment import (
    assign,
    assign_all,
    is_overdue,
    open_assignments,
    owed,
    reviewers,
    withdraw,
)
from analytics.services.rubric import categories_for, save_category
from analytics.tests.reviewing import dimensions, judge, make_reviewer, over
from interviewdata.common.errors import Conflict, Invalid, NotFound
from sessions.tests.factories import InterviewSessionFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def rita():
    return make_reviewer("rita")


@pytest.fixture
def boss(staff_user):
    return staff_user(username="boss")


def give(reviewer, boss, *, due=None, interview=None):
    interview = interview or over()
    return assign(session_id=interview.session_id, reviewer=reviewer, due_at=due, by=boss)


def test_assigning_keeps_who_what_and_when(rita, boss):
    due = timezone.now() + DAY
    row = give(rita, boss, due=due)
    assert (row.reviewer, row.due_at, row.assigned_by) == (rita, due, boss)
    assert row.submitted_at is None


def test_assigning_again_moves_the_date_of_the_same_row(rita, boss):
    interview, due = over(), timezone.now() + DAY
    first = give(rita, boss, interview=interview)
    again = give(rita, boss, interview=interview, due=due)
    assert (again.pk, ReviewAssignment.objects.get().due_at) == (first.pk, due)


def test_a_date_that_is_over_is_refused_unless_it_was_there(rita, boss):
    with pytest.raises(Invalid) as refusal:
        give(rita, boss, due=timezone.now() - DAY)
    assert list(refusal.value.fields) == ["due_at"]
    interview, past = over(), timezone.now() - DAY
    give(rita, boss, interview=interview)
    ReviewAssignment.objects.update(due_at=past)
    assert give(rita, boss, interview=interview, due=past).due_at == past


def test_only_who_may_review_is_assigned(boss, rita):
    rita.is_staff = False
    for nobody in (boss, rita):
        with pytest.raises(Invalid, match="may not review"):
            give(nobody, boss)


def test_who_has_reviewed_is_not_asked_again(rita, boss):
    interview = over()
    give(rita, boss, interview=interview)
    judge(interview, rita)
    with pytest.raises(Conflict):
        give(rita, boss, interview=interview)
    unasked = over()
    judge(unasked, rita)
    with pytest.raises(Conflict):
        give(rita, boss, interview=unasked)


def test_unknown_interviews_are_not_found(rita, boss):
    with pytest.raises(NotFound):
        assign(session_id="nobody", reviewer=rita, due_at=None, by=boss)
    with pytest.raises(NotFound):
        assign_all(session_id="nobody", reviewers=[], due_at=None, by=boss)


def test_of_several_one_refusal_does_not_keep_the_others(rita, boss):
    interview, ben = over(), make_reviewer("ben")
    judge(interview, rita)
    outcome = assign_all(
        session_id=interview.session_id, reviewers=[rita, ben], due_at=None, by=boss
    )
    assert outcome.names == ["ben"]
    assert outcome.refusals == ["rita has reviewed this interview already."]
    assert ReviewAssignment.objects.get().reviewer == ben


def test_withdrawing_leaves_what_is_done(rita, boss):
    interview = over()
    give(rita, boss)
    give(rita, boss, interview=interview)
    judge(interview, rita)
    assert withdraw(ReviewAssignment.objects.all()) == 1
    assert ReviewAssignment.objects.get().session_id == interview.session_id


def test_the_queue_is_the_most_urgent_first_and_goes_on_after_a_row(rita, boss):
    now = timezone.now()
    undated, later = give(rita, boss), give(rita, boss, due=now + 3 * DAY)
    soon, same = give(rita, boss, due=now + DAY), give(rita, boss, due=now + DAY)
    also_undated = give(rita, boss)
    give(make_reviewer("ben"), boss)
    in_order = [soon, same, later, undated, also_undated]
    assert list(open_assignments(rita)) == in_order
    for place, row in enumerate(in_order):
        rest = open_assignments(rita, after=(row.due_at, row.pk))
        assert list(rest) == in_order[place + 1 :]


def test_who_owes_what_comes_by_reviewer_and_goes_on_after_a_row(rita, boss):
    now, ben = timezone.now(), make_reviewer("ben")
    of_rita = give(rita, boss, due=now + DAY)
    late, of_ben = give(ben, boss, due=now + DAY), give(ben, boss, due=now + 2 * DAY)
    ReviewAssignment.objects.filter(pk=late.pk).update(due_at=now - DAY)
    give(ben, boss, due=now + 20 * DAY)
    give(ben, boss)
    done = over()
    give(ben, boss, due=now + DAY, interview=done)
    judge(done, ben)
    in_order = [late, of_ben, of_rita]
    assert list(owed(now=now)) == in_order
    assert [is_overdue(row, now) for row in owed(now=now)] == [True, False, False]
    for place, row in enumerate(owed(now=now)):
        rest = owed(now=now, after=(row.reviewer.username, row.due_at, row.pk))
        assert list(rest) == in_order[place + 1 :]


def test_reviewers_are_staff_who_may_review(rita, boss):
    away = make_reviewer("away")
    away.is_active = False
    away.save()
    assert [user.username for user in reviewers()] == ["rita"]


# -- the rubric ----------------------------------------------------------------------------------


def test_the_four_dimensions_are_there_from_the_start():
    found = RubricCategory.objects.order_by("position")
    assert [c.dimension for c in found] == [name for name, _label in RubricCategory.DIMENSIONS]
    assert all(c.weight == 1 and c.is_active and not c.modes and not c.roles for c in found)
    assert all(c.description and c.anchor_low and c.anchor_middle and c.anchor_high for c in found)


def test_an_interview_is_scored_by_what_is_for_its_mode_and_role():
    dimensions()
    RubricCategory.objects.exclude(dimension="technical_score").update(is_active=False)
    RubricCategory.objects.create(name="Puzzles", modes=["puzzle"], position=1)
    RubricCategory.objects.create(name="Nursing", roles=["nurse"], position=2)
    RubricCategory.objects.create(name="Both", modes=["puzzle"], roles=["nurse"], position=3)

    def names(mode, role):
        interview = InterviewSessionFactory(interview_mode=mode, role=role)
        return [category.name for category in categories_for(interview)]

    assert names("puzzle", "Nurse") == ["Puzzles", "Nursing", "Both", "Technical"]
    assert names("puzzle", "Cook") == ["Puzzles", "Technical"]
    assert names("hr", "NURSE ") == ["Nursing", "Technical"]


def test_a_category_is_kept_with_known_words():
    kept = save_category(
        RubricCategory(name=" Care ", modes=["Tech", "technical", "hr"], roles=[" Nurse", "nurse"])
    )
    assert (kept.name, kept.modes, kept.roles) == ("Care", ["technical", "hr"], ["nurse"])


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"modes": ["chess"]}, Invalid),
        ({"roles": ["x" * 121]}, Invalid),
        ({"weight": -1}, ValidationError),
        ({"weight": 101}, ValidationError),
        ({"name": "Technical"}, ValidationError),
        ({"dimension": "technical_score"}, ValidationError),
        ({"name": " "}, ValidationError),
    ],
)
def test_a_category_that_cannot_be_is_refused(fields, error):
    with pytest.raises(error):
        save_category(RubricCategory(**{"name": "Care", **fields}))
    assert RubricCategory.objects.count() == 4
