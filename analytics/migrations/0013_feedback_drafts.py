"""Drafts of feedback by a language model, and their kind of job."""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

groups = import_module("analytics.migrations.0006_groups")
PERMISSION = "analytics.draft_feedback"


def give(apps, schema_editor):
    using = schema_editor.connection.alias
    group = apps.get_model("auth", "Group").objects.using(using).filter(name="Admin").first()
    if group is not None:
        group.permissions.add(groups.ensure_permission(apps, PERMISSION, using))


def take(apps, schema_editor):
    using = schema_editor.connection.alias
    group = apps.get_model("auth", "Group").objects.using(using).filter(name="Admin").first()
    if group is not None:
        group.permissions.remove(groups.ensure_permission(apps, PERMISSION, using))


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0012_near_copies"),
        ("interview_sessions", "0015_invitation_settings"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedbackDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(max_length=200)),
                ("engine", models.CharField(max_length=120)),
                (
                    "prompt_sha256",
                    models.CharField(help_text="SHA-256 over what was sent", max_length=64),
                ),
                (
                    "scores",
                    models.JSONField(
                        help_text="dimension → "
                        "{score, reason, quotes: [{text, question_index, start, end}]}"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "feedback_drafts",
                "permissions": [("draft_feedback", "Can have a language model draft feedback")],
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="analysisjob",
            name="analytics_analysisjob_kind_fits",
        ),
        migrations.AlterField(
            model_name="analysisjob",
            name="kind",
            field=models.CharField(
                choices=[
                    ("answer", "Answer"),
                    ("interview", "Interview"),
                    ("draft", "Draft of feedback"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="analysisjob",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "draft")),
                fields=("session",),
                name="analytics_analysisjob_draft_once",
                violation_error_message="This interview has its job already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="analysisjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "answer"), ("response__isnull", False)),
                    models.Q(("kind__in", ("interview", "draft")), ("response__isnull", True)),
                    _connector="OR",
                ),
                name="analytics_analysisjob_kind_fits",
                violation_error_message="An answer's job names the answer, no other does.",
            ),
        ),
        migrations.AddField(
            model_name="feedbackdraft",
            name="feedback",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="draft",
                to="analytics.feedback",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedbackdraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("model", ""), _negated=True),
                    models.Q(("engine", ""), _negated=True),
                    models.Q(("prompt_sha256", ""), _negated=True),
                ),
                name="analytics_feedbackdraft_says_by_what",
                violation_error_message="Say by which model, engine and prompt it was made.",
            ),
        ),
        migrations.RunPython(give, take),
    ]
