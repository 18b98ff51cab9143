from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from interviewdata.common.names import name_for_people
from sessions.models.question import InterviewQuestion
from sessions.models.session import InterviewSession


class UserResponseManager(models.Manager["UserResponse"]):
    def get_by_natural_key(
        self, session_id: str, question_index: int, fingerprint: str
    ) -> UserResponse:
        return self.get(
            session__session_id=session_id,
            question__question_index=question_index,
            fingerprint=fingerprint,
        )


class UserResponse(models.Model):
    """One revision of the answer to one question; the newest received is current.

    That a response's question belongs to the same session is a composite foreign key on
    PostgreSQL and a pair of triggers on SQLite (migration 0002).
    """

    session = models.ForeignKey(
        InterviewSession,
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="responses",
    )
    question = models.ForeignKey(
        InterviewQuestion,
        on_delete=models.CASCADE,
        related_name="responses",
        db_index=False,  # the unique constraints below begin with it
    )
    user_answer = models.TextField(blank=True)
    audio_file_path = models.CharField(max_length=300, blank=True)
    audio_sha256 = models.CharField(max_length=64, blank=True)
    audio_content_type = models.CharField(max_length=60, blank=True)
    audio_bytes = models.PositiveBigIntegerField(default=0)
    audio_duration = models.FloatField(null=True, blank=True, help_text=_("seconds, measured"))
    response_duration = models.FloatField(null=True, blank=True, help_text=_("seconds, as sent"))
    confidence_score = models.FloatField(null=True, blank=True, help_text=_("0–1"))
    emotion_detected = models.CharField(max_length=60, blank=True)
    revision = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    is_late = models.BooleanField(default=False, help_text=_("received after the interview's end"))
    client_time = models.DateTimeField(null=True, blank=True, help_text=_("the client's own clock"))
    fingerprint = models.CharField(
        max_length=64, help_text=_("SHA-256 over answer text and audio: the same answer again")
    )
    idempotency_key = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = UserResponseManager()

    class Meta:
        db_table = "user_responses"
        indexes = [
            # Which interviews hold sound, where few do: the sessions list.
            models.Index(
                fields=["session"], condition=Q(audio_bytes__gt=0), name="response_with_sound"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "fingerprint"],
                name="%(app_label)s_%(class)s_answer_once",
                violation_error_message=_("This answer to this question is kept already."),
            ),
            models.UniqueConstraint(
                fields=["question", "revision"],
                name="%(app_label)s_%(class)s_revision_unique",
                violation_error_message=_("This question has a revision with that number already."),
            ),
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(is_current=True),
                name="%(app_label)s_%(class)s_one_current",
                violation_error_message=_("A question has one current answer."),
            ),
            models.CheckConstraint(
                condition=Q(confidence_score__isnull=True)
                | Q(confidence_score__gte=0, confidence_score__lte=1),
                name="%(app_label)s_%(class)s_confidence_range",
                violation_error_message=_("Confidence is between 0 and 1."),
            ),
            models.CheckConstraint(
                condition=(Q(response_duration__isnull=True) | Q(response_duration__gte=0))
                & (Q(audio_duration__isnull=True) | Q(audio_duration__gte=0)),
                name="%(app_label)s_%(class)s_duration_range",
                violation_error_message=_("A duration is not negative."),
            ),
            models.CheckConstraint(
                condition=Q(
                    audio_file_path="", audio_sha256="", audio_content_type="", audio_bytes=0
                )
                | (
                    ~Q(audio_file_path="")
                    & ~Q(audio_sha256="")
                    & ~Q(audio_content_type="")
                    & Q(audio_bytes__gt=0)
                ),
                name="%(app_label)s_%(class)s_audio_whole",
                violation_error_message=_(
                    "Audio has a path, a digest, a type and a size, or none."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(user_answer="") | ~Q(audio_file_path=""),
                name="%(app_label)s_%(class)s_not_empty",
                violation_error_message=_("An answer has a text, a sound or both."),
            ),
            models.CheckConstraint(
                condition=Q(revision__gte=1), name="%(app_label)s_%(class)s_revision_from_one"
            ),
        ]
        permissions = [("play_audio", "Can listen to recorded answers")]

    def __str__(self) -> str:
        return gettext("answer %(number)s, revision %(revision)s") % {
            "number": self.pk,
            "revision": self.revision,
        }

    def natural_key(self) -> tuple[str, int, str]:
        """Costs a query where the question is not loaded."""
        return (self.session_id, self.question.question_index, self.fingerprint)

    natural_key.dependencies = ["interview_sessions.interviewquestion"]  # type: ignore[attr-defined]


name_for_people(
    UserResponse,
    _("user response"),
    _("user responses"),
    session=_("session"),
    question=_("question"),
    user_answer=_("user answer"),
    audio_file_path=_("audio file path"),
    audio_sha256=_("audio sha256"),
    audio_content_type=_("audio content type"),
    audio_bytes=_("audio bytes"),
    audio_duration=_("audio duration"),
    response_duration=_("response duration"),
    confidence_score=_("confidence score"),
    emotion_detected=_("emotion detected"),
    revision=_("revision"),
    is_current=_("is current"),
    is_late=_("is late"),
    client_time=_("client time"),
    fingerprint=_("fingerprint"),
    idempotency_key=_("idempotency key"),
    created_at=_("created at"),
    updated_at=_("updated at"),
)
