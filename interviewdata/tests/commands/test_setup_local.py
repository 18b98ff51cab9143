import re

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage

from interviewdata.record.tables import rows_per_table
from sessions.models import BankQuestion, InterviewSession, UserResponse
from sessions.tests.factories import BankQuestionFactory, InterviewSessionFactory


@pytest.fixture
def empty(db, monkeypatch):
    monkeypatch.setenv("PORT", "9123")


def test_first_setup_loads_samples_and_prints_a_password_that_works(run, empty, client):
    ran = run("setup_local")
    assert ran.code == 0
    assert rows_per_table()["interview_sessions"] == 3
    assert rows_per_table()["question_bank"] >= 300
    path = UserResponse.objects.exclude(audio_file_path="").first().audio_file_path
    assert default_storage.exists(path)
    assert "http://127.0.0.1:9123/admin/" in ran.out
    password = re.search(r"password  (\S+)", ran.out)[1]
    assert len(password) >= 20
    assert client.login(username="admin", password=password)
    assert User.objects.get().is_superuser


def test_second_setup_is_silent_and_changes_nothing(run, empty):
    run("setup_local")
    before = (rows_per_table(), User.objects.get().password)
    ran = run("setup_local")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (rows_per_table(), User.objects.get().password) == before


def test_setup_leaves_data_that_are_there(run, empty):
    InterviewSessionFactory()
    BankQuestionFactory()
    User.objects.create_superuser("ruth", password="pw")
    ran = run("setup_local")
    assert (ran.out, ran.err) == ("", "")
    assert InterviewSession.objects.count() == BankQuestion.objects.count() == 1


def test_setup_does_not_take_the_name_of_a_user_who_is_no_superuser(run, empty):
    admin = User.objects.create_user("admin", password="pw")
    ran = run("setup_local")
    assert re.search(r"user      admin-\w+\n", ran.out)
    admin.refresh_from_db()
    assert not admin.is_superuser


def test_setup_says_that_the_api_is_open(run, empty, settings):
    settings.OPEN_API = True
    assert "OPEN_API is on" in run("setup_local").err
