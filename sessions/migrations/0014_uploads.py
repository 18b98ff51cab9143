"""Recordings that arrive in parts: audio_uploads and audio_upload_parts."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import sessions.models.upload


class Migration(migrations.Migration):
    dependencies = [("interview_sessions", "0013_answers_are_told")]

    operations = [
        migrations.CreateModel(
            name="AudioUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "upload_id",
                    models.CharField(
                        default=sessions.models.upload.new_upload_id, max_length=36, unique=True
                    ),
                ),
                ("length_bytes", models.PositiveBigIntegerField(help_text="as announced")),
                ("received_bytes", models.PositiveBigIntegerField(default=0)),
                ("part_count", models.PositiveIntegerField(default=0)),
                ("metadata", models.TextField(blank=True, help_text="Upload-Metadata, as sent")),
                ("idempotency_key", models.CharField(blank=True, max_length=255)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "expires_at",
                    models.DateTimeField(help_text="when the row and its parts are forgotten"),
                ),
                (
                    "used_at",
                    models.DateTimeField(blank=True, help_text="when an answer took it", null=True),
                ),
                ("audio_file_path", models.CharField(blank=True, max_length=300)),
                ("audio_sha256", models.CharField(blank=True, max_length=64)),
                ("audio_content_type", models.CharField(blank=True, max_length=60)),
                (
                    "audio_duration",
                    models.FloatField(blank=True, help_text="seconds, measured", null=True),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_column="session_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to="interview_sessions.interviewsession",
                        to_field="session_id",
                    ),
                ),
            ],
            options={
                "db_table": "audio_uploads",
                "indexes": [models.Index(fields=["expires_at"], name="upload_by_expiry")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("idempotency_key", ""), _negated=True),
                        fields=("session", "idempotency_key"),
                        name="interview_sessions_audioupload_one_a_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("length_bytes__gte", 1),
                            ("received_bytes__lte", models.F("length_bytes")),
                        ),
                        name="interview_sessions_audioupload_within_length",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("audio_content_type", ""),
                                ("audio_file_path", ""),
                                ("audio_sha256", ""),
                                ("used_at__isnull", True),
                            ),
                            models.Q(
                                ("received_bytes", models.F("length_bytes")),
                                ("used_at__isnull", False),
                                models.Q(("audio_file_path", ""), _negated=True),
                                models.Q(("audio_sha256", ""), _negated=True),
                                models.Q(("audio_content_type", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="interview_sessions_audioupload_used_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AudioUploadPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_byte", models.PositiveBigIntegerField()),
                ("size_bytes", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "upload",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="interview_sessions.audioupload",
                    ),
                ),
            ],
            options={
                "db_table": "audio_upload_parts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("upload", "first_byte"),
                        name="interview_sessions_audiouploadpart_one_a_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size_bytes__gte", 1)),
                        name="interview_sessions_audiouploadpart_not_empty",
                    ),
                ],
            },
        ),
    ]
