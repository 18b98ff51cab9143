"""Voluntary group data, a table of its own; the report made of it is for the group Admin alone."""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

groups = import_module("analytics.migrations.0006_groups")
PERMISSION = "analytics.view_adverse_impact"


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
        ("analytics", "0010_analysis_jobs"),
        ("interview_sessions", "0015_invitation_settings"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="CandidateGroupData",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "attribute",
                    models.CharField(
                        choices=[
                            ("gender", "Gender"),
                            ("age", "Age"),
                            ("ethnicity", "Ethnicity"),
                            ("disability", "Disability"),
                        ],
                        max_length=40,
                    ),
                ),
                ("group", models.CharField(max_length=40)),
                (
                    "consent_version",
                    models.CharField(help_text="which text the candidate agreed to", max_length=60),
                ),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "session",
                    models.ForeignKey(
                        db_column="session_id",
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="interview_sessions.interviewsession",
                        to_field="session_id",
                    ),
                ),
            ],
            options={
                "db_table": "candidate_group_data",
                "permissions": [
                    ("view_adverse_impact", "Can see the adverse-impact report, sums alone")
                ],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("session", "attribute"),
                        name="analytics_candidategroupdata_once",
                        violation_error_message="This is kept already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("attribute", "gender"),
                                ("group__in", ["woman", "man", "non_binary"]),
                            ),
                            models.Q(("attribute", "age"), ("group__in", ["under_40", "from_40"])),
                            models.Q(
                                ("attribute", "ethnicity"),
                                (
                                    "group__in",
                                    [
                                        "hispanic",
                                        "white",
                                        "black",
                                        "pacific_islander",
                                        "asian",
                                        "native_american",
                                        "two_or_more",
                                    ],
                                ),
                            ),
                            models.Q(
                                ("attribute", "disability"),
                                ("group__in", ["disability", "no_disability"]),
                            ),
                            _connector="OR",
                        ),
                        name="analytics_candidategroupdata_group_known",
                        violation_error_message="Use a group of this attribute.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("consent_version", ""), _negated=True),
                        name="analytics_candidategroupdata_agreed",
                        violation_error_message="Say to which text the candidate agreed.",
                    ),
                ],
            },
        ),
        migrations.RunPython(give, take),
    ]
