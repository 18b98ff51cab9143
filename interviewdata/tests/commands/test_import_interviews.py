"""`import_interviews` and the file of "Download my answers"."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from sessions.models import AccessGrant, InterviewQuestion, InterviewSession, UserResponse
from sessions.tests.audio.samples import recorded_webm

SOUND = recorded_webm(1.0)
CLIENT = "0f8fad5b-d9cb-469f-a165-70867728950e"
GIVEN = 1_795_339_800_000


def sound(content=SOUND):
    return {
        "contentType": "audio/webm;codecs=opus",
        "sha256": hashlib.sha256(content).hexdigest(),
        "base64": base64.b64encode(content).decode(),
    }


def a_file(**changes):
    return {
        "format": "interview-answers",
        "version": 1,
        "clientSession": CLIENT,
        "sessionId": None,
        "interview": {
            "userEmail": "Ann@Example.org ",
            "type": "tech",
            "role": "Backend Developer",
            "difficulty": "medium",
            "duration": 45,
        },
        "consent": {"version": "2026-1", "language": "en", "givenAt": "2026-11-22T09:00:00Z"},
        "questions": [
            {"index": 0, "id": None, "question": "Who are you?", "type": "behavioral",
             "category": "Opening", "difficulty": "beginner", "timeLimit": 120},
            {"index": 1, "id": None, "question": "Why an index?", "type": "technical",
             "category": "", "difficulty": None, "timeLimit": None},
            {"index": 2, "id": None, "question": "Anything else?"},
        ],
        "answers": [
            {"questionIndex": 0, "questionId": None, "question": "Who are you?",
             "answer": "I am Ann.", "responseDuration": 12.5, "timestamp": GIVEN, "audio": sound()},
            {"questionIndex": 1, "questionId": None, "question": "Why an index?",
             "answer": "To find rows.", "responseDuration": None, "timestamp": GIVEN + 60_000,
             "audio": None},
        ],
        **changes,
    }  # fmt: skip


@pytest.fixture
def write(tmp_path):
    def write(value, name="answers.json"):
        file = tmp_path / name
        file.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return str(file)

    return write


@pytest.fixture
def take(run, write):
    """Import a file; what the command said."""

    def take(value, *arguments):
        return run("import_interviews", write(value), *arguments)

    return take


def everything(media_folder):
    """All that the database and the store have of interviews."""
    rows = [
        list(model.objects.order_by("id").values())
        for model in (InterviewSession, InterviewQuestion, UserResponse, AccessGrant)
    ]
    files = {str(p): p.read_bytes() for p in media_folder.rglob("*") if p.is_file()}
    return copy.deepcopy(rows), files


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


# -- an interview that is there -----------------------------------------------------------------


@pytest.fixture
def begun(api):
    """An interview that the same browser made, with the first answer of the file in it."""
    made = api.call(
        "/api/interview/create-session",
        {"userEmail": "ann@example.org", "clientSession": CLIENT, "role": "Backend Developer"},
    ).json()
    body = {"sessionId": made["sessionId"], "questionIndex": 0, "question": "Who are you?"}
    body |= {"answer": "I am Ann.", "audioBlob": sound()["base64"], "timestamp": GIVEN}
    assert api.call("/api/interview/response", body).status_code == 200
    return made["sessionId"]


@pytest.mark.parametrize("named_by", ["sessionId", "clientSession", "both"])
def test_interview_that_is_there_gets_what_is_missing(take, begun, named_by):
    if named_by == "sessionId":
        InterviewSession.objects.update(session_data={})
    ran = take(a_file(sessionId=None if named_by == "clientSession" else begun))
    assert ran.code == 0
    assert (
        f"interview {begun}: 2 questions and 1 answers added, consent noted, 1 answers were there"
    ) in ran.out
    interview = InterviewSession.objects.get()
    assert (interview.total_questions, interview.questions_answered) == (3, 2)
    assert interview.session_data["consent"]["recordedAt"]


def test_consent_that_was_given_before_stays(take, begun):
    given = {"clientSession": CLIENT, "consent": {"version": "2025-9"}}
    InterviewSession.objects.update(session_data=given)
    take(a_file())
    assert InterviewSession.objects.get().session_data == given


def test_session_id_that_nobody_knows_here_makes_a_new_interview(take):
    ran = take(a_file(sessionId="from-another-server"))
    assert ran.code == 0
    assert InterviewSession.objects.get().session_id != "from-another-server"
    assert "nothing to add" in take(a_file(sessionId="from-another-server")).out


def test_newer_answer_of_the_server_is_not_replaced_by_an_older_one(take, begun, api):
    body = {"sessionId": begun, "questionIndex": 0, "answer": "Better.", "timestamp": GIVEN + 9}
    api.call("/api/interview/response", body)
    answers = [{"questionIndex": 0, "answer": "An old one.", "timestamp": GIVEN + 5}]
    ran = take(a_file(answers=answers))
    assert ran.code == 0
    assert "answers[0]: question 1 has another answer; this one is older" in ran.err
    assert UserResponse.objects.get(is_current=True).user_answer == "Better."
    assert UserResponse.objects.count() == 2


def test_answer_whose_sound_the_browser_has_sent_and_removed_is_there(take, begun):
    answers = [{**a_file()["answers"][0], "audio": None}]
    ran = take(a_file(answers=answers))
    assert "1 answers were there" in ran.out
    assert UserResponse.objects.count() == 1


def test_question_at_a_taken_place_goes_to_the_end(take, begun, api):
    asked = {"sessionId": begun, "questionText": "Why not?"}
    api.call("/api/interview/question", asked)
    take(a_file())
    texts = InterviewQuestion.objects.order_by("question_index").values_list(
        "question_text", flat=True
    )
    assert list(texts) == ["Who are you?", "Why not?", "Why an index?", "Anything else?"]
    kept = UserResponse.objects.get(user_answer="To find rows.")
    assert kept.question.question_text == "Why an index?"


def test_answers_after_the_end_are_late(take, begun, api):
    api.call("/api/interview/end", {"sessionId": begun})
    take(a_file())
    assert UserResponse.objects.get(user_answer="To find rows.").is_late
    assert InterviewSession.objects.get().status == "completed"


# -- refused, and nothing kept ------------------------------------------------------------------


def damaged(path, value):
    """The file with another value at `path`; "gone" takes the key away."""
    content = a_file()
    *way, last = path
    place = content
    for step in way:
        place = place[step]
    if value == "gone":
        del place[last]
    else:
        place[last] = value
    return content


WRONG_DIGEST = {**sound(), "sha256": "0" * 64}
NO_SOUND = b"just some text, no sound" * 9
MISTAKES = [
    (("format",), "voiceiq", "format: “voiceiq” is not known here; known: interview-answers."),
    (("format",), 7, "format: What the file says is not known here"),
    (("format",), "gone", "format: What the file says is not known here"),
    (("version",), 2, "version: Version 2 is not known here; known: 1."),
    (("version",), "gone", "version: This field is required."),
    (("clientSession",), "me", "clientSession: Must be a valid UUID."),
    (("clientSession",), None, "clientSession: This field may not be null."),
    (("sessionId",), 7, "sessionId: Send a text."),
    (("sessionId",), "x" * 129, "sessionId: "),
    (("interview",), None, "interview: This field may not be null."),
    (("interview",), [], "interview: "),
    (("interview", "userEmail"), "ann", "interview.userEmail: Enter a valid email address."),
    (("interview", "type"), "chess", "interview.type: Unknown word “chess”"),
    (("interview", "difficulty"), "gone", "interview.difficulty: This field is required."),
    (("interview", "duration"), 0, "interview.duration: "),
    (("interview", "role"), "", "interview.role: "),
    (("consent",), "yes", "consent: Send an object"),
    (("questions",), {}, "questions: "),
    (("questions", 1), "Why?", "questions[1]: "),
    (("questions", 1, "question"), "", "questions[1].question: This field may not be blank."),
    (("questions", 1, "index"), -1, "questions[1].index: "),
    (("questions", 1, "index"), 0, "questions[1].index: Another question has this index."),
    (("questions", 2, "timeLimit"), "soon", "questions[2].timeLimit: "),
    (("answers",), None, "answers: This field may not be null."),
    (("answers", 1), 7, "answers[1]: "),
    (("answers", 1, "questionIndex"), "gone", "answers[1].questionIndex: This field is required."),
    (("answers", 1, "answer"), 7, "answers[1].answer: Send a text."),
    (("answers", 1, "answer"), "a\0b", "A text holds a NUL character"),
    (("answers", 1, "answer"), "x" * 200_001, "answers[1].answer: "),
    (("answers", 1, "responseDuration"), -1, "answers[1].responseDuration: "),
    (("answers", 1, "timestamp"), "yesterday", "answers[1].timestamp: "),
    (("answers", 0, "audio"), "UklGRg==", "answers[0].audio: "),
    (("answers", 0, "audio", "base64"), "***", "answers[0].audio.base64: "),
    (("answers", 0, "audio", "base64"), 7, "answers[0].audio.base64: "),
    (("answers", 0, "audio", "sha256"), "gone", "answers[0].audio.sha256: This field is required."),
    (("answers", 0, "audio", "sha256"), "0" * 63, "answers[0].audio.sha256: "),
    (("answers", 0, "audio"), WRONG_DIGEST, "answers[0].audio.sha256: The sound has another"),
    (("answers", 0, "audio"), sound(NO_SOUND), "answers[0].audio.base64: This is not a sound"),
]


@pytest.mark.parametrize(
    ("path", "value", "said"), MISTAKES, ids=[f"{n} {m[2][:30]}" for n, m in enumerate(MISTAKES)]
)
def test_file_with_a_mistake_is_refused_whole_and_names_the_field(
    take, media_folder, path, value, said
):
    ran = take(damaged(path, value))
    assert ran.code == 1
    assert f"answers.json: {said}" in ran.err
    assert "1 of 1 files could not be imported; nothing of these was stored." in ran.err
    assert ran.out == ""
    assert InterviewSession.objects.count() == 0
    assert not media_folder.exists() or list(media_folder.rglob("*.webm")) == []


def test_answer_without_any_question_is_a_mistake(take):
    ran = take(a_file(questions=[], answers=[{"questionIndex": 3, "answer": "So."}]))
    assert ran.code == 1
    assert "answers[0].questionIndex: The file has no question with this index" in ran.err


@pytest.mark.parametrize("content", ["", "no JSON", "[1]", "7", '{"format": "interview-answers"'])
def test_file_that_is_no_json_object_is_refused(take, content):
    ran = take(content)
    assert (ran.code, InterviewSession.objects.count()) == (1, 0)


def test_hostile_nesting_is_refused(take):
    ran = take('{"format": "interview-answers", "consent": ' + "[" * 100_000)
    assert ran.code == 1
    nested = json.dumps({**a_file(), "consent": {"a": 1}}).replace(
        '{"a": 1}', '{"a":' * 50 + "1" + "}" * 50
    )
    assert "nested deeper" in take(nested).err
    assert InterviewSession.objects.count() == 0


def test_interview_of_somebody_else_is_never_added_to(take, api):
    foreign = api.call("/api/interview/create-session", {"userEmail": "bob@example.org"}).json()
    ran = take(a_file(sessionId=foreign["sessionId"]))
    assert ran.code == 1
    assert "interview.userEmail: The interview of that sessionId is somebody else's" in ran.err
    assert UserResponse.objects.count() == 0


def test_interview_of_another_browser_is_never_added_to(take, api):
    body = {"userEmail": "ann@example.org", "clientSession": "another"}
    made = api.call("/api/interview/create-session", body).json()
    ran = take(a_file(sessionId=made["sessionId"]))
    assert (ran.code, UserResponse.objects.count()) == (1, 0)
    assert "clientSession: " in ran.err


def test_two_interviews_named_at_once_are_refused(take, begun, api):
    other = api.call("/api/interview/create-session", {"userEmail": "ann@example.org"}).json()
    ran = take(a_file(sessionId=other["sessionId"]))
    assert (ran.code, UserResponse.objects.count()) == (1, 1)
    assert "sessionId: This is another interview than clientSession's" in ran.err


def test_store_that_refuses_keeps_nothing_of_the_file(take, monkeypatch, caplog):
    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    with caplog.at_level(logging.CRITICAL):
        ran = take(a_file())
    assert (ran.code, InterviewSession.objects.count(), UserResponse.objects.count()) == (1, 0, 0)


def test_database_that_refuses_one_answer_keeps_nothing_of_the_file(take, monkeypatch, begun):
    from django.db import DatabaseError

    from interviewdata.record.imports import answers_store

    def refuse(draft, *, now):
        raise DatabaseError("disk full")

    monkeypatch.setattr(answers_store, "record_answer", refuse)
    ran = take(a_file())
    assert (ran.code, InterviewQuestion.objects.count(), UserResponse.objects.count()) == (1, 1, 1)
    assert "consent" not in InterviewSession.objects.get().session_data


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
