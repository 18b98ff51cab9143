"""How many rows each table holds."""

from __future__ import annotations

from django.db import models

from analytics.models import DashboardStats, Feedback, InterviewAnalytics
from sessions.models import (
    BankQuestion,
    InterviewQuestion,
    InterviewSession,
    Transcript,
    UserResponse,
)

RECORD_TABLES: tuple[type[models.Model], ...] = (
    InterviewSession,
    InterviewQuestion,
    UserResponse,
    Transcript,
    Feedback,
    DashboardStats,
    InterviewAnalytics,
)


def rows_per_table() -> dict[str, int]:
    """Table name → rows, the seven tables of the record and the question bank. 8 statements."""
    tables: tuple[type[models.Model], ...] = (*RECORD_TABLES, BankQuestion)
    return {model._meta.db_table: model._default_manager.count() for model in tables}
