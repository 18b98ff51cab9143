"""The same question across interviews is found by an index: by key in the bank, or by text."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interview_sessions", "0006_search"),
        ("interview_sessions", "0007_access_by_session"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="interviewquestion",
            index=models.Index(
                models.F("bank_key"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("bank_key", ""), _negated=True),
                name="question_by_key",
            ),
        ),
        migrations.AddIndex(
            model_name="interviewquestion",
            index=models.Index(
                models.Func("question_text", template="SUBSTR(%(expressions)s, 1, 80)"),
                models.OrderBy(models.F("id"), descending=True),
                name="question_by_text",
            ),
        ),
    ]
