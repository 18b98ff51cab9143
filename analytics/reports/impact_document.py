"""The adverse-impact report as a document: what the rates say, and what they cannot say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.translation import gettext

from analytics.group_words import ATTRIBUTES, group_label
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
from analytics.reports.impact import NOT_SAID, Impact, Rate
from interviewdata.templatetags.ui import percent, score, whole


@dataclass(frozen=True)
class Asked:
    """What the report is about: whole months, a role (empty: all), an attribute, the threshold
    0–10, and of how many people a group has to be to be shown."""

    first: date
    last: date
    role: str
    attribute: str
    threshold: int
    least: int


def impact_report(
    found: Impact | None, asked: Asked, *, still_to_judge: int, reader: str, now: datetime
) -> Report:
    """The report; `found` None: the reader is still to judge interviews that are in it."""
    when = formats.date_format(timezone.localtime(now), "DATETIME_FORMAT")
    sections = [Section("about", gettext("What it is about"), _about(asked))]
    if found is None:
        text = gettext(
            "Hidden until your own scores are in: you are still to judge %(n)s of these interviews."
        )
        waiting = [Paragraph(text % {"n": whole(still_to_judge)}, "notice")]
        sections.append(Section("selection", gettext("Selection rates"), waiting))
    else:
        sections += [
            Section("selection", gettext("Selection rates"), _selection(found, asked)),
            Section("scoring", gettext("Scoring rates"), _scoring(found, asked)),
        ]
    sections.append(Section("method", gettext("How to read this"), _method(asked)))
    return Report(
        kind=gettext("Adverse-impact report"),
        title=gettext("%(first)s to %(last)s")
        % {"first": formats.date_format(asked.first), "last": formats.date_format(asked.last)},
        subtitle=str(ATTRIBUTES[asked.attribute]),
        made=gettext("Made on %(when)s for %(reader)s.") % {"when": when, "reader": reader},
        sections=sections,
        made_at=now,
    )


def _about(asked: Asked) -> list[Block]:
    return [
        Facts(
            [
                (gettext("Role"), Cell(asked.role or gettext("All roles"))),
                (gettext("Groups by"), Cell(str(ATTRIBUTES[asked.attribute]))),
                (
                    gettext("Selected"),
                    Cell(
                        gettext("completed, with a mean score of %(least)s or more")
                        % {"least": asked.threshold}
                    ),
                ),
                (
                    gettext("Not shown"),
                    Cell(gettext("groups of fewer than %(least)s people") % {"least": asked.least}),
                ),
            ]
        )
    ]


def _selection(found: Impact, asked: Asked) -> list[Block]:
    heads = [gettext("People"), gettext("Selected"), gettext("Selection rate")]
    caption = gettext("Of each person the newest interview of these months")
    return _rates(found.selection, asked, heads, caption)


def _scoring(found: Impact, asked: Asked) -> list[Block]:
    if found.median is None:
        return [Missing(gettext("Too few people of these groups have a score."))]
    heads = [gettext("Scored"), gettext("Above the median"), gettext("Scoring rate")]
    caption = gettext("Who scored above %(median)s, the median of all who are compared") % {
        "median": score(found.median)
    }
    return _rates(found.scoring, asked, heads, caption)


def _rates(rates: list[Rate], asked: Asked, heads: list[str], caption: str) -> list[Block]:
    if not rates:
        return [Missing(gettext("Nobody of these months has said to which group they belong."))]
    blocks: list[Block] = [
        Table(
            caption,
            [
                gettext("Group"),
                *heads,
                gettext("Ratio to the highest"),
                gettext("Fisher’s p"),
                gettext("In words"),
            ],
            [_row(rate, asked.attribute) for rate in rates if rate.group != NOT_SAID],
            frozenset({1, 2, 3, 4, 5}),
        )
    ]
    if any(rate.hidden for rate in rates):
        blocks.append(
            Paragraph(
                gettext(
                    "Hidden groups have too few people, or would let the size of another one be "
                    "worked out."
                ),
                "soft",
            )
        )
    return blocks


def _row(rate: Rate, attribute: str) -> list[Cell]:
    label = Cell(group_label(attribute, rate.group))
    if rate.hidden:
        return [label, *(number("–") for _ in range(5)), Cell(gettext("hidden: too few people"))]
    assert rate.n is not None
    assert rate.chosen is not None
    return [
        label,
        number(whole(rate.n)),
        number(whole(rate.chosen)),
        number(percent(rate.rate)),
        number(score(rate.ratio)),
        number("–" if rate.p is None else probability(rate.p)),
        Cell(_verdict(rate)),
    ]


def probability(p: float) -> str:
    """A probability with four places: "0.0350", "< 0.0001"."""
    if p < 0.0001:
        return f"< {formats.number_format(0.0001, 4)}"
    return str(formats.number_format(p, 4))


def _verdict(rate: Rate) -> str:
    if rate.is_highest:
        return gettext("highest rate: the others are compared with it")
    if rate.ratio is None:
        return gettext("nothing to compare with")
    if rate.is_below and rate.is_significant:
        return gettext("below four fifths, and hardly by chance")
    if rate.is_below:
        return gettext("below four fifths; may be chance")
    if rate.is_significant:
        return gettext("not below four fifths, but hardly by chance")
    return gettext("not below four fifths")


def _method(asked: Asked) -> list[Block]:
    return [
        Lines(
            [
                gettext(
                    "The groups are what people said of themselves, voluntarily; who said nothing "
                    "is in no comparison. Only sums are ever shown."
                ),
                gettext(
                    "Four fifths: a rate below 80 % of the highest one is a reason to look closer "
                    "(Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4 D). It "
                    "proves nothing, and its absence neither."
                ),
                gettext(
                    "Scoring rate: the share of a group’s scored people above the median score "
                    "(New York City, 6 RCNY § 5-300)."
                ),
                gettext(
                    "p: two-sided probability of Fisher’s exact test against the group with the "
                    "highest rate; below 0.05 a difference is hardly chance. With several groups "
                    "some p are low by chance."
                ),
                gettext(
                    "Months are whole and thresholds whole points, and every look is recorded: "
                    "reports that differ by little must not be compared to tell people apart."
                ),
            ]
        )
    ]
