"""Geometry of charts: numbers in, coordinates as text out; no Django.

Drawings stretch with their frame (`preserveAspectRatio="none"`), so they hold no letters: labels
are text beside them. Coordinates are text with a point, whatever language the page is in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

HEIGHT = 100.0
# A column takes this part of its band, the rest is space.
FILLED = 0.72


@dataclass(frozen=True)
class Box:
    """A rectangle; `series` counts from 1 (its colour is that of `--chart-N`)."""

    x: str
    y: str
    width: str
    height: str
    series: int


@dataclass(frozen=True)
class Columns:
    """Stacked columns in a frame of `width` × 100; `ticks` are the numbers of the axis, the highest
    first, `lines` where they lie."""

    width: str
    boxes: tuple[Box, ...]
    ticks: tuple[int, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class IntervalMarks:
    """A mean (`at`) and its interval (`x`, `width`; empty where there is none) on a line of 100."""

    at: str
    x: str
    width: str


@dataclass(frozen=True)
class Line:
    """Points joined by a line in a frame of 100 × 100: `path` is the `d` of the line, `dots` are
    paths without length, whose round ends are the points; `fit` is the line of the trend."""

    path: str
    dots: tuple[str, ...]
    fit: str


def text_of(value: float) -> str:
    """A coordinate with at most two places."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def nice_ceiling(value: float) -> int:
    """The least of 1, 2, 4, 6, 8, 10, 20, 40, 60 … that is not below `value`; 1 for nothing."""
    if value <= 1:
        return 1
    power = 10 ** floor(log10(value))
    for factor in (1, 2, 4, 6, 8, 10):
        if value <= factor * power:
            return int(factor * power)
    return int(10 * power)  # pragma: no cover  (a power of ten that rounding missed)


def stacked_columns(columns: Sequence[Sequence[int]]) -> Columns:
    """One column for each sequence, its values stacked from below in their order."""
    top = nice_ceiling(max((sum(values) for values in columns), default=0))
    # Whole numbers are counted: an axis up to 1 has no half of it.
    ticks = (top, top // 2, 0) if top % 2 == 0 else (top, 0)
    boxes = []
    for place, values in enumerate(columns):
        below = 0
        for series, value in enumerate(values, 1):
            if value:
                boxes.append(
                    Box(
                        x=text_of(place * 10 + 10 * (1 - FILLED) / 2),
                        y=text_of(HEIGHT * (1 - (below + value) / top)),
                        width=text_of(10 * FILLED),
                        height=text_of(HEIGHT * value / top),
                        series=series,
                    )
                )
            below += value
    return Columns(
        width=text_of(10 * max(len(columns), 1)),
        boxes=tuple(boxes),
        ticks=ticks,
        lines=tuple(text_of(HEIGHT * (1 - tick / top)) for tick in ticks),
    )


def bars(counts: Sequence[int]) -> tuple[Box, ...]:
    """One bar for each count in a frame of 10 a bar × 100, the highest as high as the frame."""
    return bars_of(counts, highest=max(counts, default=0))


def bars_of(counts: Sequence[int], *, highest: int) -> tuple[Box, ...]:
    """The same where `highest` fills the frame; nothing for a count of nothing."""
    return tuple(
        Box(
            x=text_of(place * 10 + 0.5),
            y=text_of(HEIGHT * (1 - count / highest)),
            width="9",
            height=text_of(HEIGHT * count / highest),
            series=1,
        )
        for place, count in enumerate(counts)
        if count
    )


def interval_marks(
    mean: float, low: float | None, high: float | None, *, highest: float = 10
) -> IntervalMarks:
    """A mean with its interval on a scale from 0 to `highest`."""
    at = text_of(100 * mean / highest)
    if low is None or high is None:
        return IntervalMarks(at, "", "")
    return IntervalMarks(at, text_of(100 * low / highest), text_of(100 * (high - low) / highest))


def line(
    values: Sequence[float], *, highest: float = 10, fit: tuple[float, float] | None = None
) -> Line:
    """`values` in their order on a scale from 0 to `highest`; `fit`: the trend's first and last
    value. A single value stands in the middle."""

    def height(value: float) -> str:
        return text_of(100 - 100 * min(max(value / highest, 0.0), 1.0))

    step = 100 / (len(values) - 1) if len(values) > 1 else 0
    start = 0.0 if len(values) > 1 else 50.0
    points = [f"{text_of(start + step * n)} {height(value)}" for n, value in enumerate(values)]
    return Line(
        path="M" + " L".join(points) if len(points) > 1 else "",
        dots=tuple(f"M{point}h0" for point in points),
        fit=f"M0 {height(fit[0])} L100 {height(fit[1])}" if fit and len(points) > 1 else "",
    )


def every(count: int, most: int) -> int:
    """Of `count` labels in a row every how many-th is shown so that at most `most` are."""
    return max(1, ceil(count / most))
