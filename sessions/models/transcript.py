from __future__ import annotations

from django.db import models
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from interviewdata.common.fields import VerbatimJSONField
from sessions.enums import BEST_FIRST, Source
from sessions.models.session import InterviewSession


class TranscriptManager(models.Manager["Transcript"]):
    def get_by_natural_key(
        self, session_id: str, source: str, author: str, fingerprint: str
    ) -> Transcript:
        return self.get(
            session__session_id=session_id, source=source, author=author, fingerprint=fingerprint
        )

    def best_first(self, session_id: str) -> QuerySet[Transcript]:
        """The transcripts of an interview, the one that stands for it first, as exports have them:
        a reviewer's version before a machine's, the newest of its kind."""
        rank = Case(
            *(When(source=source, then=Value(n)) for n, source in enumerate(BEST_FIRST)),
            output_field=IntegerField(),
        )
        return self.filter(session__session_id=session_id).order_by(rank, "-id")


class Transcript(models.Model):
    """What was said, with a time and a confidence for each word. Never changed, only added to."""

    session = models.ForeignKey(
        InterviewSession,
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="transcripts",
        db_index=False,  # the unique constraint below begins with it
    )
    user_email = models.CharField(max_length=254)
    transcript_data = VerbatimJSONField(default=dict, blank=True)
    word_timestamps = VerbatimJSONField(
        default=list, blank=True, help_text="[{word, start, end, confidence}], seconds"
    )
    confidence_scores = VerbatimJSONField(default=list, blank=True)
    raw_audio_path = models.CharField(max_length=300, blank=True)
    processed_audio_path = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=20, choices=Source.choices)
    author = models.CharField(max_length=150, blank=True, help_text="user or service that sent it")
    corrects = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="corrections",
        help_text="the transcript of which this is a corrected version",
    )
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 over what was sent")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = TranscriptManager()

    class Meta:
        db_table = "transcripts"
        permissions = [("correct_transcript", "Can correct transcripts, as new versions")]
        indexes = [
            # Transcripts of all interviews, newest first: the list of /api/v1/transcripts.
            models.Index(F("created_at").desc(), F("id").desc(), name="transcript_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "source", "author", "fingerprint"],
                name="%(app_label)s_%(class)s_saved_once",
                violation_error_message="This transcript is kept already.",
            ),
            # Versions are a chain: of two who correct the same one at once, one comes second.
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(corrects__isnull=False),
                name="%(app_label)s_%(class)s_corrected_once",
                violation_error_message="This version has been corrected already.",
            ),
            models.CheckConstraint(
                condition=Q(source__in=Source.values),
                name="%(app_label)s_%(class)s_source_known",
                violation_error_message=f"Use one of: {', '.join(Source.values)}.",
            ),
        ]

    def __str__(self) -> str:
        return f"transcript {self.pk} ({self.source})"

    def natural_key(self) -> tuple[str, str, str, str]:
        return (self.session_id, self.source, self.author, self.fingerprint)
