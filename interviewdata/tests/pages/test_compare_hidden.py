"""`/compare/`: what is hidden stays hidden, at any address; and what a page costs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from analytics.models import ReviewAssignment
from interviewdata.tests.pages.comparing import (
    ADDRESS,
    QUESTION,
    SEE,
    answered,
    cells,
    rated,
    reviewed,
)
from sessions.models import InterviewSession
from sessions.tests.factories import InterviewQuestionFactory

# -- blind ---------------------------------------------------------------------------------------


def test_a_blind_reviewer_sees_no_score_of_others(reader, text_of):
    user = reader("analytics.add_review")
    blind, judged = answered("ann", days=1), answered("bob")
    rated(blind, "helen", 3.21)
    rated(judged, "helen", 6.54)
    reviewed(user, judged, 6.54)
    text = text_of(by="scores")
    assert "3.2" not in text
    assert cells(text) == ["6.5"]
    assert "Hidden until your own score is in" in text
    assert "The scores of 1 interview here are hidden" in text
    # Not even that there are scores: the filter does not find it.
    assert "ann@example.org" not in text_of(by="scores", scored="1")


def test_blind_interviews_enter_no_figure_of_raters(reader, text_of):
    user = reader(SEE)
    for number in range(12):
        session = answered(f"p{number}")
        rated(session, "helen", number % 9)
        rated(session, "samir", number % 9 + 1)
    whole = text_of(by="scores")
    assert "0.93" in whole
    hidden = answered("hidden")
    rated(hidden, "helen", 0.0)
    rated(hidden, "samir", 10.0)
    rated(hidden, "olga", 10.0)
    ReviewAssignment.objects.create(session=hidden, reviewer=user)
    text = text_of(by="scores")
    assert "1 interview that you have not reviewed yet is left out" in text
    assert "olga" not in text

    def agreement_table(page):
        after = page.split('id="agreement-title"')[1]
        return re.search(r"<tbody>.*?</tbody>", after, re.DOTALL)[0]

    assert agreement_table(text) == agreement_table(whole)


# -- names hidden --------------------------------------------------------------------------------


class _Links(HTMLParser):
    """The addresses that a page leads to within the comparison."""

    def __init__(self, text):
        super().__init__()
        self.found = set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        href = dict(attributes).get("href") or ""
        if tag == "a" and href.startswith(ADDRESS):
            self.found.add(href)


# The short one as a word: a cursor may hold two letters by chance.
NAMES = ("zebulon", "quartermaine", "philippa", r"\bzq\b", "featherstonehaugh", "okonkwo")


def test_no_name_appears_anywhere_while_names_are_hidden(client, reader):
    user = reader(SEE, "interview_sessions.play_audio")
    people = ["zebulon.quartermaine", "philippa99", "zq.okonkwo", "featherstonehaugh"]
    for number, name in enumerate(people * 4):
        spoken = name.replace(".", " ").title()
        session = answered(
            name,
            f"{spoken} here, {name}@example.org. I am Philippa, of {spoken.upper()}'s team: index.",
            days=number,
            session_data={"candidateName": "Philippa Featherstonehaugh"},
            role=f"Nurse with {name}" if number == 5 else "Nurse",
            **({"session_id": f"voice-{name}-1"} if number == 6 else {}),
        )
        InterviewQuestionFactory(
            session=session, question_index=2, question_text=f"Why, {name.title()}?"
        )
        rated(session, "helen", 5.0)
        rated(session, "samir", 6.0)
    telling = InterviewSession.objects.get(session_id__startswith="voice-").session_id
    start = {
        f"{ADDRESS}?names=hidden",
        f"{ADDRESS}?names=hidden&text={QUESTION}",
        f"{ADDRESS}?names=hidden&text=Why, Philippa99?",
        f"{ADDRESS}?names=hidden&text=Why, Okonkwo?",
        f"{ADDRESS}?names=hidden&by=scores",
        f"{ADDRESS}?names=hidden&session={telling}",
        f"{ADDRESS}?names=hidden&by=answers&session={telling}&session=okonkwo@example.org",
        f"{ADDRESS}?names=hidden&by=answers&text={QUESTION}&session={telling}",
    }
    waiting, seen = set(start), {}
    while waiting:
        url = waiting.pop()
        reply = client.get(url)
        assert reply.status_code == 200, url
        seen[url] = reply.content.decode()
        shown = {link for link in _Links(seen[url]).found if "names=hidden" in link}
        waiting |= shown - set(seen)
    assert len(seen) > 12
    assert sum("Candidate A" in text for text in seen.values()) >= 4
    assert sum("[name]" in text for text in seen.values()) >= 3
    for url, text in seen.items():
        for name in NAMES:
            assert re.search(name, text.lower()) is None, f"{name} in {url}"
        assert "@example" not in text, url
    # Without hiding they are there: the crawl can fail.
    assert "zebulon" in client.get(f"{ADDRESS}?text={QUESTION}").content.decode()
    assert user.username in seen[f"{ADDRESS}?names=hidden"]


def test_one_persons_interviews_are_said_to_be_that(reader, text_of):
    reader()
    for days, name in enumerate(("ann", "bob", "ann")):
        answered(name, days=days)
    text = text_of(by="scores", names="hidden")
    assert re.findall(r"\((same person as [^)]+)\)", text) == ["same person as Candidate A"]


# -- cost ----------------------------------------------------------------------------------------


def _fill(rows):
    for number in range(rows):
        session = answered(f"p{number}", days=number)
        for rater in ("helen", "samir", "olga"):
            rated(session, rater, 5.0)


@pytest.mark.parametrize("names", ["", "hidden"])
@pytest.mark.parametrize("rows", [1, 20])
def test_statements_are_as_many_for_one_as_for_many(
    reader, client, django_assert_num_queries, rows, names
):
    reader(SEE)
    _fill(rows)
    chosen = "&".join(
        f"session={i}" for i in InterviewSession.objects.values_list("session_id", flat=True)[:12]
    )
    # The user by the session, the permissions; then what the page reads; at last the access record.
    expected = {
        "": 2 + 2 + 1,  # questions, their newest askings
        f"text={QUESTION}": 2 + 2 + 1,  # the question, its answers
        f"by=answers&text={QUESTION}&{chosen}": 2 + 3 + 1,  # and the chosen interviews
        "by=scores": 2 + 4 + 1,  # interviews, scores; the same again for all of the filter
        f"by=scores&{chosen}": 2 + 4 + 1,
    }
    for query, count in expected.items():
        with django_assert_num_queries(count):
            assert client.get(f"{ADDRESS}?names={names}&{query}").status_code == 200


# -- whatever is typed ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "question=-1",
        "question=%00",
        "question=99999999999999999999",
        "bank_key=%00",
        "text=%00",
        "q=%00",
        "session=%00",
        "session=" + "s" * 700,
        "cursor=nonsense",
        "by=scores&cursor=nonsense",
        "by=scores&cursor=WyItaWQiLG51bGwsMSxmYWxzZV0",
        "by=scores&since=0001-01-01&until=9999-12-31",
        "letters=-5",
        "letters=9999999999",
        "by=nothing&names=maybe&mode=x&difficulty=y&scored=z",
        "q=" + "x" * 500,
        "role=" + "x" * 500,
    ],
)
def test_any_address_has_a_page(reader, client, query):
    reader(SEE)
    answered("ann")
    assert client.get(f"{ADDRESS}?{query}").status_code == 200


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def test_hostile_texts_stay_texts(reader, client):
    reader(SEE)
    session = answered("ann", HOSTILE, question=HOSTILE, role=HOSTILE[:100])
    session.questions.update(metadata={"expected_keywords": [HOSTILE, "script", "("]})
    rated(session, HOSTILE, 5.0)
    rated(session, "helen", 5.0)
    for query in ("", "by=scores", f"question={session.questions.get().pk}", f"q={HOSTILE}"):
        for names in ("", "hidden"):
            reply = client.get(f"{ADDRESS}?names={names}&{query}")
            text = re.sub(
                r"<script( type=\"module\")? src=\"[^\"]+\"></script>", "", reply.content.decode()
            )
            assert "<script" not in text
            assert "<img src=x" not in text
            assert "style=" not in text
