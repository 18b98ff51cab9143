"""The page of running interviews: a table on a desk, cards on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import expect

from interviewdata.tests.browser.axe import layout_shift, too_wide, violations
from interviewdata.tests.browser.test_accessibility import DESKTOP, MOST_SHIFT, PHONE, sign_in
from sessions.enums import PresenceState
from sessions.models import InterviewSession
from sessions.services.presence import note_presence
from sessions.tests.factories import InterviewSessionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "maximiliane.von-und-zu-langenname@human-resources.example.org"


@pytest.fixture
def running(page: Any, site: str) -> list[InterviewSession]:
    sign_in(page, site, User.objects.create_superuser("rita", password="pw"))
    made = [InterviewSessionFactory(role="Senior Backend Developer") for _ in range(5)]
    made.append(InterviewSessionFactory(user_email=LONG))
    for number, interview in enumerate(made):
        note_presence(
            session_id=interview.session_id,
            status="created",
            state=PresenceState.REVIEWING,
            question_index=number,
            unsent=number,
        )
    return made


def row_of(page: Any, interview: InterviewSession) -> Any:
    return page.get_by_role("row").filter(has_text=interview.user_email)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_rows_fit_and_stay_a_table(
    page: Any, site: str, running: list[InterviewSession], console: list[str], size: dict[str, int]
) -> None:
    page.set_viewport_size(size)
    page.goto(site + reverse("live"))
    row = row_of(page, running[-1])
    expect(row.get_by_role("cell").first).to_have_text(
        "Connected looking through the answers, 5 answers unsent"
    )
    assert not too_wide(page)
    frame = page.locator("[data-table]")
    # Nothing has to be scrolled sideways, and rows are rows for whoever does not see them.
    assert frame.evaluate("one => one.scrollWidth <= one.clientWidth")
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(1 + len(running))
    expect(row.get_by_role("rowheader")).to_contain_text(LONG)
    weights = "one => getComputedStyle(one).fontWeight"
    assert row.locator("[data-role]").evaluate(weights) == "400"
    assert row.locator("[data-person]").evaluate(weights) == "600"
    if size == PHONE:
        expect(row).to_contain_text("Question 6")
        boxes = [row_of(page, one).bounding_box() for one in running]
        assert {box["width"] for box in boxes} == {boxes[0]["width"]}
        assert boxes[0]["width"] <= size["width"]
    assert layout_shift(page) < MOST_SHIFT
    assert violations(page) == []
    assert console == []
