"""Recordings that arrive in parts (the tus protocol), until an answer takes them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from sessions.models.session import InterviewSession


def new_upload_id() -> str:
    return str(uuid.uuid4())


class AudioUpload(models.Model):
    """A recording on its way. `received_bytes` of it are durable; once all are, an answer may use
    it, and what became of it is remembered for the same call made again."""

    upload_id = models.CharField(max_length=36, unique=True, default=new_upload_id)
    session = models.ForeignKey(
        InterviewSession,
        to_field="session_id",
        db_column="session_id",
        on_delete=models.CASCADE,
        related_name="uploads",
    )
    length_bytes = models.PositiveBigIntegerField(help_text="as announced")
    received_bytes = models.PositiveBigIntegerField(default=0)
    part_count = models.PositiveIntegerField(default=0)
    metadata = models.TextField(blank=True, help_text="Upload-Metadata, as sent")
    idempotency_key = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(help_text="when the row and its parts are forgotten")
    used_at = models.DateTimeField(null=True, blank=True, help_text="when an answer took it")
    audio_file_path = models.CharField(max_length=300, blank=True)
    audio_sha256 = models.CharField(max_length=64, blank=True)
    audio_content_type = models.CharField(max_length=60, blank=True)
    audio_duration = models.FloatField(null=True, blank=True, help_text="seconds, measured")

    class Meta:
        db_table = "audio_uploads"
        indexes = [
            # Those to be forgotten.
            models.Index(fields=["expires_at"], name="upload_by_expiry"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="%(app_label)s_%(class)s_one_a_key",
            ),
            models.CheckConstraint(
                condition=Q(length_bytes__gte=1) & Q(received_bytes__lte=F("length_bytes")),
                name="%(app_label)s_%(class)s_within_length",
            ),
            models.CheckConstraint(
                condition=Q(
                    used_at__isnull=True, audio_file_path="", audio_sha256="", audio_content_type=""
                )
                | (
                    Q(used_at__isnull=False, received_bytes=F("length_bytes"))
                    & ~Q(audio_file_path="")
                    & ~Q(audio_sha256="")
                    & ~Q(audio_content_type="")
                ),
                name="%(app_label)s_%(class)s_used_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}, {self.received_bytes} of {self.length_bytes} bytes"

    @property
    def is_whole(self) -> bool:
        return self.received_bytes == self.length_bytes


class AudioUploadPart(models.Model):
    """One part that is in the store, durable before this row: see services/upload_parts.py."""

    upload = models.ForeignKey(
        AudioUpload,
        on_delete=models.CASCADE,
        related_name="parts",
        db_index=False,  # the unique constraint below begins with it
    )
    first_byte = models.PositiveBigIntegerField()
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        db_table = "audio_upload_parts"
        constraints = [
            # Of two parts that begin at the same byte one is kept.
            models.UniqueConstraint(
                fields=["upload", "first_byte"], name="%(app_label)s_%(class)s_one_a_place"
            ),
            models.CheckConstraint(
                condition=Q(size_bytes__gte=1), name="%(app_label)s_%(class)s_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.size_bytes} bytes from {self.first_byte}"
