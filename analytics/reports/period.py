"""The report of a period for a team: how many interviews, how they went, what was scored, how far
raters agree. Plain values in, a document out; pure, but for the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.translation import gettext

from analytics.agreement import MIN_UNITS, Agreement
from analytics.figures import FEWEST_FOR_INTERVAL, Mean, Quartiles, Share
from analytics.reports.document import (
    Block,
    Cell,
    Facts,
    Lines,
    Missing,
    Paragraph,
    Report,
    Section,
    Table,
    number,
)
from interviewdata.templatetags.ui import about, percent, score, whole


@dataclass(frozen=True)
class Counted:
    """How many, in words and with the address of the rows."""

    label: str
    n: int
    url: str


@dataclass(frozen=True)
class Dimension:
    """One dimension: its figures, None where nobody scored it; `agreement` None: not to be seen."""

    label: str
    figures: Mean | None
    url: str
    agreement: Agreement | None = None
    verdict: str = ""
    agreement_url: str = ""


@dataclass(frozen=True)
class PeriodFigures:
    """`to_completion` in seconds; `hidden` scored interviews the reader may not know of yet. The
    `…_cut` say that there are more than the newest `sample`."""

    first: date
    last: date
    role: str
    statuses: Sequence[Counted]
    total: Counted
    completion: Share
    abandonment: Share
    to_completion: Quartiles | None
    may_see_scores: bool
    scored: Counted
    dimensions: Sequence[Dimension]
    hidden: int
    scores_cut: bool
    times_cut: bool
    sees_raters: bool
    compared: int
    sample: int


def period_report(found: PeriodFigures, *, reader: str, now: datetime) -> Report:
    """The report; every count leads to its rows where the reader may open them."""
    days = gettext("%(first)s to %(last)s") % {
        "first": formats.date_format(found.first),
        "last": formats.date_format(found.last),
    }
    when = formats.date_format(timezone.localtime(now), "DATETIME_FORMAT")
    return Report(
        kind=gettext("Period report"),
        title=days,
        subtitle=gettext("Role: %(role)s") % {"role": found.role}
        if found.role
        else gettext("All roles"),
        made=gettext("Made on %(when)s for %(reader)s.") % {"when": when, "reader": reader},
        sections=[
            Section("interviews", gettext("Interviews"), _interviews(found)),
            Section("scores", gettext("Scores"), _scores(found)),
            Section("agreement", gettext("How far raters agree"), _agreement(found)),
            Section("method", gettext("How to read this"), _method(found)),
        ],
        made_at=now,
    )


def share_text(share: Share) -> str:
    """ "40 % (between 30 % and 51 %)"; without an interval where there are too few."""
    if share.share is None:
        return "–"
    if share.low is None:
        return percent(share.share)
    return gettext("%(share)s (between %(low)s and %(high)s)") % {
        "share": percent(share.share),
        "low": percent(share.low),
        "high": percent(share.high),
    }


def _count(one: Counted) -> Cell:
    return number(whole(one.n), one.url if one.n else "", one.label)


def _interviews(found: PeriodFigures) -> list[Block]:
    if not found.total.n:
        return [Missing(gettext("No interview was made in these days."))]
    rows = [
        [Cell(one.label), _count(one), number(percent(one.n / found.total.n))]
        for one in [*found.statuses, found.total]
    ]
    entries = [
        (gettext("Completed, of all"), Cell(share_text(found.completion))),
        (gettext("Abandoned, of all"), Cell(share_text(found.abandonment))),
    ]
    times = found.to_completion
    if times is not None:
        text = about(times.median)
        if times.lower is not None:
            text = gettext("%(median)s (half of them between %(lower)s and %(upper)s)") % {
                "median": about(times.median),
                "lower": about(times.lower),
                "upper": about(times.upper),
            }
        n = gettext("n = %(n)s") % {"n": whole(times.n)}
        entries.append((gettext("Created to completed, median"), Cell(f"{text}, {n}")))
    return [
        Table(
            gettext("Interviews created in these days, by what became of them"),
            [gettext("Status"), gettext("Interviews"), gettext("Share")],
            rows,
            frozenset({1, 2}),
        ),
        Facts(entries),
    ]


def _scores(found: PeriodFigures) -> list[Block]:
    if not found.may_see_scores:
        return [Missing(gettext("You may not see the scores."))]
    blocks: list[Block] = []
    if found.hidden:
        text = gettext(
            "Interviews whose scores are hidden until your own are in, and not counted: %(n)s."
        )
        blocks.append(Paragraph(text % {"n": whole(found.hidden)}, "notice"))
    rows = [_dimension(one) for one in found.dimensions if one.figures is not None]
    if not rows:
        return [*blocks, Missing(gettext("Nothing of these days has been scored."))]
    return [
        *blocks,
        Table(
            gettext("Scores from 0 to 10, mean over interviews"),
            [
                gettext("Dimension"),
                gettext("Interviews"),
                gettext("Mean"),
                gettext("Standard deviation"),
                gettext("Interval (95 %)"),
            ],
            rows,
            frozenset({1, 2, 3, 4}),
        ),
    ]


def _dimension(one: Dimension) -> list[Cell]:
    figures = one.figures
    assert figures is not None
    interval = "–" if figures.low is None else f"{score(figures.low)} – {score(figures.high)}"
    return [
        Cell(one.label),
        number(whole(figures.n), one.url, gettext("scored interviews")),
        number(score(figures.mean)),
        number(score(figures.sd)),
        number(interval),
    ]


def _agreement(found: PeriodFigures) -> list[Block]:
    if not (found.may_see_scores and found.sees_raters):
        return [Missing(gettext("You may not see how far raters agree."))]
    rows = [_agreement_row(one) for one in found.dimensions if one.agreement is not None]
    if not rows:
        return [Missing(gettext("Nothing of these days has been scored."))]
    return [
        Table(
            gettext("Krippendorff’s alpha over interviews with two reviewers or more"),
            [
                gettext("Dimension"),
                gettext("Interviews"),
                gettext("Raters"),
                gettext("Alpha"),
                gettext("Interval (95 %)"),
                gettext("In words"),
            ],
            rows,
            frozenset({1, 2, 3, 4}),
        )
    ]


def _agreement_row(one: Dimension) -> list[Cell]:
    found = one.agreement
    assert found is not None
    interval = "–" if found.low is None else f"{score(found.low)} – {score(found.high)}"
    return [
        Cell(one.label),
        number(whole(found.units), one.agreement_url if found.units else "", gettext("compared")),
        number(whole(found.raters)),
        number(score(found.alpha)),
        number(interval),
        Cell(one.verdict),
    ]


def _method(found: PeriodFigures) -> list[Block]:
    lines = [
        gettext("Counts are of all interviews created in these days, in your time zone."),
        gettext(
            "A score of an interview is the mean over its raters, of each the newest; what "
            "candidates say of themselves does not count."
        ),
        gettext(
            "Fewer than %(fewest)s values have no spread and no interval; intervals of means are "
            "Student’s, of shares Wilson’s."
        )
        % {"fewest": FEWEST_FOR_INTERVAL},
        gettext("Alpha is not said below %(fewest)s interviews that two have scored.")
        % {"fewest": MIN_UNITS},
    ]
    if found.scores_cut or found.times_cut or found.compared >= found.sample:
        text = gettext("Scores, times and agreement rest on the newest %(n)s of these days.")
        lines.append(text % {"n": whole(found.sample)})
    return [Lines(lines)]
