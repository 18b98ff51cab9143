"""A reviewer corrects a transcript in the browser, with scripts and without."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import expect

from interviewdata.tests.browser.axe import violations
from interviewdata.tests.browser.test_accessibility import sign_in
from interviewdata.tests.test_transcript_page import SENTENCE, correct, spoken
from sessions.models import Transcript

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIXED = SENTENCE.replace("post gress", "PostgreSQL")


@pytest.fixture
def base() -> Transcript:
    return spoken(8)


@pytest.fixture
def address(page: Any, site: str, base: Transcript) -> str:
    sign_in(page, site, User.objects.create_superuser("rita", password="pw"))
    return site + reverse("transcript-correct", args=[base.session_id])


def test_passage_is_corrected_and_the_difference_shown(
    page: Any, address: str, base: Transcript, console: list[str]
) -> None:
    page.goto(address)
    passage = page.get_by_label("Passage 2")
    text = passage.input_value()
    expect(page.get_by_role("button", name="Put back")).to_be_hidden()
    passage.fill("Something else")
    expect(page.get_by_role("status")).to_have_text("1 passage changed")
    page.get_by_role("button", name="Put back").click()
    expect(passage).to_have_value(text)
    expect(page.get_by_role("status")).to_have_text("")

    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("Nothing is changed yet.")).to_be_visible()

    passage.fill(text.replace("post gress", "PostgreSQL", 1))
    assert violations(page) == []
    page.get_by_role("button", name="Save as a new version").click()
    difference = page.get_by_role("region", name="What differs")
    expect(difference.locator("del")).to_have_text("removed: post gress")
    expect(difference.locator("ins")).to_have_text("added: PostgreSQL")
    expect(page.get_by_role("row", name="2 In use rita")).to_be_visible()
    new = Transcript.objects.get(corrects=base)
    assert sum("corrected" in word for word in new.word_timestamps) == 1
    assert console == []


def test_only_doubtful_passages_can_be_shown(page: Any, address: str, base: Transcript) -> None:
    words = base.word_timestamps
    for word in words[60:]:
        word["confidence"] = 0.99
    Transcript.objects.filter(pk=base.pk).update(word_timestamps=words)
    page.goto(address)
    everything = page.get_by_role("textbox").count()
    page.get_by_label("Only passages with words the recognizer was unsure of").check()
    assert 0 < page.get_by_role("textbox").count() < everything


def test_unsaved_change_is_not_left_without_a_word(page: Any, address: str, site: str) -> None:
    page.goto(address)
    page.get_by_label("Passage 1 ").fill("Changed")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{site}/")
    assert asked == ["beforeunload"]


def test_without_scripts_a_second_corrector_keeps_what_they_typed(
    browser: Any, site: str, base: Transcript
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site, User.objects.create_superuser("rita", password="pw"))
    page.goto(site + reverse("transcript-correct", args=[base.session_id]))
    correct(base)
    page.get_by_label("Passage 1 ").fill("Mine")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_role("alert")).to_contain_text("ruth has saved a newer version")
    expect(page.get_by_label("Your text at 0:00")).to_have_value("Mine")
    page.get_by_label("Passage 1 ").fill("Mine, again")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("Saved as a new version.")).to_be_visible()
    assert Transcript.objects.count() == 3
    context.close()
