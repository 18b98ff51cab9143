"""The report of one interview for reviewers: what was asked, said, judged and measured, and what is
missing. Pure: what the record gives in, `analytics.reports.document` out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, gettext_noop, ngettext

from analytics.reports.document import (
    Block,
    Cell,
    Facts,
    Heading,
    Lines,
    Missing,
    Paragraph,
    Report,
    Said,
    Section,
)
from interviewdata.record.pages.nested_facts import Node, facts_of
from interviewdata.record.pages.report_material import Material, Spoken, moment
from interviewdata.record.pages.report_scores import counting, judgement_blocks, score_blocks
from interviewdata.record.pages.session_answers import Question
from interviewdata.record.pages.session_feedback import said_by
from interviewdata.templatetags.ui import duration, words

_MEASURED = (
    ("voice_metrics", gettext_noop("Voice")),
    ("response_patterns", gettext_noop("Patterns")),
)
_MOST_FIGURES = 80


def interview_report(found: Material, *, reader: str, now: datetime) -> Report:
    """The report; the scores of others are in it only where `found` has them."""
    session = found.session
    return Report(
        kind=gettext("Interview report"),
        title=session["user_email"],
        subtitle=" · ".join(
            (session["role"], words(session["interview_mode"]), words(session["difficulty"]))
        ),
        made=gettext("Made on %(when)s for %(reader)s.") % {"when": moment(now), "reader": reader},
        sections=[
            Section("interview", gettext("The interview"), head_blocks(session)),
            Section("missing", gettext("What is missing"), _missing(found)),
            Section("scores", gettext("Scores"), score_blocks(found)),
            Section("judgements", gettext("What raters wrote"), judgement_blocks(found)),
            Section("answers", gettext("Questions and answers"), answer_blocks(found)),
            Section("words", gettext("Where the words come from"), _source_of_words(found)),
            Section("figures", gettext("Measured figures"), _figures(found)),
            Section("method", gettext("How to read this"), _method()),
        ],
        made_at=now,
    )


def head_blocks(session: Mapping[str, Any]) -> list[Block]:
    """The interview's own row as facts."""
    start, end = session["start_time"], session["end_time"]
    took = None
    if start and end:
        took = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    answered = gettext("%(answered)s of %(total)s") % {
        "answered": session["questions_answered"],
        "total": session["total_questions"],
    }
    return [
        Facts(
            [
                (gettext("Status"), Cell(words(session["status"]))),
                (gettext("Started"), Cell(moment(start))),
                (gettext("Ended"), Cell(moment(end))),
                (gettext("Planned"), Cell(duration(session["planned_duration"] * 60))),
                (gettext("Took"), Cell(duration(took))),
                (gettext("Questions answered"), Cell(answered)),
                (gettext("Session"), Cell(session["session_id"])),
            ]
        )
    ]


def _missing(found: Material) -> list[Block]:
    lines: list[Block] = [Missing(text) for text in found.findings]
    if found.may["feedback"] and not counting(found) and not found.is_blind:
        lines.append(Missing(gettext("Nobody has scored this interview.")))
    if found.may["analytics"] and found.analytics is None:
        lines.append(Missing(gettext("Nothing has been measured of its sound.")))
    return lines or [Paragraph(gettext("Nothing: every question has its answer."))]


def answer_blocks(found: Material) -> list[Block]:
    """Every question with its current answer."""
    if not (found.may["questions"] and found.may["answers"]):
        return [Missing(gettext("You may not see the questions and answers."))]
    blocks: list[Block] = []
    for question in found.questions:
        about = [words(question.kind), question.category, words(question.difficulty)]
        aside = ", ".join(one for one in about if one and one != "–")
        blocks.append(Heading(f"{question.index}. {question.text}", aside))
        blocks += _answer(question, found.spoken)
    return blocks or [Missing(gettext("No question has been asked."))]


