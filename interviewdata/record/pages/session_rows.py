"""The rows of the sessions list: filtered, in order, a page at a time.

A page is found first, by its keys alone, and only its few rows are looked at more closely: what
they hold (sound, transcript, score) would otherwise be asked of every row that is passed over.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson
from django.db.models import (
    Avg,
    BooleanField,
    Exists,
    ExpressionWrapper,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.expressions import RawSQL
from django.utils import timezone

from analytics.models import DashboardStats, Feedback, InterviewScore
from analytics.visibility import blind_condition
from interviewdata.common.aggregates import TextRows
from interviewdata.common.sql import planned_each_time
from interviewdata.common.wire.lists import Cursor
from interviewdata.record.pages.session_filters import person_place
from sessions.enums import Difficulty, Mode, Source, Status
from sessions.kinds import KindFilter, all_of_kinds, first_of_kinds, known_kinds
from sessions.models import InterviewSession, Transcript, UserResponse
from sessions.querysets import made_between
from sessions.search import Hits, hits_of, parse, sessions_matching

PAGE_ROWS = 25
_MOST_PEOPLE = 1000
_BY_PERSON = ("user_email", "-created_at", "-id")
_ORDERS = {"newest": ("-created_at", "-id"), "oldest": ("created_at", "id"), "person": _BY_PERSON}


@dataclass
class Row:
    """One interview of the list. `score`: mean of its raters' newest overall scores, 0–10, None
    where nobody scored or the reader may not see it, which `score_hidden` tells apart."""

    session_id: str
    user_email: str
    role: str
    interview_mode: str
    difficulty: str
    status: str
    questions_answered: int
    total_questions: int
    created_at: datetime
    id: int
    has_audio: bool
    has_transcript: bool
    score: float | None = None
    score_hidden: bool = False
    hits: Hits | None = None

    @property
    def mode(self) -> str:
        return str(Mode(self.interview_mode).label)

    @property
    def level(self) -> str:
        return str(Difficulty(self.difficulty).label)


@dataclass(frozen=True)
class SessionPage:
    """Rows in the order asked for; the cursors of the neighbours, empty where there is none."""

    rows: list[Row] = field(default_factory=list)
    next: str = ""
    previous: str = ""


def overall_score() -> Subquery:
    """An interview's overall score: of each rater the newest judgement, the mean over raters;
    candidates' own never count (decision 6). Null where nobody scored."""
    judgements = Feedback.objects.exclude(source=Source.CANDIDATE)
    later = judgements.filter(
        session_id=OuterRef("session_id"), source=OuterRef("source"), author=OuterRef("author")
    ).filter(
        Q(created_at__gt=OuterRef("created_at"))
        | Q(created_at=OuterRef("created_at"), id__gt=OuterRef("id"))
    )
    newest = judgements.filter(~Exists(later), session_id=OuterRef("session_id"))
    means = newest.order_by().values("session_id").annotate(mean=Avg("overall_score"))
    return Subquery(means.values("mean"), output_field=FloatField())


@dataclass(frozen=True)
class Matching:
    """What the filters leave: those of `rows` that are of the kinds `wanted`. `made` are the rows
    of the days asked for; `rows` are the same where nothing but days and kinds is asked for."""

    made: QuerySet[InterviewSession]
    rows: QuerySet[InterviewSession]
    wanted: KindFilter = field(default_factory=KindFilter)


def matching(given: dict[str, Any], *, user: Any, kinds: Collection[str]) -> Matching:
    """The interviews that the filters of `SessionFilters.given()` leave to this reader. A person
    found anywhere ("*smith") and a search take a statement.

    With a score filter interviews on which the reader is blind are left out: that a row is there
    would tell its score.
    """
    days = made_between(
        _begin_of(given.get("created_from")), _begin_of(given.get("created_to"), days=1)
    )
    made: QuerySet[InterviewSession] = InterviewSession.objects.filter(days)
    rows = made
    names = ("role", "mode", "difficulty", "status")
    wanted = KindFilter(**{name: given[name] for name in names if name in given})
    if "review" in given and not wanted.status:
        wanted = replace(wanted, status=Status.COMPLETED.value)
    if "person" in given:
        rows = rows.filter(_person(given["person"]))
    own = {"session_id": OuterRef("session_id")}
    for name, there in (
        ("audio", Exists(UserResponse.objects.filter(audio_bytes__gt=0, **own))),
        ("transcript", Exists(Transcript.objects.filter(**own))),
    ):
        if name in given:
            rows = rows.filter(there if given[name] == "yes" else ~there)
    if "review" in given:
        reviewed = Exists(Feedback.objects.filter(source=Source.REVIEWER, **own))
        rows = rows.filter(~reviewed, status=Status.COMPLETED)
    if "score_from" in given or "score_to" in given:
        # Of a part of a role the database does not know how many have it: it would mislead.
        also = days & replace(wanted, role="").condition()
        rows = _scored(rows, given.get("score_from"), given.get("score_to"), also, user)
    query = parse(given.get("q", ""))
    if query is not None:
        rows = rows.filter(session_id__in=sessions_matching(query, kinds))
    return Matching(made, rows, wanted)


def _person(text: str) -> Q:
    text = text.lower()
    if not text.startswith("*"):
        return Q(user_email__startswith=text.rstrip("* "))
    part = text.strip("* ")
    # There are fewer people than interviews, and each has a row of figures. Few are looked up; of
    # many the list soon meets some.
    people = DashboardStats.objects.filter(user_email__contains=part)
    emails = list(people.values_list("user_email", flat=True)[: _MOST_PEOPLE + 1])
    if len(emails) > _MOST_PEOPLE:
        return Q(user_email__contains=part)
    return Q(user_email__in=TextRows(emails))


