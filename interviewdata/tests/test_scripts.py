"""The two documented scripts at the root."""

import os
import runpy
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from interviewdata.record.tables import rows_per_table
from interviewdata.record.tryout import OverHTTP, try_out
from sessions.models import InterviewSession, UserResponse

ROOT = Path(settings.BASE_DIR)
SOUNDS = ROOT / "fixtures" / "sample_audio"
STEPS = [
    "create session",
    "questions",
    "answers",
    "answer again",
    "transcript",
    "feedback",
    "session data",
    "export",
]


def main_of(script):
    return runpy.run_path(str(ROOT / script), run_name="imported")["main"]


def step_names(text):
    return [line[8:].split(":")[0] for line in text.splitlines() if line.startswith("ok ")]


def environment(folder):
    """A shell in which nothing is set but where the data stand."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "DATA_DIR": str(folder), "PYTHONWARNINGS": "error"}


@pytest.mark.django_db
def test_adding_samples_prints_rows_per_table(capsys):
    assert main_of("add_sample_interview_data.py")() == 0
    lines = capsys.readouterr().out.splitlines()
    assert ["interview_sessions", "3"] in [line.split() for line in lines]
    assert rows_per_table()["user_responses"] == 15


@pytest.mark.slow
def test_adding_samples_works_in_a_bare_shell_and_twice(tmp_path):
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "add_sample_interview_data.py"],
            cwd=ROOT,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert "user_responses              15" in done.stdout
    with sqlite3.connect(tmp_path / "db.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM interview_sessions").fetchone() == (3,)
    database.close()


@pytest.mark.slow
def test_tryout_works_in_a_bare_shell(tmp_path):
    for command in (["manage.py", "setup_local"], ["test_interview_data.py"]):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env={**environment(tmp_path), "DEBUG": "1"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert (step_names(done.stdout), done.stderr) == (STEPS, "")


@pytest.mark.django_db
def test_tryout_takes_every_step_in_this_process(question_bank, capsys, monkeypatch):
    monkeypatch.delenv("BASE_URL", raising=False)
    assert main_of("test_interview_data.py")() == 0
    assert step_names(capsys.readouterr().out) == STEPS
    interview = InterviewSession.objects.get()
    assert (interview.status, interview.questions_answered) == ("completed", 3)
    assert UserResponse.objects.exclude(audio_file_path="").count() == 1


@pytest.mark.django_db
def test_tryout_may_be_taken_again(question_bank, capsys):
    main = main_of("test_interview_data.py")
    assert [main(), main()] == [0, 0]


def test_tryout_takes_every_step_over_http(question_bank, live_server, capsys, monkeypatch):
    monkeypatch.setenv("BASE_URL", live_server.url)
    assert main_of("test_interview_data.py")() == 0
    assert step_names(capsys.readouterr().out) == STEPS


@pytest.mark.django_db
def test_tryout_stops_at_the_first_step_that_fails(settings, capsys):
    settings.ADMISSION = "staff"
    assert main_of("test_interview_data.py")() == 1
    out = capsys.readouterr().out
    assert out.startswith("FAILED  create session: /api/interview/create-session answered 403: ")
    assert len(out.splitlines()) == 1


def test_tryout_without_a_server_says_so():
    said = []
    assert try_out(OverHTTP("http://127.0.0.1:9"), sound_folder=SOUNDS, say=said.append) == 1
    assert "http://127.0.0.1:9 does not answer" in said[0]


def test_tryout_tells_a_reply_that_lacks_what_is_documented():
    class Empty:
        def call(self, path, body=None):
            return 200, {}

    said = []
    assert try_out(Empty(), sound_folder=SOUNDS, say=said.append) == 1
    assert said == ["FAILED  create session: the reply lacks 'sessionId'\n"]


def test_tryout_refuses_an_address_that_is_no_web_address():
    with pytest.raises(ValueError, match="BASE_URL"):
        OverHTTP("file:///etc/passwd")
