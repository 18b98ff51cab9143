"""`dashboard_stats` counts interviews by triggers: whoever writes, the figures are right.

The figures that rest on interviews alone (how many, how many completed, time, the last date) are
counted anew by the database at every write to `interview_sessions`; making an interview stays one
statement. Those that rest on feedback are rebuilt by `analytics.services.dashboard`.
On SQLite a later migration that rebuilds `interview_sessions` drops these triggers: create them
anew there (a test fails otherwise).
"""

from typing import Any

from django.db import migrations

_POSTGRESQL_COUNTED = """
SELECT s.user_email, count(*) AS total,
       count(*) FILTER (WHERE s.status = 'completed') AS completed,
       COALESCE(round(sum(extract(epoch FROM s.end_time - s.start_time))
                FILTER (WHERE s.status = 'completed'), 6), 0)::double precision AS seconds,
       max(COALESCE(s.start_time, s.created_at)) AS last,
       min(s.created_at) AS first, max(s.updated_at) AS at
FROM interview_sessions s WHERE {people} GROUP BY s.user_email
"""
_POSTGRESQL_COUNTS = f"""
UPDATE dashboard_stats d SET
    total_interviews = c.total, completed_interviews = c.completed,
    total_time_spent = c.seconds, last_interview_date = c.last, updated_at = c.at
FROM ({_POSTGRESQL_COUNTED}) c WHERE d.user_email = c.user_email
"""
# Each statement of a function sees what was committed before it began: the row is locked first,
# then counted, so that of two writers the later counts what the earlier wrote.
POSTGRESQL = [
    f"""
CREATE FUNCTION dashboard_stats_recount(p_email text) RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM 1 FROM dashboard_stats WHERE user_email = p_email FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO dashboard_stats (user_email, total_interviews, completed_interviews,
            total_time_spent, last_interview_date, created_at, updated_at)
        SELECT c.user_email, c.total, c.completed, c.seconds, c.last, c.first, c.at
        FROM ({_POSTGRESQL_COUNTED.format(people="s.user_email = p_email")}) c
        ON CONFLICT (user_email) DO NOTHING;
        IF FOUND THEN RETURN; END IF;
        -- Another writer's row came first, or nobody of that name has interviews.
        PERFORM 1 FROM dashboard_stats WHERE user_email = p_email FOR UPDATE;
    END IF;
    {_POSTGRESQL_COUNTS.format(people="s.user_email = p_email")};
    IF NOT FOUND THEN
        DELETE FROM dashboard_stats WHERE user_email = p_email;
    END IF;
END
$body$
""",
    f"""
CREATE FUNCTION dashboard_stats_after_insert() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    people integer;
    person text;
BEGIN
    SELECT count(*), min(user_email) INTO people, person FROM added;
    IF people = 1 THEN
        PERFORM dashboard_stats_recount(person);
        RETURN NULL;
    END IF;
    INSERT INTO dashboard_stats (user_email, total_interviews, completed_interviews,
                                 total_time_spent, created_at, updated_at)
    SELECT user_email, 0, 0, 0, min(created_at), max(updated_at) FROM added
    GROUP BY user_email ORDER BY user_email
    ON CONFLICT (user_email) DO NOTHING;
    PERFORM 1 FROM dashboard_stats WHERE user_email IN (SELECT user_email FROM added)
      ORDER BY user_email FOR UPDATE;
    {_POSTGRESQL_COUNTS.format(people="s.user_email IN (SELECT user_email FROM added)")};
    RETURN NULL;
END
$body$
""",
    """
CREATE FUNCTION dashboard_stats_after_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM dashboard_stats_recount(OLD.user_email);
    IF TG_OP = 'UPDATE' AND NEW.user_email <> OLD.user_email THEN
        PERFORM dashboard_stats_recount(NEW.user_email);
    END IF;
    RETURN NULL;
END
$body$
""",
    """
CREATE TRIGGER dashboard_stats_after_insert AFTER INSERT ON interview_sessions
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION dashboard_stats_after_insert()
""",
    """
CREATE TRIGGER dashboard_stats_after_update
AFTER UPDATE OF user_email, status, start_time, end_time, created_at ON interview_sessions
FOR EACH ROW WHEN (
    (OLD.user_email, OLD.status, OLD.start_time, OLD.end_time, OLD.created_at)
    IS DISTINCT FROM (NEW.user_email, NEW.status, NEW.start_time, NEW.end_time, NEW.created_at)
) EXECUTE FUNCTION dashboard_stats_after_change()
""",
    """
CREATE TRIGGER dashboard_stats_after_delete AFTER DELETE ON interview_sessions
FOR EACH ROW EXECUTE FUNCTION dashboard_stats_after_change()
""",
]
POSTGRESQL_FILL = [
    """
INSERT INTO dashboard_stats (user_email, total_interviews, completed_interviews, total_time_spent,
                             created_at, updated_at)
SELECT user_email, 0, 0, 0, min(created_at), max(updated_at) FROM interview_sessions
GROUP BY user_email ON CONFLICT (user_email) DO NOTHING
""",
    _POSTGRESQL_COUNTS.format(people="true"),
]
POSTGRESQL_REVERSE = [
    "DROP TRIGGER dashboard_stats_after_delete ON interview_sessions",
    "DROP TRIGGER dashboard_stats_after_update ON interview_sessions",
    "DROP TRIGGER dashboard_stats_after_insert ON interview_sessions",
    "DROP FUNCTION dashboard_stats_after_change()",
    "DROP FUNCTION dashboard_stats_after_insert()",
    "DROP FUNCTION dashboard_stats_recount(text)",
]

