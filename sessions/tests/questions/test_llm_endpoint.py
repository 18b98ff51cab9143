"""Questions of a language model through the endpoint; the bank steps in."""

import pytest

from sessions.models import BankQuestion, InterviewQuestion
from sessions.tests.questions.chat_server import completion, question

BANK_STEPS_IN = " Questions of the bank were used instead."


def ask(api, session_id, **changed):
    body = {
        "sessionId": session_id,
        "mode": "technical",
        "role": "Backend Developer",
        "difficulty": "intermediate",
        "count": 3,
        **changed,
    }
    reply = api.call("/api/interview-modes/questions", body)
    assert reply.status_code == 200
    return reply.json()


def test_questions_of_the_model_are_asked_and_kept(api, interview, model):
    model.says({"questions": [question(n) for n in range(3)]})
    given = ask(api, interview)
    assert [q["question"] for q in given["questions"]] == [
        f"How would you go about problem number {n}?" for n in range(3)
    ]
    assert {q["timeLimit"] for q in given["questions"]} == {120}
    assert given["config"]["notes"] == []
    kept = InterviewQuestion.objects.get(pk=given["questions"][0]["id"])
    assert kept.metadata == {
        "expected_keywords": ["measure", "compare"],
        "time_limit": 120,
        "generator": "llm",
        "model": "small-model",
    }
    assert kept.bank_key == ""


def test_same_call_again_does_not_ask_the_model_again(api, interview, model):
    model.says({"questions": [question(1), question(2, time_limit=0), question(3, type="")]})
    BankQuestion.objects.all().delete()
    first = ask(api, interview)
    model.says({"questions": [question(9)]})
    second = ask(api, interview)
    assert second == first
    assert len(model.calls) == 1


def test_no_person_gets_the_models_question_twice(api, interview, model):
    model.says({"questions": [question(n) for n in range(3)]})
    ask(api, interview)
    model.says({"questions": [question(n) for n in range(4)]})
    body = {"userEmail": "ann@example.org"}
    second = api.call("/api/interview/create-session", body).json()["sessionId"]
    given = ask(api, second, count=1)
    assert [q["question"] for q in given["questions"]] == [question(3)["question"]]


def test_bank_tops_up_what_the_model_does_not_give(api, interview, model, question_bank):
    twin = BankQuestion.objects.filter(role="backend-developer", difficulty="intermediate").first()
    model.says({"questions": [question(1, question=twin.question_text)]})
    given = ask(api, interview, count=4)
    texts = [q["question"] for q in given["questions"]]
    assert texts[0] == twin.question_text
    assert len(set(texts)) == 4
    generators = [
        InterviewQuestion.objects.get(pk=q["id"]).metadata["generator"] for q in given["questions"]
    ]
    assert generators == ["llm", "bank", "bank", "bank"]
    assert given["config"]["notes"][0] == (
        "The language model gave 1 usable questions of 4; 3 are from the bank."
    )


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (500, b"{}", "The language model answered with an error (500)."),
        (401, b"{}", "The language model refused our key (401)."),
        (200, b"<html>", "The answer of the language model cannot be read."),
        (200, completion({"questions": []}), "The language model gave no usable question."),
    ],
)
def test_bank_steps_in_and_the_notes_say_so(
    api, interview, model, question_bank, status, body, sentence
):
    model.sends(body, status)
    given = ask(api, interview)
    assert len(given["questions"]) == 3
    assert given["config"]["notes"] == [sentence + BANK_STEPS_IN]
    assert ask(api, interview) == given


def test_bank_steps_in_for_a_slow_model(api, interview, model, settings, question_bank):
    settings.QUESTIONS_LLM_TIMEOUT = 0.3
    model.is_silent()
    given = ask(api, interview)
    assert len(given["questions"]) == 3
    assert given["config"]["notes"] == [
        "The language model did not answer within 0.3 seconds." + BANK_STEPS_IN
    ]


def test_neither_model_nor_bank_is_a_503(api, interview, model):
    BankQuestion.objects.all().delete()
    model.sends(b"{}", 500)
    before = InterviewQuestion.objects.count()
    reply = api.call("/api/interview-modes/questions", {"sessionId": interview})
    assert (reply.status_code, reply.json()["code"]) == (503, "unavailable")
    assert InterviewQuestion.objects.count() == before
