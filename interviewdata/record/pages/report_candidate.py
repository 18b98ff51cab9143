"""The report that staff hand to a candidate: their own answers, and what reviewers wrote for them.

Left out are scores, names of those who judged, whatever a program measured, tone and feelings, and
everybody else. Pure.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext, gettext_noop

from analytics.anonymity import NameMask
from analytics.reports.document import (
    Block,
    Lines,
    Missing,
    Paragraph,
    Report,
    Section,
)
from interviewdata.record.pages.nested_facts import texts_of
from interviewdata.record.pages.report_interview import answer_blocks, head_blocks
from interviewdata.record.pages.report_material import Material, moment
from interviewdata.record.pages.report_scores import counting
from interviewdata.templatetags.ui import words
from sessions.enums import Source

_FOR_CANDIDATES = (
    ("strengths", gettext_noop("What was good")),
    ("areas_for_improvement", gettext_noop("What could be better")),
    ("suggestions", gettext_noop("Suggestions")),
)


def candidate_report(found: Material, *, now: datetime) -> Report:
    """The report; of feedback only the three lists that reviewers write for candidates."""
    session = found.session
    return Report(
        kind=gettext("Your interview"),
        title=session["user_email"],
        subtitle=" · ".join((session["role"], words(session["interview_mode"]))),
        made=gettext("Made on %(when)s.") % {"when": moment(now)},
        sections=[
            Section("interview", gettext("The interview"), head_blocks(session)),
            Section("feedback", gettext("What reviewers wrote for you"), _feedback(found)),
            Section("answers", gettext("Your answers"), answer_blocks(found)),
            Section("about", gettext("About this report"), _about()),
        ],
        made_at=now,
    )


def _feedback(found: Material) -> list[Block]:
    if found.is_blind:
        return [
            Paragraph(
                gettext(
                    "Not complete: feedback of others is hidden from you until your own score is "
                    "in. Hand this over only then."
                ),
                "notice",
            )
        ]
    rows = [row for row in counting(found) if row["source"] == Source.REVIEWER]
    # Reviewers sign with their names now and then, and speak of each other.
    mask = NameMask({row["author"] for row in rows if len(row["author"]) > 2})
    blocks: list[Block] = []
    for column, title in _FOR_CANDIDATES:
        texts = [mask(text) for row in rows for text in texts_of(row[column])]
        if texts:
            blocks.append(Lines(list(dict.fromkeys(texts)), gettext(title)))
    return blocks or [Missing(gettext("No reviewer has written anything for you."))]


def _about() -> list[Block]:
    return [
        Paragraph(
            gettext(
                "It has the answers that count, the newest of each question, and what reviewers "
                "wrote for the candidate. It has no scores, and nothing about other people."
            ),
            "soft",
        )
    ]
