"""Geometry of charts, worked out by hand."""

import pytest

from interviewdata.common.charts import (
    bars,
    every,
    interval_marks,
    line,
    nice_ceiling,
    stacked_columns,
    text_of,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, 1), (1, 1), (2, 2), (3, 4), (5, 6), (7, 8), (9, 10), (10, 10), (11, 20), (41, 60),
     (99, 100), (60_480, 80_000), (1000, 1000)],
)  # fmt: skip
def test_axis_ends_at_a_round_number(value, expected):
    assert nice_ceiling(value) == expected


def test_columns_stack_from_below():
    found = stacked_columns([[1, 2], [0, 4], [0, 0]])
    assert (found.width, found.ticks, found.lines) == ("30", (4, 2, 0), ("0", "50", "100"))
    boxes = [(box.x, box.y, box.width, box.height, box.series) for box in found.boxes]
    assert boxes == [
        ("1.4", "75", "7.2", "25", 1),
        ("1.4", "25", "7.2", "50", 2),
        ("11.4", "0", "7.2", "100", 2),
    ]


def test_no_columns_and_empty_columns_have_an_axis():
    assert stacked_columns([]).ticks == (1, 0)
    assert stacked_columns([[60_480]]).ticks == (80_000, 40_000, 0)
    assert stacked_columns([[0], [0]]).boxes == ()


def test_bars_fill_the_frame_with_the_highest():
    assert [(box.x, box.y, box.height) for box in bars([0, 1, 4])] == [
        ("10.5", "75", "25"),
        ("20.5", "0", "100"),
    ]
    assert bars([0, 0]) == bars([]) == ()


def test_interval_lies_on_the_scale():
    marks = interval_marks(7.5, 6.25, 9.0)
    assert (marks.at, marks.x, marks.width) == ("75", "62.5", "27.5")
    assert interval_marks(7.5, None, None).width == ""


def test_line_goes_through_its_points():
    found = line([0, 5, 10], fit=(1, 9))
    assert found.path == "M0 100 L50 50 L100 0"
    assert found.dots == ("M0 100h0", "M50 50h0", "M100 0h0")
    assert found.fit == "M0 90 L100 10"


def test_a_single_value_is_a_dot_in_the_middle():
    found = line([4], fit=(4, 4))
    assert (found.path, found.dots, found.fit) == ("", ("M50 60h0",), "")
    assert line([]).dots == ()


def test_coordinates_have_a_point_and_no_more_places_than_needed():
    assert [text_of(value) for value in (0, 1 / 3, 2.5, 100.0)] == ["0", "0.33", "2.5", "100"]


@pytest.mark.parametrize(("count", "most", "step"), [(0, 6, 1), (6, 6, 1), (12, 6, 2), (13, 6, 3)])
def test_labels_leave_room(count, most, step):
    assert every(count, most) == step
