"""How far raters agree, and how severe each is: plain values in, dataclasses out; no Django.

Agreement is Krippendorff's alpha, 1 − D_o / D_e: 1 where raters agree wholly, 0 where they agree as
chance would have it, below 0 where they disagree on purpose. It takes any number of raters and
any missing ratings. Formulas: K. Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability",
https://repository.upenn.edu/asc_papers/43; his bounds for use: Content Analysis (2004), p. 241.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import fsum, sqrt

from analytics.figures import FEWEST_FOR_INTERVAL, mean_with_interval, t_quantile

# Below these nothing is said: at ten interviews of two raters the 95 % interval of an alpha of 0.7
# is 0.8 wide already, and a mean of fewer than five differences moves with each of them.
MIN_UNITS = 10
MIN_DIFFERENCES = FEWEST_FOR_INTERVAL
RELIABLE = 0.8
TENTATIVE = 0.667

Ratings = Mapping[str, Mapping[str, float | None]]
"""unit (interview) → rater → score; None and absent are the same: not rated."""


class Level(Enum):
    """What differences between two values mean: the level of measurement."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


class Verdict(Enum):
    """What an alpha allows (Krippendorff 2004, p. 241)."""

    TOO_FEW = "too few to say"
    NO_VARIATION = "all scores are equal: nothing to agree about"
    RELIABLE = "reliable"
    TENTATIVE = "for tentative conclusions only"
    UNRELIABLE = "not to be relied on"


@dataclass(frozen=True)
class Agreement:
    """Alpha of one dimension and what it rests on.

    `units`: rated by two or more; `raters`: who rated any of those; `ratings`: pairable values in
    them. `alpha` is None below MIN_UNITS units and where all values are equal; `low` and `high`
    bound it with 95 % confidence (delete-one jackknife over units, Student's t; in simulations it
    covers 91 % at ten units of two raters, 93 to 95 % above), None where alpha is.
    """

    units: int
    raters: int
    ratings: int
    alpha: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def verdict(self) -> Verdict:
        if self.units < MIN_UNITS:
            return Verdict.TOO_FEW
        if self.alpha is None:
            return Verdict.NO_VARIATION
        if self.alpha >= RELIABLE:
            return Verdict.RELIABLE
        return Verdict.TENTATIVE if self.alpha >= TENTATIVE else Verdict.UNRELIABLE


@dataclass(frozen=True)
class Severity:
    """How far a rater scores above (+, lenient) or below (−, severe) the others, in points.

    `difference` is the mean over `count` units of own score − mean of the other raters' scores of
    the same unit; `low` and `high` bound it with 95 % confidence (Student's t). All None below
    MIN_DIFFERENCES units.
    """

    rater: str
    count: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None


def krippendorff_alpha(units: Iterable[Sequence[float]], level: Level) -> float | None:
    """Alpha by the coincidence matrix (Krippendorff 2011, sections C to E).

    `units`: the values that each unit was given, in any order; those with one or none count for
    nothing. None where no unit has two values or all values are equal (0 / 0).
    """
    coincidences = _coincidences(units)
    totals: Counter[float] = Counter()
    for (value, _other), weight in coincidences.items():
        totals[value] += weight  # type: ignore[assignment]
    count = fsum(totals.values())
    distance = _distances(level, totals)
    expected = fsum(
        totals[a] * totals[b] * distance(a, b) for a in totals for b in totals if a != b
    )
    if not expected:
        return None
    observed = fsum(weight * distance(a, b) for (a, b), weight in coincidences.items() if a != b)
    return 1 - (count - 1) * observed / expected


def _coincidences(units: Iterable[Sequence[float]]) -> dict[tuple[float, float], float]:
    """o_ck: for each unit with m ≥ 2 values, every ordered pair of them counts 1 / (m − 1)."""
    matrix: defaultdict[tuple[float, float], float] = defaultdict(float)
    for values in units:
        if len(values) < 2:
            continue
        share = 1 / (len(values) - 1)
        counts = Counter(values)
        for a, times_a in counts.items():
            for b, times_b in counts.items():
                matrix[a, b] += times_a * (times_b - (a == b)) * share
    return matrix


