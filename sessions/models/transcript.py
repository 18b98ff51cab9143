from __future__ import annotations

from django.db import models
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from interviewdata.common.fields import VerbatimJSONField
from interviewdata.common.names import name_for_people
from sessions.enums import BEST_FIRST, Source, use_one_of
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
        default=list, blank=True, help_text=_("[{word, start, end, confidence}], seconds")
    )
    confidence_scores = VerbatimJSONField(default=list, blank=True)
    raw_audio_path = models.CharField(max_length=300, blank=True)
    processed_audio_path = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=20, choices=Source.choices)
    author = models.CharField(
        max_length=150, blank=True, help_text=_("user or service that sent it")
    )
    corrects = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="corrections",
        help_text=_("the transcript of which this is a corrected version"),
    )
    fingerprint = models.CharField(max_length=64, help_text=_("SHA-256 over what was sent"))
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
                violation_error_message=_("This transcript is kept already."),
            ),
            # Versions are a chain: of two who correct the same one at once, one comes second.
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(corrects__isnull=False),
                name="%(app_label)s_%(class)s_corrected_once",
                violation_error_message=_("This version has been corrected already."),
            ),
            models.CheckConstraint(
                condition=Q(source__in=Source.values),
                name="%(app_label)s_%(class)s_source_known",
                violation_error_message=use_one_of(Source.values),
            ),
        ]

    def __str__(self) -> str:
        return gettext("transcript %(number)s (%(source)s)") % {
            "number": self.pk,
            "source": gettext(self.source),
        }

    def natural_key(self) -> tuple[str, str, str, str]:
        return (self.session_id, self.source, self.author, self.fingerprint)


name_for_people(
    Transcript,
    _("transcript"),
    _("transcripts"),
    session=_("session"),
    user_email=_("user email"),
    transcript_data=_("transcript data"),
    word_timestamps=_("word timestamps"),
    confidence_scores=_("confidence scores"),
    raw_audio_path=_("raw audio path"),
    processed_audio_path=_("processed audio path"),
    source=_("source"),
    author=_("author"),
    corrects=_("corrects"),
    fingerprint=_("fingerprint"),
    created_at=_("created at"),
    updated_at=_("updated at"),
)
