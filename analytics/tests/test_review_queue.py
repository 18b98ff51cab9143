"""The reviewers' queue."""

from datetime import timedelta

import pytest
from django.utils import timezone

from analytics.models import ReviewAssignment
from analytics.services.review import save_draft
from analytics.tests.reviewing import judge, make_reviewer, over
from sessions.models import AccessRecord

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
QUEUE = "/reviews/"


@pytest.fixture
def rita(client):
    user = make_reviewer("rita")
    client.force_login(user)
    return user


def give(reviewer, *, due=None, **fields):
    return ReviewAssignment.objects.create(
        session=over(**fields), reviewer=reviewer, due_at=due and timezone.now() + due
    )


def test_the_queue_says_what_is_urgent_in_words(client, rita):
    give(rita, role="Later", due=20 * DAY)
    give(rita, role="Undated")
    give(rita, role="Overdue", due=-DAY)
    give(rita, role="Soon", due=2 * DAY)
    give(make_reviewer("ben"), role="Bens")
    page = client.get(QUEUE).content.decode()
    places = [page.index(f">{role}</a>") for role in ("Overdue", "Soon", "Later", "Undated")]
    assert places == sorted(places)
    assert "Overdue by" in page
    assert "Due in" in page
    assert "Bens" not in page
    assert "Assign reviewers" not in page


def test_the_queue_shows_drafts_and_what_is_done(client, rita):
    typed, done = over(role="Typed"), over(role="Done")
    save_draft(session_id=typed.session_id, reviewer=rita, content={})
    judge(done, rita, 6.5)
    page = client.get(QUEUE).content.decode()
    assert "Your drafts" in page
    assert ">Typed</a>" in page
    assert "your overall score 6.5" in page
    assert AccessRecord.objects.get().session_ids == sorted([typed.session_id, done.session_id])


def test_the_queue_is_paged_by_what_came_last(client, rita):
    rows = [give(rita, due=(n + 1) * DAY) for n in range(52)] + [give(rita), give(rita)]
    first = client.get(QUEUE)
    assert [due.row for due in first.context["queue"]] == rows[:50]
    second = client.get(f"{QUEUE}?{first.context['more']}")
    assert [due.row for due in second.context["queue"]] == rows[50:]
    assert second.context["more"] == ""


@pytest.mark.parametrize("query", ["after=x&id=1", "after=&id=x", "owed=a%00&id=1", "owed=a&id=1"])
def test_a_place_that_makes_no_sense_is_the_beginning(client, rita, query):
    row = give(rita)
    assert [due.row for due in client.get(f"{QUEUE}?{query}").context["queue"]] == [row]


def test_an_empty_queue_says_so(client, rita):
    assert "Nothing is waiting for you" in client.get(QUEUE).content.decode()


@pytest.fixture
def boss(client, staff_user):
    user = staff_user(
        "interview_sessions.view_interviewsession",
        "analytics.add_reviewassignment",
        username="boss",
    )
    client.force_login(user)
    return user


def test_who_assigns_does_it_from_the_queue(client, boss):
    interview, rita = over(), make_reviewer("rita")
    page = client.get(f"{QUEUE}?session={interview.session_id}").content.decode()
    assert f'value="{interview.session_id}"' in page
    day = timezone.localdate() + DAY
    client.post(
        QUEUE,
        {"session_id": interview.session_id, "reviewers": [rita.pk], "due": day.isoformat()},
    )
    row = ReviewAssignment.objects.get()
    assert (row.reviewer, row.assigned_by, row.due_at.date()) == (rita, boss, day)


def test_what_cannot_be_assigned_is_explained(client, boss):
    interview, rita = over(), make_reviewer("rita")
    judge(interview, rita)
    data = {"session_id": interview.session_id, "reviewers": [rita.pk]}
    page = client.post(QUEUE, data, follow=True).content.decode()
    assert "rita has reviewed this interview already." in page
    for wrong, text in (
        ({"session_id": "nobody"}, "There is no interview with this id."),
        ({"due": "2020-01-01"}, "Choose a day to come"),
        ({"reviewers": []}, "This field is required."),
        ({"reviewers": [boss.pk]}, "is not one of the available choices"),
    ):
        reply = client.post(QUEUE, {**data, **wrong})
        assert reply.status_code == 400
        assert text in reply.content.decode()
    assert not ReviewAssignment.objects.exists()


def test_who_owes_what_is_listed_for_who_assigns(client, boss):
    rita, ben = make_reviewer("rita"), make_reviewer("ben")
    give(rita, role="Overdue", due=-DAY)
    give(ben, role="Soon", due=DAY)
    give(ben, role="Far", due=20 * DAY)
    page = client.get(QUEUE).content.decode()
    assert page.index("<h3>ben</h3>") < page.index(">Soon</a>") < page.index("<h3>rita</h3>")
    assert "Far" not in page
    assert "Nobody owes" not in page


def test_reviewers_do_not_assign_and_others_see_no_queue(client, rita, staff_user):
    interview = over()
    data = {"session_id": interview.session_id, "reviewers": [rita.pk]}
    assert client.post(QUEUE, data).status_code == 403
    client.force_login(staff_user("interview_sessions.view_interviewsession", username="ingo"))
    assert client.get(QUEUE).status_code == 403


@pytest.mark.parametrize("rows", [1, 5])
def test_the_queue_costs_the_same_for_any_rows(client, django_assert_num_queries, rows):
    both = make_reviewer("both", "analytics.add_reviewassignment")
    client.force_login(both)
    for number in range(rows):
        give(both, due=DAY)
        save_draft(session_id=over().session_id, reviewer=both, content={})
        judge(over(), both, number)
        make_reviewer(f"other{number}")
    client.get(QUEUE)
    # The login's session and user; queue, drafts, reviews, what is owed, the access record, who
    # may be assigned.
    with django_assert_num_queries(8):
        client.get(QUEUE)
