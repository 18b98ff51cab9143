from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Trim
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviewdata.common.names import name_for_people
from sessions.enums import Difficulty, Mode, Status, use_one_of
from sessions.querysets import InterviewSessionQuerySet


def new_session_id() -> str:
    return str(uuid.uuid4())


class InterviewSession(models.Model):
    """One interview of one person. `session_id` is the public id that every child row carries."""

    session_id = models.CharField(max_length=128, unique=True, default=new_session_id)
    user_email = models.CharField(max_length=254, help_text=_("trimmed and lower-cased"))
    role = models.CharField(max_length=120)
    interview_type = models.CharField(max_length=60, help_text=_("as the client asked for it"))
    interview_mode = models.CharField(max_length=20, choices=Mode.choices)
    difficulty = models.CharField(max_length=20, choices=Difficulty.choices)
    planned_duration = models.PositiveIntegerField(default=30, help_text=_("minutes"))
    features = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.CREATED)
    start_time = models.DateTimeField(null=True, blank=True)
    end_time = models.DateTimeField(null=True, blank=True)
    total_questions = models.PositiveIntegerField(default=0, help_text=_("counted from the rows"))
    questions_answered = models.PositiveIntegerField(
        default=0, help_text=_("counted from the rows")
    )
    current_question_index = models.PositiveIntegerField(
        default=0,
        help_text=_("index from 0 of the question after the last answered; counted from the rows"),
    )
    session_data = models.JSONField(default=dict, blank=True, help_text=_("all else that was sent"))
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = InterviewSessionQuerySet.as_manager()

    class Meta:
        db_table = "interview_sessions"
        indexes = [
            # The newest interviews: the first page of every list.
            models.Index(F("created_at").desc(), F("id").desc(), name="session_newest"),
            # The interviews of one person: history, statistics, questions already asked.
            models.Index(
                F("user_email"), F("created_at").desc(), F("id").desc(), name="session_by_person"
            ),
            # Lists filtered by status; a search for silent interviews.
            models.Index(
                F("status"), F("created_at").desc(), F("id").desc(), name="session_by_status"
            ),
            # The sessions list filtered by mode, by difficulty.
            models.Index(
                F("interview_mode"), F("created_at").desc(), F("id").desc(), name="session_by_mode"
            ),
            models.Index(
                F("difficulty"),
                F("created_at").desc(),
                F("id").desc(),
                name="session_by_difficulty",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values),
                name="%(app_label)s_%(class)s_status_known",
                violation_error_message=use_one_of(Status.values),
            ),
            models.CheckConstraint(
                condition=Q(interview_mode__in=Mode.values),
                name="%(app_label)s_%(class)s_mode_known",
                violation_error_message=use_one_of(Mode.values),
            ),
            models.CheckConstraint(
                condition=Q(difficulty__in=Difficulty.values),
                name="%(app_label)s_%(class)s_difficulty_known",
                violation_error_message=use_one_of(Difficulty.values),
            ),
            models.CheckConstraint(
                condition=Q(status=Status.COMPLETED, end_time__isnull=False)
                | (~Q(status=Status.COMPLETED) & Q(end_time__isnull=True)),
                name="%(app_label)s_%(class)s_completed_has_end",
                violation_error_message=_("An interview has an end exactly when it is completed."),
            ),
            models.CheckConstraint(
                condition=Q(end_time__isnull=True)
                | Q(start_time__isnull=True)
                | Q(end_time__gte=F("start_time")),
                name="%(app_label)s_%(class)s_end_after_start",
                violation_error_message=_("An interview cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(user_email=Lower(Trim("user_email"))) & ~Q(user_email=""),
                name="%(app_label)s_%(class)s_email_normal",
                violation_error_message=_("The e-mail is kept trimmed and lower-cased."),
            ),
            models.CheckConstraint(
                condition=Q(questions_answered__lte=F("total_questions")),
                name="%(app_label)s_%(class)s_answered_of_total",
                violation_error_message=_("No more answers than questions."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_email}, {self.role}, {self.session_id}"

    def natural_key(self) -> tuple[str]:
        return (self.session_id,)

    @property
    def planned_end(self) -> datetime:
        return (self.start_time or self.created_at) + timedelta(minutes=self.planned_duration)

    @property
    def answering_until(self) -> datetime:
        """The moment after which no candidate's answer is taken any more."""
        return self.planned_end + timedelta(days=settings.ANSWERING_GRACE_DAYS)

    @property
    def reading_until(self) -> datetime:
        """The moment after which a candidate's grant no longer reads the record."""
        if self.end_time is None:
            return self.answering_until
        return self.end_time + timedelta(hours=settings.READING_AFTER_COMPLETION_HOURS)


name_for_people(
    InterviewSession,
    _("interview session"),
    _("interview sessions"),
    session_id=_("session id"),
    user_email=_("user email"),
    role=_("role"),
    interview_type=_("interview type"),
    interview_mode=_("interview mode"),
    difficulty=_("difficulty"),
    planned_duration=_("planned duration"),
    features=_("features"),
    status=_("status"),
    start_time=_("start time"),
    end_time=_("end time"),
    total_questions=_("total questions"),
    questions_answered=_("questions answered"),
    current_question_index=_("current question index"),
    session_data=_("session data"),
    created_at=_("created at"),
    updated_at=_("updated at"),
)
