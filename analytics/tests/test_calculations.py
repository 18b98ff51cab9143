"""Figures worked out by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.calculations import (
    Interview,
    Judgement,
    mean,
    person_stats,
    session_scores,
    slope,
)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def judgement(session_id, rater, overall, *, row_id=1, hours=0, technical=None):
    scores = (overall, technical, None, None, None)
    return Judgement(session_id, rater, START + timedelta(hours=hours), row_id, scores)


def interview(session_id, day, *, seconds=None):
    """Created on that day, a minute before its start; completed where `seconds` are given."""
    created = START + timedelta(days=day)
    start = created + timedelta(minutes=1)
    end = None if seconds is None else start + timedelta(seconds=seconds)
    return Interview(session_id, created, start, end, seconds is not None)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], None), ([None], None), ([0.0], 0.0), ([1, None, 2], 1.5), ([0.1] * 10, 0.1)],
)
def test_mean_is_of_what_is_there(values, expected):
    assert mean(values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([5.0], None),
        ([5.0, 7.0], 2.0),
        ([7.0, 5.0], -2.0),
        ([4.0, 4.0, 4.0], 0.0),
        # x − x̄ = −1, 0, 1; Σ(x − x̄)y = −6 + 8 = 2; Σ(x − x̄)² = 2
        ([6.0, 9.0, 8.0], 1.0),
        # x − x̄ = −1.5, −.5, .5, 1.5; Σ = −1.5·2 − .5·4 + .5·5 + 1.5·9 = 11; Σ² = 5
        ([2.0, 4.0, 5.0, 9.0], 2.2),
    ],
)
def test_slope_is_the_least_squares_line(values, expected):
    assert slope(values) == expected


def test_score_of_an_interview_is_the_mean_over_raters():
    found = session_scores(
        [judgement("a", "reviewer:rita", 6.0, technical=8.0), judgement("a", "service:x", 9.0)]
    )
    assert found == {"a": (7.5, 8.0, None, None, None)}


def test_newest_judgement_of_a_rater_replaces_the_older_ones():
    found = session_scores(
        [
            judgement("a", "reviewer:rita", 9.0, row_id=2, hours=2, technical=3.0),
            judgement("a", "reviewer:rita", 2.0, row_id=3, hours=1),
            judgement("a", "reviewer:sam", 5.0, row_id=4),
        ]
    )
    assert found["a"] == (7.0, 3.0, None, None, None)


def test_of_two_judgements_of_one_moment_the_later_row_counts():
    rows = [judgement("a", "r", 9.0, row_id=8), judgement("a", "r", 2.0, row_id=9)]
    assert session_scores(rows)["a"][0] == session_scores(reversed(rows))["a"][0] == 2.0


def test_a_rater_who_takes_a_score_back_no_longer_counts():
    rows = [judgement("a", "r", 9.0), judgement("a", "r", None, row_id=2, hours=1)]
    assert session_scores(rows) == {"a": (None,) * 5}


def test_person_without_interviews_has_no_figures():
    stats = person_stats([], [])
    assert (stats.total_interviews, stats.completed_interviews) == (0, 0)
    assert stats.averages == (None,) * 5
    assert (stats.total_time_spent, stats.last_interview_date) == (0.0, None)
    assert (stats.best_score, stats.improvement_trend) == (None, None)


def test_figures_of_three_interviews():
    interviews = [
        interview("c", 2, seconds=90.25),
        interview("a", 0, seconds=600),
        interview("b", 1),
    ]
    judgements = [
        judgement("a", "r", 6.0, technical=5.0),
        judgement("b", "r", 9.0),
        judgement("c", "r", 7.0, technical=7.0),
        judgement("c", "s", 9.0),
    ]
    stats = person_stats(interviews, judgements)
    assert (stats.total_interviews, stats.completed_interviews) == (3, 2)
    assert stats.averages == (7.666667, 6.0, None, None, None)  # (6 + 9 + 8) / 3, (5 + 7) / 2
    assert stats.total_time_spent == 690.25
    assert stats.last_interview_date == START + timedelta(days=2, minutes=1)
    assert stats.best_score == 9.0
    assert stats.improvement_trend == 1.0  # 6, 9, 8 in the order they were made


def test_unscored_interviews_leave_no_gap_in_the_trend():
    interviews = [interview(name, day) for day, name in enumerate("abc")]
    judgements = [judgement("a", "r", 5.0), judgement("c", "r", 6.0)]
    assert person_stats(interviews, judgements).improvement_trend == 1.0


def test_date_of_an_interview_that_never_began_is_its_making():
    made = START + timedelta(days=3)
    stats = person_stats([Interview("a", made, None, None, False)], [])
    assert stats.last_interview_date == made


def test_order_of_rows_does_not_change_a_figure():
    interviews = [interview(str(n), n, seconds=0.1 * n) for n in range(9)]
    judgements = [judgement(str(n), f"r{k}", 0.1 * n * k) for n in range(9) for k in range(9)]
    assert person_stats(interviews, judgements) == person_stats(interviews[::-1], judgements[::-1])
