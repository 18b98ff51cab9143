"""Who looked at one interview, without reading all looks there ever were.

An access record names many interviews in one JSON list. PostgreSQL indexes the members of that
list; on SQLite a small table of pairs, kept by triggers, does. On SQLite a later migration that
rebuilds `access_records` drops these triggers: create them anew there (a test fails otherwise).
"""

from typing import Any

from django.db import migrations

POSTGRESQL = (
    "CREATE INDEX access_by_session ON access_records USING gin (session_ids jsonb_path_ops)",
)
POSTGRESQL_BACK = ("DROP INDEX access_by_session",)
# The condition leaves out what is no list: rows written by hand.
_PAIRS = """
INSERT OR IGNORE INTO access_record_sessions (session_id, record_id)
SELECT member.value, {record}.id FROM {source} json_each({record}.session_ids) AS member
WHERE json_type({record}.session_ids) = 'array' AND member.type = 'text'
"""
SQLITE = (
    """
CREATE TABLE access_record_sessions (
    session_id text NOT NULL, record_id integer NOT NULL, PRIMARY KEY (session_id, record_id)
) WITHOUT ROWID
""",
    # Old records are deleted by age.
    "CREATE INDEX access_record_sessions_of_record ON access_record_sessions (record_id)",
    _PAIRS.format(record="r", source="access_records AS r,"),
    f"""
CREATE TRIGGER access_by_session_insert AFTER INSERT ON access_records
BEGIN {_PAIRS.format(record="NEW", source="")}; END
""",
    f"""
CREATE TRIGGER access_by_session_update AFTER UPDATE ON access_records
BEGIN
    DELETE FROM access_record_sessions WHERE record_id = OLD.id;
    {_PAIRS.format(record="NEW", source="")};
END
""",
    """
CREATE TRIGGER access_by_session_delete AFTER DELETE ON access_records
BEGIN DELETE FROM access_record_sessions WHERE record_id = OLD.id; END
""",
)
SQLITE_BACK = (
    *(f"DROP TRIGGER access_by_session_{moment}" for moment in ("insert", "update", "delete")),
    "DROP TABLE access_record_sessions",
)


def index(apps: Any, schema_editor: Any) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        schema_editor.execute(statement, params=None)


def forget(apps: Any, schema_editor: Any) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE_BACK if is_sqlite else POSTGRESQL_BACK:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("interview_sessions", "0006_search")]
    operations = [migrations.RunPython(index, forget)]