def _distances(level: Level, totals: Mapping[float, float]) -> Callable[[float, float], float]:
    """δ² of two different values at this level; `totals` are n_c, which ordinal data need."""
    if level is Level.NOMINAL:
        return lambda a, b: 1.0
    if level is Level.INTERVAL:
        return lambda a, b: (a - b) ** 2
    if level is Level.RATIO:
        return lambda a, b: ((a - b) / (a + b)) ** 2
    # Ordinal: how many values stand between two, the two themselves counted half.
    middle: dict[float, float] = {}
    below = 0.0
    for value in sorted(totals):
        middle[value] = below + totals[value] / 2
        below += totals[value]
    return lambda a, b: (middle[a] - middle[b]) ** 2


def agreement(ratings: Ratings) -> Agreement:
    """Agreement on scores (interval data), with its bounds."""
    units = {
        unit: {rater: score for rater, score in given.items() if score is not None}
        for unit, given in ratings.items()
    }
    pairable = [given for given in units.values() if len(given) > 1]
    raters = {rater for given in pairable for rater in given}
    count = sum(len(given) for given in pairable)
    if len(pairable) < MIN_UNITS:
        return Agreement(len(pairable), len(raters), count)
    alpha, low, high = _interval_alpha([list(given.values()) for given in pairable])
    return Agreement(len(pairable), len(raters), count, alpha, low, high)


def _interval_alpha(
    units: Sequence[Sequence[float]],
) -> tuple[float | None, float | None, float | None]:
    """Alpha of interval data and its bounds; every unit has two values or more.

    With δ² = (a − b)² the sums of the coincidence matrix shorten to
    D_o = Σ_u 2(mΣv² − (Σv)²) / (m − 1) / n and D_e = 2(nΣv² − (Σv)²) / (n(n − 1)), so that leaving
    one unit out is a subtraction.
    """
    zero = units[0][0]  # equal values cancel exactly from there, whatever their binary fractions
    parts = []
    for values in units:
        moved = [value - zero for value in values]
        total, squares, size = fsum(moved), fsum(v * v for v in moved), len(moved)
        within = 2 * (size * squares - total * total) / (size - 1)
        parts.append((within, total, squares, size))
    sums = [fsum(column) for column in zip(*parts, strict=True)]
    alpha = _alpha_of_sums(*sums)
    if alpha is None:
        return None, None, None
    without = [
        _alpha_of_sums(*(whole - part for whole, part in zip(sums, unit, strict=True)))
        for unit in parts
    ]
    known = [value for value in without if value is not None]
    if len(known) < len(units):
        return alpha, None, None
    size = len(known)
    middle = fsum(known) / size
    error = sqrt((size - 1) / size * fsum((value - middle) ** 2 for value in known))
    reach = t_quantile(size - 1) * error
    return alpha, alpha - reach, min(1.0, alpha + reach)


def _alpha_of_sums(within: float, total: float, squares: float, size: float) -> float | None:
    """1 − (n − 1) Σ within / 2(nΣv² − (Σv)²); None where all values are equal."""
    between = 2 * (size * squares - total * total)
    return None if between <= 1e-9 else 1 - (size - 1) * within / between


def severities(ratings: Ratings) -> list[Severity]:
    """Each rater who shares a unit with another, the most severe first, the unsaid last."""
    differences: defaultdict[str, list[float]] = defaultdict(list)
    for given in ratings.values():
        scores = {rater: score for rater, score in given.items() if score is not None}
        if len(scores) < 2:
            continue
        total = fsum(scores.values())
        for rater, score in scores.items():
            differences[rater].append(score - (total - score) / (len(scores) - 1))
    found = [_severity(rater, values) for rater, values in differences.items()]
    return sorted(found, key=lambda s: (s.difference is None, s.difference or 0.0, s.rater))


def _severity(rater: str, values: Sequence[float]) -> Severity:
    found = mean_with_interval(values)
    if found is None or found.n < MIN_DIFFERENCES:
        return Severity(rater, len(values))
    return Severity(rater, found.n, found.mean, found.low, found.high)
