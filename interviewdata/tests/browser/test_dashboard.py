"""The dashboard and the person page in a real browser: filters that stay in the URL, a number that
leads to its rows, no page wider than a phone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from analytics.services.dashboard import rebuild_stats
from analytics.tests.factories import FeedbackFactory
from interviewdata.tests.browser.axe import layout_shift, too_wide, violations
from sessions.tests.factories import InterviewQuestionFactory, InterviewSessionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ANN = "ann.of.a.rather-long-address@subsidiary.example.org"


@pytest.fixture
def signed_in(site: str, page: Any) -> str:
    """The site with a superuser signed in, and twelve scored interviews of two roles."""
    for n in range(12):
        one = InterviewSessionFactory(
            created_at=timezone.now() - timedelta(days=n, minutes=1),
            role="Nurse" if n < 5 else "Senior Distributed Systems Engineer",
            user_email=ANN if n < 4 else f"p{n}@example.org",
        )
        InterviewQuestionFactory(session=one, question_index=1, question_text="Why? " * 30)
        FeedbackFactory(session=one, overall_score=4 + n % 5, strengths=["Says what is unknown"])
    rebuild_stats(email=ANN)
    client = Client()
    client.force_login(User.objects.create_superuser("rita", password="pw"))
    page.context.add_cookies(
        [
            {"name": name, "value": morsel.value, "url": site}
            for name, morsel in client.cookies.items()
        ]
    )
    return site


def test_recruiter_narrows_the_dashboard_and_follows_a_number(
    page: Any, signed_in: str, console: list[str]
) -> None:
    page.goto(f"{signed_in}/dashboard/")
    page.get_by_role("combobox", name="Role").fill("nurse")
    page.get_by_role("combobox", name="Difficulty").select_option("Intermediate")
    page.get_by_role("button", name="Show").click()
    assert re.search(r"[?&]role=nurse(&|$)", page.url)
    assert re.search(r"[?&]difficulty=intermediate(&|$)", page.url)
    chips = page.get_by_role("list", name="Filters that are set")
    expect(chips.get_by_role("link")).to_have_count(2)

    roles = page.get_by_role("region", name="By role")
    row = roles.get_by_role("row", name="Nurse")
    expect(row).to_contain_text("–")  # an interval: five scores are enough
    row.get_by_role("link", name="5").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/sessions/?" in page.url
    expect(page.locator("tbody tr")).to_have_count(5)

    page.go_back()
    chips.get_by_role("link", name="Role: nurse").click()
    assert "role=" not in page.url
    assert "difficulty=intermediate" in page.url
    expect(page.get_by_role("row", name="Senior Distributed Systems Engineer")).to_be_visible()
    assert violations(page) == []
    assert layout_shift(page) < 0.1
    assert console == []


def test_person_is_reached_from_the_dashboard(
    page: Any, signed_in: str, console: list[str]
) -> None:
    page.goto(f"{signed_in}/dashboard/")
    page.get_by_role("link", name=ANN).click()
    expect(page.get_by_role("heading", level=1, name=ANN)).to_be_visible()
    trend = page.get_by_role("img", name=re.compile("Overall scores of 4 interviews"))
    expect(trend).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export everything").click()
    assert download.value.suggested_filename == "interview_data.json"
    assert violations(page) == []
    assert console == []


def test_charts_fit_a_phone(page: Any, signed_in: str, console: list[str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/dashboard/", f"/people/{ANN}/", "/dashboard/?created_from=gestern"):
        page.goto(f"{signed_in}{path}")
        assert too_wide(page) == [], path
    assert console == []