def _of_kinds(
    found: Matching, beyond: Q, sort: str, most: int, *, backwards: bool = False
) -> QuerySet[InterviewSession]:
    """The rows of `found` that are `beyond` the begin of a page. Their first `most` in the order
    of the list are right; what comes after these may be left out. Two statements at most, none
    where a column with an index answers by itself."""
    rows, made = found.rows.filter(beyond), found.made.filter(beyond)
    kinds = None if found.wanted.has_index else known_kinds(found.wanted)
    if kinds is None:
        return rows.filter(found.wanted.condition())
    if found.rows is found.made and sort != "person":
        oldest_first = (sort == "oldest") != backwards
        keys = first_of_kinds(rows, kinds, most, oldest_first=oldest_first)
        return rows.none() if keys is None else rows.filter(pk__in=keys)
    ids = all_of_kinds(made, kinds)
    if ids is None:
        return rows.filter(found.wanted.condition())
    return rows.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [ids]))


def _begin_of(day: date | None, *, days: int = 0) -> datetime | None:
    """Midnight of a day in the reader's zone, `days` later."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))


def _scored(
    rows: QuerySet[InterviewSession],
    lowest: float | None,
    highest: float | None,
    also: Q,
    user: Any,
) -> QuerySet[InterviewSession]:
    # `also`: what is asked for besides, in columns that both tables have. It says nothing new of
    # the interview, but tells the database how few scores are left.
    means = InterviewScore.objects.filter(also)
    if lowest is not None:
        means = means.filter(mean__gte=lowest)
    if highest is not None:
        means = means.filter(mean__lte=highest)
    return rows.filter(session_id__in=means.values("session_id")).exclude(blind_condition(user))


def read_page(
    matching_rows: Matching,
    *,
    sort: str,
    cursor: Cursor | None,
    user: Any,
    may_see_scores: bool,
    search: str = "",
    kinds: Collection[str] = (),
) -> SessionPage:
    """One page with all that is shown of it. One statement, one more with `search`, two at most
    with filters by role, mode, difficulty and status."""
    backwards = cursor is not None and cursor.backwards
    order = _ORDERS[sort]
    if backwards:
        order = tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)
    beyond = Q() if cursor is None else _beyond(cursor, sort)
    rows = _of_kinds(matching_rows, beyond, sort, PAGE_ROWS + 1, backwards=backwards)
    keys = rows.order_by(*order).values("pk")[: PAGE_ROWS + 1]
    found = _shown(keys, order, user=user, may_see_scores=may_see_scores)
    has_more = len(found) > PAGE_ROWS
    found = found[:PAGE_ROWS]
    if backwards:
        found.reverse()
    query = parse(search)
    if query is not None and found:
        hits = hits_of(query, [row.session_id for row in found], kinds)
        for row in found:
            row.hits = hits.get(row.session_id)
    if not found:
        return SessionPage()
    has_next = backwards or has_more
    has_previous = has_more if backwards else cursor is not None
    return SessionPage(
        found,
        next=_cursor_at(found[-1], sort, backwards=False) if has_next else "",
        previous=_cursor_at(found[0], sort, backwards=True) if has_previous else "",
    )


def in_order(found: Matching, sort: str, most: int) -> list[str]:
    """The session ids of the first `most` rows in the order of the list. Three statements at
    most."""
    rows = _of_kinds(found, Q(), sort, most)
    with planned_each_time():
        return list(rows.order_by(*_ORDERS[sort]).values_list("session_id", flat=True)[:most])


def _shown(keys: Any, order: tuple[str, ...], *, user: Any, may_see_scores: bool) -> list[Row]:
    own = {"session_id": OuterRef("session_id")}
    columns = list(Row.__dataclass_fields__)[:10]
    marks: dict[str, Any] = {
        "has_audio": Exists(UserResponse.objects.filter(audio_bytes__gt=0, **own)),
        "has_transcript": Exists(Transcript.objects.filter(**own)),
    }
    if may_see_scores:
        marks["score"] = overall_score()
        marks["score_hidden"] = ExpressionWrapper(
            blind_condition(user), output_field=BooleanField()
        )
    with planned_each_time():
        rows = InterviewSession.objects.filter(pk__in=keys).annotate(**marks).order_by(*order)
        found = [Row(**values) for values in rows.values(*columns, *marks)]
    for row in found:
        if row.score_hidden:
            row.score = None
    return found


def _beyond(cursor: Cursor, sort: str) -> Q:
    """The rows after the cursor's in the order of the list, or before it."""
    is_descending = (sort != "oldest") != cursor.backwards
    way = "lt" if is_descending else "gt"
    if sort != "person":
        # The bound by itself says no more than the rest, but it is what the index is used for.
        return Q(**{f"created_at__{way}e": cursor.value}) & _later(cursor.value, cursor.id, way)
    email, created = person_place(cursor)
    along = "lt" if cursor.backwards else "gt"
    return Q(**{f"user_email__{along}e": email}) & (
        Q(**{f"user_email__{along}": email}) | Q(user_email=email) & _later(created, cursor.id, way)
    )


def _later(created: datetime, pk: int, way: str) -> Q:
    return Q(**{f"created_at__{way}": created}) | Q(**{"created_at": created, f"id__{way}": pk})


def _cursor_at(row: Row, sort: str, *, backwards: bool) -> str:
    value = orjson.loads(orjson.dumps(row.created_at, option=orjson.OPT_UTC_Z))
    if sort == "person":
        value = f"{row.user_email} {value}"
    return Cursor(value, row.id, backwards).as_text(sort)
