import django.core.validators
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interview_sessions", "0014_uploads")]
    operations = [
        migrations.AddField(
            model_name="invitation",
            name="difficulty",
            field=models.CharField(
                blank=True,
                choices=[
                    ("beginner", "Beginner"),
                    ("intermediate", "Intermediate"),
                    ("advanced", "Advanced"),
                    ("expert", "Expert"),
                ],
                help_text="empty: the candidate chooses",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="mode",
            field=models.CharField(
                blank=True,
                choices=[
                    ("technical", "Technical"),
                    ("behavioral", "Behavioral"),
                    ("hr", "HR"),
                    ("mixed", "Mixed"),
                    ("practice", "Practice"),
                    ("puzzle", "Puzzle"),
                    ("case_study", "Case study"),
                    ("system_design", "System design"),
                ],
                help_text="empty: the candidate chooses",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="note",
            field=models.TextField(
                blank=True, help_text="shown to the candidate before the interview", max_length=2000
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="planned_duration",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="minutes, 1–1440; empty: the candidate chooses",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(1440),
                ],
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="question_count",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="1–50; empty: as the length asks for",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(50),
                ],
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="role",
            field=models.CharField(
                blank=True, help_text="empty: the candidate writes it", max_length=120
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="user_email",
            field=models.CharField(
                blank=True,
                help_text="whose interview it is, trimmed and lower-cased; empty: whoever has the link",  # noqa: E501
                max_length=254,
                validators=[django.core.validators.EmailValidator()],
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "mode__in",
                        [
                            "",
                            "technical",
                            "behavioral",
                            "hr",
                            "mixed",
                            "practice",
                            "puzzle",
                            "case_study",
                            "system_design",
                        ],
                    )
                ),
                name="interview_sessions_invitation_mode_known",
                violation_error_message="Use one of: technical, behavioral, hr, mixed, practice, puzzle, case_study, system_design.",  # noqa: E501
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("difficulty__in", ["", "beginner", "intermediate", "advanced", "expert"])
                ),
                name="interview_sessions_invitation_difficulty_known",
                violation_error_message="Use one of: beginner, intermediate, advanced, expert.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("planned_duration__isnull", True),
                    models.Q(("planned_duration__gte", 1), ("planned_duration__lte", 1440)),
                    _connector="OR",
                ),
                name="interview_sessions_invitation_duration_in_range",
                violation_error_message="The length has 1 to 1440 minutes.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("question_count__isnull", True),
                    models.Q(("question_count__gte", 1), ("question_count__lte", 50)),
                    _connector="OR",
                ),
                name="interview_sessions_invitation_questions_in_range",
                violation_error_message="There are 1 to 50 questions.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "user_email",
                        django.db.models.functions.text.Lower(
                            django.db.models.functions.text.Trim("user_email")
                        ),
                    )
                ),
                name="interview_sessions_invitation_email_normal",
                violation_error_message="The e-mail is kept trimmed and lower-cased.",
            ),
        ),
    ]
