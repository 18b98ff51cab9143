"""Proves that counters, figures and relations are what the rows say, and sets right what can be.

Every function yields a Problem at a time and keeps none, so memory stays constant. What a repair
writes is counted anew under a lock: a server may be running meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower, Trim
from django.utils import timezone

from analytics.models import DashboardStats, Feedback, InterviewAnalytics
from analytics.services.dashboard import rebuild_stats, stale_people
from sessions.models import (
    AccessGrant,
    AudioUpload,
    InterviewQuestion,
    InterviewSession,
    Transcript,
    UserResponse,
)
from sessions.services.counters import counted, recount
from sessions.services.session import lock_session

CHUNK = 2000
CHILDREN: tuple[type[models.Model], ...] = (
    InterviewQuestion,
    UserResponse,
    Transcript,
    Feedback,
    InterviewAnalytics,
    AccessGrant,
    AudioUpload,
)


@dataclass(frozen=True)
class Problem:
    """Something that is not as it must be.

    `kind` is a stable word, `subject` says which row or file, `repair` sets it right and says
    what it did; None where only a person can.
    """

    kind: str
    subject: str
    message: str
    repair: Callable[[], str] | None = None


def relation_problems() -> Iterator[Problem]:
    """Orphans, answers under another interview's question, and wrong current revisions.

    One statement a table, one for questions, one for revisions.
    """
    for model in CHILDREN:
        there = Exists(InterviewSession.objects.filter(session_id=OuterRef("session_id")))
        orphans = model._default_manager.filter(~there).order_by("id")
        for pk, session_id in orphans.values_list("id", "session_id").iterator(CHUNK):
            yield Problem(
                "orphan",
                f"{model._meta.db_table} {pk}",
                f"belongs to the interview {session_id}, which does not exist",
            )
    own = InterviewQuestion.objects.filter(
        id=OuterRef("question_id"), session_id=OuterRef("session_id")
    )
    astray = UserResponse.objects.filter(~Exists(own)).order_by("id")
    for pk, question in astray.values_list("id", "question_id").iterator(CHUNK):
        yield Problem(
            "foreign_question",
            f"user_responses {pk}",
            f"answers the question {question}, which its interview does not have",
        )
    current = Q(responses__is_current=True)
    questions = (
        InterviewQuestion.objects.values("id", "session_id")
        .annotate(
            highest=Max("responses__revision"),
            current=Max("responses__revision", filter=current),
            currents=Count("responses", filter=current),
        )
        .filter(highest__isnull=False)
        .filter(~Q(currents=1) | ~Q(current=F("highest")))
        .order_by("id")
    )
    for row in questions.iterator(CHUNK):
        yield Problem(
            "current_revision",
            f"interview_questions {row['id']}",
            f"revision {row['highest']} should be current; "
            f"{row['currents']} are, the highest of them {row['current']}",
            _repair(_set_current, row["session_id"], row["id"]),
        )


def email_problems() -> Iterator[Problem]:
    """Addresses not trimmed and lower-cased, and rows whose address is not their interview's."""
    for model in (InterviewSession, DashboardStats):
        rows = model._default_manager.exclude(user_email=Lower(Trim("user_email")))
        for pk, email in rows.order_by("id").values_list("id", "user_email").iterator(CHUNK):
            yield Problem(
                "email", f"{model._meta.db_table} {pk}", f"{email!r} is not trimmed and lower-cased"
            )
    for child in (Transcript, Feedback, InterviewAnalytics):
        others = child._default_manager.exclude(user_email=F("session__user_email")).order_by("id")
        for pk, email in others.values_list("id", "user_email").iterator(CHUNK):
            yield Problem(
                "email",
                f"{child._meta.db_table} {pk}",
                f"{email!r} is not the address of its interview",
                _repair(_set_email, child, pk),
            )


def counter_problems() -> Iterator[Problem]:
    """Counters of interviews that are not what counting their rows gives. One statement."""
    found = {
        f"counted_{column}": RawSQL(sql, ())  # noqa: S611  (our own constant text)
        for column, sql in counted("interview_sessions").items()
    }
    columns = list(counted("interview_sessions"))
    wrong = Q()
    for column in columns:
        wrong |= ~Q(**{column: F(f"counted_{column}")})
    rows = InterviewSession.objects.annotate(**found).filter(wrong).order_by("id")
    names = ["session_id", *columns, *found]
    for session_id, *values in rows.values_list(*names).iterator(CHUNK):
        pairs = zip(columns, values, values[len(columns) :], strict=False)
        yield Problem(
            "counter",
            f"interview_sessions {session_id}",
            ", ".join(
                f"{name} is {has}, not {right}" for name, has, right in pairs if has != right
            ),
            _repair(_recount, session_id),
        )


def stats_problems(now: datetime | None = None) -> Iterator[Problem]:
    """Rows of `dashboard_stats` that are not what counting gives. Three statements a person."""
    for email, differing in stale_people():
        yield Problem(
            "stats",
            f"dashboard_stats {email}",
            f"not what counting gives: {', '.join(differing)}",
            _repair(_rebuild, email, now or timezone.now()),
        )


def _repair(act: Callable[..., str], *values: Any) -> Callable[[], str]:
    def repair() -> str:
        with transaction.atomic():
            return act(*values)

    return repair


def _set_current(session_id: str, question_id: int) -> str:
    lock_session(session_id)
    revisions = UserResponse.objects.filter(question_id=question_id)
    highest = revisions.order_by("-revision").first()
    if highest is None:
        return "its answers are gone; nothing to do"
    revisions.exclude(pk=highest.pk).filter(is_current=True).update(is_current=False)
    revisions.filter(pk=highest.pk).update(is_current=True)
    recount(session_id)
    return f"revision {highest.revision} is current now"


def _set_email(model: type[models.Model], pk: int) -> str:
    row = model._default_manager.select_related("session").get(pk=pk)
    email = row.session.user_email  # type: ignore[attr-defined]
    model._default_manager.filter(pk=pk).update(user_email=email)
    return "set to the address of its interview"


def _recount(session_id: str) -> str:
    lock_session(session_id)
    recount(session_id)
    return "counted anew"


def _rebuild(email: str, now: datetime) -> str:
    row = rebuild_stats(email=email, now=now)
    if row.total_interviews == 0:
        row.delete()
        return "nobody of that name has interviews: row removed"
    return "rebuilt"
