"""The figures of the dashboard, read in few statements.

Counts are of all interviews of the period. Everything that needs single interviews (scores,
questions, times) rests on the newest `SAMPLE`, so that the page costs the same however many there
are; each part says whether there were more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max

from analytics.calculations import DIMENSIONS, Judgement, session_scores
from analytics.figures import Quartiles, Share, quartiles, share
from analytics.models import Feedback, InterviewScore
from analytics.services.period import Filters, Week
from analytics.services.tally import are_quarters, made_between, span_of
from analytics.services.tally_days import made_of_kinds_between
from analytics.visibility import blind_condition
from interviewdata.common.aggregates import TextRows
from interviewdata.common.sql import planned_each_time
from sessions.enums import Source, Status
from sessions.kinds import first_of_kinds
from sessions.models import InterviewSession

SAMPLE = 500
_RECENT = 1000
_SESSION = ("id", "user_email", "role", "interview_mode", "difficulty", "created_at")


@dataclass(frozen=True)
class Scored:
    """One interview with its scores: of each rater the newest judgement, the mean over raters.

    `scores` in order of DIMENSIONS (the first is overall, and there); `categories` name (lower
    case) → 0–10, likewise the mean over raters; `first_reviewed` the moment of the first
    reviewer's overall score, None where only services scored.
    """

    pk: int
    session_id: str
    email: str
    role: str
    mode: str
    difficulty: str
    created_at: datetime
    scores: tuple[float | None, ...]
    categories: dict[str, float]
    first_reviewed: datetime | None

    @property
    def overall(self) -> float:
        assert self.scores[0] is not None
        return self.scores[0]


@dataclass(frozen=True)
class WeekCount:
    week: Week
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Counts:
    """Interviews by week and status, and the shares of what was begun."""

    weeks: list[WeekCount]
    by_status: dict[str, int]
    completion: Share
    abandonment: Share

    @property
    def total(self) -> int:
        return sum(self.by_status.values())


@dataclass(frozen=True)
class Recent:
    """What was made last, to offer as filters and to find the default period."""

    newest: datetime | None
    roles: list[str]


@dataclass(frozen=True)
class Sample:
    """Scored interviews that the reader may know of, the newest first; `is_cut`: there are more."""

    rows: list[Scored]
    is_cut: bool
    hidden: int  # scored interviews of the period that the reader may not know of yet
    hidden_is_cut: bool


@dataclass(frozen=True)
class Newest:
    """The newest interviews of the period: their ids, and the seconds from the making of the
    completed ones to their end; `is_cut`: there are more."""

    session_ids: list[str]
    seconds: list[float]
    is_cut: bool

    @property
    def to_completion(self) -> Quartiles | None:
        return quartiles(self.seconds)


def read_recent() -> Recent:
    """The newest interview's time, and the roles of the newest 1,000. One statement."""
    newest = InterviewSession.objects.newest_first().values("role", "created_at")[:_RECENT]
    rows = list(
        InterviewSession.objects.filter(pk__in=newest.values("pk"))
        .values("role")
        .annotate(last=Max("created_at"))
        .order_by("role")
    )
    return Recent(
        newest=max((row["last"] for row in rows), default=None), roles=[row["role"] for row in rows]
    )


def read_counts(filters: Filters) -> Counts:
    """Interviews by week and status. One statement: from the tallies where only days and status
    are asked for, from those by kind where there are any (three at most), else counted."""
    weeks = filters.weeks()
    edges = [weeks[0].start, *(week.end for week in weeks)]
    only_days = not (filters.role or filters.mode or filters.difficulty)
    if only_days and are_quarters(edges):
        found = made_between(edges, filters.status)
    elif filters.kinds is not None:
        found = made_of_kinds_between(filters.kinds, edges)
    else:
        rows = InterviewSession.objects.filter(filters.condition())
        spans = rows.values(span=span_of("created_at", edges), word=F("status"))
        found = {(row["span"], row["word"]): row["made"] for row in spans.annotate(made=Count("*"))}
    counted = [
        WeekCount(week, {status: found.get((place, status), 0) for status in Status.values})
        for place, week in enumerate(weeks)
    ]
    by_status = Counter[str]()
    for week_count in counted:
        by_status.update(week_count.counts)
    total = by_status.total()
    return Counts(
        weeks=counted,
        by_status=dict(by_status),
        completion=share(by_status[Status.COMPLETED], total),
        abandonment=share(by_status[Status.ABANDONED], total),
    )