# SQLite keeps a time as text, with or without a fraction; its own functions stop at milliseconds.
_MICROSECONDS = (
    "(CAST(strftime('%s', substr({t}, 1, 19)) AS INTEGER) * 1000000"
    " + CASE WHEN length({t}) = 26 THEN CAST(substr({t}, 21) AS INTEGER) ELSE 0 END)"
)
_SQLITE_COUNTS = f"""
UPDATE dashboard_stats SET
    (total_interviews, completed_interviews, total_time_spent, last_interview_date, updated_at) = (
    SELECT count(*), COALESCE(sum(s.status = 'completed'), 0),
           COALESCE(sum(CASE WHEN s.status = 'completed' THEN
               {_MICROSECONDS.format(t="s.end_time")} - {_MICROSECONDS.format(t="s.start_time")}
           END), 0) / 1000000.0,
           max(COALESCE(s.start_time, s.created_at)), max(s.updated_at)
    FROM interview_sessions s WHERE s.user_email = dashboard_stats.user_email
)
WHERE {{people}}
"""
_SQLITE_ROWS = """
INSERT INTO dashboard_stats (user_email, total_interviews, completed_interviews, total_time_spent,
                             created_at, updated_at)
SELECT s.user_email, 0, 0, 0, min(s.created_at), max(s.updated_at) FROM interview_sessions s
WHERE {people} AND s.user_email NOT IN (SELECT user_email FROM dashboard_stats)
GROUP BY s.user_email
"""
_SQLITE_NEW = f"""
{_SQLITE_ROWS.format(people="s.session_id = NEW.session_id")};
{_SQLITE_COUNTS.format(people="user_email = NEW.user_email")};
"""
_SQLITE_OLD = f"""
DELETE FROM dashboard_stats WHERE user_email = OLD.user_email
    AND NOT EXISTS (SELECT 1 FROM interview_sessions WHERE user_email = OLD.user_email);
{_SQLITE_COUNTS.format(people="user_email = OLD.user_email")};
"""
SQLITE = [
    f"""
CREATE TRIGGER dashboard_stats_after_insert AFTER INSERT ON interview_sessions
BEGIN {_SQLITE_NEW} END
""",
    f"""
CREATE TRIGGER dashboard_stats_after_update
AFTER UPDATE OF user_email, status, start_time, end_time, created_at ON interview_sessions
WHEN (OLD.user_email, OLD.status, OLD.start_time, OLD.end_time, OLD.created_at)
    IS NOT (NEW.user_email, NEW.status, NEW.start_time, NEW.end_time, NEW.created_at)
BEGIN {_SQLITE_NEW} {_SQLITE_OLD} END
""",
    f"""
CREATE TRIGGER dashboard_stats_after_delete AFTER DELETE ON interview_sessions
BEGIN {_SQLITE_OLD} END
""",
]
SQLITE_FILL = [_SQLITE_ROWS.format(people="true"), _SQLITE_COUNTS.format(people="true")]
SQLITE_REVERSE = [
    f"DROP TRIGGER dashboard_stats_after_{moment}" for moment in ("insert", "update", "delete")
]


def follow(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        statements = POSTGRESQL + POSTGRESQL_FILL
    else:
        statements = SQLITE + SQLITE_FILL
    for statement in statements:
        schema_editor.execute(statement, params=None)


def leave(apps: Any, schema_editor: Any) -> None:
    postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL_REVERSE if postgresql else SQLITE_REVERSE:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0001_initial"),
        ("interview_sessions", "0001_initial"),
    ]
    operations = [migrations.RunPython(follow, leave)]
