import json
import os
import time
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from analytics.models import DashboardStats, InterviewTally
from analytics.services.dashboard import rebuild_stats
from analytics.tests.factories import (
    DashboardStatsFactory,
    FeedbackFactory,
    InterviewAnalyticsFactory,
)
from interviewdata.record import integrity_files
from sessions.models import IdempotencyRecord, InterviewSession, UserResponse
from sessions.services.counters import recount
from sessions.tests.audio.samples import wav
from sessions.tests.factories import (
    TranscriptFactory,
    UserResponseFactory,
)

FINE = "Everything is as it must be.\n"


@pytest.fixture
def answer(db):
    """One answer of an interview whose counters are right."""
    response = UserResponseFactory(question__question_index=1)
    recount(response.session_id)
    return response


@pytest.fixture
def sound(api, interview):
    """An answer with sound, given over the API."""
    import base64

    audio = base64.b64encode(wav(b"\0\1" * 9600)).decode()
    body = {"sessionId": interview, "questionIndex": 0, "audioBlob": audio}
    assert api.call("/api/interview/response", body).status_code == 200
    return UserResponse.objects.get()


def age(name, hours):
    old = time.time() - hours * 3600
    os.utime(default_storage.path(name), (old, old))


def kinds(run, *arguments):
    ran = run("check_interview_data", "--json", *arguments)
    *found, summary = [json.loads(line) for line in ran.out.splitlines()]
    assert summary["summary"]["problems"] == len(found)
    assert ran.code == (1 if summary["summary"]["left"] else 0)
    return [problem["kind"] for problem in found]


def test_check_of_nothing_and_of_good_rows_is_clean(run, answer):
    ran = run("check_interview_data")
    assert (ran.code, ran.out, ran.err) == (0, FINE, "")


def test_check_lists_a_wrong_counter_and_ends_with_1(run, answer):
    InterviewSession.objects.update(total_questions=7)
    ran = run("check_interview_data")
    assert ran.code == 1
    assert ran.out == (
        f"counter: interview_sessions {answer.session_id}: total_questions is 7, not 1\n"
        "1 found, 0 repaired, 1 left.\n"
    )


@pytest.mark.parametrize(
    ("column", "wrong"),
    [("total_questions", 9), ("questions_answered", 0), ("current_question_index", 5)],
)
def test_repair_counts_a_counter_anew(run, answer, column, wrong):
    right = InterviewSession.objects.values(column).get()
    InterviewSession.objects.update(**{column: wrong})
    ran = run("check_interview_data", "--repair")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "1 found, 1 repaired, 0 left.")
    assert InterviewSession.objects.values(column).get() == right
    assert run("check_interview_data", "--repair").out == FINE


@pytest.mark.parametrize(
    "column",
    [
        "total_interviews",
        "completed_interviews",
        "avg_overall_score",
        "avg_confidence_score",
        "total_time_spent",
        "best_score",
    ],
)
def test_repair_rebuilds_a_persons_figures(run, column):
    feedback = FeedbackFactory()
    rebuild_stats(email=feedback.user_email)
    right = DashboardStats.objects.values(column).get()
    DashboardStats.objects.update(**{column: 3})
    assert kinds(run) == ["stats"]
    assert kinds(run, "--repair") == ["stats"]
    assert DashboardStats.objects.values(column).get() == right
    assert kinds(run) == []


def test_repair_makes_a_missing_row_of_figures(run, answer):
    DashboardStats.objects.all().delete()
    assert kinds(run, "--repair") == ["stats"]
    assert DashboardStats.objects.get().total_interviews == 1


def test_repair_removes_figures_of_nobody(run):
    DashboardStatsFactory()
    assert kinds(run, "--repair") == ["stats"]
    assert not DashboardStats.objects.exists()


def test_repair_counts_the_tallies_anew(run, answer):
    InterviewTally.objects.update(n=7)
    InterviewTally.objects.create(quarter=timezone.now(), status="expert", n=1)
    assert kinds(run) == ["tally", "tally"]
    assert kinds(run, "--repair") == ["tally", "tally"]
    assert kinds(run) == []


def test_repair_makes_the_highest_revision_current(run, answer):
    UserResponseFactory(
        question=answer.question, session=answer.session, revision=2, is_current=False
    )
    assert kinds(run) == ["current_revision"]
    assert kinds(run, "--repair") == ["current_revision"]
    assert UserResponse.objects.get(is_current=True).revision == 2
    assert kinds(run) == []


def test_repair_finds_a_current_revision_where_there_is_none(run, answer):
    UserResponse.objects.update(is_current=False)
    assert kinds(run) == ["current_revision", "counter"]
    assert kinds(run, "--repair") == ["current_revision"]
    assert UserResponse.objects.get().is_current
    assert kinds(run) == []


@pytest.mark.parametrize("factory", [TranscriptFactory, FeedbackFactory, InterviewAnalyticsFactory])
def test_repair_gives_a_row_the_address_of_its_interview(run, factory):
    row = factory(user_email="someone.else@example.org")
    rebuild_stats(email=row.session.user_email)
    assert kinds(run) == ["email"]
    assert kinds(run, "--repair") == ["email"]
    row.refresh_from_db()
    assert row.user_email == row.session.user_email
    assert kinds(run) == []


