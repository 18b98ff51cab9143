"""Questions from the bank: same seed, nobody twice, wished difficulty, every alias."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from sessions.enums import DIFFICULTY_ALIASES, MODE_ALIASES, Difficulty, Mode
from sessions.models import BankQuestion, InterviewQuestion
from sessions.questions.bank import MIXED_MODES, bank_role

URL = "/api/interview-modes/questions"


def begin(api, email="ann@example.org", **sent):
    made = api.call("/api/interview/create-session", {"userEmail": email, **sent})
    assert made.status_code == 200
    return made.json()["sessionId"]


def ask(api, session_id, **sent):
    reply = api.call(URL, {"sessionId": session_id, **sent})
    assert reply.status_code == 200, reply.content
    return reply.json()


def texts(given):
    return [question["question"] for question in given["questions"]]


# -- what the bank holds -----------------------------------------------------------------------


def test_bank_is_large_and_complete(question_bank):
    entries = list(BankQuestion.objects.all())
    assert len(entries) >= 300
    assert len({e.role for e in entries} - {"general"}) >= 12
    assert {e.mode for e in entries} == set(Mode.values) - {"mixed"}
    assert len({e.question_text.casefold() for e in entries}) == len(entries)
    for entry in entries:
        entry.full_clean()
        assert len(entry.question_text) >= 20, entry.key
        assert entry.question_type, entry.key
        assert entry.category, entry.key
        assert 1 <= len(entry.expected_keywords) <= 20, entry.key
        assert all(isinstance(word, str) and word for word in entry.expected_keywords), entry.key
        assert 30 <= entry.time_limit <= 3600, entry.key


def test_bank_has_every_difficulty_of_every_mode_and_role(question_bank):
    found = Counter(BankQuestion.objects.values_list("mode", "role", "difficulty"))
    for mode in set(Mode.values) - {"mixed"}:
        for difficulty in Difficulty.values:
            assert found[mode, "general", difficulty] >= 5, (mode, difficulty)
    for role in set(BankQuestion.objects.values_list("role", flat=True)):
        for difficulty in Difficulty.values:
            assert found["technical", role, difficulty] >= 3, (role, difficulty)


# -- seed --------------------------------------------------------------------------------------


def test_same_seed_gives_the_same_set_to_everybody(api, question_bank):
    wish = {"mode": "technical", "role": "Data Engineer", "count": 5}
    one, two, three = (begin(api, f"person{n}@example.org") for n in range(3))
    given = texts(ask(api, one, seed="spring", **wish))
    assert len(set(given)) == 5
    assert texts(ask(api, two, seed="spring", **wish)) == given
    assert texts(ask(api, three, seed="autumn", **wish)) != given


def test_interviews_without_a_seed_get_different_sets(api, question_bank):
    wish = {"mode": "behavioral", "count": 10}
    sets = {tuple(texts(ask(api, begin(api, f"person{n}@example.org"), **wish))) for n in range(4)}
    assert len(sets) == 4


def test_same_call_again_gives_the_same_reply(api, question_bank):
    session_id = begin(api)
    wish = {"mode": "puzzle", "role": "Astronaut", "difficulty": "expert", "count": 20}
    first = ask(api, session_id, **wish)
    assert first["config"]["notes"] != []
    assert ask(api, session_id, **wish) == first
    assert InterviewQuestion.objects.count() == 20


PROGRAM = """
import django
django.setup()
from sessions.questions import bank
from sessions.enums import Difficulty, Mode
from sessions.questions.base import QuestionRequest
from sessions.questions.bank import BankSource, Entry
from sessions.services.question import QuestionDraft
entries = tuple(
    Entry(f"k{n}", Mode.HR, "general", n % 4, QuestionDraft(text=f"Question {n}?"))
    for n in range(100)
)
bank.load_bank = lambda version: entries
wish = QuestionRequest(Mode.HR, "Cook", Difficulty.EXPERT, 10, "spring")
print(*(draft.text for draft in BankSource().pick(wish).drafts), sep="|")
"""


def test_same_seed_gives_the_same_set_in_every_process():
    sets = set()
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        sets.add(done.stdout)
    (given,) = sets
    # Written down, so that a change of the draw, which would reshuffle every seed, is noticed.
    assert given.strip().split("|")[:3] == ["Question 7?", "Question 75?", "Question 39?"]


# -- nobody twice ------------------------------------------------------------------------------


def test_nobody_gets_a_question_twice_until_the_bank_is_used_up(api, question_bank):
    wish = {"mode": "technical", "role": "Data Scientist"}
    whole = set(
        BankQuestion.objects.filter(
            mode="technical", role__in=["data-scientist", "general"]
        ).values_list("question_text", flat=True)
    )
    met = []
    while len(met) < len(whole):
        count = min(7, len(whole) - len(met))
        given = ask(api, begin(api), count=count, **wish)
        assert not any("used up" in note for note in given["config"]["notes"])
        met += texts(given)
    assert len(met) == len(set(met))
    assert set(met) == whole
    given = ask(api, begin(api), count=4, **wish)
    assert "4 of 4 questions were asked before: the bank is used up." in given["config"]["notes"]
    # The second time round, nobody gets a third helping of one before a second of all.
    met_again = texts(given)
    while len(met_again) < len(whole):
        count = min(9, len(whole) - len(met_again))
        met_again += texts(ask(api, begin(api), count=count, **wish))
    assert Counter(met_again) == dict.fromkeys(whole, 1)


def test_two_requests_in_one_interview_share_no_question(api, question_bank):
    session_id = begin(api)
    first = ask(api, session_id, mode="hr", count=5, seed="a")
    second = ask(api, session_id, mode="hr", count=5, seed="b")
    assert set(texts(first)).isdisjoint(texts(second))
    assert [q["index"] for q in second["questions"]] == [5, 6, 7, 8, 9]


def test_another_person_begins_with_the_whole_bank(api, question_bank):
    ask(api, begin(api, "ann@example.org"), mode="hr", count=24)
    given = ask(api, begin(api, "bob@example.org"), mode="hr", count=24)
    assert len(set(texts(given))) == 24
    assert not any("used up" in note for note in given["config"]["notes"])


# -- difficulty, modes, roles ------------------------------------------------------------------


@pytest.mark.parametrize("mode", sorted(set(Mode.values) - {"mixed"}))
@pytest.mark.parametrize("difficulty", Difficulty.values)
def test_difficulty_is_honoured(api, question_bank, mode, difficulty):
    given = ask(api, begin(api), mode=mode, difficulty=difficulty, count=5)
    assert {q["difficulty"] for q in given["questions"]} == {difficulty}
    assert given["config"]["notes"] == []


def test_shortfall_of_a_difficulty_is_said_and_neighbours_come_first(api, question_bank):
    given = ask(api, begin(api), mode="system_design", difficulty="expert", count=8)
    found = Counter(q["difficulty"] for q in given["questions"])
    assert found == {"expert": 6, "advanced": 2}
    assert given["config"]["notes"] == [
        "2 of 8 questions are not expert: the bank has no more of that difficulty for this person."
    ]


def test_shortfall_of_the_count_is_said(api, question_bank):
    given = ask(api, begin(api), mode="puzzle", count=50)
    assert given["config"]["total_questions"] == 24
    assert "The bank has 24 fitting questions, not 50." in given["config"]["notes"]


@pytest.mark.parametrize("count", [1, 2, 49, 50])
def test_count_is_given_within_its_limits(api, question_bank, count):
    given = ask(api, begin(api), mode="mixed", count=count)
    assert len(set(texts(given))) == count
    assert given["config"]["total_questions"] == count


@pytest.mark.parametrize("count", [0, 51, -1, 2.5, "many", True, [5]])
def test_other_counts_are_refused(api, question_bank, count):
    reply = api.call(URL, {"sessionId": begin(api), "count": count})
    assert (reply.status_code, list(reply.json()["fields"])) == (400, ["count"])
    assert InterviewQuestion.objects.count() == 0


@pytest.mark.parametrize("difficulty", Difficulty.values)
def test_mixed_interview_takes_turns(api, question_bank, difficulty):
    given = ask(api, begin(api), mode="mixed", role="QA Engineer", difficulty=difficulty, count=10)
    keys = InterviewQuestion.objects.order_by("question_index").values_list("bank_key", flat=True)
    modes = dict(BankQuestion.objects.values_list("key", "mode"))
    assert [modes[key] for key in keys] == [mode.value for mode in MIXED_MODES] * 2
    assert {q["difficulty"] for q in given["questions"]} == {difficulty}


@pytest.mark.parametrize(
    ("word", "mode"),
    [(mode, mode) for mode in Mode.values]
    + [(alias, mode.value) for alias, mode in MODE_ALIASES.items()]
    + [("Case Study", "case_study"), ("SYSTEM-DESIGN", "system_design"), (" tech ", "technical")],
)
def test_every_word_for_a_mode_works(api, question_bank, word, mode):
    direct = ask(api, begin(api), mode=word, count=5)
    assert direct["config"]["mode"] == mode
    # As the type of the interview, and as the mode of one that is started at once.
    by_type = begin(api, "bob@example.org", type=word)
    assert ask(api, by_type)["config"]["mode"] == mode
    body = {"userEmail": "cy@example.org", "role": "Cook", "interviewMode": word}
    started = api.call("/api/interview/start", body).json()["sessionId"]
    assert ask(api, started)["config"]["mode"] == mode
    if mode != "mixed":
        key = InterviewQuestion.objects.filter(session_id=started).first().bank_key
        assert BankQuestion.objects.get(key=key).mode == mode


@pytest.mark.parametrize(
    ("word", "difficulty"),
    [(value, value) for value in Difficulty.values]
    + [(alias, value.value) for alias, value in DIFFICULTY_ALIASES.items()]
    + [("Medium", "intermediate"), (" EASY ", "beginner")],
)
def test_every_word_for_a_difficulty_works(api, question_bank, word, difficulty):
    direct = ask(api, begin(api), difficulty=word, mode="hr", count=3)
    assert {q["difficulty"] for q in direct["questions"]} == {difficulty}
    by_session = ask(api, begin(api, "bob@example.org", difficulty=word))
    assert by_session["config"]["difficulty"] == difficulty


@pytest.mark.parametrize(
    ("field", "known"),
    [
        ("mode", [*Mode.values, *MODE_ALIASES]),
        ("difficulty", [*Difficulty.values, *DIFFICULTY_ALIASES]),
    ],
)
def test_unknown_word_is_answered_with_the_known_ones(api, question_bank, field, known):
    reply = api.call(URL, {"sessionId": begin(api), field: "surprise"})
    assert reply.status_code == 400
    (sentence,) = reply.json()["fields"][field]
    assert sentence == f"Unknown word “surprise”; use one of: {', '.join(known)}."
    assert InterviewQuestion.objects.count() == 0


def test_role_of_the_bank_is_preferred_and_general_fills_up(api, question_bank):
    given = ask(api, begin(api), mode="technical", role="Backend Developer", count=5)
    keys = [
        InterviewQuestion.objects.get(pk=question["id"]).bank_key for question in given["questions"]
    ]
    roles = [BankQuestion.objects.get(key=key).role for key in keys]
    assert roles == ["backend-developer"] * 3 + ["general"] * 2
    assert given["config"]["notes"] == []


@pytest.mark.parametrize("role", ["Lighthouse keeper", "灯台守", "🚀", "a" * 120])
def test_unknown_role_gets_general_questions_and_a_note(api, question_bank, role):
    given = ask(api, begin(api), mode="technical", role=role)
    keys = InterviewQuestion.objects.values_list("bank_key", flat=True)
    assert set(BankQuestion.objects.filter(key__in=keys).values_list("role", flat=True)) == {
        "general"
    }
    assert given["config"]["notes"] == [
        f"The bank has no questions for the role “{role}”: general ones."
    ]


def test_no_note_about_the_role_where_no_role_has_questions_of_its_own(api, question_bank):
    given = ask(api, begin(api), mode="behavioral", role="Lighthouse keeper")
    assert given["config"]["notes"] == []


@pytest.mark.parametrize(
    ("role", "meant"),
    [
        ("Backend Developer", "backend-developer"),
        ("Senior Back-End Engineer (Python/Django)", "backend-developer"),
        ("Frontend Developer", "frontend-developer"),
        ("React Developer", "frontend-developer"),
        ("UI Developer", "frontend-developer"),
        ("Full Stack Engineer", "full-stack-developer"),
        ("Web Developer", "full-stack-developer"),
        ("React Native Developer", "mobile-developer"),
        ("iOS Engineer", "mobile-developer"),
        ("Site Reliability Engineer", "devops-engineer"),
        ("Cloud Engineer", "devops-engineer"),
        ("ML Engineer", "machine-learning-engineer"),
        ("AI Engineer", "machine-learning-engineer"),
        ("Lead Data Scientist", "data-scientist"),
        ("Data Engineer", "data-engineer"),
        ("BI Analyst", "data-analyst"),
        ("QA Engineer", "qa-engineer"),
        ("Software Engineer in Test", "qa-engineer"),
        ("Application Security Engineer", "security-engineer"),
        ("Mobile Product Manager", "product-manager"),
        ("Technical Project Manager", "project-manager"),
        ("Scrum Master", "project-manager"),
        ("UX Designer", "ux-designer"),
        ("Product Designer", "ux-designer"),
        ("Customer Success Manager", "customer-success-manager"),
        ("Software Engineer", "software-engineer"),
        ("Java Programmer", "software-engineer"),
        ("general", None),
        ("Gardener", None),
        ("Maid", None),
        ("", None),
    ],
)
def test_role_is_understood(question_bank, role, meant):
    known = set(BankQuestion.objects.values_list("role", flat=True))
    assert bank_role(role, known) == meant


def test_every_role_of_the_bank_is_understood_by_its_own_name(question_bank):
    known = set(BankQuestion.objects.values_list("role", flat=True))
    for role in known - {"general"}:
        assert bank_role(role.replace("-", " ").title(), known) == role
