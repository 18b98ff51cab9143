"""The tools of the accessibility tests find what they are there to find."""

from typing import Any
from urllib.parse import quote

import pytest

from interviewdata.tests.browser import axe

pytestmark = pytest.mark.browser

BAD = """<!doctype html><html><head><title>Bad</title></head><body>
<img src="data:,"><p style="color: #ccc; background: #fff">pale</p><input>
<div id="wide" style="width: 900px">wide</div></body></html>"""
GOOD = """<!doctype html><html lang="en"><head><title>Good</title></head><body>
<main><h1>Good</h1><p>Text</p></main></body></html>"""
JUMPING = """<!doctype html><html lang="en"><head><title>Jumps</title></head><body>
<main><h1>Jumps</h1><p>Text that is pushed down</p></main><script>
setTimeout(() => { const one = document.createElement("div"); one.style.height = "400px";
document.body.prepend(one); document.body.dataset.done = "1"; }, 100);</script></body></html>"""


def test_vendored_version_is_the_one_named() -> None:
    assert f"axe v{axe.VERSION}" in axe._source()[:20]
    assert axe.VERSION in (axe.VENDOR / "README.txt").read_text(encoding="utf-8")
    assert "Mozilla Public License" in (axe.VENDOR / "axe.LICENSE").read_text(encoding="utf-8")


def test_violations_names_rules_and_elements(page: Any) -> None:
    page.set_content(BAD)
    found = axe.violations(page)
    rules = {line.split(":")[0] for line in found}
    assert {"image-alt", "color-contrast", "label", "html-has-lang", "landmark-one-main"} <= rules
    assert "image-alt: img: Images must have alternative text" in found
    page.set_content(GOOD)
    assert axe.violations(page) == []


def test_too_wide_names_the_element(page: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.set_content(BAD)
    assert any('id="wide"' in line for line in axe.too_wide(page))
    page.set_content(GOOD)
    assert axe.too_wide(page) == []


def test_layout_shift_sees_what_jumped_before_it_was_asked(page: Any) -> None:
    page.goto(f"data:text/html,{quote(JUMPING)}")  # what a script writes into a page never shifts
    page.wait_for_selector("body[data-done]")
    assert axe.layout_shift(page) > 0.1
    page.goto(f"data:text/html,{quote(GOOD)}")
    assert axe.layout_shift(page) == 0
