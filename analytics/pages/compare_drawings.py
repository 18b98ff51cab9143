"""Small drawings of scores as numbers for SVG attributes: no style, no script, words beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from analytics.agreement import RELIABLE, TENTATIVE, Agreement, Severity
from analytics.pages.numbers import local

WIDTH = 160.0
HEIGHT = 28.0
_MARGIN = 8.0
_STEP = 6.0  # between dots that would cover each other


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    title: str


@dataclass(frozen=True)
class Strip:
    """Values on one scale: a line from `low` to `high`, a tick at `middle`, `dots`, and `marks`,
    the places of the scale's own lines. `words` says the same to who cannot see it."""

    low: float
    high: float
    middle: float
    dots: tuple[Dot, ...]
    marks: tuple[float, ...]
    words: str
    width: float = WIDTH
    height: float = HEIGHT
    centre: float = HEIGHT / 2

    @property
    def length(self) -> float:
        return round(self.high - self.low, 1)


def _at(value: float, least: float, most: float) -> float:
    """Where on the strip a value of the scale from `least` to `most` stands."""
    inside = min(max(value, least), most)
    return round(_MARGIN + (WIDTH - 2 * _MARGIN) * (inside - least) / (most - least), 1)


def signed(value: float, places: int = 2) -> str:
    """A difference with its sign, a true minus: −1.33."""
    return local(f"{value:+.{places}f}").replace("-", "−")


def score_strip(mean: float, given: Mapping[str, float], words: str) -> Strip:
    """The scores of one interview on one dimension, 0 to 10: a dot for each rater."""
    dots: list[Dot] = []
    for rater, score in sorted(given.items(), key=lambda item: (item[1], item[0])):
        x = _at(score, 0, 10)
        covered = sum(abs(dot.x - x) < _STEP for dot in dots)
        # Up, down, further up …: equal scores stay one column.
        offset = (covered + 1) // 2 * _STEP * (-1 if covered % 2 else 1)
        y = min(max(HEIGHT / 2 + offset, 4.0), HEIGHT - 4)
        dots.append(Dot(x, y, f"{rater}: {local(f'{score:g}')}"))
    values = given.values()
    return Strip(
        low=_at(min(values), 0, 10),
        high=_at(max(values), 0, 10),
        middle=_at(mean, 0, 10),
        dots=tuple(dots),
        marks=tuple(_at(value, 0, 10) for value in (0, 5, 10)),
        words=words,
    )


def alpha_strip(found: Agreement) -> Strip | None:
    """An alpha with its bounds on a scale from 0 to 1; below 0 stands at the edge."""
    if found.alpha is None:
        return None
    low = found.alpha if found.low is None else found.low
    high = found.alpha if found.high is None else found.high
    return Strip(
        low=_at(low, 0, 1),
        high=_at(high, 0, 1),
        middle=_at(found.alpha, 0, 1),
        dots=(),
        marks=tuple(_at(value, 0, 1) for value in (0, TENTATIVE, RELIABLE, 1)),
        words=gettext("Alpha %(alpha)s, 95 %% interval %(low)s to %(high)s")
        % {
            "alpha": local(f"{found.alpha:.2f}"),
            "low": local(f"{low:.2f}"),
            "high": local(f"{high:.2f}"),
        },
    )


def severity_strip(found: Severity | None) -> Strip | None:
    """A rater's distance from the others on a scale from −3 to 3 points."""
    if found is None or found.difference is None or found.low is None or found.high is None:
        return None
    return Strip(
        low=_at(found.low, -3, 3),
        high=_at(found.high, -3, 3),
        middle=_at(found.difference, -3, 3),
        dots=(),
        marks=(_at(0, -3, 3),),
        words=gettext("%(difference)s points") % {"difference": signed(found.difference)},
    )
