"""Adverse impact against published examples; small groups cannot be worked out by subtraction."""

from __future__ import annotations

from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.reports.impact import (
    NOT_SAID,
    Outcome,
    fisher_exact,
    impact,
    suppressed,
)


@pytest.mark.parametrize(
    ("table", "p"),
    [
        # The lady tasting tea: R. A. Fisher, The Design of Experiments (1935), chapter II: of 70
        # ways 1 has all right and 16 have three of four; two-sided (1 + 16 + 16 + 1) / 70.
        ((3, 1, 1, 3), 34 / 70),
        ((4, 0, 0, 4), 2 / 70),
        # Convictions of like-sex twins of criminals: R. A. Fisher, The Logic of Inductive
        # Inference (1935), Journal of the Royal Statistical Society 98, 39-54; two-sided as R's
        # ?fisher.test prints it.
        ((2, 10, 15, 3), 0.0005367),
        # The documentation of scipy.stats.fisher_exact prints this one.
        ((8, 2, 1, 5), 0.034965034965034975),
    ],
)
def test_fishers_test_gives_the_published_probability(table, p):
    assert fisher_exact(*table) == pytest.approx(p, abs=5e-8)


def test_tea_tasting_is_the_known_number():
    assert round(fisher_exact(3, 1, 1, 3), 4) == 0.4857


@given(*(st.integers(0, 12) for _ in range(4)))
def test_fishers_test_is_the_sum_over_all_tables_as_rare(a, b, c, d):
    """Counted the long way: every set of chosen people there can be (of at most a few thousand)."""
    whole, chosen = a + b + c + d, a + c
    if comb(whole, chosen) > 3000:
        return
    first = a + b
    counts: dict[int, int] = {}
    for group in combinations(range(whole), chosen):
        k = sum(person < first for person in group)
        counts[k] = counts.get(k, 0) + 1
    rare = sum(n for n in counts.values() if n <= counts[a])
    assert fisher_exact(a, b, c, d) == pytest.approx(rare / comb(whole, chosen))
    assert fisher_exact(c, d, a, b) == pytest.approx(fisher_exact(a, b, c, d))


def test_fishers_test_takes_large_numbers():
    # The most probable table there is: all others are no more so.
    assert fisher_exact(10_000, 10_000, 10_000, 10_000) == pytest.approx(1.0)
    assert 0 < fisher_exact(3000, 2000, 2000, 3000) < 1e-80


@pytest.mark.parametrize(
    "table", [(3, 1, 1, 3), (30, 20, 11, 39), (300, 200, 190, 310), (0, 5, 7, 0)]
)
def test_both_ways_of_counting_agree(monkeypatch, table):
    exact = fisher_exact(*table)
    monkeypatch.setattr("analytics.reports.impact.MOST_EXACT", 0)
    assert fisher_exact(*table) == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("table", [(0, 0, 0, 0), (0, 0, 3, 4), (5, 0, 3, 0), (0, 5, 0, 3)])
def test_an_empty_margin_compares_nothing(table):
    assert fisher_exact(*table) == 1.0


def people(group: str, n: int, selected: int) -> list[Outcome]:
    """`n` people of a group, `selected` of them completed with 8, the others with 3."""
    return [Outcome(group, True, 8.0, selected), Outcome(group, True, 3.0, n - selected)]


def test_four_fifths_rule_gives_the_worked_example_of_the_agencies():
    """Questions and Answers on the Uniform Guidelines (EEOC, 44 FR 11996, 1979), question 11:
    hiring rates of 60, 45, 48 and 51 % give ratios of 75, 80 and 85 %; the first shows impact."""
    outcomes = [
        *people("white", 100, 60),
        *people("native_american", 100, 45),
        *people("hispanic", 100, 48),
        *people("black", 100, 51),
    ]
    found = impact(outcomes, threshold=6, least=5).selection
    told = {rate.group: (rate.rate, rate.ratio, rate.is_below) for rate in found}
    assert told == {
        "white": (0.60, 1.0, False),
        "black": (0.51, 0.85, False),
        "hispanic": (0.48, 0.8, False),
        "native_american": (0.45, 0.75, True),
    }
    assert [rate.group for rate in found if rate.is_highest] == ["white"]


