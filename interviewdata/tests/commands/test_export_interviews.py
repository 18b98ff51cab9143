import json
import re
import stat

import pytest
from django.utils import timezone

from analytics.tests.factories import FeedbackFactory
from interviewdata.record import bulk
from interviewdata.record.document import export_document, read_record
from sessions.models import AccessRecord
from sessions.tests.factories import InterviewSessionFactory, TranscriptFactory

EXPORTED_AT = re.compile(r'"exported_at":"[^"]*"')


@pytest.fixture
def two():
    early = InterviewSessionFactory(created_at="2026-01-01T00:00Z", user_email="ann@example.org")
    late = InterviewSessionFactory(created_at="2026-02-01T00:00Z")
    TranscriptFactory(session=early)
    FeedbackFactory(session=early)
    return early.session_id, late.session_id


def test_export_of_one_interview_is_the_documents_bytes(run, two, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    ran = run("export_interviews", "--session", two[0])
    expected = export_document(read_record(two[0]), session_id=two[0], now=now)
    assert (ran.code, ran.out, ran.err) == (0, expected.decode(), "")


def test_export_is_what_the_api_sends_but_for_the_moment(run, api, interview):
    sent = api.get(f"/api/interview/export/{interview}").content.decode()
    ran = run("export_interviews", "--session", interview)
    assert EXPORTED_AT.sub("", ran.out) == EXPORTED_AT.sub("", sent)


def test_export_of_all_is_json_lines_in_order_of_creation(run, two):
    ran = run("export_interviews", "--all")
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == 0
    assert [line["export_info"]["session_id"] for line in lines] == list(two)
    assert (len(lines[0]["transcripts"]), len(lines[1]["transcripts"])) == (1, 0)


def test_export_of_a_person_takes_the_address_in_any_spelling(run, two):
    ran = run("export_interviews", "--email", " Ann@Example.org")
    assert json.loads(ran.out)["export_info"]["session_id"] == two[0]


def test_export_takes_session_more_than_once_and_each_interview_once(run, two):
    arguments = [part for name in (two[1], two[0], two[1]) for part in ("--session", name)]
    ran = run("export_interviews", *arguments)
    assert len(ran.out.splitlines()) == 2


def test_export_to_a_file_is_for_its_owner_alone_and_says_so_on_stderr(run, two, tmp_path):
    file = tmp_path / "out.jsonl"
    ran = run("export_interviews", "--all", "--output", str(file))
    assert (ran.code, ran.out, ran.err) == (0, "", f"2 written to {file}.\n")
    assert len(file.read_bytes().splitlines()) == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [f.name for f in tmp_path.iterdir() if f.is_file()] == ["out.jsonl"]


def test_export_that_breaks_off_leaves_the_old_file(run, two, tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("disk full")

    file = tmp_path / "out.jsonl"
    file.write_text("old")
    monkeypatch.setattr(bulk, "export_document", fail)
    with pytest.raises(OSError, match="disk full"):
        run("export_interviews", "--all", "--output", str(file))
    assert [f.name for f in tmp_path.iterdir() if f.is_file()] == ["out.jsonl"]
    assert file.read_text() == "old"


@pytest.mark.parametrize(
    "arguments",
    [[], ["--all", "--email", "a@example.org"], ["--all", "--output", "/no/such/folder/x"]],
)
def test_export_with_wrong_arguments_ends_with_2(run, two, arguments):
    ran = run("export_interviews", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


@pytest.mark.parametrize("arguments", [["--email", "no@example.org"], ["--session", "nope"]])
def test_export_of_nothing_ends_with_3(run, two, arguments, tmp_path):
    file = tmp_path / "out.jsonl"
    ran = run("export_interviews", *arguments, "--output", str(file))
    assert (ran.code, ran.out) == (3, "")
    assert not file.exists()


def test_export_with_one_unknown_id_names_it_and_writes_nothing(run, two):
    ran = run("export_interviews", "--session", two[0], "--session", "nope")
    assert (ran.code, ran.out, ran.err) == (3, "", "There is no interview nope.")


def test_export_of_an_empty_database_ends_with_3(run):
    assert run("export_interviews", "--all").code == 3


def test_export_records_who_took_what(run, two):
    run("export_interviews", "--all")
    record = AccessRecord.objects.get()
    assert record.actor.startswith("shell:")
    assert (record.action, record.session_ids) == ("export", list(two))


@pytest.mark.parametrize("rows", [1, 3])
def test_export_costs_a_statement_an_interview(run, rows, django_assert_num_queries):
    InterviewSessionFactory.create_batch(rows)
    # count, ids, access record, then one a document
    with django_assert_num_queries(3 + rows):
        run("export_interviews", "--all")


def test_line_break_inside_a_document_does_not_break_its_line():
    assert bulk.as_line(b'{"a":\r\n 1}\n') == b'{"a":   1}\n'
