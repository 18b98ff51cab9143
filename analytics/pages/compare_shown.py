"""What the page of comparison shows: labels, masked texts, marked words, figures with drawings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_noop

from analytics.agreement import Agreement, Severity, Verdict
from analytics.anonymity import NameMask, candidate_label, identifying_texts
from analytics.calculations import DIMENSIONS, mean
from analytics.models.names import dimension_label, dimension_labels
from analytics.pages.compare_drawings import Strip, alpha_strip, score_strip, severity_strip, signed
from analytics.pages.numbers import local
from analytics.services.comparison import Answer, Interviewee
from analytics.services.comparison_scores import JudgedInterview, RaterFigures

UNNAMED = gettext_noop("unnamed rater")
VERDICTS = {
    Verdict.TOO_FEW: gettext_noop("Too few to say"),
    Verdict.NO_VARIATION: gettext_noop("All scores are equal: nothing to agree about"),
    Verdict.RELIABLE: gettext_noop("Reliable"),
    Verdict.TENTATIVE: gettext_noop("For tentative conclusions only"),
    Verdict.UNRELIABLE: gettext_noop("Not to be relied on"),
}
READ_AT_ONCE = 1200  # characters of an answer that are shown before "Read on"


def mask_of(people: Iterable[Interviewee]) -> NameMask:
    """Hides the names of all of these: one candidate may speak of another."""
    texts: set[str] = set()
    for person in people:
        texts |= identifying_texts(person.email, person.session_data)
    return NameMask(texts)


@dataclass(frozen=True)
class Candidate:
    """Whose column or row it is. `url` and `key` are empty where the id of the interview would
    tell the name, or where there is no page of it."""

    label: str
    note: str
    role: str
    mode: str
    difficulty: str
    created_at: Any
    key: str
    url: str


def candidates(
    people: Sequence[Interviewee], mask: NameMask | None, *, letters: int
) -> list[Candidate]:
    """The candidates in their order; with a mask they are Candidate A, B … from `letters` on.

    The order is that of the list, by time: nothing of a name is in it. Two interviews of one
    person are said to be that.
    """
    shown = []
    first_of: dict[str, str] = {}
    for position, person in enumerate(people):
        label = person.email if mask is None else candidate_label(letters + position)
        first = first_of.setdefault(person.email, label)
        is_known = mask is not None and first != label
        note = gettext("same person as %(candidate)s") % {"candidate": first} if is_known else ""
        tells = mask is not None and mask.hides(person.session_id)
        shown.append(
            Candidate(
                label=label,
                note=note,
                role=person.role if mask is None else mask(person.role),
                mode=person.mode,
                difficulty=person.difficulty,
                created_at=person.created_at,
                key="" if tells else person.session_id,
                url="" if tells else _record_url(person.session_id),
            )
        )
    return shown


def _record_url(session_id: str) -> str:
    try:
        return reverse("session-record", kwargs={"session_id": session_id})
    except NoReverseMatch:
        return ""


@dataclass(frozen=True)
class ShownAnswer:
    """An answer with its expected words marked: `start` at once, `rest` on demand."""

    candidate: Candidate
    answer: Answer
    start: SafeString
    rest: SafeString
    found: list[str]
    missing: list[str]

    @property
    def words(self) -> int:
        return len(self.answer.text.split())


def shown_answers(
    answers: Sequence[Answer], mask: NameMask | None, *, letters: int
) -> list[ShownAnswer]:
    people = candidates([a.interviewee for a in answers], mask, letters=letters)
    return [_shown(answer, person, mask) for answer, person in zip(answers, people, strict=True)]


def _shown(answer: Answer, person: Candidate, mask: NameMask | None) -> ShownAnswer:
    text = answer.text if mask is None else mask(answer.text)
    keywords = [word if mask is None else mask(word) for word in answer.keywords]
    found = [word for word in keywords if _keyword_pattern([word]).search(text)]
    cut = len(text)
    if cut > READ_AT_ONCE * 1.2:  # a short rest is not worth a click
        cut = text.rfind(" ", READ_AT_ONCE // 2, READ_AT_ONCE) + 1 or READ_AT_ONCE
    return ShownAnswer(
        candidate=person,
        answer=answer,
        start=marked(text[:cut], found),
        rest=marked(text[cut:], found),
        found=found,
        missing=[word for word in keywords if word not in found],
    )


def _keyword_pattern(keywords: Sequence[str]) -> re.Pattern[str]:
    """Any of these words, upper or lower case, not inside another word."""
    in_order = sorted(keywords, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, in_order))})(?!\w)", re.IGNORECASE)


def marked(text: str, keywords: Sequence[str]) -> SafeString:
    """The text as HTML with the keywords in <mark>."""
    if not keywords:
        return mark_safe(escape(text))  # noqa: S308 - escaped
    pieces, end = [], 0
    for match in _keyword_pattern(keywords).finditer(text):
        pieces.append(escape(text[end : match.start()]))
        pieces.append(format_html("<mark>{}</mark>", match.group()))
        end = match.end()
    return mark_safe("".join([*pieces, escape(text[end:])]))  # noqa: S308 - each piece is escaped


@dataclass(frozen=True)
class ScoreCell:
    """One dimension of one interview; `mean` is None where nobody scored it."""

    name: str
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    count: int = 0
    strip: Strip | None = None


@dataclass(frozen=True)
class ScoreRow:
    """One interview: a cell for each dimension, and each rater's scores in words."""

    candidate: Candidate
    is_hidden: bool
    cells: list[ScoreCell]
    raters: list[tuple[str, tuple[float | None, ...]]]


