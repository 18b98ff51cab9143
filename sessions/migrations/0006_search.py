"""Full text of questions, answers and transcripts, and the indexes of the page that searches them.

Each database has its own: `_search_postgresql`, `_search_sqlite`. What `sessions/search.py` finds
on them is the same.
"""

from typing import Any

from django.db import migrations, models

from sessions.migrations import _search_postgresql, _search_sqlite


def _of(schema_editor: Any) -> Any:
    return _search_postgresql if schema_editor.connection.vendor == "postgresql" else _search_sqlite


def follow(apps: Any, schema_editor: Any) -> None:
    for statement in _of(schema_editor).FORWARD:
        schema_editor.execute(statement, params=None)


def leave(apps: Any, schema_editor: Any) -> None:
    for statement in _of(schema_editor).BACKWARD:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("interview_sessions", "0005_peaks_and_corrections"),
        # An index of the list is on scores.
        ("analytics", "0001_initial"),
    ]
    operations = [
        migrations.RunPython(follow, leave),
        migrations.AddIndex(
            model_name="interviewsession",
            index=models.Index(
                models.F("interview_mode"),
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="session_by_mode",
            ),
        ),
        migrations.AddIndex(
            model_name="interviewsession",
            index=models.Index(
                models.F("difficulty"),
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="session_by_difficulty",
            ),
        ),
        migrations.AddIndex(
            model_name="userresponse",
            index=models.Index(
                condition=models.Q(("audio_bytes__gt", 0)),
                fields=["session"],
                name="response_with_sound",
            ),
        ),
    ]
