"""The summary of feedback: worked by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from analytics.calculations import Judgement
from analytics.reports.summary import (
    MOST_PHRASES,
    PHRASE_CHARACTERS,
    Phrase,
    Point,
    Said,
    improvement,
    phrases,
    summarize,
)

DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def said(session, overall, *, rater="rita", technical=None, after=0, role="Baker", **lists):
    return Said(
        Judgement(
            session, rater, DAY + timedelta(hours=after), after, (overall, technical, *[None] * 3)
        ),
        role,
        DAY + timedelta(days=int(session[1:])),
        lists.get("strengths", []),
        lists.get("weaknesses", []),
    )


def test_overview_is_over_interviews_and_says_on_how_many_ratings_it_rests():
    found = summarize(
        {"Baker": (4, 3)},
        [
            said("s1", 4.0),
            said("s1", 8.0, rater="max", technical=9.0),  # s1: (4 + 8) / 2 = 6
            said("s2", 9.0),
            said("s2", 7.0, after=1),  # the newest of this rater counts
        ],
        of_one_person=True,
    )
    assert (found.interviews, found.completed, found.scored, found.ratings) == (4, 3, 2, 3)
    assert (found.overall.mean, found.overall.n, found.overall.ratings) == (6.5, 2, 3)
    # 6 and 7: √((0.5² + 0.5²) / 1)
    assert (found.spread.lowest, found.spread.highest) == (6.0, 7.0)
    assert found.spread.deviation == pytest.approx(0.707107)
    assert [(name, mean.mean, mean.n) for name, mean in found.dimensions] == [
        ("technical_score", 9.0, 1),
        ("overall_score", 6.5, 2),
    ]
    assert (found.improvement.n, found.improvement.slope) == (2, 1.0)


def test_roles_are_counted_whatever_their_capitals():
    found = summarize(
        {"Baker": (2, 1), "BAKER": (1, 0), "Nurse": (1, 1)},
        [said("s1", 4.0), said("s2", 8.0, role="baker"), said("s3", 5.0, role="Nurse")],
        of_one_person=True,
    )
    assert [(r.name, r.interviews, r.completed) for r in found.roles] == [
        ("Baker", 3, 1),
        ("Nurse", 1, 1),
    ]
    baker = found.roles[0].dimensions["overall_score"]
    assert (baker.mean, baker.n, baker.ratings) == (6.0, 2, 2)
    assert found.roles[1].dimensions["technical_score"].n == 0


def test_phrases_are_counted_once_an_interview_in_their_last_spelling():
    assert phrases(
        [
            ("s1", ["Calm under pressure.", "calm  under pressure"]),
            ("s2", ["CALM UNDER PRESSURE"]),
            ("s2", "Kind"),  # one text instead of a list
            ("s3", [7, None, {"a": 1}, "", " . "]),
            ("s4", {"not": "a list"}),
        ]
    ) == [Phrase("CALM UNDER PRESSURE", 2), Phrase("Kind", 1)]


def test_phrases_are_cut_and_few():
    found = phrases((f"s{n}", [f"{n} " + "x" * 500]) for n in range(40))
    assert len(found) == MOST_PHRASES
    assert {len(phrase.text) for phrase in found} == {PHRASE_CHARACTERS}


def test_trend_is_the_least_squares_line():
    """Scores 5, 6, 8: slope Σ(x − 1)(y − ȳ) / 2 = (8 − 5) / 2, through (1, 19/3)."""
    points = [Point(f"s{n}", DAY, score) for n, score in enumerate((5.0, 6.0, 8.0))]
    found = improvement(points)
    assert (found.n, found.slope) == (3, 1.5)
    assert (found.first, found.last) == (
        pytest.approx(19 / 3 - 1.5, abs=1e-6),
        pytest.approx(19 / 3 + 1.5, abs=1e-6),
    )


def test_trend_follows_the_interviews_and_not_the_judgements():
    found = summarize(
        {"Baker": (2, 2)}, [said("s2", 8.0, after=0), said("s1", 5.0, after=9)], of_one_person=True
    )
    assert [point.session_id for point in found.improvement.points] == ["s1", "s2"]
    assert found.improvement.slope == 3.0


def test_several_people_have_no_trend():
    rows = [said("s1", 5.0), said("s2", 8.0)]
    assert summarize({"Baker": (2, 2)}, rows, of_one_person=False).improvement.n == 0


def test_of_nobody_all_numbers_are_numbers():
    found = summarize({}, [], of_one_person=True)
    assert (found.overall.mean, found.spread.deviation, found.improvement.slope) == (0.0, 0.0, 0.0)
    assert (found.roles, found.dimensions, found.strengths, found.weaknesses) == ([], [], [], [])
