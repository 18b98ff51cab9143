from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from interviewdata.common.names import name_for_people
from sessions.enums import Difficulty, Mode, use_one_of

GENERAL_ROLE = "general"


class BankQuestionManager(models.Manager["BankQuestion"]):
    def get_by_natural_key(self, key: str) -> BankQuestion:
        return self.get(key=key)


class BankQuestion(models.Model):
    """One question of the bank; `general` questions fit every role."""

    key = models.CharField(max_length=80, unique=True)
    question_text = models.TextField()
    question_type = models.CharField(max_length=60)
    mode = models.CharField(max_length=20, choices=Mode.choices)
    role = models.SlugField(max_length=80, default=GENERAL_ROLE)
    category = models.CharField(max_length=120)
    difficulty = models.CharField(max_length=20, choices=Difficulty.choices)
    expected_keywords = models.JSONField(default=list, blank=True)
    time_limit = models.PositiveIntegerField(default=180, help_text=_("seconds"))
    is_active = models.BooleanField(default=True, help_text=_("only active questions are asked"))
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = BankQuestionManager()

    class Meta:
        db_table = "question_bank"
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=Mode.values),
                name="%(app_label)s_%(class)s_mode_known",
                violation_error_message=use_one_of(Mode.values),
            ),
            models.CheckConstraint(
                condition=Q(difficulty__in=Difficulty.values),
                name="%(app_label)s_%(class)s_difficulty_known",
                violation_error_message=use_one_of(Difficulty.values),
            ),
            models.CheckConstraint(
                condition=Q(time_limit__gte=10, time_limit__lte=7200),
                name="%(app_label)s_%(class)s_time_limit_range",
                violation_error_message=_("A time limit is between 10 and 7200 seconds."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.question_text[:80]}"

    def natural_key(self) -> tuple[str]:
        return (self.key,)


name_for_people(
    BankQuestion,
    _("bank question"),
    _("bank questions"),
    key=pgettext_lazy("name of an entry", "key"),
    question_text=_("question text"),
    question_type=_("question type"),
    mode=_("mode"),
    role=_("role"),
    category=_("category"),
    difficulty=_("difficulty"),
    expected_keywords=_("expected keywords"),
    time_limit=_("time limit"),
    is_active=_("is active"),
    created_at=_("created at"),
    updated_at=_("updated at"),
)
