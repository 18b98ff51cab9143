"""Voluntary group data: given and withdrawn by candidates, read in sums alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from analytics.models import CandidateGroupData
from analytics.reports.impact import Outcome
from analytics.visibility import blind_condition
from interviewdata.common.errors import Conflict
from interviewdata.common.sql import fetch_all, to_sql_time
from sessions.enums import Status
from sessions.models import InterviewSession
from sessions.services.session import lock_session

_STILL_RUNNING = (Status.CREATED, Status.ACTIVE)


@transaction.atomic
def give_group_data(
    *, session_id: str, groups: Mapping[str, str], consent_version: str, now: datetime | None = None
) -> int:
    """Keep what a candidate says of themselves in place of what was there; how many rows there are
    then. `groups`: attribute → group, known words; empty: everything is deleted.

    Raises NotFound; Conflict while the interview is running: nobody is asked this before they have
    been heard. 3 statements.
    """
    interview = lock_session(session_id)
    if groups and interview.status in _STILL_RUNNING:
        raise Conflict("The interview is still running; this can be said once it has ended.")
    CandidateGroupData.objects.filter(session=interview).delete()
    CandidateGroupData.objects.bulk_create(
        CandidateGroupData(
            session=interview,
            attribute=attribute,
            group=group,
            consent_version=consent_version,
            given_at=now or timezone.now(),
        )
        for attribute, group in sorted(groups.items())
    )
    return len(groups)


@dataclass(frozen=True)
class Period:
    """Whole months, and a role (capitals are all one; empty: all)."""

    start: datetime
    end: datetime
    role: str = ""


# Of each person the newest interview of the period, whatever the number of their interviews: else
# five rows might be one person. It tells nobody's id, only how many have the same outcome.
_OUTCOMES = """
WITH newest AS (
    SELECT s.session_id, s.status, row_number() OVER (
        PARTITION BY s.user_email ORDER BY s.created_at DESC, s.id DESC) AS place
    FROM interview_sessions s
    WHERE s.created_at >= %s AND s.created_at < %s AND (%s = '' OR upper(s.role) = upper(%s)))
SELECT COALESCE(g."group", ''), n.status, i.mean, count(*)
FROM newest n
LEFT JOIN candidate_group_data g ON g.session_id = n.session_id AND g.attribute = %s
LEFT JOIN interview_scores i ON i.session_id = n.session_id
WHERE n.place = 1
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
"""


def outcomes_of(period: Period, attribute: str) -> list[Outcome]:
    """How many people of each group came out how; the group is empty where nothing was said.
    One statement."""
    rows = fetch_all(
        _OUTCOMES,
        [
            to_sql_time(period.start),
            to_sql_time(period.end),
            period.role,
            period.role,
            attribute,
        ],
    )
    return [
        Outcome(group, status == Status.COMPLETED, None if mean is None else float(mean), int(n))
        for group, status, mean, n in rows
    ]


def still_to_judge(user: Any, period: Period) -> int:
    """Interviews of the period on which this user is blind: their scores are in the sums, so there
    is nothing to see before the own judgement is in. One statement."""
    found = InterviewSession.objects.filter(
        blind_condition(user), created_at__gte=period.start, created_at__lt=period.end
    )
    if period.role:
        found = found.filter(role__iexact=period.role)
    return found.count()
