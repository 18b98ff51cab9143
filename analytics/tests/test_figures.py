"""Figures worked out by hand, or taken from the tables and papers that the docstrings name."""

from math import sqrt

import pytest

from analytics import figures
from analytics.figures import (
    Mean,
    bins_of,
    correlation,
    discrimination,
    distribution,
    mean_score,
    mean_with_interval,
    quantile,
    quartiles,
    share,
    t_probability,
    t_quantile,
    trend,
)


@pytest.mark.parametrize(
    ("degrees", "t"),
    # Tables of Student's distribution (Fisher & Yates; NIST/SEMATECH e-Handbook 1.3.6.7.2), 97.5 %.
    [
        (1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (9, 2.262), (10, 2.228),
        (29, 2.045), (30, 2.042), (60, 2.000), (100, 1.984), (1000, 1.962),
    ],
)  # fmt: skip
def test_t_is_that_of_the_tables(degrees, t):
    assert t_quantile(degrees) == pytest.approx(t, abs=0.0006)


def test_series_and_expansion_meet():
    below, above = t_quantile(200), t_quantile(201)
    assert below > above > t_quantile(202)
    assert below - above == pytest.approx(above - t_quantile(202), rel=0.05)


def test_probability_of_t_has_known_values():
    assert t_probability(1, 1) == pytest.approx(0.5)  # Cauchy: 2 arctan(1) / π
    assert t_probability(sqrt(2), 2) == pytest.approx(1 / sqrt(2))  # t / √(2 + t²)
    assert t_probability(0, 7) == 0


def test_mean_with_interval_by_hand():
    # x̄ = 7; s² = (1 + 0 + 1 + 4 + 4) / 4 = 2.5; t(4) = 2.776445; 2.776445 · √(2.5 / 5) = 1.963243
    found = mean_with_interval([6.0, 7.0, 8.0, 5.0, 9.0])
    assert found is not None
    assert (found.n, found.mean) == (5, 7.0)
    assert found.sd == pytest.approx(sqrt(2.5))
    assert (found.low, found.high) == (pytest.approx(5.036757), pytest.approx(8.963243))


def test_interval_of_scores_stays_on_the_scale():
    found = mean_score([9.0, 10.0, 10.0, 10.0, 5.0])
    assert found is not None
    assert found.high == 10.0
    assert found.low == pytest.approx(8.8 - 2.776445 * sqrt(4.7 / 5))


def test_few_values_have_a_mean_and_no_interval():
    assert mean_with_interval([]) is None
    assert mean_with_interval([4.0]) == Mean(1, 4.0, None, None, None)
    assert mean_score([4.0, 6.0, 4.0, 6.0]) == Mean(4, 5.0, None, None, None)
    assert mean_score([5.0] * 5) == Mean(5, 5.0, 0.0, 5.0, 5.0)


def test_share_with_interval_of_wilson():
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263, and 0 of 20.
    found = share(81, 263)
    assert (found.low, found.high) == (
        pytest.approx(0.2553, abs=5e-5),
        pytest.approx(0.3662, abs=5e-5),
    )
    nothing = share(0, 20)
    assert (nothing.low, nothing.high) == (
        pytest.approx(0, abs=1e-12),
        pytest.approx(0.1611, abs=5e-5),
    )


def test_share_of_few_and_of_nothing():
    assert (share(1, 4).share, share(1, 4).low) == (0.25, None)
    assert share(0, 0).share is None


@pytest.mark.parametrize(
    ("p", "expected"),
    # Type 7: place (n − 1) p. 5 values: ¼ → the second, 0.1 → 0.4 of the way from 1 to 3.
    [(0, 1), (0.1, 1.8), (0.25, 3), (0.5, 4), (0.75, 8), (1, 20)],
)
def test_quantile_is_type_seven(p, expected):
    assert quantile([1, 3, 4, 8, 20], p) == pytest.approx(expected)


def test_quartiles_need_five_values_and_the_median_one():
    assert quartiles([]) is None
    few = quartiles([4.0, 1.0, 3.0, 2.0])
    assert few is not None
    assert (few.n, few.lower, few.median, few.upper) == (4, None, 2.5, None)
    five = quartiles([20, 1, 8, 3, 4])
    assert five is not None
    assert (five.lower, five.median, five.upper) == (3, 4, 8)


def test_a_score_on_a_border_belongs_to_the_bin_above_and_ten_to_the_last():
    assert bins_of([0.0, 0.99, 1.0, 9.0, 9.99, 10.0]) == (2, 1, 0, 0, 0, 0, 0, 0, 0, 3)


def test_distribution_of_eleven_scores():
    found = distribution([float(n) for n in range(11)])
    assert found is not None
    assert found.n == sum(found.bins) == 11
    assert found.bins == (1, 1, 1, 1, 1, 1, 1, 1, 1, 2)
    assert found.deciles == pytest.approx((1, 2, 3, 4, 5, 6, 7, 8, 9))
    assert distribution([5.0] * (figures.FEWEST_FOR_INTERVAL - 1)) is None


def test_correlation_by_hand():
    # x̄ = 2, ȳ = 3: Σ = (−1)(−2) + 0·(−1) + 1·3 = 5; √(2 · 14) → 5 / √28
    assert correlation([(1, 1), (2, 2), (3, 6)]) == pytest.approx(5 / sqrt(28))
    assert correlation([(1, 3), (2, 2), (3, 1)]) == pytest.approx(-1)


@pytest.mark.parametrize("pairs", [[], [(1, 2)], [(1, 2), (1, 5)], [(0.1, 2), (0.1, 3), (0.1, 4)]])
def test_without_variation_there_is_no_correlation(pairs):
    assert correlation(pairs) is None


def test_discrimination_needs_ten_interviews():
    pairs = [(float(n), float(n)) for n in range(10)]
    assert discrimination(pairs) == pytest.approx(1)
    assert discrimination(pairs[:9]) is None


def test_trend_is_the_least_squares_line():
    # x − x̄ = −1.5 … 1.5; slope 11 / 5 = 2.2; ȳ = 5: the line goes from 5 − 3.3 to 5 + 3.3
    found = trend([2.0, 4.0, 5.0, 9.0])
    assert found is not None
    assert (found.n, found.slope) == (4, pytest.approx(2.2))
    assert (found.first, found.last) == (pytest.approx(1.7), pytest.approx(8.3))
    assert trend([1.0, 2.0]) is None
