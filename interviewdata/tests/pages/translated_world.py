"""A world that shows as many texts as pages have, all its own words in Greek (pseudo.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any

from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import connection, models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from analytics.models import InterviewAnalytics, ReviewDraft
from analytics.services.assignment import assign
from analytics.services.review import CategoryScore, submit_review
from analytics.services.rubric import categories_for
from analytics.tests.factories import FeedbackFactory
from interviewdata.tests.pages.pseudo import to_greek
from sessions.models import (
    AccessRecord,
    BankQuestion,
    InterviewQuestion,
    InterviewSession,
    Invitation,
    ServiceToken,
    Transcript,
    UserResponse,
)
from sessions.services.access_record import record_access
from sessions.services.correction import correct_transcript
from sessions.tests.factories import (
    AccessGrantFactory,
    BankQuestionFactory,
    InterviewQuestionFactory,
    InterviewSessionFactory,
    UserResponseFactory,
)

_ADDED = ("rubriccategory", "reviewassignment")
OUR_APPS = ("interview_sessions", "analytics")
# Kept as they are: keys, words that are checked, and those that pages have to put into the
# reader's language.
_KEPT = {
    "session_id", "user_email", "fingerprint", "audio_content_type", "audio_sha256",
    "token_sha256", "browser_id", "request_sha256", "dimension", "difficulty", "question_type",
    "batch", "idempotency_key", "path", "modes", "content", "actor", "action", "resource", "detail",
}  # fmt: skip
_KEPT_KEYS = {"dimension"}
# Whose very keys are their sender's, and in their sender's language (`nested_facts.label_of`).
_FREE = {"session_data", "categories"}
_FREE_KEYS = {"generator"}


@dataclass(frozen=True)
class World:
    """`boss` may do everything, `reviewer` is of the group and still to judge `interview` blind;
    `running` is an interview with as little in it as can be."""

    boss: User
    reviewer: User
    interview: InterviewSession
    running: InterviewSession


def make_world() -> World:
    now = timezone.now()
    import_module("analytics.migrations.0006_groups").make_groups(apps, connection_of_schema())
    call_command("loaddata", "sample_interviews", verbosity=0)
    for entry in range(3):
        BankQuestionFactory(key=f"general-{entry}", mode="hr")
    boss = User.objects.create_superuser("ριτα", password="pw")
    reviewer, other = (_reviewer(name) for name in ("μαξ", "λενα"))
    interview, second, third = InterviewSession.objects.order_by("id")[:3]
    running = InterviewSessionFactory(status="active", start_time=now)
    InterviewQuestionFactory(session=running, question_index=1)
    InterviewSessionFactory(status="abandoned")
    InterviewSessionFactory(completed=True, user_email=interview.user_email)
    _another_answer(interview)
    _corrected(interview)
    FeedbackFactory(session=interview, source="candidate", author="", overall_score=9)
    FeedbackFactory(session=interview, source="service", author="scorer", overall_score=6)
    _review(interview, other, now)
    _review(second, boss, now)
    for session, days in ((interview, 2), (second, None)):
        due = now + timedelta(days=days) if days else None
        assign(session_id=session.session_id, reviewer=reviewer, due_at=due, by=boss)
    late = assign(session_id=third.session_id, reviewer=reviewer, due_at=None, by=boss)
    type(late).objects.filter(pk=late.pk).update(due_at=now - timedelta(days=1))
    assign(session_id=interview.session_id, reviewer=boss, due_at=None, by=boss)
    ReviewDraft.objects.create(session=interview, reviewer=boss, content={})
    _keys_and_looks(interview, boss, now)
    for label in OUR_APPS:
        for model in apps.get_app_config(label).get_models():
            if model._meta.managed:
                _in_greek(model)
    return World(
        boss,
        reviewer,
        InterviewSession.objects.get(pk=interview.pk),
        InterviewSession.objects.get(pk=running.pk),
    )


def connection_of_schema() -> Any:
    """What a migration's function takes as its schema editor."""
    return type("Editor", (), {"connection": connection})()


def _reviewer(name: str) -> User:
    user = User.objects.create_user(name, password="pw", is_staff=True)
    user.groups.add(Group.objects.get(name="Reviewer"))
    return user


def _another_answer(interview: InterviewSession) -> None:
    """A newer answer to a question, given late; the one before it stays."""
    answer = UserResponse.objects.filter(session=interview).order_by("id")[0]
    UserResponse.objects.filter(pk=answer.pk).update(is_current=False)
    UserResponseFactory(
        question=answer.question,
        revision=2,
        is_late=True,
        response_duration=95.0,
        confidence_score=0.8,
        emotion_detected="calm",
    )
    last = InterviewQuestion.objects.filter(session=interview).order_by("-question_index")[0]
    InterviewQuestionFactory(session=interview, question_index=last.question_index + 1)


