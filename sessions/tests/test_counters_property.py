"""Counters and figures kept write by write are what counting all rows gives."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings

from analytics.models import DashboardStats
from analytics.services.dashboard import as_columns, compute_stats
from interviewdata.common.errors import Invalid
from interviewdata.record import integrity, integrity_figures
from sessions.models import InterviewSession, UserResponse
from sessions.services.answer import keep_answer_in_one_statement, record_answer
from sessions.services.answer_steps import keep_answer_in_steps
from sessions.services.counters import recount
from sessions.tests.writes import PEOPLE, TEXTS, Writer, sequences, steps

bounded = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
COUNTERS = ("session_id", "total_questions", "questions_answered", "current_question_index")


class RolledBack(Exception):
    pass


@contextlib.contextmanager
def example():
    """Each example begins with an empty record."""
    try:
        with transaction.atomic():
            yield
            raise RolledBack
    except RolledBack:
        pass


def counters():
    return list(InterviewSession.objects.order_by("id").values_list(*COUNTERS))


def record(draft, now):
    try:
        return record_answer(draft, now=now)
    except Invalid:
        return "no such question"


def all_problems():
    return [
        *integrity.relation_problems(),
        *integrity.email_problems(),
        *integrity.counter_problems(),
        *integrity.stats_problems(),
        *integrity_figures.figure_problems(),
    ]


@pytest.mark.slow
@pytest.mark.django_db
@bounded
@given(actions=sequences, step=steps)
def test_counters_and_figures_are_what_counting_gives(actions, step):
    with example():
        writer = Writer(record)
        for action in [("create", PEOPLE[0], False), *actions]:
            writer.apply(action, step)
        kept = counters()
        for session_id in writer.sessions:
            recount(session_id)
        assert kept == counters()
        for row in DashboardStats.objects.all():
            counted = as_columns(compute_stats(row.user_email))
            assert {name: getattr(row, name) for name in counted} == counted
        assert all_problems() == []


def played(keep: Any, actions: Any, step: int) -> tuple[list[Any], list[Any], list[Any]]:
    """Outcomes without ids, then the rows of answers and interviews without ids."""
    outcomes: list[Any] = []

    def record(draft: Any, now: Any) -> str:
        outcome = keep(draft, now)
        outcomes.append(replace(outcome, response_id=0, question_id=0))
        return outcome.word

    with example():
        writer = Writer(record)
        first = [("create", PEOPLE[0], False), ("question", 0, TEXTS[0]), ("question", 0, TEXTS[1])]
        for action in [*first, *actions]:
            writer.apply(action, step)
        answers = [
            {name: value for name, value in row.items() if name not in ("id", "question_id")}
            | {"session_id": writer.sessions.index(row["session_id"])}
            for row in UserResponse.objects.order_by("id").values()
        ]
        interviews = [
            {name: value for name, value in row.items() if name not in ("id", "session_id")}
            for row in InterviewSession.objects.order_by("id").values()
        ]
    return outcomes, answers, interviews


@pytest.mark.slow
@pytest.mark.django_db
@bounded
@given(actions=sequences, step=steps)
def test_both_ways_of_keeping_an_answer_are_one(actions, step):
    """PostgreSQL's function does what the steps do; on SQLite the steps do the same each time."""
    other = (
        keep_answer_in_one_statement if connection.vendor == "postgresql" else keep_answer_in_steps
    )
    in_steps = played(keep_answer_in_steps, actions, step)
    assert played(other, actions, step) == in_steps
