"""`/compare/`: one question across candidates, scores side by side, agreement of raters."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from analytics.services.comparison import find_question
from analytics.tests.factories import FeedbackFactory
from interviewdata.tests.pages.comparing import ADDRESS, BASE, QUESTION, SEE, answered, cells, rated
from sessions.models import AccessRecord, InterviewQuestion, InterviewSession
from sessions.tests.factories import InterviewSessionFactory, UserResponseFactory

# -- who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", BASE[:2])
def test_page_needs_its_permissions(client, reader, missing):
    reader(base=[name for name in BASE if name != missing])
    assert client.get(ADDRESS).status_code == 403


def test_answers_need_a_permission_of_their_own(reader, text_of):
    session = answered("ann", "Nobody else may read this.")
    rated(session, "helen", 7.0)
    reader(base=BASE[:2])
    for query in ({}, {"text": QUESTION}):
        text = text_of(**query)
        assert "You may not read answers" in text
        assert "Nobody else may read this" not in text
        assert QUESTION not in text
    assert cells(text_of(by="scores")) == ["7.0"]


def test_every_look_is_recorded(reader, text_of):
    reader(SEE)
    first, second = answered("ann"), answered("bob", days=1)
    for query in ({}, {"text": QUESTION}, {"by": "scores"}):
        AccessRecord.objects.all().delete()
        text_of(**query)
        record = AccessRecord.objects.get()
        assert (record.actor, record.resource) == ("user:rita", "comparison")
        # The list of questions shows each by its newest asking.
        seen = [second] if not query else [first, second]
        assert set(record.session_ids) == {one.session_id for one in seen}


# -- the same question ---------------------------------------------------------------------------


def test_questions_asked_most_often_come_first_and_lead_to_their_answers(client, reader, text_of):
    reader()
    answered("ann", question="What is a join?")
    for name in ("bob", "cid"):
        answered(name)
    text = text_of()
    links = re.findall(r'<li><a href="([^"]+)">([^<]+)</a> <span[^>]*>([^<]+)<', text)
    assert [(name, times) for _url, name, times in links] == [
        (QUESTION, "asked 2 times"),
        ("What is a join?", "asked 1 time"),
    ]
    page = client.get(links[0][0].replace("&amp;", "&")).content.decode()
    assert QUESTION in page
    assert "bob@example.org" in page
    assert "cid@example.org" in page
    assert "ann@example.org" not in page


def test_questions_are_found_by_all_their_words(reader, text_of):
    reader()
    answered("ann", question="What is a join?")
    answered("bob")
    assert "What is a join?" in text_of(q="JOIN what")
    assert QUESTION not in text_of(q="JOIN what")
    assert "No question of the newest 10,000 asked fits" in text_of(q="join slow")


def test_questions_of_the_bank_go_by_key_and_others_by_their_exact_text(reader, text_of):
    reader()
    for name, key, text in (("ann", "k1", "Old words?"), ("bob", "k1", "New words?")):
        session = answered(name, question=text)
        session.questions.update(bank_key=key)
    answered("cid", question="Old words?")
    answered("dan", question="Old words? And more")
    by_key = text_of(bank_key="k1")
    assert [n for n in ("ann", "bob", "cid", "dan") if f"{n}@" in by_key] == ["ann", "bob"]
    by_text = text_of(text="Old words?")
    # The newest asking of this text is cid's, in no bank.
    assert [n for n in ("ann", "bob", "cid", "dan") if f"{n}@" in by_text] == ["ann", "cid"]


def test_long_questions_that_begin_alike_are_told_apart(reader, text_of):
    reader()
    answered("ann", question="x" * 80 + " first?")
    answered("bob", question="x" * 80 + " second?")
    text = text_of(text="x" * 80 + " second?")
    assert "bob@" in text
    assert "ann@" not in text


@pytest.mark.parametrize(
    ("query", "index"),
    [({"text": QUESTION}, "question_by_text"), ({"bank_key": "k1"}, "question_by_key")],
)
def test_askings_of_a_question_are_found_by_an_index(db, query, index):
    answered("ann").questions.update(bank_key="k1" if "bank_key" in query else "")
    question = find_question(**query)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # of one row it would rather read the table
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    rows = InterviewQuestion.objects.filter(question.as_condition()).order_by("-id")
    assert index in rows[:7].explain()


@pytest.mark.parametrize(
    "query",
    [
        {"text": "nobody asked"},
        {"bank_key": "nothing"},
        {"question": "987654321"},
        {"text": "y" * 5000},
    ],
)
def test_question_that_was_never_asked_is_said_to_be_that(reader, text_of, query):
    reader()
    answered("ann")
    assert "This question was never asked" in text_of(**query)


def test_only_current_answers_are_shown(reader, text_of):
    reader()
    session = answered("ann", "The old answer.")
    old = session.responses.get()
    session.responses.update(is_current=False)
    UserResponseFactory(question=old.question, user_answer="The new answer.", revision=2)
    text = text_of(text=QUESTION)
    assert "The new answer." in text
    assert "Revision 2" in text
    assert "The old answer." not in text


def test_expected_words_are_marked_and_counted(reader, text_of):
    reader()
    answered("ann", "An INDEX, not <b>indexes</b>.")
    text = text_of(text=QUESTION)
    assert "An <mark>INDEX</mark>, not &lt;b&gt;indexes&lt;/b&gt;." in text
    assert "1 of 2 expected words</strong>: index" in text
    assert "Not said: query plan" in text


def test_a_long_answer_is_whole_behind_read_on(reader, text_of):
    reader()
    answer = " ".join(f"word{n}" for n in range(600))
    answered("ann", answer)
    text = text_of(text=QUESTION)
    assert "600 words" in text
    shown = re.findall(r'<p class="compare-text">(.*?)</p>', text, re.DOTALL)
    assert "".join(part.strip("…") for part in shown) == answer


def test_answer_says_how_long_it_is_and_leads_to_its_sound(reader, text_of):
    reader("interview_sessions.play_audio")
    session = answered("ann")
    session.responses.update(
        audio_file_path="audio/x.webm",
        audio_sha256="0" * 64,
        audio_content_type="audio/webm",
        audio_bytes=5,
        audio_duration=65,
        response_duration=99,
    )
    text = text_of(text=QUESTION)
    assert "1 min 5 s" in text
    assert f'href="/sessions/{session.session_id}/#answer-{session.responses.get().pk}"' in text


def test_filters_narrow_the_answers(reader, text_of):
    reader()
    answered("ann", role="Nurse")
    answered("bob", interview_mode="hr")
    answered("cid", difficulty="expert")

    def names(**query):
        text = text_of(text=QUESTION, **query)
        return [name for name in ("ann", "bob", "cid") if f"{name}@" in text]

    assert names(role="nurse") == ["ann"]
    assert names(mode="hr") == ["bob"]
    assert names(difficulty="expert") == ["cid"]
    assert names(role="nurse", mode="hr") == []
    assert names(mode="no such mode") == ["ann", "bob", "cid"]


def test_pages_hold_every_answer_once_and_letters_go_on(client, reader):
    reader()
    for number in range(15):
        answered(f"person{number:02}")
    url, seen, letters, back = f"{ADDRESS}?text={QUESTION}&names=hidden", [], [], []
    while url:
        text = client.get(url).content.decode()
        seen += re.findall(r'name="session" value="([^"]+)"', text)
        letters += re.findall(r">Candidate ([A-Z]+)</a>", text)
        following = re.search(r'href="([^"]+)" rel="next"', text)
        back.append(re.search(r'href="([^"]+)" rel="prev"', text))
        url = following and following[1].replace("&amp;", "&")
    assert letters == list("ABCDEFGHIJKLMNO")
    assert sorted(seen) == sorted(InterviewSession.objects.values_list("session_id", flat=True))
    assert back[0] is None
    middle = client.get(back[2][1].replace("&amp;", "&")).content.decode()
    assert re.findall(r'name="session" value="([^"]+)"', middle) == seen[6:12]
    assert re.findall(r">Candidate ([A-Z]+)</a>", middle) == list("GHIJKL")


# -- scores --------------------------------------------------------------------------------------


def test_scores_are_the_mean_of_each_raters_newest_with_their_spread(reader, text_of):
    reader()
    session = answered("ann")
    rated(session, "helen", 2.0, created_at=timezone.now() - timedelta(days=1))
    rated(session, "helen", 6.0, technical_score=4.0)
    rated(session, "samir", 9.0)
    FeedbackFactory(session=session, source="service", author="model", overall_score=0.0)
    FeedbackFactory(session=session, source="candidate", author="", overall_score=10.0)
    text = text_of(by="scores")
    assert cells(text) == ["7.5", "4.0"]
    assert "6–9 · 2 raters" in text
    assert 'aria-label="Overall: mean 7.5 (helen 6; samir 9)"' in text
    assert re.findall(r"<circle[^>]*><title>([^<]*)</title>", text) == [
        "helen: 6", "samir: 9", "helen: 4",
    ]  # fmt: skip


def test_chosen_interviews_are_shown_whatever_their_status_and_others_are_not(client, reader):
    reader()
    chosen = [answered("ann"), InterviewSessionFactory(user_email="bob@example.org")]
    answered("cid")
    url = f"{ADDRESS}?session={chosen[0].session_id}&session={chosen[1].session_id}&session=none"
    text = client.get(url).content.decode()
    assert "2 chosen interviews" in text
    assert [n for n in ("ann", "bob", "cid") if f"{n}@example.org" in text] == ["ann", "bob"]
    assert "session=none" not in text


def test_more_than_twelve_chosen_are_said_to_be_left_out(client, reader):
    reader()
    sessions = [answered(f"p{n}") for n in range(14)]
    query = "&".join(f"session={one.session_id}" for one in sessions)
    text = client.get(f"{ADDRESS}?{query}").content.decode()
    assert "2 more were left out" in text
    assert text.count('name="session"') == 12


def test_filters_narrow_the_scores(reader, text_of):
    reader()
    answered("ann", role="Nurse", days=3)
    rated(answered("bob", days=1), "helen", 5.0)
    InterviewSessionFactory(user_email="open@example.org")
    today = timezone.localdate()

    def names(**query):
        text = text_of(by="scores", **query)
        return [name for name in ("ann", "bob", "open") if f"{name}@" in text]

    assert names() == ["ann", "bob"]
    assert names(role="nurse") == ["ann"]
    assert names(scored="1") == ["bob"]
    assert names(since=today - timedelta(days=2)) == ["bob"]
    assert names(until=today - timedelta(days=2)) == ["ann"]
    assert names(since="not a day") == ["ann", "bob"]
    assert "Enter a valid date." in text_of(by="scores", since="not a day")


def test_pages_of_scores_hold_every_interview_once(client, reader):
    reader()
    sessions = [answered(f"p{n}", days=n) for n in range(27)]
    url, seen = f"{ADDRESS}?by=scores", []
    while url:
        text = client.get(url).content.decode()
        seen += re.findall(r'name="session" value="([^"]+)"', text)
        following = re.search(r'href="([^"]+)" rel="next"', text)
        url = following and following[1].replace("&amp;", "&")
    assert seen == [one.session_id for one in sessions]


# -- raters --------------------------------------------------------------------------------------


def test_agreement_and_severity_are_for_holders_of_see_scores(reader, text_of, client, staff_user):
    for number in range(12):
        session = answered(f"p{number}")
        rated(session, "helen", number % 9)
        rated(session, "samir", number % 9 + 1)
    reader()
    assert "Agreement between raters" not in text_of(by="scores")
    assert "Severity of each rater" not in text_of(by="scores")
    client.force_login(staff_user(*BASE, SEE, username="saul"))
    text = text_of(by="scores")
    row = re.search(r'<th scope="row">Overall</th>(.*?)</tr>', text, re.DOTALL)[1]
    # Pairs (v, v + 1), v = 0…8, 0, 1, 2: n = 24, D_o = 1, Σv = 90, Σv² = 508, so
    # D_e = 2 · (508 − 90² / 24) / 23 = 14.826 and alpha = 1 − 1 / 14.826 = 0.9326.
    assert '<td class="number">0.93</td>' in row
    assert re.findall(r'<td class="number">(\d+)</td>', row) == ["24", "12", "2"]
    assert "Reliable" in row
    assert "−1.00 to −1.00" in text
    assert text.index("helen</th>") < text.index("samir</th>")


def test_too_few_interviews_say_nothing_of_raters(reader, text_of):
    reader(SEE)
    for number in range(4):
        session = answered(f"p{number}")
        rated(session, "helen", 3.0 + number)
        rated(session, "samir", 4.0 + number)
    text = text_of(by="scores")
    assert text.count("Too few to say") == 5
    assert text.count("too few to say (4)") == 2
