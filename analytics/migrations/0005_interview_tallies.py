"""`interview_tallies` follows `interview_sessions` by triggers: whoever writes, the sums are right.

On PostgreSQL a write adds rows and changes none: two interviews made at once would wait for each
other at a common row. On SQLite, which has one writer, the common row is changed.
On SQLite a later migration that rebuilds `interview_sessions` drops these triggers: create them
anew there (a test fails otherwise).
"""

from typing import Any

from django.db import migrations, models

_POSTGRESQL_QUARTER = "date_bin('15 minutes', {t}, timestamptz '2000-01-01 00:00:00+00')"
_POSTGRESQL_COUNTED = f"""
INSERT INTO interview_tallies (quarter, status, n)
SELECT {_POSTGRESQL_QUARTER.format(t="created_at")}, status, {{sign}}count(*)
FROM {{rows}} GROUP BY 1, 2
"""
POSTGRESQL = [
    f"""
CREATE FUNCTION interview_tallies_after_insert() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    {_POSTGRESQL_COUNTED.format(sign="", rows="added")};
    RETURN NULL;
END
$body$
""",
    f"""
CREATE FUNCTION interview_tallies_after_delete() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    {_POSTGRESQL_COUNTED.format(sign="-", rows="gone")};
    RETURN NULL;
END
$body$
""",
    f"""
CREATE FUNCTION interview_tallies_after_update() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO interview_tallies (quarter, status, n) VALUES
        ({_POSTGRESQL_QUARTER.format(t="OLD.created_at")}, OLD.status, -1),
        ({_POSTGRESQL_QUARTER.format(t="NEW.created_at")}, NEW.status, 1);
    RETURN NULL;
END
$body$
""",
    """
CREATE TRIGGER interview_tallies_after_insert AFTER INSERT ON interview_sessions
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION interview_tallies_after_insert()
""",
    """
CREATE TRIGGER interview_tallies_after_delete AFTER DELETE ON interview_sessions
REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION interview_tallies_after_delete()
""",
    """
CREATE TRIGGER interview_tallies_after_update
AFTER UPDATE OF status, created_at ON interview_sessions
FOR EACH ROW WHEN ((OLD.status, OLD.created_at) IS DISTINCT FROM (NEW.status, NEW.created_at))
EXECUTE FUNCTION interview_tallies_after_update()
""",
    _POSTGRESQL_COUNTED.format(sign="", rows="interview_sessions"),
]
POSTGRESQL_REVERSE = [
    statement
    for moment in ("insert", "delete", "update")
    for statement in (
        f"DROP TRIGGER interview_tallies_after_{moment} ON interview_sessions",
        f"DROP FUNCTION interview_tallies_after_{moment}()",
    )
]

# A time is the text "2026-11-20 09:38:12.345678" in UTC.
_SQLITE_QUARTER = (
    "(substr({t}, 1, 14) || printf('%02d', CAST(substr({t}, 15, 2) AS INTEGER) / 15 * 15) || ':00')"
)
_SQLITE_MORE = """
UPDATE interview_tallies SET n = n + 1 WHERE quarter = {quarter} AND status = NEW.status;
INSERT INTO interview_tallies (quarter, status, n) SELECT {quarter}, NEW.status, 1 WHERE NOT EXISTS
    (SELECT 1 FROM interview_tallies WHERE quarter = {quarter} AND status = NEW.status);
""".format(quarter=_SQLITE_QUARTER.format(t="NEW.created_at"))
_SQLITE_LESS = """
UPDATE interview_tallies SET n = n - 1 WHERE quarter = {quarter} AND status = OLD.status;
DELETE FROM interview_tallies WHERE quarter = {quarter} AND status = OLD.status AND n = 0;
""".format(quarter=_SQLITE_QUARTER.format(t="OLD.created_at"))
SQLITE = [
    f"""
CREATE TRIGGER interview_tallies_after_insert AFTER INSERT ON interview_sessions
BEGIN {_SQLITE_MORE} END
""",
    f"""
CREATE TRIGGER interview_tallies_after_update AFTER UPDATE OF status, created_at
ON interview_sessions
WHEN (OLD.status, OLD.created_at) IS NOT (NEW.status, NEW.created_at)
BEGIN {_SQLITE_LESS} {_SQLITE_MORE} END
""",
    f"""
CREATE TRIGGER interview_tallies_after_delete AFTER DELETE ON interview_sessions
BEGIN {_SQLITE_LESS} END
""",
    f"""
INSERT INTO interview_tallies (quarter, status, n)
SELECT {_SQLITE_QUARTER.format(t="created_at")}, status, count(*)
FROM interview_sessions GROUP BY 1, 2
""",
]
SQLITE_REVERSE = [
    f"DROP TRIGGER interview_tallies_after_{moment}" for moment in ("insert", "update", "delete")
]


def follow(apps: Any, schema_editor: Any) -> None:
    postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL if postgresql else SQLITE:
        schema_editor.execute(statement, params=None)


def leave(apps: Any, schema_editor: Any) -> None:
    postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL_REVERSE if postgresql else SQLITE_REVERSE:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0004_rubric"),
        ("interview_sessions", "0005_peaks_and_corrections"),
    ]
    operations = [
        migrations.CreateModel(
            name="InterviewTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "quarter",
                    models.DateTimeField(help_text="begin of the quarter of an hour, UTC"),
                ),
                ("status", models.CharField(max_length=20)),
                ("n", models.IntegerField()),
            ],
            options={
                "db_table": "interview_tallies",
                "verbose_name_plural": "interview tallies",
                "indexes": [
                    models.Index(
                        fields=["quarter", "status"], include=["n"], name="tally_by_quarter"
                    )
                ],
            },
        ),
        migrations.RunPython(follow, leave),
    ]
