"""The same question across candidates: which questions were asked, and who answered what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from interviewdata.common.wire.lists import Cursor, ListArguments, in_order, searched
from sessions.models import InterviewQuestion, InterviewSession
from sessions.models.question import has_text

ANSWERS_A_PAGE = 6
MOST_CHOSEN = 12
# A search through all questions ever asked would cost more with every interview; the newest tell
# what is asked these days.
NEWEST_SEARCHED = 10_000
MOST_FOUND = 30
MOST_KEYWORDS = 30


@dataclass(frozen=True)
class InterviewFilter:
    """Which interviews are compared; empty values leave that side open. `session_ids` names them
    one by one."""

    role: str = ""
    mode: str = ""
    difficulty: str = ""
    since: datetime | None = None
    until: datetime | None = None
    session_ids: tuple[str, ...] = ()

    def as_condition(self, prefix: str = "") -> Q:
        """The condition on interviews; `prefix` leads to them ("session__")."""
        asked: dict[str, Any] = {
            "role__iexact": self.role,
            "interview_mode": self.mode,
            "difficulty": self.difficulty,
            "created_at__gte": self.since,
            "created_at__lt": self.until,
            "session_id__in": self.session_ids,
        }
        return Q(**{f"{prefix}{name}": value for name, value in asked.items() if value})


@dataclass(frozen=True)
class Interviewee:
    """Whose interview it is. `session_data`: what else was sent, in which names may stand."""

    session_id: str
    email: str
    session_data: Any
    role: str
    mode: str
    difficulty: str
    created_at: datetime


INTERVIEWEE_COLUMNS = (
    "session_id",
    "user_email",
    "session_data",
    "role",
    "interview_mode",
    "difficulty",
    "created_at",
)


@dataclass(frozen=True)
class Question:
    """A question that was asked: of the bank where it has a `bank_key`, else known by its text.

    `id` and `interviewee` are those of its newest asking; `times` how often it was asked among
    the newest `NEWEST_SEARCHED` (0: not counted).
    """

    id: int
    bank_key: str
    text: str
    interviewee: Interviewee
    times: int = 0

    def as_condition(self) -> Q:
        """All askings of this question, by the index `question_by_key` or `question_by_text`."""
        return _same_key(self.bank_key) if self.bank_key else has_text(self.text)


@dataclass(frozen=True)
class Answer:
    """One candidate's current answer. `seconds`: as measured, else as sent; `keywords`: those the
    question expected."""

    interviewee: Interviewee
    question_index: int
    response_id: int
    text: str
    has_sound: bool
    seconds: float | None
    is_late: bool
    revision: int
    answered_at: datetime
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class AnswersPage:
    """Answers, those to the latest asked question first; cursors of the neighbours, empty: none."""

    answers: list[Answer]
    next: str
    previous: str


def _same_key(bank_key: str) -> Q:
    return ~Q(bank_key="") & Q(bank_key=bank_key)


def find_question(*, question_id: int = 0, bank_key: str = "", text: str = "") -> Question | None:
    """The newest asking of a question, by the first of the three that is given. One statement."""
    if question_id:
        condition = Q(pk=question_id)
    elif bank_key:
        condition = _same_key(bank_key)
    else:
        condition = has_text(text)
    rows = InterviewQuestion.objects.filter(condition).select_related("session")
    asked = rows.order_by("-id").first()
    if asked is None:
        return None
    return Question(asked.pk, asked.bank_key, asked.question_text, _interviewee(asked.session))


def asked_questions(search: str, interviews: InterviewFilter) -> list[Question]:
    """The questions asked most often among the newest, in which all words of `search` stand.

    Two statements: at most MOST_FOUND questions, then the newest asking of each.
    """
    newest = InterviewQuestion.objects.order_by("-id").values("id")[:NEWEST_SEARCHED]
    rows: QuerySet[Any] = InterviewQuestion.objects.filter(id__in=newest)
    rows = searched(rows.filter(interviews.as_condition("session__")), search, ["question_text"])
    found = list(
        rows.values("bank_key", "question_text")
        .annotate(times=Count("id"), newest=Max("id"))
        .order_by("-times", "-newest")
        .values_list("newest", "times")[:MOST_FOUND]
    )
    times = dict(found)
    askings = InterviewQuestion.objects.filter(id__in=list(times)).select_related("session")
    questions = [
        Question(q.pk, q.bank_key, q.question_text, _interviewee(q.session), times[q.pk])
        for q in askings
    ]
    return sorted(questions, key=lambda question: (-question.times, -question.id))


def _interviewee(session: InterviewSession) -> Interviewee:
    return Interviewee(*(getattr(session, name) for name in INTERVIEWEE_COLUMNS))


def chosen_interviewees(session_ids: Sequence[str]) -> list[Interviewee]:
    """Those of these interviews that exist, in any order. One statement, none without ids."""
    if not session_ids:
        return []
    rows = InterviewSession.objects.filter(session_id__in=session_ids)
    return [Interviewee(*row) for row in rows.values_list(*INTERVIEWEE_COLUMNS)]


_ANSWER_COLUMNS = (
    *(f"session__{name}" for name in INTERVIEWEE_COLUMNS),
    "id",
    "question_index",
    "metadata",
    "responses__id",
    "responses__user_answer",
    "responses__audio_file_path",
    "responses__audio_duration",
    "responses__response_duration",
    "responses__is_late",
    "responses__revision",
    "responses__created_at",
)


def answers_to(
    question: Question, interviews: InterviewFilter, cursor: Cursor | None = None
) -> AnswersPage:
    """One page of the current answers to a question. One statement."""
    arguments = ListArguments(ANSWERS_A_PAGE, "-id", cursor, "", {})
    rows = InterviewQuestion.objects.filter(
        question.as_condition(), interviews.as_condition("session__"), responses__is_current=True
    )
    fetched = list(in_order(rows, arguments).values_list(*_ANSWER_COLUMNS))
    shown, following, previous = cut_page(fetched, arguments, place=len(INTERVIEWEE_COLUMNS))
    return AnswersPage([_answer(row) for row in shown], following, previous)


def cut_page(
    rows: Sequence[tuple[Any, ...]],
    arguments: ListArguments,
    *,
    place: int,
    value: int | None = None,
) -> tuple[list[tuple[Any, ...]], str, str]:
    """What `in_order` fetched as (rows of the page, next cursor, previous cursor).

    `place` and `value` are where in a row its id and its value of the ordering column stand.
    """
    cursor, shown = arguments.cursor, list(rows[: arguments.limit])
    has_more, has_cursor = len(rows) > arguments.limit, cursor is not None and bool(shown)
    goes_back = cursor is not None and cursor.backwards
    if goes_back:
        shown.reverse()

    def at(row: tuple[Any, ...], *, backwards: bool) -> str:
        column = None if value is None else row[value]
        return Cursor(column, row[place], backwards).as_text(arguments.ordering)

    has_next, has_previous = (has_cursor, has_more) if goes_back else (has_more, has_cursor)
    return (
        shown,
        at(shown[-1], backwards=False) if has_next else "",
        at(shown[0], backwards=True) if has_previous else "",
    )


def _answer(row: tuple[Any, ...]) -> Answer:
    size = len(INTERVIEWEE_COLUMNS)
    (
        _id,
        question_index,
        metadata,
        response_id,
        text,
        sound,
        measured,
        sent,
        is_late,
        revision,
        answered_at,
    ) = row[size:]
    return Answer(
        interviewee=Interviewee(*row[:size]),
        question_index=question_index,
        response_id=response_id,
        text=text,
        has_sound=bool(sound),
        seconds=sent if measured is None else measured,
        is_late=is_late,
        revision=revision,
        answered_at=answered_at,
        keywords=_keywords(metadata),
    )


def _keywords(metadata: Any) -> tuple[str, ...]:
    """The expected keywords of a question as asked; metadata is whatever was sent."""
    listed = metadata.get("expected_keywords") if isinstance(metadata, dict) else None
    if not isinstance(listed, list):
        return ()
    words = [word.strip() for word in listed if isinstance(word, str)]
    return tuple(dict.fromkeys(word for word in words if word))[:MOST_KEYWORDS]
