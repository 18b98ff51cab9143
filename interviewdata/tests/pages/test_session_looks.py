"""Who looked at one interview: the newest, told together, found by an index."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interviewdata.record.pages.session_looks import looks_at
from sessions.models import AccessRecord
from sessions.services.access_record import record_access


def test_looks_are_the_newest_of_this_interview_told_together(db):
    now = timezone.now()

    def look(minutes, actor="user:ann", action="read", resource="record", ids=("a",), detail=""):
        record_access(
            actor=actor,
            action=action,
            resource=resource,
            session_ids=list(ids),
            detail=detail,
            now=now - timedelta(minutes=minutes),
        )

    look(500, ids=("b", "a"), action="list", resource="sessions")
    look(400, actor="service:robot", action="export")
    look(60)
    look(9, action="listen", resource="audio", detail="response 1 bytes=0-9")
    look(8, action="listen", resource="audio", detail="response 1 bytes=10-19")
    look(7, resource="waveform")
    look(6, ids=("b", "aa", "a%"))
    look(5)
    look(4)
    found = looks_at("a")
    assert [(one.who, one.what, one.times) for one in found] == [
        ("ann", "read the record", 2),
        ("ann", "listened to an answer", 2),
        ("ann", "read the record", 1),
        ("service robot", "exported the record", 1),
        ("ann", "saw it in a list", 1),
    ]
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)


def test_at_most_twenty_looks(db):
    now = timezone.now()
    for number in range(30):
        record_access(actor=f"user:u{number}", action="read", resource="record",
                      session_ids=["a"], now=now + timedelta(seconds=number))  # fmt: skip
    assert [one.who for one in looks_at("a")] == [f"u{n}" for n in range(29, 9, -1)]


def test_looks_are_found_by_an_index(db):
    with CaptureQueriesContext(connection) as captured:
        looks_at("a")
    sql = captured.captured_queries[0]["sql"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            # The sort by time has an index of its own, which an empty table would rather use.
            cursor.execute("SET LOCAL enable_indexscan = off")
            cursor.execute(f"EXPLAIN {sql}")
            assert "access_by_session" in str(cursor.fetchall())
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = str(cursor.fetchall())
            assert "SEARCH p USING PRIMARY KEY (session_id=?)" in plan
            assert "SCAN" not in plan


def test_deleted_and_changed_records_leave_no_trace(db):
    record_access(actor="user:ann", action="read", resource="record", session_ids=["a", "b"])
    row = AccessRecord.objects.get()
    row.session_ids = ["b"]
    row.save()
    assert (len(looks_at("a")), len(looks_at("b"))) == (0, 1)
    row.delete()
    assert looks_at("b") == []
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM access_record_sessions")
            assert cursor.fetchone() == (0,)
