"""The admin of reviewing: the rubric, assignments, reviews."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from analytics.models import Review, ReviewAssignment, RubricCategory
from analytics.tests.reviewing import judge, make_reviewer, over
from sessions.models import AccessRecord

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def boss(client):
    user = User.objects.create_superuser("boss")
    client.force_login(user)
    return user


def url(model, action, *args):
    return reverse(f"admin:analytics_{model}_{action}", args=args)


CATEGORY = {
    "name": "Empathy",
    "description": "",
    "anchor_low": "",
    "anchor_middle": "",
    "anchor_high": "",
    "weight": "2",
    "modes": ["hr"],
    "roles": "Nurse\nnurse\n Cook ",
    "dimension": "",
    "position": "50",
    "is_active": "on",
}


def test_a_category_is_added_and_changed(client, boss):
    assert client.post(url("rubriccategory", "add"), CATEGORY).status_code == 302
    row = RubricCategory.objects.get(name="Empathy")
    assert (row.weight, row.modes, row.roles) == (2, ["hr"], ["nurse", "cook"])
    changed = {**CATEGORY, "modes": [], "weight": "0"}
    client.post(url("rubriccategory", "change", row.pk), changed)
    row.refresh_from_db()
    assert (row.weight, row.modes) == (0, [])


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("modes", ["chess"], "chess is not one of the available choices"),
        ("roles", "x" * 121, "characters at most"),
        ("weight", "-1", "greater than or equal to 0"),
        ("weight", "200", "less than or equal to 100"),
        ("name", "Technical", "already exists"),
        ("dimension", "technical_score", "Another category stands for this dimension."),
    ],
)
def test_a_category_that_cannot_be_is_explained(client, boss, field, value, text):
    page = client.post(url("rubriccategory", "add"), {**CATEGORY, field: value})
    assert page.status_code == 200
    assert text in page.content.decode()
    assert RubricCategory.objects.count() == 4


def test_categories_are_taken_out_of_use_not_deleted(client, boss):
    row = RubricCategory.objects.first()
    assert client.post(url("rubriccategory", "delete", row.pk), {"post": "yes"}).status_code == 403


def assignment(interview, reviewer, day=None):
    return {
        "session": interview.session_id,
        "reviewer": reviewer.pk,
        "due_at_0": day.isoformat() if day else "",
        "due_at_1": "12:00:00" if day else "",
    }


def test_an_assignment_is_made_through_the_service(client, boss):
    interview, rita = over(), make_reviewer("rita")
    day = timezone.localdate() + 2 * DAY
    reply = client.post(url("reviewassignment", "add"), assignment(interview, rita, day))
    assert reply.status_code == 302
    row = ReviewAssignment.objects.get()
    assert (row.reviewer, row.assigned_by, row.due_at.date()) == (rita, boss, day)
    later = assignment(interview, rita, day + DAY)
    client.post(url("reviewassignment", "change", row.pk), later)
    row.refresh_from_db()
    assert row.due_at.date() == day + DAY


def test_what_the_service_refuses_stands_on_the_form(client, boss):
    interview, rita = over(), make_reviewer("rita")
    nobody = User.objects.create_user("nobody", is_staff=True)
    add = url("reviewassignment", "add")
    judged = over()
    judge(judged, rita)
    ReviewAssignment.objects.create(session=interview, reviewer=rita)
    for data, text in (
        (assignment(over(), nobody), "nobody may not review."),
        (assignment(over(), rita, timezone.localdate() - DAY), "Choose a time to come."),
        (assignment(judged, rita), "rita has reviewed this interview already."),
        (assignment(interview, rita), "This reviewer has this interview already."),
    ):
        page = client.post(add, data)
        assert page.status_code == 200
        assert text in page.content.decode()
    assert ReviewAssignment.objects.count() == 1


def test_an_open_assignment_is_withdrawn_a_done_one_stays(client, boss):
    rita, done = make_reviewer("rita"), over()
    gone = ReviewAssignment.objects.create(session=over(), reviewer=rita)
    kept = ReviewAssignment.objects.create(session=done, reviewer=rita)
    judge(done, rita)
    remove = {"post": "yes"}
    assert client.post(url("reviewassignment", "delete", kept.pk), remove).status_code == 403
    assert client.post(url("reviewassignment", "delete", gone.pk), remove).status_code == 302
    several = {"action": "delete_selected", "_selected_action": [kept.pk], "post": "yes"}
    reply = client.post(url("reviewassignment", "changelist"), several)
    assert reply.status_code == 403
    assert ReviewAssignment.objects.get() == kept


def test_filters_find_open_overdue_and_done(client, boss):
    rita, done = make_reviewer("rita"), over()
    now = timezone.now()
    late = ReviewAssignment.objects.create(session=over(), reviewer=rita, due_at=now - DAY)
    soon = ReviewAssignment.objects.create(session=over(), reviewer=rita, due_at=now + DAY)
    finished = ReviewAssignment.objects.create(session=done, reviewer=rita)
    judge(done, rita)

    def listed(state):
        page = client.get(url("reviewassignment", "changelist"), {"state": state})
        return set(page.context["cl"].result_list)

    assert listed("open") == {late, soon}
    assert listed("overdue") == {late}
    assert listed("done") == {finished}
    assert listed("") == {late, soon, finished}


def test_who_does_not_assign_sees_their_own_assignments(client):
    rita = make_reviewer("rita", "analytics.view_reviewassignment")
    own = ReviewAssignment.objects.create(session=over(), reviewer=rita)
    other = ReviewAssignment.objects.create(session=over(), reviewer=make_reviewer("ben"))
    client.force_login(rita)
    page = client.get(url("reviewassignment", "changelist"))
    assert list(page.context["cl"].result_list) == [own]
    assert client.get(url("reviewassignment", "change", other.pk)).status_code == 302


def test_reviews_are_looked_at_and_never_written(client, boss):
    review = judge(over(), make_reviewer("rita"), note="A note.")
    page = client.get(url("review", "change", review.pk))
    assert "A note." in page.content.decode()
    assert client.get(url("review", "add")).status_code == 403
    assert client.post(url("review", "change", review.pk), {}).status_code == 403
    assert client.post(url("review", "delete", review.pk), {"post": "yes"}).status_code == 403
    assert Review.objects.get() == review
    assert AccessRecord.objects.get().resource == "reviews"


# Statements of a list: the login's session and user, count, rows (with their users), the access
# record of those that show interviews.
LISTS = {"rubriccategory": 4, "reviewassignment": 5, "review": 5}


@pytest.mark.parametrize("name", sorted(LISTS))
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_any_rows(client, boss, django_assert_num_queries, name, rows):
    for number in range(rows):
        reviewer = make_reviewer(f"rater{number}")
        ReviewAssignment.objects.create(
            session=over(), reviewer=reviewer, due_at=timezone.now(), assigned_by=boss
        )
        judge(over(), reviewer)
        RubricCategory.objects.create(name=f"Category {number}")
    with django_assert_num_queries(LISTS[name]):
        client.get(url(name, "changelist"))
