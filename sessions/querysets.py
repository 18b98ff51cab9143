"""Named reads of interviews; they chain."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from sessions.models import InterviewSession


def made_between(start: datetime | None, end: datetime | None) -> Q:
    """Made at or after `start` and before `end`; None leaves that side open."""
    condition = Q()
    if start is not None:
        condition &= Q(created_at__gte=start)
    if end is not None:
        condition &= Q(created_at__lt=end)
    return condition


class InterviewSessionQuerySet(models.QuerySet["InterviewSession"]):
    def get_by_natural_key(self, session_id: str) -> InterviewSession:
        return self.get(session_id=session_id)

    def of_person(self, email: str) -> Self:
        return self.filter(user_email=email.strip().lower())

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")

    def between(self, start: datetime | None, end: datetime | None) -> Self:
        """Created at or after `start` and before `end`; None leaves that side open."""
        return self.filter(made_between(start, end))
