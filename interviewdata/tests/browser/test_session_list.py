"""A recruiter looks for an interview: filters, search, its record; at a desk and on a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import expect

from interviewdata.tests.browser.axe import too_wide, violations
from interviewdata.tests.browser.test_accessibility import PHONE, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_recruiter_finds_an_interview_and_opens_its_record(
    page: Any, site: str, console: list[str]
) -> None:
    call_command("loaddata", "sample_interviews", verbosity=0)
    sign_in(page, site, User.objects.create_superuser("rita"))
    page.goto(f"{site}/sessions/")
    expect(page.get_by_role("rowheader")).to_have_count(3)

    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Role").fill("product")
    page.get_by_label("Status").select_option("Completed")
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_role("rowheader")).to_have_count(1)
    # Only what is set stands in the address.
    assert re.fullmatch(r".*/sessions/\?(\w+=\w+&?){3}", page.url), page.url
    page.get_by_role("link", name="Remove the filter Role").click()
    page.get_by_role("link", name="Remove all").click()
    expect(page.get_by_role("rowheader")).to_have_count(3)

    page.get_by_label("Search", exact=True).fill("universal time")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("rowheader")).to_have_count(1)
    expect(page.locator("mark").first).to_have_text(re.compile("universal|time"))
    assert violations(page) == []

    page.set_viewport_size(PHONE)
    assert too_wide(page) == []
    assert violations(page) == []
    page.get_by_role("checkbox", name="Select maya.okonkwo@example.org").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export selected (1)").click()
    assert download.value.suggested_filename.startswith("interview_data_")
    page.get_by_role("link", name="maya.okonkwo@example.org").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/sessions/" in page.url
    assert "?" not in page.url
    assert console == []
