import hashlib
import json
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from analytics.models import DashboardStats, InterviewAnalytics
from analytics.services.feedback import save_feedback
from interviewdata.record.samples import put_sample_audio
from interviewdata.record.tables import RECORD_TABLES, rows_per_table
from sessions.audio.inspect import inspect_audio
from sessions.enums import Source
from sessions.models import BankQuestion, InterviewQuestion, InterviewSession, UserResponse
from sessions.services.question import QuestionDraft, ask_question
from sessions.tests.factories import InterviewSessionFactory

pytestmark = pytest.mark.django_db

FOLDER = Path(settings.FIXTURE_DIRS[0])
SAMPLES = {
    "interview_sessions": 3,
    "interview_questions": 15,
    "user_responses": 15,
    "transcripts": 3,
    "feedback": 3,
    "dashboard_stats": 3,
    "interview_analytics": 3,
    "question_bank": 0,
}
DEMO = {
    "interview_sessions": 45,
    "interview_questions": 30,
    "user_responses": 30,
    "transcripts": 18,
    "feedback": 10,
    "dashboard_stats": 31,
    "interview_analytics": 3,
    "question_bank": 0,
}


def load(*names):
    call_command("loaddata", *names, verbosity=0)


def problems():
    out = StringIO()
    try:
        call_command("check_interview_data", "--deep", stdout=out, verbosity=0)
    except SystemExit:
        return out.getvalue()
    return ""


def all_rows():
    return {m._meta.db_table: list(m.objects.order_by("id").values()) for m in RECORD_TABLES}


def scores(rows):
    return {row["user_email"]: row["avg_overall_score"] for row in rows["dashboard_stats"]}


def test_every_fixture_file_is_tested_here():
    names = {file.stem for file in FOLDER.glob("*.json")}
    assert names == {"question_bank", "sample_interviews", "demo_interviews"}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["sample_interviews"], SAMPLES),
        (["demo_interviews"], DEMO),
        (["sample_interviews", "demo_interviews"], DEMO),
        (["demo_interviews", "sample_interviews"], DEMO),
    ],
)
def test_fixture_gives_the_documented_rows_and_a_clean_check(names, expected):
    load(*names)
    assert rows_per_table() == expected
    assert problems() == ""


@pytest.mark.parametrize("name", ["sample_interviews", "demo_interviews"])
def test_fixture_loaded_twice_changes_nothing(name):
    load(name)
    before = all_rows()
    load(name)
    assert all_rows() == before


def test_question_bank_loaded_twice_keeps_its_questions():
    load("question_bank")
    before = BankQuestion.objects.count()
    load("question_bank")
    assert BankQuestion.objects.count() == before >= 300


def test_samples_are_of_different_roles_modes_and_difficulties():
    load("sample_interviews")
    for column in ("role", "interview_mode", "difficulty"):
        assert len(set(InterviewSession.objects.values_list(column, flat=True))) == 3
    assert not InterviewQuestion.objects.filter(category="").exists()


def test_sample_sounds_are_readable_and_as_their_rows_say():
    load("sample_interviews")
    rows = list(UserResponse.objects.exclude(audio_file_path=""))
    assert len(rows) == 7
    for row in rows:
        with default_storage.open(row.audio_file_path) as file:
            content = file.read()
            facts = inspect_audio(file)
        assert hashlib.sha256(content).hexdigest() == row.audio_sha256
        assert (facts.content_type, facts.duration) == (row.audio_content_type, row.audio_duration)
        assert (len(content), facts.content_type) == (row.audio_bytes, "audio/webm")
        assert row.audio_duration > 5


def test_sample_sounds_are_small():
    assert sum(f.stat().st_size for f in (FOLDER / "sample_audio").glob("*.webm")) < 400_000


def test_sample_sound_lost_from_the_store_comes_back():
    load("sample_interviews")
    path = UserResponse.objects.exclude(audio_file_path="").first().audio_file_path
    default_storage.delete(path)
    load("sample_interviews")
    assert default_storage.exists(path)


def test_sample_sounds_that_are_not_there_stop_the_loading(tmp_path):
    with pytest.raises(ValueError, match="lacks the sound of audio/x"):
        put_sample_audio(tmp_path, ["audio/x"])


def test_word_times_go_forward_and_stay_in_their_transcript():
    documents = json.loads((FOLDER / "demo_interviews.json").read_text())
    transcripts = [d["fields"] for d in documents if d["model"].endswith(".transcript")]
    assert len(transcripts) == 18
    for transcript in transcripts:
        words = transcript["word_timestamps"]
        assert [w["word"] for w in words] == transcript["transcript_data"]["text"].split()
        assert all(w["start"] < w["end"] and 0 < w["confidence"] <= 1 for w in words)
        assert all(a["start"] < b["start"] for a, b in pairwise(words))
        assert words[-1]["end"] <= transcript["transcript_data"]["segments"][-1]["end"]


def test_samples_fit_beside_what_people_made():
    theirs = InterviewSessionFactory(user_email="maya.okonkwo@example.org")
    load("sample_interviews")
    assert InterviewSession.objects.count() == 4
    assert InterviewSession.objects.get(pk=theirs.pk).role == theirs.role
    row = DashboardStats.objects.get(user_email="maya.okonkwo@example.org")
    assert (row.total_interviews, row.avg_overall_score) == (2, 8.2)
    assert problems() == ""


def test_samples_loaded_again_leave_what_people_did_to_them():
    load("demo_interviews")
    active = InterviewSession.objects.filter(status="active").first()
    ask_question(session_id=active.session_id, draft=QuestionDraft(text="And then?"))
    save_feedback(
        session_id=active.session_id,
        content={"overall_score": 5.0},
        source=Source.REVIEWER,
        author="rita",
    )
    before = all_rows()
    load("demo_interviews")
    assert all_rows() == before
    assert problems() == ""


def test_deleted_sample_question_comes_back_counted():
    load("sample_interviews")
    InterviewQuestion.objects.filter(question_index=5).first().delete()
    load("sample_interviews")
    assert rows_per_table() == SAMPLES
    assert problems() == ""


def test_samples_bring_no_emotions_where_these_are_off(settings):
    settings.EMOTION_ANALYSIS = False
    load("sample_interviews")
    assert not UserResponse.objects.exclude(emotion_detected="").exists()
    assert not InterviewAnalytics.objects.exclude(emotion_analysis={}).exists()


@pytest.mark.parametrize("natural", [True, False])
def test_dump_of_the_record_loads_into_an_empty_database(natural, tmp_path):
    load("demo_interviews")
    before = all_rows()
    file = tmp_path / "dump.json"
    models = [m._meta.label_lower for m in RECORD_TABLES]
    keys = {"natural_primary": natural, "natural_foreign": natural}
    call_command("dumpdata", *models, output=str(file), verbosity=0, **keys)
    InterviewSession.objects.all().delete()
    DashboardStats.objects.all().delete()
    call_command("loaddata", str(file), verbosity=0)
    after = all_rows()
    assert [len(rows) for rows in after.values()] == [len(rows) for rows in before.values()]
    assert scores(after) == scores(before)
    assert problems() == ""


def test_unknown_fixture_is_refused():
    with pytest.raises(CommandError, match="No fixture named"):
        load("nothing_of_that_name")
