from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviewdata.common.names import name_for_people
from sessions.models.session import InterviewSession

# An entry of a B-tree has little room: the index holds the beginning of a question's text.
_START = "SUBSTR(%(expressions)s, 1, 80)"
_REST = "SUBSTR(%(expressions)s, 81)"


def has_text(text: str) -> Q:
    """The condition that a question has exactly this text, found by the index `question_by_text`.

    In two pieces: from a plain comparison SQLite infers that the beginning is constant, and then
    no longer sees that the index has it.
    """
    start, rest = Func("question_text", template=_START), Func("question_text", template=_REST)
    return Q(Exact(start, text[:80]), Exact(rest, text[80:]))


class InterviewQuestionManager(models.Manager["InterviewQuestion"]):
    def get_by_natural_key(self, session_id: str, question_index: int) -> InterviewQuestion:
        return self.get(session__session_id=session_id, question_index=question_index)


class InterviewQuestion(models.Model):
    """One question as it was asked in one interview."""

    session = models.ForeignKey(
        InterviewSession,
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="questions",
        db_index=False,  # the unique constraint below begins with it
    )
    question_index = models.PositiveIntegerField(help_text=_("1-based"))
    question_text = models.TextField()
    question_type = models.CharField(max_length=60, blank=True)
    category = models.CharField(max_length=120, blank=True)
    difficulty = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    metadata = models.JSONField(
        default=dict,
        blank=True,
        help_text=_("expected keywords, time limit (s), bank entry, generator"),
    )
    bank_key = models.CharField(
        max_length=80, blank=True, help_text=_("entry of the bank that was asked; empty: none")
    )
    batch = models.CharField(
        max_length=64, blank=True, help_text=_("digest of the request that asked for it")
    )

    objects = InterviewQuestionManager()

    class Meta:
        db_table = "interview_questions"
        indexes = [
            # The same question of the bank in all interviews, newest first: the comparison.
            models.Index(
                F("bank_key"), F("id").desc(), condition=~Q(bank_key=""), name="question_by_key"
            ),
            # The same text in all interviews, for questions that stand in no bank.
            models.Index(
                Func("question_text", template=_START), F("id").desc(), name="question_by_text"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "question_index"],
                name="%(app_label)s_%(class)s_index_unique",
                violation_error_message=_("This interview has a question with that index already."),
            ),
            # What the composite foreign key of user_responses points at.
            models.UniqueConstraint(
                fields=["session", "id"], name="%(app_label)s_%(class)s_session_id_unique"
            ),
            models.CheckConstraint(
                condition=Q(question_index__gte=1),
                name="%(app_label)s_%(class)s_index_from_one",
                violation_error_message=_("Question indexes begin at 1."),
            ),
            models.CheckConstraint(
                condition=~Q(question_text=""),
                name="%(app_label)s_%(class)s_has_text",
                violation_error_message=_("A question has a text."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_index}. {self.question_text[:80]}"

    def natural_key(self) -> tuple[str, int]:
        return (self.session_id, self.question_index)


name_for_people(
    InterviewQuestion,
    _("interview question"),
    _("interview questions"),
    session=_("session"),
    question_index=_("question index"),
    question_text=_("question text"),
    question_type=_("question type"),
    category=_("category"),
    difficulty=_("difficulty"),
    asked_at=_("asked at"),
    metadata=_("metadata"),
    bank_key=_("bank key"),
    batch=_("batch"),
)