def read_sample(user: Any, filters: Filters) -> Sample:
    """The interviews that the score figures rest on: those judged last. Three statements.

    Interviews on which `user` is blind are in none of them; they are counted apart. Both numbers
    rest on the newest SAMPLE judgements: from their index the first ones are at hand, whatever the
    period holds.
    """
    if filters.role and filters.kinds is not None:
        # By name: of a part of a name the database does not know how many interviews have it.
        others = replace(filters.wanted, role="").condition()
        scored = InterviewScore.objects.filter(filters.days() & others)
        scored = scored.filter(role__in=sorted({kind[0] for kind in filters.kinds.rows}))
    else:
        scored = InterviewScore.objects.filter(filters.condition())
    judged: Any = (
        Feedback.objects.filter(
            session_id__in=scored.values("session_id"), overall_score__isnull=False
        )
        .exclude(source=Source.CANDIDATE)
        .order_by("-created_at", "-id")
        .values_list("session_id", flat=True)
    )
    with planned_each_time():
        shown = list(judged.exclude(blind_condition(user))[: SAMPLE + 1])
        hidden = list(judged.filter(blind_condition(user))[: SAMPLE + 1])
        ids = TextRows(set(shown[:SAMPLE]))
        rows = scored_interviews(Feedback.objects.filter(session_id__in=ids))
    return Sample(
        rows=rows,
        is_cut=len(shown) > SAMPLE,
        hidden=len(set(hidden[:SAMPLE])),
        hidden_is_cut=len(hidden) > SAMPLE,
    )


def read_newest(filters: Filters) -> Newest:
    """The interviews that questions and times rest on. One statement, one more with kinds."""
    found = InterviewSession.objects.filter(filters.days())
    kinds = None if filters.wanted.has_index else filters.kinds
    if kinds is None:
        found = found.filter(filters.wanted.condition())
    else:
        keys = first_of_kinds(found, kinds, SAMPLE + 1)
        found = found.none() if keys is None else found.filter(pk__in=keys)
    rows = list(
        found.newest_first().values_list("session_id", "created_at", "end_time")[: SAMPLE + 1]
    )
    return Newest(
        session_ids=[row[0] for row in rows[:SAMPLE]],
        # An imported interview may have been made, as a row, after it ended.
        seconds=[max((end - made).total_seconds(), 0.0) for _, made, end in rows[:SAMPLE] if end],
        is_cut=len(rows) > SAMPLE,
    )


def to_first_score(sample: Iterable[Scored]) -> Quartiles | None:
    """Seconds from the making of an interview to its first score by a reviewer."""
    return quartiles(
        [
            max((one.first_reviewed - one.created_at).total_seconds(), 0.0)
            for one in sample
            if one.first_reviewed is not None
        ]
    )


def scored_interviews(judgements: Any) -> list[Scored]:
    """The interviews of these rows of feedback that have an overall score, the newest first.

    `judgements`: a queryset with all rows of each of its interviews. What a candidate said of
    themselves does not count. One statement.
    """
    rows = judgements.exclude(source=Source.CANDIDATE).values_list(
        *("session_id", "source", "author", "created_at", "id", "categories"),
        *(f"session__{name}" for name in _SESSION),
        *DIMENSIONS,
    )
    by_session: dict[str, list[Any]] = {}
    for row in rows:
        by_session.setdefault(row[0], []).append(row)
    found = [one for group in by_session.values() if (one := _as_scored(group)) is not None]
    return sorted(found, key=lambda one: (one.created_at, one.pk), reverse=True)


def _as_scored(rows: Sequence[Any]) -> Scored | None:
    """The rows of one interview as one; None where the raters' newest have no overall score."""
    session_id, _source, _author, _at, _id, _categories, *session = rows[0][:12]
    judgements = {
        row[4]: Judgement(session_id, f"{row[1]}:{row[2]}", row[3], row[4], row[12:])
        for row in rows
    }
    scores = session_scores(judgements.values())[session_id]
    if scores[0] is None:
        return None
    newest: dict[str, Judgement] = {}
    for judgement in sorted(judgements.values(), key=lambda j: (j.created_at, j.row_id)):
        newest[judgement.rater] = judgement
    counting = {judgement.row_id for judgement in newest.values()}
    by_category: dict[str, list[float]] = {}
    for row in rows:
        if row[4] in counting and isinstance(row[5], dict):
            for name, value in row[5].items():
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    by_category.setdefault(name.strip().lower(), []).append(float(value))
    pk, email, role, mode, difficulty, created_at = session
    return Scored(
        pk, session_id, email, role, mode, difficulty, created_at,
        scores=tuple(None if value is None else round(value, 6) for value in scores),
        categories={name: sum(each) / len(each) for name, each in by_category.items()},
        first_reviewed=min(
            (row[3] for row in rows if row[1] == Source.REVIEWER and row[12] is not None),
            default=None,
        ),
    )  # fmt: skip