def test_a_ratio_says_with_fisher_whether_it_may_be_chance():
    few = impact([*people("woman", 8, 3), *people("man", 8, 5)], threshold=6, least=5).selection
    many = impact(
        [*people("woman", 80, 30), *people("man", 80, 50)], threshold=6, least=5
    ).selection
    assert [(r.group, r.is_below, r.is_significant) for r in few] == [
        ("man", False, False),
        ("woman", True, False),
    ]
    assert [(r.group, r.is_below, r.is_significant) for r in many] == [
        ("man", False, False),
        ("woman", True, True),
    ]


def test_selected_is_who_completed_with_the_threshold_or_more():
    outcomes = [
        Outcome("man", True, 6.0, 5),  # just there
        Outcome("man", True, 5.99, 1),
        Outcome("man", False, 9.0, 2),  # scored, but abandoned
        Outcome("man", True, None, 3),
    ]
    (rate,) = impact(outcomes, threshold=6, least=5).selection
    assert (rate.n, rate.chosen, rate.rate, rate.ratio, rate.p) == (11, 5, 5 / 11, None, None)


def test_scoring_rate_is_the_share_above_the_median_of_who_is_compared():
    outcomes = [
        *(Outcome("woman", True, float(score), 1) for score in (1, 2, 3, 4, 9)),
        *(Outcome("man", True, float(score), 1) for score in (5, 6, 7, 8, 10)),
        # Who said nothing moves no median.
        Outcome(NOT_SAID, True, 0.0, 50),
    ]
    found = impact(outcomes, threshold=6, least=5)
    assert found.median == 5.5
    assert [(r.group, r.n, r.chosen, r.rate) for r in found.scoring] == [
        ("man", 5, 4, 0.8),
        ("woman", 5, 1, 0.2),
    ]
    assert found.people == 60


def test_nobody_selected_has_no_ratio():
    found = impact([*people("woman", 9, 0), *people("man", 9, 0)], threshold=6, least=5)
    assert {(rate.rate, rate.ratio, rate.p) for rate in found.selection} == {(0.0, None, None)}


def test_nothing_said_says_nothing():
    found = impact([Outcome(NOT_SAID, True, 7.0, 40)], threshold=6, least=5)
    assert (found.selection, found.scoring, found.median, found.people) == ([], [], None, 40)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"a": 5, "b": 9, "": 2}, set()),
        ({"a": 4, "b": 9, "c": 20}, {"a", "b"}),  # else 33 − 9 − 20
        ({"a": 4, "b": 9, "": 20}, {"a", ""}),  # among those who said nothing
        ({"a": 2, "b": 9, "c": 7, "": 1}, {"a", "", "c"}),  # who are too few here
        ({"a": 2, "b": 2, "c": 9}, {"a", "b", "c"}),  # two of four people are still too few
        ({"a": 3, "b": 3, "c": 9}, {"a", "b"}),
        ({"a": 3}, {"a"}),
        ({"a": 0, "b": 7}, set()),
    ],
)
def test_small_groups_take_others_with_them(counts, hidden):
    assert suppressed(counts, 5) == hidden


@given(
    st.dictionaries(st.sampled_from(["", "a", "b", "c", "d"]), st.integers(0, 14)),
    st.integers(3, 8),
)
def test_what_is_hidden_cannot_be_had_by_subtraction(counts, least):
    """All who know the total and what is shown learn is a sum: of two groups or more and of `least`
    people, or of everybody there is."""
    hidden = suppressed(counts, least)
    shown = {name: n for name, n in counts.items() if n and name not in hidden}
    assert all(n >= least for name, n in shown.items() if name != NOT_SAID)
    if hidden and shown:
        assert NOT_SAID not in shown
        assert len(hidden) >= 2
        assert sum(counts[name] for name in hidden) >= least


@given(
    st.lists(
        st.builds(
            Outcome,
            st.sampled_from(["", "woman", "man", "non_binary"]),
            st.booleans(),
            st.none() | st.integers(0, 10).map(float),
            st.integers(1, 9),
        ),
        max_size=30,
    )
)
def test_a_report_never_tells_of_fewer_than_the_least(outcomes):
    found = impact(outcomes, threshold=6, least=5)
    for rates in (found.selection, found.scoring):
        for rate in rates:
            if rate.hidden:
                assert (rate.n, rate.chosen, rate.rate, rate.ratio, rate.p) == (None,) * 5
            else:
                assert rate.n >= 5
                assert 0 <= rate.chosen <= rate.n
