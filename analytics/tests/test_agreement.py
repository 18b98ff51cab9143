"""Alpha against published worked examples, severity against figures worked out by hand."""

from __future__ import annotations

import random

import pytest

from analytics.agreement import (
    MIN_DIFFERENCES,
    MIN_UNITS,
    Level,
    Severity,
    Verdict,
    agreement,
    krippendorff_alpha,
    severities,
)

_ = None

# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", asc_papers/43, sections A–C.
# Rows are observers, columns units.
BINARY_TWO_OBSERVERS = [
    [0, 1, 0, 0, 0, 0, 0, 0, 1, 0],
    [1, 1, 1, 0, 0, 1, 0, 0, 0, 0],
]
NOMINAL_TWO_OBSERVERS = [
    [ord(letter) for letter in "aabbdcccedda"],
    [ord(letter) for letter in "babbbccceddd"],
]
FOUR_OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]
# Wikipedia, "Krippendorff's alpha", "A computational example"; six decimals as the documentation of
# the package `krippendorff` (Castro 2017) gives them.
THREE_CODERS = [
    [_, _, _, _, _, 3, 4, 1, 2, 1, 1, 3, 3, _, 3],
    [1, _, 2, 1, 3, 3, 4, 3, _, _, _, _, _, _, _],
    [_, _, 2, 1, 3, 4, 4, _, 2, 1, 1, 3, 3, _, 4],
]


def units_of(rows):
    return [[value for value in unit if value is not None] for unit in zip(*rows, strict=True)]


def ratings_of(rows):
    """unit → rater → score."""
    return {
        f"unit{unit}": {f"rater{row}": value for row, value in enumerate(values)}
        for unit, values in enumerate(zip(*rows, strict=True))
    }


@pytest.mark.parametrize(
    ("rows", "level", "published", "places"),
    [
        (BINARY_TWO_OBSERVERS, Level.NOMINAL, 0.095, 3),
        (NOMINAL_TWO_OBSERVERS, Level.NOMINAL, 0.692, 3),
        (FOUR_OBSERVERS, Level.NOMINAL, 0.743, 3),
        (FOUR_OBSERVERS, Level.ORDINAL, 0.815, 3),
        (FOUR_OBSERVERS, Level.INTERVAL, 0.849, 3),
        (FOUR_OBSERVERS, Level.RATIO, 0.797, 3),
        (THREE_CODERS, Level.NOMINAL, 0.691358, 6),
        (THREE_CODERS, Level.INTERVAL, 0.810845, 6),
    ],
)
def test_alpha_is_as_published(rows, level, published, places):
    assert round(krippendorff_alpha(units_of(rows), level), places) == published


def test_agreement_is_alpha_of_interval_data_and_says_what_it_rests_on():
    found = agreement(ratings_of(FOUR_OBSERVERS))
    # Unit 12 has one value and counts for nothing: 40 pairable values, as the paper has them.
    assert (found.units, found.raters, found.ratings) == (11, 4, 40)
    assert round(found.alpha, 3) == 0.849
    assert found.low < found.alpha < found.high <= 1
    assert found.verdict is Verdict.RELIABLE


def test_agreement_and_the_coincidence_matrix_say_the_same_of_any_scores():
    chance = random.Random(7)
    for _turn in range(50):
        rows = [
            [chance.choice([None, round(chance.uniform(0, 10), 1)]) for _unit in range(60)]
            for _rater in range(4)
        ]
        expected = krippendorff_alpha(units_of(rows), Level.INTERVAL)
        assert agreement(ratings_of(rows)).alpha == pytest.approx(expected, abs=1e-12)


