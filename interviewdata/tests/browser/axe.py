"""What a machine can find wrong with a page: axe-core's rules, things that jump, too wide a page.

axe-core itself lies in vendor/ (licence and origin beside it).
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).with_name("vendor")
VERSION = "4.14.1"
# Everything WCAG 2.2 asks for up to AA, as far as a machine can tell.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Of the best practices those that say where on a page one is.
STRUCTURE = [
    "heading-order",
    "landmark-banner-is-top-level",
    "landmark-complementary-is-top-level",
    "landmark-contentinfo-is-top-level",
    "landmark-main-is-top-level",
    "landmark-no-duplicate-banner",
    "landmark-no-duplicate-contentinfo",
    "landmark-no-duplicate-main",
    "landmark-one-main",
    "landmark-unique",
    "page-has-heading-one",
    "region",
    "scope-attr-valid",
    "skip-link",
]

_RUN = """async ([tags, structure, leftOut]) => {
  const rules = Object.fromEntries(structure.map((name) => [name, {enabled: true}]));
  for (const name of leftOut) rules[name] = {enabled: false};
  const found = await axe.run(document, {
    runOnly: {type: "tag", values: tags}, rules, resultTypes: ["violations"],
  });
  return found.violations.flatMap((one) => one.nodes.map((node) =>
    `${one.id}: ${node.target.flat().join(" ")}: ${one.help}` +
    (one.id === "color-contrast" ? ` (${node.any.map((check) => check.message)})` : "")));
}"""

_SHIFT = """async () => {
  let shift = 0;
  const add = (entries) => {
    for (const one of entries) if (!one.hadRecentInput) shift += one.value;
  };
  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({type: "layout-shift", buffered: true});
  // Two frames, so that what is under way has happened, and a moment in which the browser hands
  // over what it has kept.
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await new Promise((done) => setTimeout(done, 50));
  add(observer.takeRecords());
  observer.disconnect();
  return shift;
}"""


@functools.cache
def _source() -> str:
    return (VENDOR / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Any, *, leave_out: tuple[str, ...] = ()) -> list[str]:
    """What breaks a rule on the page as it stands: "rule: selector: what is asked for".

    The source is evaluated by the browser's debugger, so the page's policy neither hinders it nor
    is loosened for it. `leave_out`: rules not asked, for pages that are not ours.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_source())
    found: list[str] = page.evaluate(_RUN, [TAGS, STRUCTURE, list(leave_out)])
    return found


def layout_shift(page: Any) -> float:
    """How much of the page has jumped since it was opened without anybody touching it: the sum
    of its layout shifts (Layout Instability API; good is below 0.1)."""
    return float(page.evaluate(_SHIFT))


def too_wide(page: Any) -> list[str]:
    """What makes the page scroll sideways: the elements that reach furthest beyond its width;
    empty where it does not."""
    found: list[str] = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          const wide = [...document.querySelectorAll("body *")]
            .map((one) => [one.getBoundingClientRect().right, one])
            .filter(([right]) => right > width + 0.5)
            .sort((a, b) => b[0] - a[0]);
          return [`${document.documentElement.scrollWidth} of ${width} px`,
            ...wide.slice(0, 5).map(([right, one]) => `${Math.round(right)} px: ` +
              one.outerHTML.slice(0, 120))];
        }"""
    )
    return found
