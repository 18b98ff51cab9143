"""The bells of the queue: each carries the id of a job and no more (docs/decisions/0016)."""

from __future__ import annotations

from django_tasks import task

from analytics.models import JobKind
from analytics.services import analysis


@task
def do_job(job_id: int) -> None:
    """Whatever the job is; done already, gone or somebody else's: nothing."""
    analysis.do_job(job_id)


def ring(_kind: JobKind, job_id: int) -> None:
    """Put a job into the queue. In the database's own queue 1 statement."""
    do_job.enqueue(job_id)