def test_bounds_are_the_jackknife_worked_step_by_step():
    rows = [[2, 4, 6, 8, 3, 5, 7, 9, 1, 6], [3, 4, 5, 8, 3, 6, 7, 8, 2, 5]]
    units = units_of(rows)
    without = [
        krippendorff_alpha(units[:place] + units[place + 1 :], Level.INTERVAL)
        for place in range(10)
    ]
    middle = sum(without) / 10
    error = (9 / 10 * sum((value - middle) ** 2 for value in without)) ** 0.5
    found = agreement(ratings_of(rows))
    assert found.low == pytest.approx(found.alpha - 2.262157 * error)
    assert found.high == pytest.approx(min(1, found.alpha + 2.262157 * error))


def test_too_few_units_say_nothing():
    rows = [[1.0, 2.0, 3.0] * 3, [1.0, 2.0, 3.0] * 3]
    found = agreement(ratings_of(rows))
    assert found.units == MIN_UNITS - 1
    assert (found.alpha, found.low, found.high) == (None, None, None)
    assert found.verdict is Verdict.TOO_FEW


def test_perfect_agreement_is_one_and_systematic_disagreement_below_nought():
    same = agreement(ratings_of([[1, 5, 9, 3] * 3] * 2))
    assert (same.alpha, same.low, same.high) == (1, 1, 1)
    opposite = agreement(ratings_of([[1, 9] * 6, [9, 1] * 6]))
    assert opposite.alpha < 0
    assert opposite.verdict is Verdict.UNRELIABLE


@pytest.mark.parametrize("value", [7, 7.3, 0.1 + 0.2])
def test_equal_scores_throughout_have_no_alpha(value):
    found = agreement(ratings_of([[value] * 12] * 3))
    assert found.alpha is None
    assert found.verdict is Verdict.NO_VARIATION
    assert krippendorff_alpha([[value] * 3] * 12, Level.INTERVAL) is None


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[5, 6, 7] * 5],  # one rater
        [[5, _] * 10, [_, 6] * 10],  # two who never meet
        [[_] * 20, [_] * 20],
    ],
)
def test_ratings_that_never_meet_say_nothing(rows):
    found = agreement(ratings_of(rows))
    assert (found.units, found.raters, found.ratings, found.alpha) == (0, 0, 0, None)
    assert found.verdict is Verdict.TOO_FEW
    assert severities(ratings_of(rows)) == []


def test_severity_is_the_distance_to_the_mean_of_the_others():
    ratings = {
        "a": {"ann": 6, "bob": 8, "cid": 8},
        "b": {"ann": 5, "bob": 7},
        "c": {"ann": 7, "bob": 8, "cid": None},
        "d": {"ann": 4, "bob": 7, "cid": 6},
        "e": {"ann": 9, "bob": 9},
        "f": {"ann": 3},  # nobody to compare with
    }
    # ann: −2, −2, −1, 4 − 6.5 = −2.5, 0: mean −1.5, s² = (0.25 + 0.25 + 0.25 + 1 + 2.25) / 4 = 1;
    # t of 4 degrees is 2.7764, so ± 2.7764 × 1 / √5 = 1.2416.
    # bob: 8 − 7 = 1, 2, 1, 7 − 5 = 2, 0: mean 1.2, s² = (0.04 + 0.64 + 0.04 + 0.64 + 1.44) / 4.
    ann, bob, cid = severities(ratings)
    assert (ann.rater, ann.count) == ("ann", 5)
    assert ann.difference == pytest.approx(-1.5)
    assert (ann.low, ann.high) == pytest.approx((-2.7416, -0.2584), abs=1e-4)
    assert (bob.rater, bob.count) == ("bob", 5)
    assert bob.difference == pytest.approx(1.2)
    reach = 2.7764 * (0.7 / 5) ** 0.5
    assert (bob.low, bob.high) == pytest.approx((1.2 - reach, 1.2 + reach), abs=1e-4)
    assert cid == Severity("cid", 2)


def test_severity_needs_its_minimum():
    meetings = {str(n): {"ann": 5, "bob": 6} for n in range(MIN_DIFFERENCES)}
    assert [s.difference for s in severities(meetings)] == [-1, 1]
    meetings.popitem()
    assert [s.difference for s in severities(meetings)] == [None, None]
