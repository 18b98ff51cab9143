"""Comparing candidates in a real browser: find a question, read it across candidates, hide names,
choose some and see their scores."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from analytics.tests.factories import FeedbackFactory
from interviewdata.tests.browser.axe import layout_shift, too_wide, violations
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    UserResponseFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PEOPLE = ("zebulon", "philippa", "okonkwo")


@pytest.fixture
def signed_in(site: str, page: Any) -> str:
    """The site with a superuser signed in, and three candidates who answered the same question."""
    for number, name in enumerate(PEOPLE):
        session = InterviewSessionFactory(completed=True, user_email=f"{name}@example.org")
        for index, text in enumerate(("How do you find a slow query?", f"Why, number {number}?")):
            question = InterviewQuestionFactory(
                session=session,
                question_index=index + 1,
                question_text=text,
                metadata={"expected_keywords": ["measure"]},
            )
            UserResponseFactory(question=question, user_answer=f"{name.title()} would measure.")
        for rater in ("helen", "samir"):
            FeedbackFactory(session=session, author=rater, overall_score=5 + number)
    user = User.objects.create_superuser("rita", password="pw")
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [
            {"name": name, "value": morsel.value, "url": site}
            for name, morsel in client.cookies.items()
        ]
    )
    return site


def test_reviewer_compares_candidates_without_their_names(
    page: Any, signed_in: str, console: list[str]
) -> None:
    page.goto(f"{signed_in}/compare/")
    page.get_by_label("Words of a question").fill("slow query")
    # The list follows while one types.
    page.get_by_text("1 question, from the newest").wait_for()
    assert re.search(r"[?&]q=slow\+query", page.url)
    page.get_by_role("link", name="How do you find a slow query?").click()
    for name in PEOPLE:
        assert page.get_by_role("heading", name=f"{name}@example.org").is_visible()

    page.get_by_role("link", name="Hide names").click()
    assert page.get_by_role("heading", name="Candidate C").is_visible()
    assert page.get_by_text("[name] would measure.").count() == 3
    assert not any(name in page.content().lower() for name in PEOPLE)
    assert violations(page) == []
    assert too_wide(page) == []

    page.get_by_label("Choose Candidate A").check()
    page.get_by_label("Choose Candidate C").check()
    page.get_by_role("button", name="Compare the scores of the chosen").click()
    assert page.get_by_text("2 chosen interviews").is_visible()
    assert page.get_by_role(
        "img", name=re.compile(r"Overall: mean 7 \(helen 7; samir 7\)")
    ).is_visible()
    assert not any(name in page.content().lower() for name in PEOPLE)
    assert violations(page) == []

    page.set_viewport_size({"width": 390, "height": 844})
    assert too_wide(page) == []
    assert layout_shift(page) <= 0.1
    assert console == []
