"""A batch of questions goes into the full-text index in one statement (PostgreSQL).

The trigger of each row (migration 0006) took 5 questions as 5 statements. Changed and deleted
questions stay with it; answers and transcripts come one by one, and a trigger of the statement
would save them nothing.
"""

from typing import Any

from django.db import migrations

FORWARD = [
    """
CREATE FUNCTION search_texts_of_new_questions() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO search_texts (kind, row_id, session_id, text)
    SELECT 'question', id, session_id, question_text FROM added WHERE question_text <> '';
    RETURN NULL;
END
$body$
""",
    """
CREATE TRIGGER search_texts_of_new_questions AFTER INSERT ON interview_questions
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION search_texts_of_new_questions()
""",
    "DROP TRIGGER search_texts_of_questions ON interview_questions",
    """
CREATE TRIGGER search_texts_of_questions
AFTER UPDATE OF id, session_id, question_text OR DELETE ON interview_questions
FOR EACH ROW EXECUTE FUNCTION search_texts_of_questions()
""",
]
BACKWARD = [
    "DROP TRIGGER search_texts_of_new_questions ON interview_questions",
    "DROP FUNCTION search_texts_of_new_questions()",
    "DROP TRIGGER search_texts_of_questions ON interview_questions",
    """
CREATE TRIGGER search_texts_of_questions
AFTER INSERT OR UPDATE OF id, session_id, question_text OR DELETE ON interview_questions
FOR EACH ROW EXECUTE FUNCTION search_texts_of_questions()
""",
]


def at_once(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in FORWARD:
            schema_editor.execute(statement, params=None)


def one_by_one(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in BACKWARD:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("interview_sessions", "0010_interview_kinds")]
    operations = [migrations.RunPython(at_once, one_by_one)]