def score_rows(
    interviews: Sequence[JudgedInterview], mask: NameMask | None, *, letters: int
) -> list[ScoreRow]:
    people = candidates([one.interviewee for one in interviews], mask, letters=letters)
    return [
        ScoreRow(
            candidate=person,
            is_hidden=one.is_hidden,
            cells=[_score_cell(one, place) for place in range(len(DIMENSIONS))],
            raters=[
                (rater or gettext(UNNAMED), tuple(s)) for rater, s in sorted(one.by_rater.items())
            ],
        )
        for one, person in zip(interviews, people, strict=True)
    ]


def _score_cell(interview: JudgedInterview, place: int) -> ScoreCell:
    name = dimension_label(DIMENSIONS[place])
    given = {
        rater or gettext(UNNAMED): score
        for rater, scores in interview.by_rater.items()
        if (score := scores[place]) is not None
    }
    middle = mean(given.values())
    if middle is None:
        return ScoreCell(name)
    listed = "; ".join(f"{rater} {local(f'{score:g}')}" for rater, score in sorted(given.items()))
    words = gettext("%(dimension)s: mean %(mean)s (%(scores)s)") % {
        "dimension": name,
        "mean": local(f"{middle:.3g}"),
        "scores": listed,
    }
    return ScoreCell(
        name=name,
        mean=middle,
        low=min(given.values()),
        high=max(given.values()),
        count=len(given),
        strip=score_strip(middle, given, words),
    )


@dataclass(frozen=True)
class AgreementRow:
    name: str
    found: Agreement
    verdict: str
    strip: Strip | None


@dataclass(frozen=True)
class SeverityCell:
    """`difference` and `bounds` in words; empty where too little is known."""

    name: str
    count: int
    difference: str = ""
    bounds: str = ""
    strip: Strip | None = None


@dataclass(frozen=True)
class SeverityRow:
    rater: str
    cells: list[SeverityCell]


def agreement_rows(figures: RaterFigures) -> list[AgreementRow]:
    return [
        AgreementRow(name, found, gettext(VERDICTS[found.verdict]), alpha_strip(found))
        for name, found in zip(dimension_labels(), figures.agreements, strict=True)
    ]


def severity_rows(figures: RaterFigures) -> list[SeverityRow]:
    """The raters, the most severe in the overall score first."""
    names = dimension_labels()
    return [
        SeverityRow(
            rater or gettext(UNNAMED),
            [_severity_cell(name, one) for name, one in zip(names, found, strict=True)],
        )
        for rater, found in sorted(figures.severities.items(), key=_overall_severity)
    ]


def _overall_severity(item: tuple[str, list[Severity | None]]) -> tuple[bool, float, str]:
    rater, found = item
    difference = found[0].difference if found[0] else None
    return (difference is None, difference or 0.0, rater)


def _severity_cell(name: str, found: Severity | None) -> SeverityCell:
    if found is None or found.difference is None or found.low is None or found.high is None:
        return SeverityCell(name, found.count if found else 0)
    bounds = gettext("%(low)s to %(high)s") % {
        "low": signed(found.low),
        "high": signed(found.high),
    }
    return SeverityCell(name, found.count, signed(found.difference), bounds, severity_strip(found))
