from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from interviewdata.common.names import name_for_people


class InterviewTally(models.Model):
    """How many interviews were made in a quarter of an hour, by status: the dashboard's weeks.

    The sum over all rows of a quarter and status is what counting `interview_sessions` gives.
    Triggers write it (migration 0005): on PostgreSQL every write adds rows of its own, `n` may be
    negative, so that writers never wait for each other; `analytics.services.tally` folds them. All
    zones in use are whole quarters away from UTC, so any reader's days are sums of quarters.
    """

    quarter = models.DateTimeField(help_text=_("begin of the quarter of an hour, UTC"))
    status = models.CharField(max_length=20)
    n = models.IntegerField()

    class Meta:
        db_table = "interview_tallies"
        verbose_name_plural = _("interview tallies")
        indexes = [
            # The quarters of a period, read from the index alone.
            models.Index(fields=["quarter", "status"], include=["n"], name="tally_by_quarter"),
        ]

    def __str__(self) -> str:
        return f"{self.quarter:%Y-%m-%d %H:%M} {self.status}: {self.n}"


name_for_people(
    InterviewTally,
    _("interview tally"),
    _("interview tallies"),
    quarter=_("quarter"),
    status=_("status"),
    n=_("n"),
)
