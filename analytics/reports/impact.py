"""Adverse impact: selection and scoring rates of groups; plain values in, dataclasses out.

The four-fifths rule: Uniform Guidelines on Employee Selection Procedures (1978), 29 CFR 1607.4(D).
Scoring rate and its ratio: New York City, 6 RCNY § 5-300 (2023). Fisher's exact test: R. A. Fisher,
The Design of Experiments (1935), chapter II. Nothing here knows a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import comb, exp, fsum, log

from analytics.figures import quantile

FOUR_FIFTHS = 0.8
SIGNIFICANT = 0.05
NOT_SAID = ""
# Beyond, whole numbers of so many digits take too long.
MOST_EXACT = 5000
# What rounding leaves between the logarithms of two tables that are as probable as each other.
_AS_PROBABLE = 1e-7


@dataclass(frozen=True)
class Outcome:
    """`n` people of a group with the same outcome; `score` 0–10 or None."""

    group: str
    is_completed: bool
    score: float | None
    n: int


@dataclass(frozen=True)
class Rate:
    """One group. `ratio` is to the highest rate among those shown, `p` the two-sided Fisher
    probability against that group; both None where there is nothing to compare with. All numbers
    are None where the group is `hidden`: too few people, or needed to hide another group."""

    group: str
    hidden: bool
    n: int | None = None
    chosen: int | None = None
    rate: float | None = None
    is_highest: bool = False
    ratio: float | None = None
    p: float | None = None

    @property
    def is_below(self) -> bool:
        """Whether the four-fifths rule would look at this group."""
        return self.ratio is not None and self.ratio < FOUR_FIFTHS

    @property
    def is_significant(self) -> bool:
        return self.p is not None and self.p < SIGNIFICANT


@dataclass(frozen=True)
class Impact:
    """`selection`: of all people those who completed with the threshold or more; `scoring`: of all
    scored people those above the median score. `median` None: nobody who may be told of."""

    people: int
    selection: list[Rate]
    scoring: list[Rate]
    median: float | None

    @property
    def hidden(self) -> int:
        return sum(rate.hidden for rate in self.selection)


def fisher_exact(a: int, b: int, c: int, d: int) -> float:
    """The two-sided probability of the table ((a, b), (c, d)): that of all tables with the same
    margins which are no more probable, of the hypergeometric distribution; 1.0 where a margin is
    empty. Exact up to MOST_EXACT people, to about ten digits above.
    """
    first, second, chosen = a + b, c + d, a + c
    least, most = max(0, chosen - second), min(first, chosen)
    if first + second <= MOST_EXACT:
        # Whole numbers, each from the one before: the division comes last.
        ways = comb(first, least) * comb(second, chosen - least)
        all_ways = []
        for k in range(least, most + 1):
            all_ways.append(ways)
            ways = ways * (first - k) * (chosen - k) // ((k + 1) * (second - chosen + k + 1))
        observed = all_ways[a - least]
        return sum(ways for ways in all_ways if ways <= observed) / sum(all_ways)
    logs = [0.0]  # of the ways, against those of the first table
    for k in range(least, most):
        logs.append(
            logs[-1] + log((first - k) * (chosen - k) / ((k + 1) * (second - chosen + k + 1)))
        )
    highest, bound = max(logs), logs[a - least] + _AS_PROBABLE
    rare = fsum(exp(one - highest) for one in logs if one <= bound)
    return min(1.0, rare / fsum(exp(one - highest) for one in logs))


def suppressed(counts: Mapping[str, int], least: int) -> set[str]:
    """The groups whose numbers are not told: those of fewer than `least` people, and as many more,
    the smallest first, as it takes that they cannot be had by taking the others from the total:
    at least two groups, and `least` people in them together. Empty groups tell nothing.

    How many said nothing (NOT_SAID) is told nowhere: they are the first that small groups hide
    among.
    """
    there = {name: n for name, n in counts.items() if n > 0}
    hidden = {name for name, n in there.items() if n < least and name != NOT_SAID}
    if not hidden:
        return set()
    hidden |= {NOT_SAID} & there.keys()
    rest = sorted(there.keys() - hidden, key=lambda name: (there[name], name))
    while rest and (len(hidden) < 2 or sum(there[name] for name in hidden) < least):
        hidden.add(rest.pop(0))
    return hidden


def impact(outcomes: Iterable[Outcome], *, threshold: float, least: int) -> Impact:
    """The rates of groups. `threshold` 0–10; groups of fewer than `least` people are hidden.

    Who said nothing (NOT_SAID) is in no comparison. The number of all people is known from
    elsewhere: what is hidden must not be had by subtraction.
    """
    everybody = list(outcomes)
    people = _counts(everybody)
    selected = _counts(o for o in everybody if _is_selected(o, threshold))
    hidden = suppressed(people, least)
    selection = _rates(people, selected, hidden)
    scored = [o for o in everybody if o.score is not None and o.group not in hidden]
    of_groups = sorted(
        (o.score, o.n) for o in scored if o.group != NOT_SAID and o.score is not None
    )
    values = [score for score, n in of_groups for _one in range(n)]
    with_score = _counts(o for o in everybody if o.score is not None)
    # Hidden above is hidden here as well, and what is too small here alone takes others with it.
    hidden_scores = hidden | suppressed(
        {name: n for name, n in with_score.items() if name not in hidden}, least
    )
    median = quantile(values, 0.5) if len(values) >= least else None
    above = _counts(o for o in scored if median is not None and (o.score or 0.0) > median)
    scoring = _rates(with_score, above, hidden_scores) if median is not None else []
    return Impact(sum(people.values()), selection, scoring, median)


def _is_selected(outcome: Outcome, threshold: float) -> bool:
    return outcome.is_completed and outcome.score is not None and outcome.score >= threshold


def _counts(outcomes: Iterable[Outcome]) -> dict[str, int]:
    found: dict[str, int] = {}
    for outcome in outcomes:
        found[outcome.group] = found.get(outcome.group, 0) + outcome.n
    return found


def _rates(people: Mapping[str, int], chosen: Mapping[str, int], hidden: set[str]) -> list[Rate]:
    """The rates in order of their size, the hidden groups last; NOT_SAID is none of them."""
    shown = {
        name: (n, chosen.get(name, 0))
        for name, n in people.items()
        if name != NOT_SAID and name not in hidden and n > 0
    }
    best = max(
        shown, key=lambda name: (shown[name][1] / shown[name][0], shown[name][0]), default=""
    )
    found = []
    for name, (n, some) in shown.items():
        best_n, best_some = shown[best]
        is_compared = len(shown) > 1 and best_some > 0
        found.append(
            Rate(
                name,
                hidden=False,
                n=n,
                chosen=some,
                rate=some / n,
                is_highest=is_compared and name == best,
                # One division of whole numbers: 48 % of 60 % is four fifths, and not a hair less.
                ratio=some * best_n / (n * best_some) if is_compared else None,
                p=fisher_exact(some, n - some, best_some, best_n - best_some)
                if is_compared and name != best
                else None,
            )
        )
    found.sort(key=lambda rate: (-(rate.rate or 0.0), rate.group))
    unsaid = sorted(name for name in people if name in hidden and name != NOT_SAID)
    return [*found, *(Rate(name, hidden=True) for name in unsaid)]