def _corrected(interview: InterviewSession) -> None:
    newest = Transcript.objects.best_first(interview.session_id)[0]
    correct_transcript(
        session_id=interview.session_id,
        transcript_id=newest.pk,
        edits=[{"first": 0, "last": 0, "words": "indeed so"}],
        author="lena",
    )


def _review(interview: InterviewSession, by: User, now: Any) -> None:
    scores = [
        CategoryScore(category=category.pk, score=6.5, note="good")
        for category in categories_for(interview)
    ]
    submit_review(
        session_id=interview.session_id,
        reviewer=by,
        scores=scores,
        overall=8,
        reason="more than the parts",
        now=now,
    )


def _keys_and_looks(interview: InterviewSession, boss: User, now: Any) -> None:
    token = ServiceToken.objects.create(name="scorer", token_sha256="1" * 64)
    token.permissions.set(Permission.objects.filter(codename="view_transcript"))
    ServiceToken.objects.create(name="old", token_sha256="2" * 64, revoked_at=now)
    ServiceToken.objects.create(name="older", token_sha256="3" * 64, expires_at=now)
    Invitation.objects.create(label="spring", token_sha256="4" * 64, expires_at=now)
    AccessGrantFactory(session=interview, browser_id="b")
    AccessGrantFactory(session=interview)
    for action in ("list", "read", "listen", "export"):
        record_access(
            actor=f"user:{boss.username}",
            action=action,
            resource="record",
            session_ids=[interview.session_id],
        )
    for name, failures in (("νινα", 9), ("πια", 1)):
        AccessAttempt.objects.create(
            username=name,
            ip_address="192.0.2.1",
            user_agent="",
            failures_since_start=failures,
            attempt_time=now,
        )


def _in_greek(model: type[models.Model]) -> None:
    """Every text of a table by an update: what the database derives from it stays as it is."""
    columns = [
        column
        for column in model._meta.concrete_fields
        if column.name not in _KEPT
        and not (column.choices or column.is_relation or column.primary_key)
        and isinstance(column, (models.CharField, models.TextField, models.JSONField))
    ]
    for row in model._default_manager.all()[:200] if columns else ():
        for column in columns:
            value = getattr(row, column.attname)
            is_free = column.name in _FREE or model is InterviewAnalytics
            setattr(row, column.attname, _greek_value(value, is_free=is_free))
        row.save(update_fields=[column.name for column in columns])


def _greek_value(value: Any, key: str = "", *, is_free: bool = False) -> Any:
    if isinstance(value, str) and key not in _KEPT_KEYS:
        # An address stays one, so that what is linked by it stays linked.
        return value if "@" in value else to_greek(value)
    if isinstance(value, list):
        return [_greek_value(one, key, is_free=is_free) for one in value]
    if isinstance(value, dict):
        return {
            to_greek(name) if is_free or name in _FREE_KEYS else name: _greek_value(
                one, name, is_free=is_free
            )
            for name, one in value.items()
        }
    return value


def say_in_greek_what_the_admin_shows_as_it_is() -> None:
    """Words of the database that pages put into the reader's language, and lists of rows do not."""
    for row in AccessRecord.objects.all():
        columns = ("actor", "action", "resource", "detail")
        for name in columns:
            setattr(row, name, to_greek(getattr(row, name)))
        row.save(update_fields=columns)
    for name in ("difficulty", "question_type"):
        for value in InterviewQuestion.objects.values_list(name, flat=True).distinct():
            rows = InterviewQuestion.objects.filter(**{name: value})
            rows.update(**{name: to_greek(value)})
    BankQuestion.objects.update(question_type="χ")


def admin_pages() -> list[str]:
    """Our parts of the admin: lists, and of each the page and the history of its newest row."""
    found = ["/admin/", *(f"/admin/{label}/" for label in OUR_APPS)]
    shown = [model for label in OUR_APPS for model in apps.get_app_config(label).get_models()]
    for model in [*shown, AccessAttempt]:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        try:
            found.append(reverse(f"{name}_changelist"))
        except NoReverseMatch:
            continue
        row = model._default_manager.order_by("-pk").first()
        if row is not None:
            found.append(reverse(f"{name}_change", args=[row.pk]))
            found.append(reverse(f"{name}_history", args=[row.pk]))
    added = ("interviewsession", "bankquestion", "invitation", "servicetoken")
    found += [reverse(f"admin:interview_sessions_{name}_add") for name in added]
    return [*found, *(reverse(f"admin:analytics_{name}_add") for name in _ADDED)]
