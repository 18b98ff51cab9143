"""Scores and judgements in the report of an interview: who gave what, how it was weighed, and what
they wrote. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, gettext_noop

from analytics.calculations import DIMENSIONS, mean, weighted_mean
from analytics.models.names import category_label, dimension_label
from analytics.reports.document import (
    Block,
    Cell,
    Heading,
    Lines,
    Missing,
    Paragraph,
    Quote,
    Said,
    Table,
    number,
)
from interviewdata.record.pages.nested_facts import texts_of
from interviewdata.record.pages.report_material import Material, Spoken, moment
from interviewdata.record.pages.session_feedback import said_by
from interviewdata.templatetags.ui import clock, score
from sessions.enums import Source

_TEXTS = (
    ("strengths", gettext_noop("Strengths")),
    ("areas_for_improvement", gettext_noop("Areas for improvement")),
    ("suggestions", gettext_noop("Suggestions")),
    ("detailed_feedback", gettext_noop("In detail")),
)


def counting(found: Material) -> list[Mapping[str, Any]]:
    """Of each rater whose word counts the newest judgement, in the order they came."""
    newest: dict[tuple[str, str], Mapping[str, Any]] = {}
    in_order = sorted(found.feedbacks, key=lambda row: (row["created_at"], row["id"]))
    for row in in_order:
        if row["source"] != Source.CANDIDATE:
            newest[row["source"], row["author"]] = row
    return list(newest.values())


def score_blocks(found: Material) -> list[Block]:
    """Each dimension and category: the mean over raters, how many they are, who gave what."""
    if not found.may["feedback"]:
        return [Missing(gettext("You may not see the feedback."))]
    blocks: list[Block] = []
    if found.is_blind:
        blocks.append(
            Paragraph(gettext("What others scored is hidden until your own score is in."), "notice")
        )
    judged = counting(found)
    if judged:
        names = sorted({name for row in judged for name in _categories(row)})
        rows = [
            *(_row(dimension_label(c), [(row, row[c]) for row in judged]) for c in DIMENSIONS),
            *(_row(name, [(row, _categories(row).get(name)) for row in judged]) for name in names),
        ]
        blocks.append(
            Table(
                gettext("Scores from 0 to 10: the mean over raters, and who gave what"),
                [gettext("Dimension"), gettext("Mean"), gettext("Ratings"), gettext("Given by")],
                rows,
                frozenset({1, 2}),
            )
        )
    elif not found.is_blind:
        blocks.append(Missing(gettext("Nobody has scored this interview.")))
    if any(row["source"] == Source.CANDIDATE for row in found.feedbacks):
        blocks.append(
            Paragraph(
                gettext("The candidate’s own client sent feedback as well; it counts nowhere."),
                "soft",
            )
        )
    return blocks


def _row(label: str, given: Sequence[tuple[Mapping[str, Any], float | None]]) -> list[Cell]:
    scored = [(row, value) for row, value in given if value is not None]
    by = ", ".join(f"{said_by(row['source'], row['author'])} {score(v)}" for row, v in scored)
    return [
        Cell(label),
        number(score(mean(value for _row, value in scored))),
        number(str(len(scored))),
        Cell(by or "–"),
    ]


def _categories(row: Mapping[str, Any]) -> dict[str, float]:
    given = row["categories"] if isinstance(row["categories"], dict) else {}
    return {name: float(v) for name, v in given.items() if type(v) in (int, float)}


def judgement_blocks(found: Material) -> list[Block]:
    """What each rater wrote, under their name."""
    if not found.may["feedback"]:
        return [Missing(gettext("You may not see the feedback."))]
    blocks: list[Block] = []
    for row in counting(found):
        said = _said(row, found)
        if said:
            by = said_by(row["source"], row["author"])
            blocks += [Heading(by[:1].upper() + by[1:], moment(row["created_at"])), *said]
    return blocks or [Missing(gettext("No rater has written anything that is shown here."))]


def _said(row: Mapping[str, Any], found: Material) -> list[Block]:
    """One judgement's words: how its overall score came about, notes with evidence, lists."""
    blocks: list[Block] = []
    review = found.notes.get(row["id"])
    entries = [e for e in (review.scores if review else []) if isinstance(e, dict)]
    formula = weighted_formula(entries)
    if formula:
        blocks.append(Paragraph(formula))
    if review and review.override_reason:
        blocks.append(
            Paragraph(
                gettext("The overall score is not the weighted mean, because: %(reason)s")
                % {"reason": review.override_reason}
            )
        )
    for entry in entries:
        blocks += _note(entry, found.spoken)
    for column, title in _TEXTS:
        texts = texts_of(row[column])
        # A review's notes stand above already, as they were written for each category.
        if texts and not (review and column == "detailed_feedback"):
            blocks.append(Lines(texts, gettext(title)))
    if row["ai_generated_feedback"]:
        blocks += [Heading(gettext("Summary")), Said(row["ai_generated_feedback"])]
    return blocks


def weighted_formula(entries: Sequence[Mapping[str, Any]]) -> str:
    """How the weighted mean came about: "(1 × 7 + 2 × 8) ÷ (1 + 2) = 7.67"; empty for no scores."""
    scored = [
        (float(entry["weight"]), float(entry["score"]))
        for entry in entries
        if type(entry.get("weight")) in (int, float) and type(entry.get("score")) in (int, float)
    ]
    result = weighted_mean(scored)
    if result is None:
        return ""
    above = " + ".join(f"{score(weight)} × {score(value)}" for weight, value in scored)
    below = " + ".join(score(weight) for weight, _value in scored)
    return gettext("Weighted mean: (%(above)s) ÷ (%(below)s) = %(result)s") % {
        "above": above,
        "below": below,
        "result": score(result),
    }


def _note(entry: Mapping[str, Any], spoken: Spoken | None) -> list[Block]:
    text = str(entry.get("note") or "")
    evidence = entry.get("evidence")
    pieces = [p for p in (evidence if isinstance(evidence, list) else []) if isinstance(p, dict)]
    if not text and not pieces:
        return []
    value = entry.get("score")
    label = category_label(str(entry.get("category") or "–"), str(entry.get("dimension") or ""))
    aside = score(float(value)) if type(value) in (int, float) else ""  # type: ignore[arg-type]
    blocks: list[Block] = [Heading(label, aside)]
    if text:
        blocks.append(Said(text))
    return blocks + [Quote(str(p.get("text", "")), _time_of(p, spoken)) for p in pieces]


def _time_of(piece: Mapping[str, Any], spoken: Spoken | None) -> str:
    if spoken is None or piece.get("transcript") != spoken.pk:
        return ""
    place = piece.get("first")
    if type(place) is not int or not 0 <= place < len(spoken.starts):
        return ""
    start = spoken.starts[place]
    return "" if start is None else clock(start)
