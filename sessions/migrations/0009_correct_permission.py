"""Transcripts are corrected by who may, and each version at most once."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("interview_sessions", "0008_find_questions"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="transcript",
            options={
                "permissions": [
                    ("correct_transcript", "Can correct transcripts, as new versions"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="transcript",
            constraint=models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(("corrects__isnull", False)),
                name="interview_sessions_transcript_corrected_once",
                violation_error_message="This version has been corrected already.",
            ),
        ),
    ]
