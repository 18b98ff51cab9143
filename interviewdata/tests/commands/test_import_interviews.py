"""`import_interviews` and the file of "Download my answers": a new interview, and the command."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from interviewdata.tests.commands.answers_file import (
    CLIENT,
    GIVEN,
    SOUND,
    a_file,
    everything,
    sound,
)
from sessions.models import AccessGrant, InterviewQuestion, InterviewSession, UserResponse

# -- a new interview ----------------------------------------------------------------------------


def test_import_makes_the_interview_with_all_of_it(take, run):
    ran = take(a_file())
    interview = InterviewSession.objects.get()
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(
        f"answers.json: new interview {interview.session_id}: 3 questions and 2 answers added.\n"
    )
    assert (interview.user_email, interview.role) == ("ann@example.org", "Backend Developer")
    assert (interview.interview_type, interview.interview_mode) == ("tech", "technical")
    assert (interview.difficulty, interview.planned_duration) == ("intermediate", 45)
    assert (interview.total_questions, interview.questions_answered) == (3, 2)
    assert (interview.status, interview.current_question_index) == ("active", 2)
    assert interview.session_data["clientSession"] == CLIENT
    assert interview.session_data["importedFrom"] == "interview-answers"
    consent = interview.session_data["consent"]
    assert consent.pop("recordedAt")
    assert consent == a_file()["consent"]
    first, second, third = InterviewQuestion.objects.order_by("question_index")
    assert (first.question_text, first.question_type, first.category, first.difficulty) == (
        "Who are you?", "behavioral", "Opening", "beginner",
    )  # fmt: skip
    assert first.metadata == {"generator": "client", "time_limit": 120}
    assert (second.difficulty, second.metadata) == ("", {"generator": "client"})
    assert (third.question_index, third.question_text) == (3, "Anything else?")
    told, written = UserResponse.objects.order_by("question_id")
    assert (told.question_id, told.user_answer, told.response_duration) == (
        first.pk, "I am Ann.", 12.5,
    )  # fmt: skip
    assert told.client_time == datetime.fromtimestamp(GIVEN / 1000, UTC)
    assert (told.audio_sha256, told.audio_content_type) == (sound()["sha256"], "audio/webm")
    assert told.audio_duration == pytest.approx(1, abs=0.2)
    assert default_storage.open(told.audio_file_path).read() == SOUND
    assert (written.question_id, written.audio_file_path) == (second.pk, "")
    assert run("check_interview_data", "--deep").out == "Everything is as it must be.\n"


def test_same_file_twice_changes_nothing(take, media_folder):
    take(a_file())
    before = everything(media_folder)
    ran = take(a_file())
    assert (ran.code, ran.err) == (0, "")
    assert "nothing to add, 2 answers were there." in ran.out
    assert everything(media_folder) == before


def test_nobody_gets_access_by_an_import(take, client):
    take(a_file())
    interview = InterviewSession.objects.get()
    assert AccessGrant.objects.get().browser_id == ""
    assert client.get(f"/api/interview/session-data/{interview.session_id}").status_code == 404


def test_file_with_more_answers_later_adds_these(take):
    take(a_file(answers=a_file()["answers"][:1]))
    ran = take(a_file())
    assert "0 questions and 1 answers added, 1 answers were there." in ran.out
    assert InterviewSession.objects.get().questions_answered == 2


def test_answer_to_a_question_that_the_file_does_not_list_brings_it_along(take):
    answer = {"questionIndex": 7, "question": "And then?", "answer": "Nothing.", "timestamp": GIVEN}
    assert take(a_file(answers=[answer])).code == 0
    kept = UserResponse.objects.get()
    assert (kept.question.question_text, kept.question.question_index) == ("And then?", 8)


def test_revisions_are_kept_in_the_order_of_the_file(take):
    first = {"questionIndex": 0, "answer": "One.", "timestamp": GIVEN}
    answers = [first, {**first, "answer": "Two.", "timestamp": GIVEN + 1}]
    take(a_file(answers=answers))
    one, two = UserResponse.objects.order_by("revision")
    assert (one.user_answer, one.is_current) == ("One.", False)
    assert (two.user_answer, two.is_current) == ("Two.", True)
    assert "2 answers were there" in take(a_file(answers=answers)).out


def test_draft_that_was_never_handed_in_counts_where_there_is_nothing_else(take):
    draft = {"questionIndex": 0, "answer": "I am", "timestamp": None}
    take(a_file(answers=[draft]))
    assert UserResponse.objects.get().user_answer == "I am"


def test_draft_beside_an_answer_is_left_out_and_said(take):
    answers = [*a_file()["answers"], {"questionIndex": 0, "answer": "I am Ann, an", "audio": None}]
    ran = take(a_file(answers=answers))
    assert ran.code == 0
    assert "answers[2]: question 1 has another answer; this one was not handed in" in ran.err
    assert UserResponse.objects.count() == 2


def test_answers_that_say_nothing_are_passed_over(take):
    empty = {"questionIndex": 1, "answer": "", "audio": None}
    ran = take(a_file(answers=[*a_file()["answers"][:1], empty]))
    assert (ran.code, UserResponse.objects.count()) == (0, 1)


# -- the command ---------------------------------------------------------------------------------


def test_dry_run_says_what_would_be_and_writes_nothing(take, media_folder):
    ran = take(a_file(), "--dry-run")
    assert (ran.code, ran.err) == (0, "")
    assert "new interview: 3 questions and 2 answers would be added." in ran.out
    assert everything(media_folder) == ([[], [], [], []], {})


def test_dry_run_of_a_file_that_is_there(take, begun, media_folder):
    before = everything(media_folder)
    ran = take(a_file(sessionId=begun), "--dry-run")
    assert f"interview {begun}: 2 questions and 1 answers would be added" in ran.out
    assert everything(media_folder) == before


def test_good_files_are_taken_beside_bad_ones(run, write):
    other = a_file(clientSession="6a0f4f0e-55b5-4a55-8f0e-0d0c8a3f6c1d")
    files = [write(a_file(), "a.json"), write("{}", "b.json"), write(other, "c.json")]
    ran = run("import_interviews", *files)
    assert ran.code == 1
    assert [line.split(": ")[0].rpartition("/")[2] for line in ran.out.splitlines()] == [
        "a.json",
        "c.json",
    ]
    assert "b.json: format: " in ran.err
    assert "1 of 3 files could not be imported" in ran.err
    assert InterviewSession.objects.count() == 2


def test_file_that_is_not_there_ends_with_2_before_any_work(run, write):
    ran = run("import_interviews", write(a_file()), "/no/such/file.json")
    assert (ran.code, ran.out) == (2, "")
    assert "/no/such/file.json: there is no such file." in ran.err
    assert InterviewSession.objects.count() == 0


def test_file_without_answers_ends_with_3(take):
    ran = take(a_file(answers=[]))
    assert ran.code == 3
    assert "no answers" in ran.err


def test_unreadable_file_ends_with_1(take, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    ran = take(a_file())
    assert ran.code == 1
    assert "Permission denied" in ran.err


def test_quiet_import_says_nothing_but_problems(take):
    assert (take(a_file(), "--verbosity", "0").out, InterviewSession.objects.count()) == ("", 1)


@pytest.mark.parametrize("answers", [1, 3])
def test_import_of_what_is_there_costs_a_statement_an_answer(
    run, write, answers, django_assert_num_queries
):
    rows = [{"questionIndex": 0, "answer": f"{n}", "timestamp": GIVEN + n} for n in range(answers)]
    file = write(a_file(answers=rows))
    run("import_interviews", file)
    # savepoint; interview by client session; its lock; questions; one an answer; release
    with django_assert_num_queries(5 + answers):
        run("import_interviews", file)
