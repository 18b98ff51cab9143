"""`interview_kinds` on PostgreSQL: which roles, modes and difficulties there are, and their index.

A list or a count of one in a thousand interviews is asked for kind by kind then: each is a range of
the index, and a kind that nobody ever had is not looked for (`sessions/kinds.py`). SQLite goes
through its interviews as before.

What a write pays for this is saved elsewhere: Django gives every text column that is unique or a
key a second index for texts that begin with something, and nobody looks for the beginning of a
session id. The two on the tables that every interview writes to go.

Rows are only added, by a trigger, and never counted or removed: a kind that has no interview any
more costs one look. Nothing is unique: two writers who bring the same new kind at once both add it
rather than wait for each other. The writer's own look (`NOT EXISTS`) takes a few microseconds.
"""

from typing import Any

from django.db import migrations

TABLE = """
CREATE TABLE interview_kinds (
    role text NOT NULL,
    interview_mode text NOT NULL,
    difficulty text NOT NULL
)
"""
# Made interviews are looked at together, changed ones (an admin's correction) one by one.
FOLLOW = (
    """
CREATE FUNCTION interview_kinds_of_new() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO interview_kinds (role, interview_mode, difficulty)
    SELECT DISTINCT role, interview_mode, difficulty FROM added a
    WHERE NOT EXISTS (SELECT FROM interview_kinds k WHERE k.role = a.role
                      AND k.interview_mode = a.interview_mode AND k.difficulty = a.difficulty);
    RETURN NULL;
END
$body$
""",
    """
CREATE TRIGGER interview_kinds_of_new AFTER INSERT ON interview_sessions
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION interview_kinds_of_new()
""",
    """
CREATE FUNCTION interview_kinds_of_changed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO interview_kinds (role, interview_mode, difficulty)
    SELECT NEW.role, NEW.interview_mode, NEW.difficulty
    WHERE NOT EXISTS (SELECT FROM interview_kinds WHERE role = NEW.role
                      AND interview_mode = NEW.interview_mode AND difficulty = NEW.difficulty);
    RETURN NULL;
END
$body$
""",
    """
CREATE TRIGGER interview_kinds_of_changed
AFTER UPDATE OF role, interview_mode, difficulty ON interview_sessions
FOR EACH ROW WHEN ((OLD.role, OLD.interview_mode, OLD.difficulty)
                   IS DISTINCT FROM (NEW.role, NEW.interview_mode, NEW.difficulty))
EXECUTE FUNCTION interview_kinds_of_changed()
""",
    # TRUNCATE calls no other trigger.
    """
CREATE FUNCTION interview_kinds_of_none() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    DELETE FROM interview_kinds;
    RETURN NULL;
END
$body$
""",
    """
CREATE TRIGGER interview_kinds_of_none AFTER TRUNCATE ON interview_sessions
FOR EACH STATEMENT EXECUTE FUNCTION interview_kinds_of_none()
""",
)
FILL = """
INSERT INTO interview_kinds (role, interview_mode, difficulty)
SELECT DISTINCT role, interview_mode, difficulty FROM interview_sessions
"""
INDEXES = (
    # The trigger's look at each write.
    """
CREATE INDEX interview_kinds_known ON interview_kinds (role, interview_mode, difficulty)
""",
    # The interviews of a kind and status, in their order or in a period: `sessions.kinds`. The
    # columns alone, no expressions, so that counting reads nothing but the index.
    """
CREATE INDEX session_by_kind ON interview_sessions
    (role, interview_mode, difficulty, status, created_at DESC, id DESC)
""",
)
# Index → its table.
UNUSED = {
    "interview_sessions_session_id_b93260ed_like": "interview_sessions",
    "user_responses_session_id_975190d9_like": "user_responses",
}
FORWARD = [
    TABLE,
    *FOLLOW,
    FILL,
    *INDEXES,
    *(f"DROP INDEX IF EXISTS {name}" for name in UNUSED),
    "ANALYZE interview_kinds",
]
BACKWARD = [
    *(
        f"CREATE INDEX {name} ON {table} (session_id varchar_pattern_ops)"
        for name, table in UNUSED.items()
    ),
    "DROP INDEX session_by_kind",
    *(
        statement
        for which in ("new", "changed", "none")
        for statement in (
            f"DROP TRIGGER interview_kinds_of_{which} ON interview_sessions",
            f"DROP FUNCTION interview_kinds_of_{which}()",
        )
    ),
    "DROP TABLE interview_kinds",
]


def follow(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in FORWARD:
            schema_editor.execute(statement, params=None)


def leave(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in BACKWARD:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("interview_sessions", "0009_correct_permission")]
    operations = [migrations.RunPython(follow, leave)]
