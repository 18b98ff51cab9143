"""Figures of the dashboard: plain values in, dataclasses out; no Django.

Every figure says on how many values it rests, and says nothing below a minimum: an interval or a
distribution of fewer than `FEWEST_FOR_INTERVAL` values and a discrimination of fewer than
`FEWEST_FOR_DISCRIMINATION` interviews would be read as knowledge and be chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import atan, cos, fsum, inf, pi, sin, sqrt
from statistics import NormalDist

FEWEST_FOR_INTERVAL = 5
FEWEST_FOR_DISCRIMINATION = 10
FEWEST_FOR_TREND = 3
CONFIDENCE = 0.95
LOWEST_SCORE, HIGHEST_SCORE = 0.0, 10.0
BINS = 10
# Above this many degrees of freedom the expansion is exact to seven digits, and the series long.
_EXACT_DEGREES = 200


@dataclass(frozen=True)
class Mean:
    """A mean with its 95 % confidence interval; `sd`, `low` and `high` are None below the minimum.

    `sd` is the standard deviation of the sample (divisor n − 1), in units of the values.
    """

    n: int
    mean: float
    sd: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Share:
    """`part` of `whole` with its 95 % confidence interval, shares from 0 to 1."""

    part: int
    whole: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Quartiles:
    """How long, or how much, in three figures; the outer two are None below the minimum."""

    n: int
    lower: float | None
    median: float
    upper: float | None


@dataclass(frozen=True)
class Distribution:
    """Scores from 0 to 10 in ten bins of one point: a value on a border belongs to the bin above,
    10 to the last. `deciles` are the nine values that cut the scores into tenths."""

    n: int
    bins: tuple[int, ...]
    deciles: tuple[float, ...]


@dataclass(frozen=True)
class Trend:
    """The least-squares line through values in their order: `slope` a step, from `first` to `last`
    (the line's value at the first and the last of them)."""

    n: int
    slope: float
    first: float
    last: float


def t_probability(t: float, degrees: int) -> float:
    """P(|T| ≤ t) of Student's distribution with that many degrees of freedom.

    The finite series for whole degrees: Abramowitz & Stegun, Handbook of Mathematical Functions
    (1964), 26.7.3 (odd) and 26.7.4 (even), with θ = arctan(t / √ν).
    """
    angle = atan(t / sqrt(degrees))
    cosine = cos(angle)
    if degrees == 1:
        return 2 * angle / pi
    is_odd = degrees % 2 == 1
    term = cosine if is_odd else 1.0
    total = term
    for step in range(3 if is_odd else 2, degrees - 1, 2):
        # odd: × 2/3, 4/5 … cos²; even: × 1/2, 3/4 … cos²
        term *= cosine * cosine * (step - 1) / step
        total += term
    if is_odd:
        return 2 / pi * (angle + sin(angle) * total)
    return sin(angle) * total


@lru_cache(maxsize=4096)
def t_quantile(degrees: int, confidence: float = CONFIDENCE) -> float:
    """The t with P(|T| ≤ t) = `confidence`; to nine digits by bisection of `t_probability`.

    Above 200 degrees the expansion of Cornish and Fisher around the normal quantile (Abramowitz &
    Stegun 26.7.5, terms up to ν⁻³).
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    if degrees > _EXACT_DEGREES:
        terms = (
            (z**3 + z) / 4,
            (5 * z**5 + 16 * z**3 + 3 * z) / 96,
            (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        )
        return z + fsum(term / degrees**power for power, term in enumerate(terms, 1))
    low, high = 0.0, 2.0
    while t_probability(high, degrees) < confidence:
        low, high = high, high * 2
    for _ in range(60):
        middle = (low + high) / 2
        if t_probability(middle, degrees) < confidence:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def mean_with_interval(
    values: Sequence[float], *, least: float = -inf, most: float = inf
) -> Mean | None:
    """Mean and x̄ ± t(n − 1) · s / √n (Student 1908); None without values.

    The interval is cut where values cannot lie: below `least` and above `most`.
    """
    n = len(values)
    if n == 0:
        return None
    mean = fsum(values) / n
    if n < FEWEST_FOR_INTERVAL:
        return Mean(n, mean, None, None, None)
    sd = sqrt(fsum((value - mean) ** 2 for value in values) / (n - 1))
    margin = t_quantile(n - 1) * sd / sqrt(n)
    return Mean(n, mean, sd, max(mean - margin, least), min(mean + margin, most))


def mean_score(values: Sequence[float]) -> Mean | None:
    """`mean_with_interval` of scores: the interval stays within 0 and 10."""
    return mean_with_interval(values, least=LOWEST_SCORE, most=HIGHEST_SCORE)


def share(part: int, whole: int) -> Share:
    """A share with its score interval (Wilson 1927, Journal of the American Statistical
    Association 22, 209–212): (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n).

    It stays within 0 and 1, and holds for shares of 0 and 1 too. No interval below the minimum.
    """
    if whole == 0:
        return Share(part, whole, None, None, None)
    p = part / whole
    if whole < FEWEST_FOR_INTERVAL:
        return Share(part, whole, p, None, None)
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    middle = p + z * z / (2 * whole)
    margin = z * sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    return Share(
        part, whole, p, max(0.0, (middle - margin) / scale), min(1.0, (middle + margin) / scale)
    )


def quantile(in_order: Sequence[float], p: float) -> float:
    """The p-quantile of ascending values, linear between neighbours: type 7 of Hyndman & Fan
    (The American Statistician 50, 1996), as in R, NumPy and PostgreSQL's percentile_cont."""
    place = (len(in_order) - 1) * p
    below = int(place)
    above = min(below + 1, len(in_order) - 1)
    return in_order[below] + (in_order[above] - in_order[below]) * (place - below)


def quartiles(values: Sequence[float]) -> Quartiles | None:
    """Median with lower and upper quartile; None without values."""
    if not values:
        return None
    in_order = sorted(values)
    n = len(in_order)
    median = quantile(in_order, 0.5)
    if n < FEWEST_FOR_INTERVAL:
        return Quartiles(n, None, median, None)
    return Quartiles(n, quantile(in_order, 0.25), median, quantile(in_order, 0.75))


def bins_of(scores: Sequence[float]) -> tuple[int, ...]:
    """How many scores lie in 0–1, 1–2 … 9–10; see Distribution for the borders."""
    counts = [0] * BINS
    for value in scores:
        counts[min(int(value), BINS - 1)] += 1
    return tuple(counts)


def distribution(scores: Sequence[float]) -> Distribution | None:
    """How scores from 0 to 10 are spread; None below the minimum."""
    if len(scores) < FEWEST_FOR_INTERVAL:
        return None
    in_order = sorted(scores)
    deciles = tuple(quantile(in_order, tenth / 10) for tenth in range(1, 10))
    return Distribution(len(scores), bins_of(scores), deciles)


def correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's r; None where either side does not vary, or below two pairs."""
    if len(pairs) < 2:
        return None
    first = fsum(x for x, _ in pairs) / len(pairs)
    second = fsum(y for _, y in pairs) / len(pairs)
    both = fsum((x - first) * (y - second) for x, y in pairs)
    spread = fsum((x - first) ** 2 for x, _ in pairs) * fsum((y - second) ** 2 for _, y in pairs)
    # What rounding leaves of no variation at all (1e-15 a value) is none.
    if spread <= 1e-24 * len(pairs) ** 2:
        return None
    return max(-1.0, min(1.0, both / sqrt(spread)))


def discrimination(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Corrected item-total correlation of one question (Henrysson, Psychometrika 28, 1963).

    `pairs`: of each interview in which the question was asked and judged, the score of the item and
    the mean of that interview's other items, the item itself left out ("corrected": else an item
    correlates with itself). An item is what raters score by name: the category of the question. A
    question near 1 tells strong candidates from weak ones as the rest of the interview does, near 0
    it does not, below 0 it misleads. None below FEWEST_FOR_DISCRIMINATION interviews.
    """
    if len(pairs) < FEWEST_FOR_DISCRIMINATION:
        return None
    return correlation(pairs)


def trend(values: Sequence[float]) -> Trend | None:
    """The least-squares line through `values` against 0, 1, 2 … (Legendre 1805): b = Σ(x − x̄)(y −
    ȳ) / Σ(x − x̄)², a = ȳ − b x̄. None below FEWEST_FOR_TREND."""
    n = len(values)
    if n < FEWEST_FOR_TREND:
        return None
    middle = (n - 1) / 2
    average = fsum(values) / n
    slope = fsum((x - middle) * (y - average) for x, y in enumerate(values)) / fsum(
        (x - middle) ** 2 for x in range(n)
    )
    return Trend(n, slope, average - slope * middle, average + slope * middle)
