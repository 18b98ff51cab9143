"""What scripts write into pages goes through the catalogue of the page's language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from analytics.tests.reviewing import dimensions
from interviewdata.tests.browser.test_accessibility import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MAYA = "0f06c38c-d8bb-51f0-96b5-8d53934e1cd7"
# A language in which every text is itself between marks.
MARKED = """globalThis.django = {
  gettext: (text) => `«${text}»`,
  ngettext: (one, many, count) => `«${count === 1 ? one : many}»`,
  pgettext: (context, text) => `«${text}»`,
};"""


@pytest.fixture
def marked(page: Any, site: str) -> Any:
    """A browser of staff whose scripts speak the marked language."""
    call_command("loaddata", "sample_interviews", verbosity=0)
    dimensions()
    sign_in(page, site, User.objects.create_superuser("rita", password="pw"))
    page.route(
        re.compile(r"/texts/\w+\.js$"),
        lambda route: route.fulfill(body=MARKED, content_type="text/javascript"),
    )
    return page


def test_record_page(marked: Any, site: str, console: list[str]) -> None:
    marked.goto(site + reverse("session-record", args=[MAYA]))
    player = marked.locator("#question-3 .player")
    position = player.locator("input[type=range]")
    expect(position).to_have_attribute("aria-valuetext", "«0:00 of 0:16»")
    player.locator("[data-part=toggle]").click()
    expect(player.get_by_role("button", name="«Pause»")).to_be_visible()
    player.get_by_role("button", name="«Pause»").click()
    expect(player.get_by_role("button", name="«Play»")).to_be_visible()
    marked.locator("#find").fill("the same")
    expect(marked.locator("#find-count")).to_have_text("«1 of 3»")
    marked.locator("#find").fill("zebra")
    expect(marked.locator("#find-count")).to_have_text("«No hit»")
    assert console == []


def test_correction(marked: Any, site: str, console: list[str]) -> None:
    marked.goto(site + reverse("transcript-correct", args=[MAYA]))
    texts = marked.locator("[data-passage] textarea")
    texts.nth(0).fill("Something else.")
    expect(marked.locator("[data-count]")).to_have_text("«1 passage changed»")
    texts.nth(1).fill("And here.")
    expect(marked.locator("[data-count]")).to_have_text("«2 passages changed»")
    assert console == []


def test_review(marked: Any, site: str, console: list[str]) -> None:
    marked.goto(site + reverse("review-form", args=[MAYA]))
    expect(marked.locator("#overall-how")).to_have_text(
        "«the weighted mean of what you score; nothing is scored yet»"
    )
    marked.locator(".category input[type=number]").first.fill("6.5")
    expect(marked.locator("#overall-how")).to_have_text("«the weighted mean: (1 × 6.5) / (1)»")
    expect(marked.locator("#draft-state")).to_have_text(
        re.compile(r"^«Draft saved at \d\d:\d\d\.»$")
    )
    assert console == []


def test_numbers_of_scripts_are_written_as_the_page_writes_them(
    marked: Any, site: str, console: list[str]
) -> None:
    name = settings.LANGUAGE_COOKIE_NAME
    marked.context.add_cookies([{"name": name, "value": "de", "url": site}])
    marked.goto(site + reverse("review-form", args=[MAYA]))
    marked.locator(".category input[type=number]").first.fill("6.5")
    expect(marked.locator("#overall-mean")).to_have_text("6,5")
    expect(marked.locator("#overall-how")).to_have_text("«the weighted mean: (1 × 6,5) / (1)»")
    assert console == []


def test_no_script_writes_a_sentence_past_the_catalogue() -> None:
    """Text that is put into an element, or into what is read of it, is no bare literal."""
    written = re.compile(
        r"""(?:textContent|title|ariaLabel|placeholder)\s*=\s*["'`][^"'`]*[A-Za-z]{3}"""
        r"""|setAttribute\(\s*["'](?:aria-(?:label|description|valuetext)|title|placeholder)["'],\s*["'`][^"'`]*[A-Za-z]{3}"""
        r"""|\bsay\(\s*["'`]"""
    )
    scripts = sorted((Path(settings.BASE_DIR) / "static" / "js").rglob("*.js"))
    assert len(scripts) > 8
    found = [
        f"{path.name}: {match[0]}"
        for path in scripts
        for match in written.finditer(re.sub(r"\$\{[^}]*\}", "", path.read_text(encoding="utf-8")))
    ]
    assert found == []
