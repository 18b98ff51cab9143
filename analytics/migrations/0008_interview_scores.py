"""`interview_scores` follows `feedback` and `interview_sessions` by triggers: whoever writes.

On PostgreSQL a judgement locks its interview for the moment: of two that come at once the second
sees the first, and an interview that changes meanwhile is waited for. On SQLite a later migration
that rebuilds `feedback` or `interview_sessions` drops these triggers: create them anew there (a
test fails otherwise).
"""

from typing import Any

from django.db import migrations, models

_COLUMNS = "role, interview_mode, difficulty, status, created_at"
_OWN = ", ".join(f"s.{name}" for name in _COLUMNS.split(", "))
# Of each rater the newest judgement, the mean over raters; candidates' own do not count.
_MEAN = """
SELECT f.session_id, avg(f.overall_score) AS mean FROM feedback f
WHERE f.source <> 'candidate' {condition} AND NOT EXISTS (
    SELECT 1 FROM feedback later
    WHERE later.session_id = f.session_id AND later.source = f.source AND later.author = f.author
      AND (later.created_at > f.created_at
           OR later.created_at = f.created_at AND later.id > f.id))
GROUP BY f.session_id HAVING avg(f.overall_score) IS NOT NULL
"""
# All rows of the table as they must be: also what proves and rebuilds it.
COUNTED = f"""
SELECT s.session_id, means.mean, {_OWN}
FROM ({_MEAN.format(condition="")}) AS means
JOIN interview_sessions s ON s.session_id = means.session_id
"""


def _of_one(session: str) -> str:
    """A statement that adds the row of one interview, where it has a score."""
    mean = _MEAN.format(condition=f"AND f.session_id = {session}")
    return f"""
INSERT INTO interview_scores (session_id, mean, {_COLUMNS})
SELECT s.session_id, means.mean, {_OWN}
FROM ({mean}) AS means JOIN interview_sessions s ON s.session_id = means.session_id
"""


_FILL = f"INSERT INTO interview_scores (session_id, mean, {_COLUMNS}) {COUNTED}"
_JUDGED = "session_id, overall_score, source, author, created_at"
_CHANGED = """({old}) {differ} ({new})""".format(
    old=", ".join(f"OLD.{name}" for name in _COLUMNS.split(", ")),
    new=", ".join(f"NEW.{name}" for name in _COLUMNS.split(", ")),
    differ="{differ}",
)
_FOLLOW_SESSION = f"""
UPDATE interview_scores SET ({_COLUMNS}) = ({_OWN.replace("s.", "NEW.")})
WHERE session_id = NEW.session_id
"""

POSTGRESQL = [
    f"""
CREATE FUNCTION interview_scores_of(p_session text) RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM 1 FROM interview_sessions WHERE session_id = p_session FOR NO KEY UPDATE;
    DELETE FROM interview_scores WHERE session_id = p_session;
    {_of_one("p_session")};
END
$body$
""",
    """
CREATE FUNCTION interview_scores_after_judgement() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM interview_scores;
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM interview_scores_of(OLD.session_id);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.session_id <> OLD.session_id THEN
        PERFORM interview_scores_of(NEW.session_id);
    END IF;
    RETURN NULL;
END
$body$
""",
    f"""
CREATE TRIGGER interview_scores_after_judgement
AFTER INSERT OR DELETE OR UPDATE OF {_JUDGED} ON feedback
FOR EACH ROW EXECUTE FUNCTION interview_scores_after_judgement()
""",
    """
CREATE TRIGGER interview_scores_after_truncate AFTER TRUNCATE ON feedback
FOR EACH STATEMENT EXECUTE FUNCTION interview_scores_after_judgement()
""",
    f"""
CREATE FUNCTION interview_scores_after_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    {_FOLLOW_SESSION};
    RETURN NULL;
END
$body$
""",
    f"""
CREATE TRIGGER interview_scores_after_change
AFTER UPDATE OF {_COLUMNS} ON interview_sessions
FOR EACH ROW WHEN ({_CHANGED.format(differ="IS DISTINCT FROM")})
EXECUTE FUNCTION interview_scores_after_change()
""",
    _FILL,
    # Django's second index, for texts that begin with something: nobody looks for that here.
    "DROP INDEX IF EXISTS interview_scores_session_id_4fc95901_like",
    # Without it the first pages would take a table of many for one of few.
    "ANALYZE interview_scores",
]
POSTGRESQL_REVERSE = [
    "DROP TRIGGER interview_scores_after_change ON interview_sessions",
    "DROP TRIGGER interview_scores_after_truncate ON feedback",
    "DROP TRIGGER interview_scores_after_judgement ON feedback",
    "DROP FUNCTION interview_scores_after_change()",
    "DROP FUNCTION interview_scores_after_judgement()",
    "DROP FUNCTION interview_scores_of(text)",
]


def _anew(row: str) -> str:
    return (
        f"DELETE FROM interview_scores WHERE session_id = {row}.session_id;"
        f" {_of_one(f'{row}.session_id')};"
    )


SQLITE = [
    f"""
CREATE TRIGGER interview_scores_after_insert AFTER INSERT ON feedback
BEGIN {_anew("NEW")} END
""",
    f"""
CREATE TRIGGER interview_scores_after_update AFTER UPDATE OF {_JUDGED} ON feedback
BEGIN {_anew("OLD")} {_anew("NEW")} END
""",
    f"""
CREATE TRIGGER interview_scores_after_delete AFTER DELETE ON feedback
BEGIN {_anew("OLD")} END
""",
    f"""
CREATE TRIGGER interview_scores_after_change AFTER UPDATE OF {_COLUMNS} ON interview_sessions
WHEN {_CHANGED.format(differ="IS NOT")}
BEGIN {_FOLLOW_SESSION}; END
""",
    _FILL,
]
SQLITE_REVERSE = [
    f"DROP TRIGGER interview_scores_after_{moment}"
    for moment in ("insert", "update", "delete", "change")
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
        ("analytics", "0007_admins_end_locks"),
        ("interview_sessions", "0006_search"),
    ]
    operations = [
        migrations.CreateModel(
            name="InterviewScore",
            fields=[
                (
                    "session_id",
                    models.CharField(max_length=128, primary_key=True, serialize=False),
                ),
                ("mean", models.FloatField(help_text="0–10")),
                ("role", models.CharField(max_length=120)),
                ("interview_mode", models.CharField(max_length=20)),
                ("difficulty", models.CharField(max_length=20)),
                ("status", models.CharField(max_length=20)),
                ("created_at", models.DateTimeField(help_text="when the interview was made")),
            ],
            options={
                "db_table": "interview_scores",
                "indexes": [
                    models.Index(fields=["mean"], name="score_by_mean"),
                    models.Index(fields=["status", "created_at"], name="score_by_status"),
                    models.Index(fields=["role", "created_at"], name="score_by_role"),
                    models.Index(fields=["interview_mode", "created_at"], name="score_by_mode"),
                ],
            },
        ),
        migrations.RunPython(follow, leave),
    ]
