"""A response's question belongs to the response's session: the database insists.

Django has no composite foreign key with a constraint behind it, so each database gets its own.
On SQLite a later migration that rebuilds `user_responses` drops these triggers: create them anew
there (a test fails otherwise).
"""

from typing import Any

from django.db import migrations

POSTGRESQL = """
ALTER TABLE user_responses ADD CONSTRAINT user_responses_question_of_session
FOREIGN KEY (session_id, question_id) REFERENCES interview_questions (session_id, id)
ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
"""
SQLITE = """
CREATE TRIGGER user_responses_question_of_session_{moment}
BEFORE {moment} ON user_responses
WHEN NOT EXISTS (
    SELECT 1 FROM interview_questions
    WHERE id = NEW.question_id AND session_id = NEW.session_id
)
BEGIN SELECT RAISE(ABORT, 'user_responses_question_of_session'); END
"""


def insist(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
    else:
        for moment in ("insert", "update"):
            schema_editor.execute(SQLITE.format(moment=moment))


def desist(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "ALTER TABLE user_responses DROP CONSTRAINT user_responses_question_of_session"
        )
    else:
        for moment in ("insert", "update"):
            schema_editor.execute(f"DROP TRIGGER user_responses_question_of_session_{moment}")


class Migration(migrations.Migration):
    dependencies = [("interview_sessions", "0001_initial")]
    operations = [migrations.RunPython(insist, desist)]
