"""The dashboard as its templates show it: figures with their links, words and drawings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import dateformat
from django.utils.translation import gettext, gettext_lazy, pgettext

from analytics.figures import Mean, Share
from analytics.models.names import dimension_label
from analytics.pages.dashboard_links import Links, person_url
from analytics.pages.numbers import local
from analytics.services.overview import Counts
from analytics.services.overview_questions import QuestionFigures
from analytics.services.overview_scores import Group, Groups, Person
from interviewdata.common import charts
from sessions.enums import Difficulty, Mode, Status

# Completed stands at the foot of a column: what can be compared without a common begin is least.
STATUS_ORDER = (Status.COMPLETED, Status.ACTIVE, Status.CREATED, Status.ABANDONED)
_LABELS_IN_A_ROW = 4  # on a phone
_WORDS = {**dict(Mode.choices), **dict(Difficulty.choices)}
# By what scores are grouped: head of the column, head of the part.
_GROUPINGS = {
    "role": (gettext_lazy("Role"), gettext_lazy("By role")),
    "mode": (gettext_lazy("Mode"), gettext_lazy("By mode")),
    "difficulty": (gettext_lazy("Difficulty"), gettext_lazy("By difficulty")),
}


@dataclass(frozen=True)
class Cell:
    """A number and the rows behind it."""

    value: str
    url: str


@dataclass(frozen=True)
class WeekRow:
    name: str
    day: str
    cells: list[Cell]
    total: Cell


@dataclass(frozen=True)
class WeeksPart:
    """`labels` under the columns, most of them empty where there are many."""

    chart: charts.Columns
    labels: list[str]
    series: list[str]
    rows: list[WeekRow]
    totals: list[Cell]
    total: Cell
    summary: str


@dataclass(frozen=True)
class GroupRow:
    name: str
    n: Cell
    mean: float
    low: float | None
    high: float | None
    interval: charts.IntervalMarks
    bars: tuple[charts.Box, ...]
    summary: str


@dataclass(frozen=True)
class GroupsPart:
    """`column` names the part in the page; `title` heads its table, `heading` stands above it."""

    title: str
    heading: str
    column: str
    rows: list[GroupRow]
    left_out: int


@dataclass(frozen=True)
class BinRow:
    name: str
    n: Cell
    share: float


@dataclass(frozen=True)
class PersonRow:
    email: str
    url: str
    n: Cell
    last: float
    slope: float
    line: charts.Line
    summary: str


@dataclass(frozen=True)
class QuestionRow:
    figures: QuestionFigures
    asked: Cell


def number(value: int) -> str:
    """1234567 → "1,234,567", or as the reader's language writes it."""
    return local(f"{value:,}")


def weeks_part(counts: Counts, links: Links) -> WeeksPart:
    values = [[one.counts[status] for status in STATUS_ORDER] for one in counts.weeks]
    step = charts.every(len(counts.weeks), _LABELS_IN_A_ROW)
    rows = []
    for one in counts.weeks:
        first, last = one.week.first, one.week.last
        cells = [
            Cell(number(one.counts[status]), links.days(first, last, status=status.value))
            for status in STATUS_ORDER
        ]
        rows.append(
            WeekRow(
                one.week.name,
                _day(first),
                cells,
                Cell(number(one.total), links.days(first, last)),
            )
        )
    busiest = max(counts.weeks, key=lambda one: one.total)
    return WeeksPart(
        chart=charts.stacked_columns(values),
        labels=[
            _day(one.week.first) if place % step == 0 else ""
            for place, one in enumerate(counts.weeks)
        ],
        series=[str(status.label) for status in STATUS_ORDER],
        rows=rows,
        totals=[
            Cell(number(counts.by_status[status]), links.rows(status=status.value))
            for status in STATUS_ORDER
        ],
        total=Cell(number(counts.total), links.rows()),
        summary=gettext(
            "Interviews of %(weeks)s weeks by status, a column a week. %(total)s in all, most in "
            "the week of %(day)s: %(most)s. The table has every number."
        )
        % {
            "weeks": len(counts.weeks),
            "total": number(counts.total),
            "day": _day(busiest.week.first),
            "most": number(busiest.total),
        },
    )


