"""`interview_days` on PostgreSQL: how many interviews of each kind were made on each day (UTC).

What `interview_tallies` is for the dashboard without filters this is for the one with them. The
triggers of migration 0005 write it as well, so that a write calls no further one; like there rows
are added alone, and `n` may be negative. SQLite counts its interviews.
"""

from typing import Any

from django.db import migrations

_QUARTER = "date_bin('15 minutes', {t}, timestamptz '2000-01-01 00:00:00+00')"
_DAY = "({t} AT TIME ZONE 'UTC')::date"
_KIND = "role, interview_mode, difficulty, status"
_DAYS = f"""
INSERT INTO interview_days (day, {_KIND}, n)
SELECT {_DAY.format(t="created_at")}, {_KIND}, {{sign}}count(*) FROM {{rows}} GROUP BY 1, 2, 3, 4, 5
"""
_TALLIES = f"""
INSERT INTO interview_tallies (quarter, status, n)
SELECT {_QUARTER.format(t="created_at")}, status, {{sign}}count(*) FROM {{rows}} GROUP BY 1, 2
"""
_ROW = "({day}, {r}.role, {r}.interview_mode, {r}.difficulty, {r}.status, {n})"


def _counting(moment: str, rows: str, sign: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION interview_tallies_after_{moment}() RETURNS trigger
LANGUAGE plpgsql AS $body$
BEGIN
    {_TALLIES.format(sign=sign, rows=rows)};
    {_DAYS.format(sign=sign, rows=rows)};
    RETURN NULL;
END
$body$
"""


def _row(row: str, n: int) -> str:
    return _ROW.format(day=_DAY.format(t=f"{row}.created_at"), r=row, n=n)


def _changed(columns: str) -> str:
    old = ", ".join(f"OLD.{name}" for name in columns.split(", "))
    return f"({old}) IS DISTINCT FROM ({old.replace('OLD.', 'NEW.')})"


_OF_DAY, _OF_QUARTER = f"{_KIND}, created_at", "status, created_at"
FORWARD = [
    """
CREATE TABLE interview_days (
    day date NOT NULL,
    role text NOT NULL,
    interview_mode text NOT NULL,
    difficulty text NOT NULL,
    status text NOT NULL,
    n integer NOT NULL
)
""",
    _counting("insert", "added", ""),
    _counting("delete", "gone", "-"),
    f"""
CREATE OR REPLACE FUNCTION interview_tallies_after_update() RETURNS trigger
LANGUAGE plpgsql AS $body$
BEGIN
    IF {_changed(_OF_QUARTER)} THEN
        INSERT INTO interview_tallies (quarter, status, n) VALUES
            ({_QUARTER.format(t="OLD.created_at")}, OLD.status, -1),
            ({_QUARTER.format(t="NEW.created_at")}, NEW.status, 1);
    END IF;
    INSERT INTO interview_days (day, {_KIND}, n) VALUES {_row("OLD", -1)}, {_row("NEW", 1)};
    RETURN NULL;
END
$body$
""",
    "DROP TRIGGER interview_tallies_after_update ON interview_sessions",
    f"""
CREATE TRIGGER interview_tallies_after_update
AFTER UPDATE OF {_OF_DAY} ON interview_sessions
FOR EACH ROW WHEN ({_changed(_OF_DAY)}) EXECUTE FUNCTION interview_tallies_after_update()
""",
    # TRUNCATE calls no trigger of rows.
    """
CREATE FUNCTION interview_days_after_truncate() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    DELETE FROM interview_days;
    DELETE FROM interview_tallies;
    RETURN NULL;
END
$body$
""",
    """
CREATE TRIGGER interview_days_after_truncate AFTER TRUNCATE ON interview_sessions
FOR EACH STATEMENT EXECUTE FUNCTION interview_days_after_truncate()
""",
    _DAYS.format(sign="", rows="interview_sessions"),
    # The days of one kind or a few: the dashboard filtered by role.
    f"CREATE INDEX interview_days_of_kind ON interview_days ({_KIND}, day) INCLUDE (n)",
    "ANALYZE interview_days",
]


def follow(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in FORWARD:
            schema_editor.execute(statement, params=None)


def leave(apps: Any, schema_editor: Any) -> None:
    """Back to the triggers of migration 0005."""
    if schema_editor.connection.vendor == "postgresql":
        for moment, rows, sign in (("insert", "added", ""), ("delete", "gone", "-")):
            schema_editor.execute(
                f"CREATE OR REPLACE FUNCTION interview_tallies_after_{moment}() RETURNS trigger"
                f" LANGUAGE plpgsql AS $body$ BEGIN {_TALLIES.format(sign=sign, rows=rows)};"
                " RETURN NULL; END $body$",
                params=None,
            )
        schema_editor.execute(
            f"""
CREATE OR REPLACE FUNCTION interview_tallies_after_update() RETURNS trigger
LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO interview_tallies (quarter, status, n) VALUES
        ({_QUARTER.format(t="OLD.created_at")}, OLD.status, -1),
        ({_QUARTER.format(t="NEW.created_at")}, NEW.status, 1);
    RETURN NULL;
END
$body$
""",
            params=None,
        )
        schema_editor.execute(
            "DROP TRIGGER interview_tallies_after_update ON interview_sessions", params=None
        )
        schema_editor.execute(
            f"""
CREATE TRIGGER interview_tallies_after_update
AFTER UPDATE OF {_OF_QUARTER} ON interview_sessions
FOR EACH ROW WHEN ({_changed(_OF_QUARTER)}) EXECUTE FUNCTION interview_tallies_after_update()
""",
            params=None,
        )
        schema_editor.execute(
            "DROP TRIGGER interview_days_after_truncate ON interview_sessions", params=None
        )
        schema_editor.execute("DROP FUNCTION interview_days_after_truncate()", params=None)
        schema_editor.execute("DROP TABLE interview_days", params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0008_interview_scores"),
        ("interview_sessions", "0010_interview_kinds"),
    ]
    operations = [migrations.RunPython(follow, leave)]
