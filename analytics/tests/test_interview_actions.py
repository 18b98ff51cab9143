"""Actions on interviews in the admin that judgement adds: assign for review, recompute."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from analytics import interview_actions
from analytics.models import DashboardStats, ReviewAssignment
from analytics.services.recompute import Recomputed, recompute_figures
from analytics.tests.factories import FeedbackFactory
from sessions.models import InterviewSession
from sessions.tests.factories import InterviewSessionFactory, UserResponseFactory

LIST = "admin:interview_sessions_interviewsession_changelist"
VIEW = "interview_sessions.view_interviewsession"
ASSIGN = (VIEW, "analytics.add_reviewassignment")
CHANGE = (VIEW, "interview_sessions.change_interviewsession")


@pytest.fixture
def reviewer(staff_user):
    return staff_user("analytics.add_review", username="ruth")


@pytest.fixture
def sign_in(client, staff_user):
    def sign_in(*permissions):
        client.force_login(staff_user(*permissions))
        return client

    return sign_in


def choose(client, action, *rows, **more):
    sent = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(reverse(LIST), sent, follow=True)


def shown(page) -> str:
    return " ".join(page.content.decode().split())


def test_assigning_asks_whom_and_until_when(sign_in, reviewer):
    interviews = InterviewSessionFactory.create_batch(2)
    page = choose(sign_in(*ASSIGN), "assign_for_review", *interviews)
    assert page.status_code == 200
    text = shown(page)
    assert "2 interviews chosen" in text
    assert all(interview.user_email in text for interview in interviews)
    assert "ruth" in text
    assert ReviewAssignment.objects.count() == 0


def test_assigning_makes_assignments_and_keeps_history(sign_in, reviewer):
    interviews = InterviewSessionFactory.create_batch(2)
    day = timezone.localdate() + timedelta(days=3)
    page = choose(
        sign_in(*ASSIGN), "assign_for_review", *interviews,
        apply="1", reviewers=[reviewer.pk], due=day.isoformat(),
    )  # fmt: skip
    assert "Assigned for review: 2." in shown(page)
    made = ReviewAssignment.objects.all()
    assert {row.session_id for row in made} == {one.session_id for one in interviews}
    assert {(row.reviewer, row.assigned_by.username) for row in made} == {(reviewer, "rita")}
    assert {timezone.localtime(row.due_at).date() for row in made} == {day}
    assert sorted(LogEntry.objects.values_list("object_id", "change_message")) == sorted(
        (str(one.pk), "Assigned for review.") for one in interviews
    )


def test_assigning_says_who_could_not_be_and_why(sign_in, reviewer):
    done, new = InterviewSessionFactory.create_batch(2)
    ReviewAssignment.objects.create(session=done, reviewer=reviewer, submitted_at=timezone.now())
    page = choose(
        sign_in(*ASSIGN), "assign_for_review", done, new, apply="1", reviewers=[reviewer.pk]
    )
    assert "uth has reviewed this interview already. (1 ×)" in shown(page)
    assert "Assigned for review: 1." in shown(page)


@pytest.mark.parametrize(
    "sent", [{}, {"reviewers": ["999999"]}, {"due": "2020-01-01"}, {"due": "soon"}]
)
def test_malformed_assignment_is_asked_again(sign_in, reviewer, sent):
    data = {"reviewers": [reviewer.pk], **sent} if sent else {}
    page = choose(
        sign_in(*ASSIGN), "assign_for_review", InterviewSessionFactory(), apply="1", **data
    )
    assert page.status_code == 400
    assert "errorlist" in shown(page)
    assert ReviewAssignment.objects.count() == 0


@pytest.mark.parametrize("action", ["assign_for_review", "recompute"])
def test_actions_take_their_permission(sign_in, reviewer, action):
    interview = InterviewSessionFactory(total_questions=7)
    client = sign_in(VIEW)
    assert f'value="{action}"' not in shown(client.get(reverse(LIST)))
    choose(client, action, interview, apply="1", reviewers=[reviewer.pk])
    interview.refresh_from_db()
    assert interview.total_questions == 7
    assert ReviewAssignment.objects.count() == 0


@pytest.mark.parametrize(
    ("action", "most"), [("assign_for_review", "MOST_ASSIGNED"), ("recompute", "MOST_RECOMPUTED")]
)
def test_too_many_at_once_are_refused(sign_in, reviewer, monkeypatch, action, most):
    monkeypatch.setattr(interview_actions, most, 1)
    interviews = InterviewSessionFactory.create_batch(2, total_questions=7)
    page = choose(
        sign_in(*ASSIGN, CHANGE[1]), action, *interviews, apply="1", reviewers=[reviewer.pk]
    )
    assert "At most 1 at once here. Nothing is done" in shown(page)
    assert ReviewAssignment.objects.count() == 0
    assert InterviewSession.objects.filter(total_questions=7).count() == 2


def test_recomputing_puts_right_what_was_wrong_and_says_so(sign_in):
    answer = UserResponseFactory()
    FeedbackFactory(session=answer.session, overall_score=8)
    DashboardStats.objects.filter(user_email=answer.session.user_email).delete()
    InterviewSession.objects.update(total_questions=5, questions_answered=3)
    client = sign_in(*CHANGE)
    page = choose(client, "recompute", answer.session)
    assert "Counted anew: interviews 1, people 1. Put right: interviews 1, people 1." in shown(page)
    interview = InterviewSession.objects.get()
    assert (interview.total_questions, interview.questions_answered) == (1, 1)
    assert DashboardStats.objects.get().avg_overall_score == 8
    page = choose(client, "recompute", answer.session)
    assert "Counted anew: interviews 1, people 1. All were right." in shown(page)


def test_recomputing_passes_over_what_is_not_there(db):
    assert recompute_figures(session_ids=["no-such"]) == Recomputed(0, 0, 0, 0)
