from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from interviewdata.common.names import name_for_people


class InterviewScore(models.Model):
    """The overall score of an interview that somebody scored, with what pages filter it by.

    `mean`: of each rater the newest judgement, the mean over raters; what candidates say of
    themselves does not count (decision 6). The other columns are those of the interview. Triggers
    write it (migration 0008): lists and figures find scores without going through judgements.
    Nobody is shown this table itself: it would tell scores that `visibility` hides.
    """

    session_id = models.CharField(max_length=128, primary_key=True)
    mean = models.FloatField(help_text="0–10")
    role = models.CharField(max_length=120)
    interview_mode = models.CharField(max_length=20)
    difficulty = models.CharField(max_length=20)
    status = models.CharField(max_length=20)
    created_at = models.DateTimeField(help_text="when the interview was made")

    class Meta:
        db_table = "interview_scores"
        indexes = [
            # The sessions list: scores from, scores to.
            models.Index(fields=["mean"], name="score_by_mean"),
            # The dashboard's sample where few of a status, role or mode have scores.
            models.Index(fields=["status", "created_at"], name="score_by_status"),
            models.Index(fields=["role", "created_at"], name="score_by_role"),
            models.Index(fields=["interview_mode", "created_at"], name="score_by_mode"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.mean:g}"


name_for_people(
    InterviewScore,
    _("interview score"),
    _("interview scores"),
    session_id=_("session id"),
    mean=_("mean"),
    role=_("role"),
    interview_mode=_("interview mode"),
    difficulty=_("difficulty"),
    status=_("status"),
    created_at=_("created at"),
)
