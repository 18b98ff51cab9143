"""What happened to an interview, in order, and when its candidate was last there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sessions.enums import EventKind, PresenceState
from sessions.models.session import InterviewSession


class InterviewEvent(models.Model):
    """One thing that happened, written in the transaction that made it happen; never changed.

    Ids of one interview rise in the order of commit, since every writer holds the interview's
    row. Across interviews they do not: readers of all go by (`position`, `id`), and only as far
    as no transaction is open that could still commit something before it (sessions/feed.py).
    """

    session = models.ForeignKey(
        InterviewSession,
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="events",
        db_index=False,
    )
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    at = models.DateTimeField()
    data = models.JSONField(default=dict, help_text="ids and counts, nothing personal")
    position = models.BigIntegerField(
        default=0, help_text="PostgreSQL: the transaction's number; SQLite: 0"
    )

    class Meta:
        db_table = "interview_events"
        indexes = [
            # The feed of one interview after an event.
            models.Index(fields=["session", "id"], name="event_of_session"),
            # The feed of all interviews after an event.
            models.Index(fields=["position", "id"], name="event_of_all"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=EventKind.values),
                name="%(app_label)s_%(class)s_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class InterviewPresence(models.Model):
    """The last sign of life that a candidate's page gave of itself; newest only."""

    session = models.OneToOneField(
        InterviewSession,
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="presence",
        primary_key=True,
    )
    state = models.CharField(max_length=12, choices=PresenceState.choices)
    question_index = models.PositiveIntegerField(null=True, blank=True, help_text="from 0")
    unsent = models.PositiveIntegerField(default=0, help_text="answers that wait in the browser")
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "interview_presence"
        indexes = [
            # Who was there lately: the page of running interviews.
            models.Index(fields=["-seen_at"], name="presence_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PresenceState.values),
                name="%(app_label)s_%(class)s_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} at {self.seen_at:%Y-%m-%d %H:%M:%S}"