@pytest.mark.django_db(transaction=True)
def test_check_lists_orphans_and_foreign_questions_and_repairs_none(run, answer):
    """Rows that no database of ours takes: the checks of the database are off to make them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("PRAGMA foreign_keys = OFF")
        try:
            cursor.execute(
                "UPDATE interview_questions SET session_id = 'gone' WHERE session_id = %s",
                [answer.session_id],
            )
            broken = ["orphan", "foreign_question", "counter"]
            if connection.vendor == "postgresql":
                broken.append("search")  # the triggers that keep the index are off as well
            assert kinds(run) == kinds(run, "--repair") == broken
            cursor.execute(
                "UPDATE interview_questions SET session_id = %s WHERE session_id = 'gone'",
                [answer.session_id],
            )
        finally:
            if connection.vendor == "postgresql":
                cursor.execute("SET session_replication_role = origin")
            else:
                cursor.execute("PRAGMA foreign_keys = ON")


def test_check_of_a_sound_that_is_there_is_clean(run, sound):
    assert kinds(run, "--deep") == []


def test_check_lists_a_lost_sound(run, sound):
    default_storage.delete(sound.audio_file_path)
    assert kinds(run) == ["file_missing"]
    assert kinds(run, "--repair") == ["file_missing"]


def test_check_lists_a_sound_of_another_size(run, sound):
    with open(default_storage.path(sound.audio_file_path), "ab") as file:
        file.write(b"x")
    assert kinds(run) == ["file_size"]


def test_only_a_deep_check_reads_the_sound(run, sound):
    path = default_storage.path(sound.audio_file_path)
    with open(path, "r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x7f")
    assert kinds(run) == []
    assert kinds(run, "--deep") == ["file_content"]


def test_repair_removes_an_old_file_that_no_answer_names(run, sound):
    stray = "audio/00/aa/stray.webm"
    default_storage.save(stray, ContentFile(b"left behind"))
    assert kinds(run, "--repair") == []  # it may be waiting for its row
    age(stray, hours=2)
    age(sound.audio_file_path, hours=2)
    assert kinds(run) == ["stray_file"]
    assert default_storage.exists(stray)
    assert kinds(run, "--repair") == ["stray_file"]
    assert not default_storage.exists(stray)
    assert default_storage.exists(sound.audio_file_path)


def test_repair_leaves_a_file_that_a_transcript_names(run):
    name = "audio/00/aa/whole.webm"
    default_storage.save(name, ContentFile(b"the whole interview"))
    age(name, hours=2)
    TranscriptFactory(raw_audio_path=name)
    assert kinds(run, "--repair") == []


def test_repair_leaves_files_that_are_not_answers(run, media_folder):
    for name in ("health/probe", "notes.txt"):
        default_storage.save(name, ContentFile(b"x"))
        age(name, hours=9)
    assert kinds(run, "--repair") == []
    assert default_storage.exists("notes.txt")


def test_repair_removes_the_remains_of_an_interrupted_upload(run, media_folder):
    folder = media_folder / "audio" / "00"
    folder.mkdir(parents=True)
    for name in ("audio/00/.tmp-old", "audio/00/.tmp-young", ".tmp-top"):
        (media_folder / name).write_bytes(b"half")
    age("audio/00/.tmp-old", hours=2)
    age(".tmp-top", hours=2)
    assert kinds(run) == ["temporary_file"]
    assert kinds(run, "--repair") == ["temporary_file"]
    assert [f.name for f in folder.iterdir()] == [".tmp-young"]
    assert not (media_folder / ".tmp-top").exists()


def test_only_a_repair_forgets_old_replies(run):
    IdempotencyRecord.objects.create(
        scope="browser:x",
        key="k",
        path="/p",
        request_sha256="",
        status=200,
        reply=b"{}",
        created_at=timezone.now() - timedelta(days=99),
    )
    assert kinds(run) == []
    assert IdempotencyRecord.objects.exists()
    assert kinds(run, "--repair") == []
    assert not IdempotencyRecord.objects.exists()


def test_saving_a_sound_again_makes_it_young(run, sound):
    """A retry that finds its file on disk is not swept before its row is there."""
    path = sound.audio_file_path
    age(path, hours=2)
    with default_storage.open(path) as file:
        default_storage.save(path, ContentFile(file.read()))
    now = timezone.now()
    assert not integrity_files._is_stray(path, now - timedelta(hours=1))
    assert default_storage.get_modified_time(path) > now - timedelta(minutes=5)


def test_walk_of_the_store_is_in_order_of_whole_names(media_folder):
    names = ["audio/a.b", "audio/a/b", "audio/a0/c", "audio/a-/d", "audio/b"]
    for name in names:
        default_storage.save(name, ContentFile(b"x"))
    assert list(integrity_files._walk("audio")) == sorted(names)


def test_check_says_each_problem_as_json(run, answer):
    InterviewSession.objects.update(questions_answered=0)
    lines = [json.loads(line) for line in run("check_interview_data", "--json").out.splitlines()]
    assert lines == [
        {
            "kind": "counter",
            "subject": f"interview_sessions {answer.session_id}",
            "message": "questions_answered is 0, not 1",
        },
        {"summary": {"problems": 1, "repaired": 0, "swept": 0, "left": 1}},
    ]
