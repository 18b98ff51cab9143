from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from interviewdata.common.names import name_for_people


class AnswerSignature(models.Model):
    """What an answer's text is found again by (`analytics.engines.near_copies`).

    Written by `analytics.services.near_copies` alone, in the transaction of the answer's analysis.
    An answer of too few words has none.
    """

    response = models.OneToOneField(
        "interview_sessions.UserResponse",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="signature",
    )
    session = models.ForeignKey(
        "interview_sessions.InterviewSession",
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="answer_signatures",
    )
    version = models.CharField(max_length=20, help_text=_("of the engine; others do not compare"))
    signature = models.BinaryField(max_length=512)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "answer_signatures"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(version=""),
                name="%(app_label)s_%(class)s_version_told",
                violation_error_message=_("Say by which version it was made."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("signature of answer %(id)s") % {"id": self.response_id}


class AnswerBand(models.Model):
    """One of the 64 numbers of a signature: answers that share one may be near copies.

    A table and no array: measured at 50,000 answers, PostgreSQL 15 finds the neighbours of one
    answer here in 1 ms, by a GIN index over arrays in 9, and SQLite has no such index. It costs
    6 kB an answer.
    """

    # The key is the index that is asked: all answers of a band, the newest first.
    pk = models.CompositePrimaryKey("band", "answer_id")
    band = models.BigIntegerField()
    answer = models.ForeignKey(
        AnswerSignature, on_delete=models.CASCADE, db_column="response_id", related_name="bands"
    )

    class Meta:
        db_table = "answer_bands"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.band} {self.answer_id}"


name_for_people(
    AnswerSignature,
    _("answer signature"),
    _("answer signatures"),
    response=_("response"),
    session=_("session"),
    version=_("version"),
    signature=_("signature"),
    made_at=_("made at"),
)
name_for_people(AnswerBand, _("answer band"), _("answer bands"), band=_("band"), answer=_("answer"))