def _answer(question: Question, spoken: Spoken | None) -> list[Block]:
    answer = question.current
    if answer is None:
        return [Missing(gettext("Not answered."))]
    facts = [gettext("Answered on %(when)s") % {"when": moment(answer.created_at)}]
    if answer.is_late:
        facts.append(gettext("late: after the end of the interview"))
    if question.older:
        text = ngettext(
            "version %(n)s, the one that counts; %(older)s earlier one is kept",
            "version %(n)s, the one that counts; %(older)s earlier ones are kept",
            len(question.older),
        )
        facts.append(text % {"n": answer.revision, "older": len(question.older)})
    if answer.audio_bytes:
        length = duration(answer.audio_duration)
        facts.append(gettext("recording of %(length)s") % {"length": length})
    blocks: list[Block] = [Paragraph(" · ".join(facts), "soft")]
    passages = list(spoken.by_question.get(question.index, ())) if spoken else []
    if answer.text.strip():
        blocks.append(Said(answer.text))
    elif passages:
        blocks.append(Paragraph(gettext("As it was transcribed:"), "soft"))
        blocks.append(Said("\n".join(passages)))
    elif answer.audio_bytes:
        blocks.append(Missing(gettext("Only sound: its words are not written down.")))
    else:
        blocks.append(Missing(gettext("The answer is empty.")))
    return blocks


def _source_of_words(found: Material) -> list[Block]:
    if not found.may["transcript"]:
        return [Missing(gettext("You may not see the transcript."))]
    spoken = found.spoken
    if spoken is None:
        return [Missing(gettext("There is no transcript of this interview."))]
    entries = [
        (gettext("Given by"), Cell(spoken.by)),
        (gettext("Made by"), Cell(spoken.made_by or gettext("not said"))),
        (gettext("Kept since"), Cell(moment(spoken.created_at))),
        (gettext("Words with times"), Cell(str(spoken.word_count))),
    ]
    if spoken.is_corrected:
        entries.append((gettext("Corrected"), Cell(gettext("yes, by a person"))))
    return [
        Facts(entries),
        Paragraph(
            gettext(
                "Answers that were written stand as they were written; words of a transcript are "
                "what a program or a person heard, and may be wrong."
            ),
            "soft",
        ),
    ]


def _figures(found: Material) -> list[Block]:
    if not found.may["analytics"]:
        return [Missing(gettext("You may not see what was measured."))]
    row = found.analytics
    parts = [(column, title) for column, title in _MEASURED if row and facts_of(row[column])]
    if row is None or not parts:
        return [Missing(gettext("No figures of voice or patterns are there."))]
    by = gettext("%(by)s, with %(engine)s, on %(when)s") % {
        "by": said_by(row["source"], ""),
        "engine": row["engine"] or "–",
        "when": moment(row["updated_at"]),
    }
    blocks: list[Block] = [Paragraph(gettext("Measured by %(by)s.") % {"by": by}, "soft")]
    for column, title in parts:
        entries = flat(facts_of(row[column]))
        blocks += [
            Heading(gettext(title)),
            Facts([(name, Cell(text)) for name, text in entries[:_MOST_FIGURES]]),
        ]
        if len(entries) > _MOST_FIGURES:
            more = gettext("… %(count)s more") % {"count": len(entries) - _MOST_FIGURES}
            blocks.append(Paragraph(more, "soft"))
    return blocks


def flat(node: Node | None, name: str = "") -> list[tuple[str, str]]:
    """A nested value as (name › name, text), tables and lists row by row."""
    if node is None:
        return []
    if node.kind == "facts":
        return [
            pair
            for key, child in node.entries
            for pair in flat(child, f"{name} › {key}" if name else key)
        ]
    if node.kind == "table":
        return [
            (name or "–", ", ".join(f"{c}: {v}" for c, v in zip(node.columns, row, strict=True)))
            for row in node.rows
        ]
    if node.kind == "list":
        return [pair for child in node.items for pair in flat(child, name)]
    return [(name or "–", node.text)]


def _method() -> list[Block]:
    return [
        Lines(
            [
                gettext(
                    "Of each rater the newest judgement counts; a mean is the arithmetic mean over "
                    "raters, not rounded before it is shown."
                ),
                gettext(
                    "A weighted mean is Σ weight × score ÷ Σ weight over the categories that were "
                    "scored."
                ),
                gettext(
                    "Of each question the newest answer counts; an answer after the end of the "
                    "interview is marked late and kept."
                ),
                gettext("Tone and feelings are not part of this report."),
            ]
        )
    ]
