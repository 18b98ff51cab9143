import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interview_sessions", "0011_questions_indexed_at_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="InterviewPresence",
            fields=[
                (
                    "session",
                    models.OneToOneField(
                        db_column="session_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="presence",
                        serialize=False,
                        to="interview_sessions.interviewsession",
                        to_field="session_id",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("thinking", "Thinking"),
                            ("recording", "Recording"),
                            ("paused", "Paused"),
                            ("writing", "Writing"),
                            ("reviewing", "Reviewing"),
                            ("away", "Away"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "question_index",
                    models.PositiveIntegerField(blank=True, help_text="from 0", null=True),
                ),
                (
                    "unsent",
                    models.PositiveIntegerField(
                        default=0, help_text="answers that wait in the browser"
                    ),
                ),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "db_table": "interview_presence",
                "indexes": [models.Index(fields=["-seen_at"], name="presence_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["thinking", "recording", "paused", "writing", "reviewing", "away"],
                            )
                        ),
                        name="interview_sessions_interviewpresence_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InterviewEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("created", "Created"),
                            ("asked", "Questions asked"),
                            ("answered", "Answered"),
                            ("completed", "Completed"),
                            ("abandoned", "Abandoned"),
                            ("resumed", "Resumed"),
                            ("transcribed", "Transcript saved"),
                            ("scored", "Scored"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "data",
                    models.JSONField(default=dict, help_text="ids and counts, nothing personal"),
                ),
                (
                    "position",
                    models.BigIntegerField(
                        default=0, help_text="PostgreSQL: the transaction's number; SQLite: 0"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_column="session_id",
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="interview_sessions.interviewsession",
                        to_field="session_id",
                    ),
                ),
            ],
            options={
                "db_table": "interview_events",
                "indexes": [
                    models.Index(fields=["session", "id"], name="event_of_session"),
                    models.Index(fields=["position", "id"], name="event_of_all"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "created",
                                    "asked",
                                    "answered",
                                    "completed",
                                    "abandoned",
                                    "resumed",
                                    "transcribed",
                                    "scored",
                                ],
                            )
                        ),
                        name="interview_sessions_interviewevent_kind_known",
                    )
                ],
            },
        ),
    ]
