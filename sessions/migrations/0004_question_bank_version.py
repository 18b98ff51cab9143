"""A word that changes whenever the question bank changes, however it was changed.

Each server process keeps the bank in memory and reads this one row to see whether it is still the
same. Triggers set it, so that the admin, `loaddata` and plain SQL are all noticed; it is random
rather than counted, so that a version of a transaction rolled back never comes again.
On SQLite a later migration that rebuilds `question_bank` drops these triggers: create them anew
there (a test fails otherwise).
"""

from typing import Any

from django.db import migrations

POSTGRESQL = (
    "CREATE TABLE question_bank_version (id integer PRIMARY KEY, version text NOT NULL)",
    "INSERT INTO question_bank_version VALUES (1, gen_random_uuid()::text)",
    """
CREATE FUNCTION question_bank_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE question_bank_version SET version = gen_random_uuid()::text WHERE id = 1;
    RETURN NULL;
END
$$
""",
    """
CREATE TRIGGER question_bank_changed
AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON question_bank
FOR EACH STATEMENT EXECUTE FUNCTION question_bank_changed()
""",
)
POSTGRESQL_BACK = (
    "DROP TRIGGER question_bank_changed ON question_bank",
    "DROP FUNCTION question_bank_changed()",
    "DROP TABLE question_bank_version",
)
SQLITE = (
    "CREATE TABLE question_bank_version (id integer PRIMARY KEY, version text NOT NULL)",
    "INSERT INTO question_bank_version VALUES (1, hex(randomblob(16)))",
)
SQLITE_TRIGGER = """
CREATE TRIGGER question_bank_changed_by_{moment} AFTER {moment} ON question_bank
BEGIN UPDATE question_bank_version SET version = hex(randomblob(16)) WHERE id = 1; END
"""
MOMENTS = ("insert", "update", "delete")


def watch(apps: Any, schema_editor: Any) -> None:
    statements = POSTGRESQL
    if schema_editor.connection.vendor == "sqlite":
        statements = (*SQLITE, *(SQLITE_TRIGGER.format(moment=moment) for moment in MOMENTS))
    for statement in statements:
        schema_editor.execute(statement, params=None)


def unwatch(apps: Any, schema_editor: Any) -> None:
    statements = POSTGRESQL_BACK
    if schema_editor.connection.vendor == "sqlite":
        statements = (
            *(f"DROP TRIGGER question_bank_changed_by_{moment}" for moment in MOMENTS),
            "DROP TABLE question_bank_version",
        )
    for statement in statements:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("interview_sessions", "0003_record_answer")]
    operations = [migrations.RunPython(watch, unwatch)]