def groups_part(column: str, groups: Groups, links: Links) -> GroupsPart:
    """`column` is the attribute of the groups: role, mode or difficulty."""
    rows = [
        group_row(group, str(_WORDS.get(group.name, group.name)), links.group(column, group.name))
        for group in groups.shown
    ]
    title, heading = _GROUPINGS[column]
    return GroupsPart(str(title), str(heading), column, rows, groups.left_out)


def group_row(group: Group, name: str, url: str) -> GroupRow:
    figures = group.figures
    return GroupRow(
        name=name,
        n=Cell(number(figures.n), url),
        mean=figures.mean,
        low=figures.low,
        high=figures.high,
        interval=charts.interval_marks(figures.mean, figures.low, figures.high),
        bars=charts.bars(group.bins) if group.distribution else (),
        summary=_bins_in_words(group.bins),
    )


def dimension_rows(dimensions: Sequence[tuple[str, Mean]]) -> list[GroupRow]:
    return [
        GroupRow(
            name=dimension_label(column),
            n=Cell(number(figures.n), ""),
            mean=figures.mean,
            low=figures.low,
            high=figures.high,
            interval=charts.interval_marks(figures.mean, figures.low, figures.high),
            bars=(),
            summary="",
        )
        for column, figures in dimensions
    ]


def bin_rows(group: Group, links: Links) -> list[BinRow]:
    return [
        BinRow(f"{place}–{place + 1}", Cell(number(n), links.bin(place)), n / group.figures.n)
        for place, n in enumerate(group.bins)
    ]


def person_rows(people: Sequence[Person], links: Links) -> list[PersonRow]:
    return [
        PersonRow(
            email=one.email,
            url=person_url(one.email),
            n=Cell(number(len(one.scores)), links.scored(person=one.email)),
            last=one.scores[-1],
            slope=one.trend.slope,
            line=charts.line(one.scores, fit=(one.trend.first, one.trend.last)),
            summary=gettext("Scores in order: %(scores)s") % {"scores": in_order(one.scores[-20:])},
        )
        for one in people
    ]


def in_order(scores: Sequence[float]) -> str:
    """ "7.5, 8": scores in a sentence, with more than a comma between them where it is the decimal
    sign."""
    separator = pgettext("between numbers in a sentence", ", ")
    return separator.join(local(f"{score:g}") for score in scores)


def question_rows(questions: Sequence[QuestionFigures], links: Links) -> list[QuestionRow]:
    return [
        QuestionRow(one, Cell(number(one.asked), links.question(one.text))) for one in questions
    ]


def share_note(share: Share) -> str:
    """ "62 %, between 51 % and 72 %", or that there are too few; empty for a share of nothing."""
    if share.share is None:
        return ""
    if share.low is None or share.high is None:
        return gettext("%(share)s; too few to say more") % {"share": _percent(share.share)}
    whole, low, high = (_percent(value) for value in (share.share, share.low, share.high))
    if low == high:
        return whole
    return gettext("%(share)s, between %(low)s and %(high)s") % {
        "share": whole,
        "low": low,
        "high": high,
    }


def _percent(value: float) -> str:
    return f"{value * 100:.0f}\N{NO-BREAK SPACE}%"


def told_apart(groups: Sequence[Group], people: Sequence[Person]) -> list[str]:
    """The interviews whose own score can be read off the page: of groups too small for a
    distribution, and of the people shown. They are named in the record of the look."""
    found = {one.session_id for person in people for one in person.rows}
    for group in groups:
        if group.distribution is None:
            found |= {one.session_id for one in group.rows}
    return sorted(found)


def _bins_in_words(bins: Sequence[int]) -> str:
    parts = [
        gettext("%(n)s from %(low)s to %(high)s") % {"n": n, "low": place, "high": place + 1}
        for place, n in enumerate(bins)
        if n
    ]
    if not parts:
        return gettext("No scores")
    return gettext("Scores: %(scores)s") % {"scores": ", ".join(parts)}


def _day(day: Any) -> str:
    """A day without its year, for little room."""
    return dateformat.format(day, pgettext("a day, as Django's date filter has it", "j M"))
