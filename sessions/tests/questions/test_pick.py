"""The bank in a server's memory, statements a request, and what questions are refused."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interviewdata.common.errors import Invalid
from sessions.access import Principal, may_answer
from sessions.enums import Difficulty, Mode
from sessions.models import BankQuestion, InterviewQuestion, InterviewSession
from sessions.questions.pick import context, give_questions
from sessions.services.question import MAX_QUESTIONS, Outrun, QuestionDraft, ask_batch
from sessions.tests.factories import (
    BankQuestionFactory,
    InterviewQuestionFactory,
    InterviewSessionFactory,
)

URL = "/api/interview-modes/questions"


def ask(api, person, **sent):
    """The texts that a new person gets in an interview of their own."""
    made = api.call("/api/interview/create-session", {"userEmail": f"{person}@example.org"})
    session_id = made.json()["sessionId"]
    reply = api.call(URL, {"sessionId": session_id, "mode": "technical", "count": 50, **sent})
    assert reply.status_code == 200, reply.content
    return sorted(question["question"] for question in reply.json()["questions"])


@pytest.fixture
def small_bank(db):
    BankQuestion.objects.all().delete()
    return [
        BankQuestionFactory(role="general", key=f"small-{n}", question_text=f"Small {n}?")
        for n in range(3)
    ]


def test_edited_question_is_asked_as_it_now_stands(api, small_bank):
    assert ask(api, "a") == ["Small 0?", "Small 1?", "Small 2?"]
    # Not even the time of the change is set, and number and length stay the same.
    BankQuestion.objects.filter(key="small-1").update(question_text="Smell 1?")
    assert ask(api, "b") == ["Small 0?", "Small 2?", "Smell 1?"]


def test_switched_off_question_is_asked_no_more_and_again_when_switched_on(api, small_bank):
    first, second, _third = small_bank
    ask(api, "a")
    BankQuestion.objects.filter(pk=first.pk).update(is_active=False)
    assert ask(api, "b") == ["Small 1?", "Small 2?"]
    BankQuestion.objects.filter(pk=first.pk).update(is_active=True)
    BankQuestion.objects.filter(pk=second.pk).update(is_active=False)
    assert ask(api, "c") == ["Small 0?", "Small 2?"]


def test_deleted_and_added_questions_are_noticed(api, small_bank):
    ask(api, "a")
    small_bank[0].delete()
    assert ask(api, "b") == ["Small 1?", "Small 2?"]
    BankQuestionFactory(role="general", question_text="New one?")
    assert ask(api, "c") == ["New one?", "Small 1?", "Small 2?"]


def test_loaded_bank_is_noticed(api, small_bank):
    ask(api, "a")
    call_command("loaddata", "question_bank", verbosity=0)
    assert len(ask(api, "b")) == 3 + 24 + 12  # ours, the general ones, the software engineer's


def test_empty_bank_is_a_503_that_says_how_to_load_it(api, interview):
    BankQuestion.objects.all().delete()
    reply = api.call(URL, {"sessionId": interview})
    assert reply.status_code == 503
    assert reply.json()["error"].endswith("python manage.py loaddata question_bank")


def test_key_with_spaces_still_counts_as_asked(api, small_bank):
    BankQuestion.objects.filter(key="small-0").update(key="small question 0")
    made = [
        api.call("/api/interview/create-session", {"userEmail": "a@example.org"}).json()
        for _ in range(3)
    ]
    met = []
    for one in made:
        body = {"sessionId": one["sessionId"], "mode": "technical", "count": 1}
        met += [q["question"] for q in api.call(URL, body).json()["questions"]]
    assert sorted(met) == ["Small 0?", "Small 1?", "Small 2?"]


def statements(act):
    """How many statements `act` costs, without the savepoints of the test's own transaction."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return len([q for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]])


@pytest.mark.parametrize("count", [1, 50])
def test_statements_a_request(api, question_bank, count):
    ask(api, "warm")  # the bank is in memory
    made = api.call("/api/interview/create-session", {"userEmail": "ann@example.org"})
    body = {"sessionId": made.json()["sessionId"], "mode": "mixed", "count": count}
    # Access with context, insert. On SQLite the insert is: the same batch already?, highest
    # index, questions, counters, event.
    expected = 2 if connection.vendor == "postgresql" else 6
    assert statements(lambda: api.call(URL, body)) == expected
    # Again: access with context, the questions of the batch.
    assert statements(lambda: api.call(URL, body)) == 2
    assert InterviewQuestion.objects.filter(session_id=body["sessionId"]).count() == count


