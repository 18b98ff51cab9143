"""The rows that the database's queue leaves behind."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django_tasks_db.models import DBTaskResult

from analytics.services.jobs import LEASE
from analytics.services.leases import LONGEST

# Long enough to look at what a task said; what came of a job stands in analysis_jobs.
KEPT = timedelta(hours=1)
TASK = "analytics.tasks.do_job"


def forget_rung_bells(now: datetime) -> int:
    """Delete the queue's rows of tasks that are over, and of those that ran when their worker was
    killed: the library leaves them RUNNING for ever. How many there were. 1 statement."""
    over = Q(status__in=("SUCCESSFUL", "FAILED"), finished_at__lt=now - KEPT)
    orphaned = Q(status="RUNNING", started_at__lt=now - LONGEST - LEASE)
    rows = DBTaskResult.objects.filter(over | orphaned, task_path=TASK).order_by()
    deleted, _of_each = rows.delete()
    return deleted
