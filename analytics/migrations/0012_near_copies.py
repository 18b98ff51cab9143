"""By what near copies of answers are found: their signatures, and the bands of these."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0011_group_data"),
        ("interview_sessions", "0015_invitation_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswerSignature",
            fields=[
                (
                    "response",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="signature",
                        serialize=False,
                        to="interview_sessions.userresponse",
                    ),
                ),
                (
                    "version",
                    models.CharField(
                        help_text="of the engine; others do not compare", max_length=20
                    ),
                ),
                ("signature", models.BinaryField(max_length=512)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "session",
                    models.ForeignKey(
                        db_column="session_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answer_signatures",
                        to="interview_sessions.interviewsession",
                        to_field="session_id",
                    ),
                ),
            ],
            options={
                "db_table": "answer_signatures",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AnswerBand",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "band",
                        "answer_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("band", models.BigIntegerField()),
                (
                    "answer",
                    models.ForeignKey(
                        db_column="response_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bands",
                        to="analytics.answersignature",
                    ),
                ),
            ],
            options={
                "db_table": "answer_bands",
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="answersignature",
            constraint=models.CheckConstraint(
                condition=models.Q(("version", ""), _negated=True),
                name="analytics_answersignature_version_told",
                violation_error_message="Say by which version it was made.",
            ),
        ),
    ]