def test_changed_bank_costs_one_statement_once(api, question_bank):
    def statements_of(person):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            ask(api, person)
        return len([q for q in captured.captured_queries if '"question_bank"."id"' in q["sql"]])

    ask(api, "a")
    BankQuestion.objects.filter(mode="hr").update(time_limit=200)
    assert [statements_of("b"), statements_of("c")] == [1, 0]


def test_batch_that_was_added_meanwhile_is_returned(db):
    interview = InterviewSessionFactory()
    drafts = [QuestionDraft(text=f"Question {n}?") for n in range(3)]
    first = ask_batch(session_id=interview.session_id, batch="b" * 64, drafts=drafts)
    others = [QuestionDraft(text=f"Another {n}?") for n in range(2)]
    second = ask_batch(session_id=interview.session_id, batch="b" * 64, drafts=others)
    assert second == first
    assert InterviewQuestion.objects.count() == 3
    assert InterviewSession.objects.get().total_questions == 3


def test_batch_chosen_before_other_questions_came_is_not_added(db):
    interview = InterviewSessionFactory()
    session_id = interview.session_id
    ask_batch(session_id=session_id, batch="a", drafts=[QuestionDraft(text="One?")], present=0)
    with pytest.raises(Outrun):
        ask_batch(session_id=session_id, batch="b", drafts=[QuestionDraft(text="Two?")], present=0)
    assert InterviewQuestion.objects.count() == 1
    ask_batch(session_id=session_id, batch="b", drafts=[QuestionDraft(text="Two?")], present=1)
    assert InterviewQuestion.objects.count() == 2


def test_question_that_came_after_the_choice_is_not_asked_twice(db, small_bank):
    """The interview was looked at before another request had its questions."""
    session_id = InterviewSessionFactory(interview_mode="technical").session_id
    head = may_answer(Principal(is_open=True), session_id, "", context())
    wanted = {"mode": Mode.TECHNICAL, "role": "", "difficulty": Difficulty.INTERMEDIATE}
    first, _ = give_questions(head, count=2, seed="one", **wanted)
    second, _ = give_questions(head, count=1, seed="two", **wanted)
    assert {q.text for q in first} | {q.text for q in second} == {f"Small {n}?" for n in range(3)}
    again, _ = give_questions(head, count=1, seed="two", **wanted)
    assert again == second


def test_limit_holds_for_questions_that_came_after_the_look(db, question_bank):
    interview = InterviewSessionFactory()
    head = may_answer(Principal(is_open=True), interview.session_id, "", context())
    for index in range(MAX_QUESTIONS - 1):
        InterviewQuestionFactory(session=interview, question_index=index + 1)
    with pytest.raises(Invalid):
        give_questions(
            head, mode=Mode.HR, role="", difficulty=Difficulty.EXPERT, count=2, seed="one"
        )


def test_ended_interview_gets_no_new_questions_but_its_own_again(api, interview, question_bank):
    body = {"sessionId": interview, "mode": "hr"}
    first = api.call(URL, body).json()
    api.call("/api/interview/end", {"sessionId": interview})
    reply = api.call(URL, {**body, "seed": "another"})
    assert (reply.status_code, reply.json()["code"]) == (409, "conflict")
    assert api.call(URL, body).json() == first


def test_interview_takes_no_more_questions_than_its_limit(api, question_bank):
    made = api.call("/api/interview/create-session", {"userEmail": "ann@example.org"})
    session_id = made.json()["sessionId"]
    interview = InterviewSession.objects.get(session_id=session_id)
    for index in range(MAX_QUESTIONS - 4):
        InterviewQuestionFactory(session=interview, question_index=index + 1)
    reply = api.call(URL, {"sessionId": session_id, "count": 5})
    assert (reply.status_code, list(reply.json()["fields"])) == (400, ["count"])
    assert api.call(URL, {"sessionId": session_id, "count": 4}).status_code == 200
