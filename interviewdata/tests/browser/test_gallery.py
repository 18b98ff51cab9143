"""The gallery of the components as a machine judges it: what it shows is what pages are made of."""

from __future__ import annotations

from typing import Any

import pytest

from interviewdata.tests.browser.axe import layout_shift, too_wide, violations
from interviewdata.tests.browser.test_accessibility import DESKTOP, MOST_SHIFT, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_of_every_component_is_accessible(
    page: Any, site: str, console: list[str], settings: Any, scheme: str, size: dict[str, int]
) -> None:
    settings.DEBUG = True
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size(size)
    assert page.goto(f"{site}/ui-components/").status == 200
    page.wait_for_load_state("networkidle")
    assert (violations(page), too_wide(page), console) == ([], [], [])
    assert layout_shift(page) <= MOST_SHIFT
