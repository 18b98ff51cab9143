from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from analytics.group_words import ATTRIBUTES, GROUPS
from interviewdata.common.names import name_for_people


def _known_pair() -> Q:
    condition = Q()
    for attribute, groups in GROUPS.items():
        condition |= Q(attribute=attribute, group__in=list(groups))
    return condition


class CandidateGroupData(models.Model):
    """What a candidate said, of their own will, of the group they belong to; for sums alone.

    Nobody is shown a row: no page, API, admin or export reads this table but the report on adverse
    impact, which counts. There is no permission to view it, and none to write it: the candidate's
    own grant does. Withdrawn means deleted. Decision 17 says why so.
    """

    session = models.ForeignKey(
        "interview_sessions.InterviewSession",
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the unique constraint below begins with it
    )
    attribute = models.CharField(max_length=40, choices=ATTRIBUTES)
    group = models.CharField(max_length=40)
    consent_version = models.CharField(
        max_length=60, help_text=_("which text the candidate agreed to")
    )
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "candidate_group_data"
        default_permissions = ()
        permissions = [
            ("view_adverse_impact", "Can see the adverse-impact report, sums alone"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "attribute"],
                name="%(app_label)s_%(class)s_once",
                violation_error_message=_("This is kept already."),
            ),
            models.CheckConstraint(
                condition=_known_pair(),
                name="%(app_label)s_%(class)s_group_known",
                violation_error_message=_("Use a group of this attribute."),
            ),
            models.CheckConstraint(
                condition=~Q(consent_version=""),
                name="%(app_label)s_%(class)s_agreed",
                violation_error_message=_("Say to which text the candidate agreed."),
            ),
        ]

    def __str__(self) -> str:
        # Not the group: a text like this ends up in logs.
        return gettext("group data %(id)s") % {"id": self.pk}


name_for_people(
    CandidateGroupData,
    _("candidate group data"),
    pgettext_lazy("plural", "candidate group data"),
    session=_("session"),
    attribute=_("attribute"),
    group=_("group"),
    consent_version=_("consent version"),
    given_at=_("given at"),
)
