"""The four groups: what each opens, and nothing more; made once, and undone without loss."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.urls import reverse

from analytics.tests.factories import FeedbackFactory
from sessions.models import InterviewSession
from sessions.tests.factories import TranscriptFactory, UserResponseFactory

migration = import_module("analytics.migrations.0006_groups")
locks = import_module("analytics.migrations.0007_admins_end_locks")
EDITOR = SimpleNamespace(connection=connection)
RECRUITER, REVIEWER, PRIVACY, ADMIN = GROUPS = ("Recruiter", "Reviewer", "Privacy officer", "Admin")
EVERYBODY = set(GROUPS)


@pytest.fixture
def groups(db: None) -> None:
    """As after `migrate`: a test that empties the tables may have run before."""
    migration.make_groups(apps, EDITOR)
    locks.give(apps, EDITOR)


@pytest.fixture
def interview(db: None) -> InterviewSession:
    response = UserResponseFactory()
    TranscriptFactory(session=response.session)
    FeedbackFactory(session=response.session)
    return response.session


def member(name: str) -> User:
    user = User.objects.create_user(name.replace(" ", ""), password="pw", is_staff=True)
    user.groups.add(Group.objects.get(name=name))
    return user


def admin_of(model: str, page: str = "changelist") -> Any:
    return lambda _: reverse(f"admin:{model}_{page}")


def page_of(name: str) -> Any:
    return lambda interview: reverse(name, args=[interview.session_id])


# Who may GET what. Everything that stands here is refused to all others.
OPENS: dict[str, tuple[Any, set[str]]] = {
    "sessions": (lambda _: reverse("session-list"), EVERYBODY),
    "record": (page_of("session-record"), EVERYBODY),
    "transcript": (page_of("transcript-correct"), EVERYBODY),
    "export": (page_of("export"), EVERYBODY),
    "sound": (
        lambda interview: reverse("audio", args=[interview.responses.get().pk]), EVERYBODY
    ),
    "review form": (page_of("review-form"), {REVIEWER, ADMIN}),
    "review queue": (lambda _: reverse("review-queue"), {RECRUITER, REVIEWER, ADMIN}),
    "compare": (lambda _: reverse("compare"), EVERYBODY),
    "dashboard": (lambda _: reverse("dashboard"), {RECRUITER, PRIVACY, ADMIN}),
    "person": (
        lambda interview: reverse("person", args=[interview.user_email]),
        EVERYBODY,
    ),
    "statistics": (
        lambda interview: reverse("stats", args=[interview.user_email]),
        {RECRUITER, PRIVACY, ADMIN},
    ),
    "new interview": (
        admin_of("interview_sessions_interviewsession", "add"), {RECRUITER, ADMIN}
    ),
    "new invitation": (admin_of("interview_sessions_invitation", "add"), {RECRUITER, ADMIN}),
    "invitations": (
        admin_of("interview_sessions_invitation"), {RECRUITER, PRIVACY, ADMIN}
    ),
    "tokens": (admin_of("interview_sessions_servicetoken"), {PRIVACY, ADMIN}),
    "new token": (admin_of("interview_sessions_servicetoken", "add"), {ADMIN}),
    "grants": (admin_of("interview_sessions_accessgrant"), {PRIVACY, ADMIN}),
    "who has looked": (admin_of("interview_sessions_accessrecord"), {PRIVACY, ADMIN}),
    "bank": (admin_of("interview_sessions_bankquestion"), {RECRUITER, ADMIN}),
    "new bank question": (admin_of("interview_sessions_bankquestion", "add"), {ADMIN}),
    "assignments": (admin_of("analytics_reviewassignment"), {RECRUITER, ADMIN}),
    "rubric": (admin_of("analytics_rubriccategory"), {RECRUITER, REVIEWER, ADMIN}),
    "new category": (admin_of("analytics_rubriccategory", "add"), {ADMIN}),
    "accounts": (admin_of("auth_user"), {ADMIN}),
    "new account": (admin_of("auth_user", "add"), {ADMIN}),
    "groups": (admin_of("auth_group"), {ADMIN}),
    "failed logins": (admin_of("axes_accessattempt"), {ADMIN}),
}  # fmt: skip


@pytest.mark.parametrize("name", GROUPS)
def test_group_opens_what_its_work_takes_and_no_more(client, groups, interview, name):
    client.force_login(member(name))
    opened = {
        place for place, (path_of, _) in OPENS.items()
        if client.get(path_of(interview)).status_code != 403
    }  # fmt: skip
    assert opened == {place for place, (_, who) in OPENS.items() if name in who}


def test_staff_in_no_group_opens_none_of_it(client, interview, staff_user):
    client.force_login(staff_user())
    for place, (path_of, _) in OPENS.items():
        assert client.get(path_of(interview)).status_code == 403, place


@pytest.mark.parametrize(
    ("name", "may"),
    [
        (RECRUITER, {"change_interviewsession", "correct_transcript"}),
        (REVIEWER, {"correct_transcript", "add_review"}),
        (PRIVACY, set()),
        (ADMIN, {"change_interviewsession", "correct_transcript", "add_review", "see_scores"}),
    ],
)
def test_group_may_change_what_its_work_takes_and_no_more(groups, name, may):
    asked = {"change_interviewsession", "correct_transcript", "add_review", "see_scores"}
    user = member(name)
    held = {one.split(".")[1] for one in user.get_all_permissions()}
    assert held & asked == may


def test_migration_made_the_groups(groups):
    assert set(Group.objects.filter(name__in=GROUPS).values_list("name", flat=True)) == EVERYBODY
    # All that there is for our two apps.
    ours = Permission.objects.filter(
        content_type__app_label__in=("interview_sessions", "analytics")
    )
    assert set(ours) <= set(Group.objects.get(name=ADMIN).permissions.all())


def test_groups_are_made_once_and_keep_what_was_added(groups):
    extra = Permission.objects.get(codename="delete_logentry")
    recruiter = Group.objects.get(name=RECRUITER)
    recruiter.permissions.add(extra)
    before = set(recruiter.permissions.all())
    permissions = Permission.objects.count()
    migration.make_groups(apps, EDITOR)
    assert set(recruiter.permissions.all()) == before
    assert Group.objects.filter(name__in=GROUPS).count() == 4
    assert Permission.objects.count() == permissions


def test_missing_permissions_are_made_as_django_names_them(groups):
    Permission.objects.filter(codename__in=["correct_transcript", "view_transcript"]).delete()
    migration.make_groups(apps, EDITOR)
    made = Permission.objects.filter(codename__in=["correct_transcript", "view_transcript"])
    assert set(made.values_list("codename", "name")) == {
        ("correct_transcript", "Can correct transcripts, as new versions"),
        ("view_transcript", "Can view transcript"),
    }


def test_undoing_removes_what_nobody_uses(groups):
    locks.take(apps, EDITOR)
    migration.remove_unused_groups(apps, EDITOR)
    assert not Group.objects.filter(name__in=GROUPS).exists()


def test_undoing_leaves_what_somebody_uses_or_changed(groups):
    user = member(REVIEWER)
    Group.objects.get(name=RECRUITER).permissions.remove(
        Permission.objects.get(codename="play_audio")
    )
    locks.take(apps, EDITOR)
    migration.remove_unused_groups(apps, EDITOR)
    assert set(Group.objects.values_list("name", flat=True)) == {REVIEWER, RECRUITER}
    assert user.has_perm("analytics.add_review")
