"""Assignments: who is to review which interview until when, and who owes what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from analytics.models import Review, ReviewAssignment
from analytics.visibility import MAY_REVIEW
from interviewdata.common.errors import Conflict, DomainError, Invalid
from sessions.models import InterviewSession
from sessions.services.session import lock_session

REMIND_WITHIN = timedelta(days=7)


def reviewers() -> QuerySet[Any]:
    """Everybody who may review and sign in, by name. One statement."""
    users: Any = get_user_model()._default_manager
    found: QuerySet[Any] = users.with_perm(MAY_REVIEW).filter(is_staff=True)
    return found.order_by("username")


def check_assignment(
    *, interview: InterviewSession, reviewer: Any, due_at: datetime | None, now: datetime
) -> ReviewAssignment | None:
    """What `assign` refuses, without writing; the open assignment that is there, or None.

    Two statements, and those of the reviewer's permissions.
    """
    name = reviewer.get_username()
    if not (reviewer.is_active and reviewer.is_staff and reviewer.has_perm(MAY_REVIEW)):
        raise Invalid.field("reviewer", gettext("%(name)s may not review.") % {"name": name})
    found = ReviewAssignment.objects.filter(session=interview, reviewer=reviewer).first()
    is_done = found is not None and found.submitted_at is not None
    if is_done or Review.objects.filter(session=interview, reviewer=reviewer).exists():
        raise Conflict(gettext("%(name)s has reviewed this interview already.") % {"name": name})
    is_new_date = found is None or found.due_at != due_at
    if due_at is not None and due_at <= now and is_new_date:
        raise Invalid.field("due_at", gettext("Choose a time to come."))
    return found


@transaction.atomic
def assign(
    *,
    session_id: str,
    reviewer: Any,
    due_at: datetime | None,
    by: Any,
    now: datetime | None = None,
) -> ReviewAssignment:
    """Ask `reviewer` to review an interview. Who has it already keeps it, with the new due date.

    Raises NotFound; Invalid for somebody who may not review or a date that is over; Conflict where
    the reviewer's review is in. 4 statements, and those of the reviewer's permissions.
    """
    now = now or timezone.now()
    interview = lock_session(session_id)
    found = check_assignment(interview=interview, reviewer=reviewer, due_at=due_at, now=now)
    if found is None:
        return ReviewAssignment.objects.create(
            session=interview, reviewer=reviewer, due_at=due_at, assigned_by=by, created_at=now
        )
    if found.due_at != due_at:
        found.due_at = due_at
        found.save(update_fields=["due_at"])
    return found


@dataclass
class Assigned:
    """What came of assigning several: user names, and why the others were refused."""

    names: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


@transaction.atomic
def assign_all(
    *,
    session_id: str,
    reviewers: Iterable[Any],
    due_at: datetime | None,
    by: Any,
    now: datetime | None = None,
) -> Assigned:
    """`assign` for each; one who cannot be assigned does not keep the others. Raises NotFound."""
    lock_session(session_id)
    outcome = Assigned()
    for reviewer in reviewers:
        try:
            assign(session_id=session_id, reviewer=reviewer, due_at=due_at, by=by, now=now)
        except DomainError as refusal:
            outcome.refusals.append(refusal.message)
        else:
            outcome.names.append(reviewer.get_username())
    return outcome


def withdraw(assignments: QuerySet[ReviewAssignment]) -> int:
    """Take back what nobody has answered yet; how many. What is done stays."""
    deleted, _by_model = assignments.filter(submitted_at__isnull=True).delete()
    return deleted


def open_assignments(
    reviewer: Any, *, after: tuple[datetime | None, int] | None = None
) -> QuerySet[ReviewAssignment]:
    """One reviewer's queue with its interviews: the most urgent first, undated ones last.

    `after` is (due, id) of the last row of the page before.
    """
    rows = ReviewAssignment.objects.filter(reviewer=reviewer, submitted_at__isnull=True)
    if after is not None:
        due, pk = after
        beyond = Q(due_at__isnull=True, id__gt=pk)
        if due is not None:
            beyond = Q(due_at__gt=due) | Q(due_at=due, id__gt=pk) | Q(due_at__isnull=True)
        rows = rows.filter(beyond)
    return rows.select_related("session").order_by(F("due_at").asc(nulls_last=True), "id")


def owed(
    *,
    now: datetime,
    within: timedelta = REMIND_WITHIN,
    after: tuple[str, datetime, int] | None = None,
) -> QuerySet[ReviewAssignment]:
    """Every open assignment that is overdue or due within that time, by reviewer, with interview
    and reviewer. `after` is (user name, due, id) of the last row of the page before."""
    rows = ReviewAssignment.objects.filter(submitted_at__isnull=True, due_at__lte=now + within)
    if after is not None:
        name, due, pk = after
        rows = rows.filter(
            Q(reviewer__username__gt=name)
            | Q(reviewer__username=name, due_at__gt=due)
            | Q(reviewer__username=name, due_at=due, id__gt=pk)
        )
    return rows.select_related("session", "reviewer").order_by("reviewer__username", "due_at", "id")


def is_overdue(assignment: ReviewAssignment, now: datetime) -> bool:
    return (
        assignment.submitted_at is None
        and assignment.due_at is not None
        and assignment.due_at < now
    )
