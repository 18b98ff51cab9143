"""`dashboard_stats`: a person's figures, always what counting the other tables gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from analytics.calculations import DIMENSIONS, Interview, Judgement, PersonStats, person_stats
from analytics.models import DashboardStats, Feedback
from sessions.enums import Source, Status
from sessions.models import InterviewSession


def compute_stats(email: str, *, session_ids: Sequence[str] | None = None) -> PersonStats:
    """The figures of one person, counted from the rows. Two statements.

    `session_ids` limits them to those interviews: what a candidate's grants open.
    """
    interviews = InterviewSession.objects.of_person(email)
    judgements = Feedback.objects.filter(session__user_email=email).exclude(source=Source.CANDIDATE)
    if session_ids is not None:
        interviews = interviews.filter(session_id__in=list(session_ids))
        judgements = judgements.filter(session__session_id__in=list(session_ids))
    return person_stats(
        [
            Interview(session_id, created, start, end, status == Status.COMPLETED)
            for session_id, created, start, end, status in interviews.values_list(
                "session_id", "created_at", "start_time", "end_time", "status"
            )
        ],
        [
            Judgement(session_id, f"{source}:{author}", created, row_id, tuple(scores))
            for session_id, source, author, created, row_id, *scores in judgements.values_list(
                "session_id", "source", "author", "created_at", "id", *DIMENSIONS
            )
        ],
    )


def as_columns(stats: PersonStats) -> dict[str, Any]:
    """The figures under the column names of `dashboard_stats`."""
    columns: dict[str, Any] = {
        "total_interviews": stats.total_interviews,
        "completed_interviews": stats.completed_interviews,
        "total_time_spent": stats.total_time_spent,
        "last_interview_date": stats.last_interview_date,
        "best_score": stats.best_score,
        "improvement_trend": stats.improvement_trend,
    }
    for name, value in zip(DIMENSIONS, stats.averages, strict=True):
        columns[f"avg_{name}"] = value
    return columns


@transaction.atomic
def rebuild_stats(*, email: str, now: datetime | None = None) -> DashboardStats:
    """Write one person's row anew from the other tables. At most 6 statements.

    The row is locked before counting: of two writers the later counts what the earlier wrote.
    """
    now = now or timezone.now()
    DashboardStats.objects.bulk_create(
        [DashboardStats(user_email=email, created_at=now, updated_at=now)], ignore_conflicts=True
    )
    row = DashboardStats.objects.select_for_update().get(user_email=email)
    columns = as_columns(compute_stats(email))
    if any(getattr(row, name) != value for name, value in columns.items()):
        for name, value in columns.items():
            setattr(row, name, value)
        row.updated_at = now
        row.save(update_fields=[*columns, "updated_at"])
    return row


def stale_people() -> Iterable[tuple[str, list[str]]]:
    """(e-mail, differing columns) of each person whose row is not what counting gives.

    For `check_interview_data`: three statements a person, in constant memory.
    """
    people = (
        InterviewSession.objects.order_by("user_email")
        .values_list("user_email", flat=True)
        .distinct()
    )
    for email in people.iterator(chunk_size=2000):
        row = DashboardStats.objects.filter(user_email=email).first()
        columns = as_columns(compute_stats(email))
        if row is None:
            yield email, ["no row"]
            continue
        differing = [name for name, value in columns.items() if getattr(row, name) != value]
        if differing:
            yield email, differing
    nobody = ~Exists(InterviewSession.objects.filter(user_email=OuterRef("user_email")))
    rows = DashboardStats.objects.filter(nobody).order_by("user_email")
    for email in rows.values_list("user_email", flat=True).iterator(chunk_size=2000):
        yield email, ["no interviews"]
