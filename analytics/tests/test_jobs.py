"""Stock, queue, claims, back-off: nothing is forgotten, nothing is anybody's twice."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from analytics.models import AnalysisJob, JobKind, JobState, StockCursor
from analytics.services import stock
from analytics.services.jobs import (
    BACK_OFF,
    IN_HAND,
    INTERRUPTED,
    LEASE,
    MOST_INTERRUPTIONS,
    RING_AGAIN_LEASES,
    LostClaim,
    analyse_again,
    claim,
    enqueue_due,
    fail,
    finish,
    rearm_interview,
    renew,
    retry,
    take_back,
)
from analytics.services.leases import LONGEST, holding, renew_held, set_lease
from analytics.services.stock import OPEN_AT_MOST, take_stock
from sessions.models import InterviewSession, UserResponse
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    UserResponseFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def answers(count, **fields):
    """Current answers of one interview."""
    session = InterviewSessionFactory(completed=True)
    return [
        UserResponseFactory(question=InterviewQuestionFactory(session=session), **fields)
        for _number in range(count)
    ]


def stocked(count=1, now=NOW):
    """Jobs of so many answers of one completed interview, in order."""
    answers(count)
    while take_stock(now):
        pass
    return list(AnalysisJob.objects.order_by("id"))


def held(now=NOW):
    found = claim(stocked()[0].pk, now)
    assert found is not None
    return found


def rung(now=NOW):
    """What is put into the queue: kinds and ids."""
    bells = []
    enqueue_due(now, lambda kind, job_id: bells.append((kind, job_id)))
    return bells


def state(job_id):
    return AnalysisJob.objects.get(pk=job_id).state


def later(response):
    """A new revision of the same answer."""
    UserResponse.objects.filter(pk=response.pk).update(is_current=False)
    return UserResponseFactory(question=response.question, revision=response.revision + 1)


# -- stock ----------------------------------------------------------------------------------------


def test_answers_from_before_get_their_job_once():
    found = answers(3)
    assert take_stock(NOW) == 3
    assert take_stock(NOW) == 0
    assert set(AnalysisJob.objects.values_list("response", flat=True)) == {a.pk for a in found}
    assert {(j.kind, j.state, j.session_id) for j in AnalysisJob.objects.all()} == {
        ("answer", "waiting", found[0].session_id)
    }


def test_a_new_answer_gets_its_job():
    take_stock(NOW)
    answers(1)
    assert take_stock(NOW) == 1


def test_only_current_answers_get_one():
    (first,) = answers(1)
    second = later(first)
    take_stock(NOW)
    assert [job.response_id for job in AnalysisJob.objects.all()] == [second.pk]


def test_an_id_that_appears_late_is_found():
    """Ids commit out of order: a lower one comes after a higher one was seen."""
    late, _seen = answers(2)
    fields = {f.attname: getattr(late, f.attname) for f in UserResponse._meta.concrete_fields}
    late.delete()
    assert take_stock(NOW) == 1
    for minutes in (20, 40, 59):
        take_stock(NOW + timedelta(minutes=minutes))
    UserResponse.objects.create(**fields)
    assert take_stock(NOW + timedelta(minutes=59, seconds=2)) == 1
    assert AnalysisJob.objects.filter(response=fields["id"]).exists()


def test_what_is_older_than_any_transaction_is_settled():
    (first,) = answers(1)
    take_stock(NOW)
    (second,) = answers(1)
    take_stock(NOW + OPEN_AT_MOST)
    take_stock(NOW + 2 * OPEN_AT_MOST)
    cursor = StockCursor.objects.get()
    assert (cursor.looked_through, cursor.settled) == (second.pk, second.pk)
    assert cursor.mark == second.pk
    assert first.pk < second.pk


def test_old_answers_come_in_batches(monkeypatch):
    monkeypatch.setattr(stock, "OLD_BATCH", 2)
    answers(5)
    at = NOW
    assert [take_stock(at) for _time in range(4)] == [2, 2, 1, 0]


def test_no_more_is_taken_than_may_wait(monkeypatch):
    """And the newest answers come before those of last year."""
    monkeypatch.setattr(stock, "MOST_WAITING", 2)
    old = answers(3)
    assert take_stock(NOW) == 2
    new = answers(1)
    assert take_stock(NOW) == 0
    AnalysisJob.objects.update(state=JobState.DONE)
    assert take_stock(NOW) == 2
    waiting = AnalysisJob.objects.filter(state=JobState.WAITING)
    assert {job.response_id for job in waiting} == {old[2].pk, new[0].pk}


def test_a_burst_is_never_settled_before_it_is_in(monkeypatch):
    take_stock(NOW)
    monkeypatch.setattr(stock, "MOST_WAITING", 1)
    found = answers(3)
    for hours in range(6):
        take_stock(NOW + hours * OPEN_AT_MOST)
        AnalysisJob.objects.update(state=JobState.DONE)
    assert AnalysisJob.objects.count() == len(found)


@pytest.mark.parametrize("rows", [1, 30])
def test_statements_of_taking_stock(rows, django_assert_num_queries):
    answers(rows)
    take_stock(NOW)
    take_stock(NOW + OPEN_AT_MOST)
    answers(rows)
    # Savepoint of the test (2), cursor, how many wait, the answers beyond it.
    with django_assert_num_queries(5):
        assert take_stock(NOW + OPEN_AT_MOST + SECOND) == rows


@pytest.mark.parametrize("rows", [1, 30])
def test_statements_with_old_answers_left(rows, django_assert_num_queries):
    answers(rows)
    StockCursor.objects.create(
        pk=1, settled=UserResponse.objects.latest("pk").pk, mark=10**9, marked_at=NOW
    )
    with django_assert_num_queries(5 + 3):
        assert take_stock(NOW) == rows


def test_the_watched_range_is_read_from_an_index():
    answers(1)
    take_stock(NOW)
    with connection.cursor() as cursor:
        plan = _plan(
            cursor, stock._ADD.replace("ON CONFLICT DO NOTHING", ""), [NOW] * 3 + [1, 9, 5]
        )
    if connection.vendor == "sqlite":
        assert "USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in plan
        assert "SCAN" not in plan.replace("SCAN CONSTANT ROW", "")


def _plan(cursor, statement, values):
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    cursor.execute(explain + statement, values)
    return "\n".join(str(row) for row in cursor.fetchall())


# -- queue ----------------------------------------------------------------------------------------


def test_what_is_due_is_rung_once():
    found = stocked(2)
    assert rung() == [(JobKind.ANSWER, job.pk) for job in found]
    assert rung(NOW + SECOND) == []


def test_a_lost_bell_is_rung_again():
    (job,) = stocked()
    rung()
    assert rung(NOW + RING_AGAIN_LEASES * LEASE) == []
    assert rung(NOW + RING_AGAIN_LEASES * LEASE + SECOND) == [(JobKind.ANSWER, job.pk)]


def test_so_many_are_in_hand_at_most():
    stocked(IN_HAND + 3)
    assert len(rung()) == IN_HAND
    assert rung() == []
    finish(claim(AnalysisJob.objects.first().pk, NOW), NOW)
    assert len(rung()) == 1


def test_a_bell_that_fails_leaves_nothing_in_the_queue():
    stocked(2)

    def broken(kind, job_id):
        raise OSError

    with pytest.raises(OSError):
        enqueue_due(NOW, broken)
    assert len(rung()) == 2


def interview_of(job):
    rearm_interview(job.session_id, NOW)
    return AnalysisJob.objects.get(kind=JobKind.INTERVIEW)


@pytest.mark.parametrize(
    ("status", "due"),
    [("created", False), ("active", False), ("completed", True), ("abandoned", True)],
)
def test_an_interview_is_due_when_it_is_over(status, due):
    (job,) = stocked()
    finish(claim(job.pk, NOW), NOW)
    interview = interview_of(job)
    InterviewSession.objects.update(
        status=status, end_time=NOW if status == "completed" else None, start_time=None
    )
    assert rung() == ([(JobKind.INTERVIEW, interview.pk)] if due else [])
    assert (claim(interview.pk, NOW) is not None) == due


@pytest.mark.parametrize(
    ("other", "due"), [("waiting", False), ("running", False), ("done", True), ("failed", True)]
)
def test_an_interview_waits_for_all_its_answers(other, due):
    first, second = stocked(2)
    finish(claim(first.pk, NOW), NOW)
    interview = interview_of(first)
    AnalysisJob.objects.filter(pk=second.pk).update(
        state=other,
        claim="x" if other == "running" else "",
        claimed_until=NOW + LEASE if other == "running" else None,
        enqueued_at=NOW if other in ("waiting", "running") else None,
    )
    assert (rung() == [(JobKind.INTERVIEW, interview.pk)]) == due
    assert (claim(interview.pk, NOW) is not None) == due


def test_an_interview_waits_for_an_answer_without_a_job():
    (job,) = stocked()
    finish(claim(job.pk, NOW), NOW)
    interview_of(job)
    question = InterviewQuestionFactory(session=job.session)
    UserResponseFactory(question=question)
    assert rung() == []


def test_a_superseded_answer_keeps_no_interview_waiting():
    (job,) = stocked()
    second = later(UserResponse.objects.get())
    take_stock(NOW)
    finish(claim(AnalysisJob.objects.get(response=second).pk, NOW), NOW)
    interview = interview_of(job)
    assert (JobKind.INTERVIEW, interview.pk) in rung()


@pytest.mark.parametrize("rows", [1, 30])
def test_statements_of_ringing(rows, django_assert_num_queries):
    stocked(rows)
    # Savepoint of the test (2), take back, count, interviews, answers.
    with django_assert_num_queries(6):
        assert len(rung()) == rows


# -- claims ---------------------------------------------------------------------------------------


def test_a_job_has_one_holder():
    mine = held()
    assert claim(mine.job_id, NOW) is None
    job = AnalysisJob.objects.get()
    assert (job.state, job.claim, job.attempts) == ("running", mine.word, 1)
    assert job.claimed_until == NOW + LEASE


@pytest.mark.parametrize("end", ["finish", "fail", "renew"])
def test_who_lost_the_lease_writes_nothing(end):
    mine = held()
    theirs = claim(mine.job_id, NOW + LEASE + SECOND)
    assert theirs is not None
    if end == "renew":
        assert not renew(mine, NOW)
    else:
        with pytest.raises(LostClaim):
            finish(mine, NOW) if end == "finish" else fail(mine, "It broke.", NOW)
    assert AnalysisJob.objects.get().claim == theirs.word
    finish(theirs, NOW)
    assert state(mine.job_id) == "done"


def test_a_renewed_lease_is_not_taken():
    mine = held()
    assert renew(mine, NOW + LEASE)
    assert claim(mine.job_id, NOW + LEASE + SECOND) is None
    assert take_back(NOW + LEASE + SECOND) == 0


def test_what_is_at_work_is_renewed_but_not_for_ever():
    mine = held()
    set_lease(LEASE)
    with holding(mine, NOW):
        assert renew_held(NOW + LEASE) == 1
        assert AnalysisJob.objects.get().claimed_until == NOW + 2 * LEASE
        assert renew_held(NOW + LONGEST) == 0
    assert renew_held(NOW) == 0


def test_a_job_of_a_worker_that_is_gone_waits_again():
    mine = held()
    assert take_back(NOW + LEASE) == 0
    assert take_back(NOW + LEASE + SECOND) == 1
    assert rung(NOW + LEASE + SECOND) == [(JobKind.ANSWER, mine.job_id)]


def test_a_job_that_takes_its_workers_down_is_given_up():
    (job,) = stocked()
    at = NOW
    for _time in range(MOST_INTERRUPTIONS):
        assert claim(job.pk, at) is not None
        at += LEASE + SECOND
        take_back(at)
    assert claim(job.pk, at) is None
    job.refresh_from_db()
    assert (job.state, job.problem) == ("failed", INTERRUPTED)


def test_claims_and_ends_are_one_statement_each(django_assert_num_queries):
    (job,) = stocked()
    with django_assert_num_queries(1):
        mine = claim(job.pk, NOW)
    with django_assert_num_queries(1):
        renew(mine, NOW)
    with django_assert_num_queries(1):
        finish(mine, NOW)
    with django_assert_num_queries(1):
        rearm_interview(job.session_id, NOW)


# -- failures -------------------------------------------------------------------------------------


def test_a_failure_is_tried_again_later_and_then_waits_for_a_person():
    (job,) = stocked()
    at = NOW
    for pause in BACK_OFF:
        assert fail(claim(job.pk, at), "It broke.", at) == JobState.WAITING
        assert claim(job.pk, at) is None
        assert rung(at + pause - SECOND) == []
        at += pause
        assert rung(at) == [(JobKind.ANSWER, job.pk)]
    assert fail(claim(job.pk, at), "It broke for good.", at) == JobState.FAILED
    job.refresh_from_db()
    assert (job.state, job.attempts, job.problem) == ("failed", 4, "It broke for good.")
    assert claim(job.pk, at + timedelta(days=9)) is None


def test_what_cannot_be_helped_is_not_tried_again():
    assert fail(held(), "No.", NOW, again=False) == JobState.FAILED


def test_an_answer_that_is_given_up_does_not_keep_its_interview():
    mine = held()
    fail(mine, "No.", NOW, again=False)
    interview = AnalysisJob.objects.get(kind=JobKind.INTERVIEW)
    assert rung() == [(JobKind.INTERVIEW, interview.pk)]


def test_rearming_takes_the_claim_from_who_composes():
    (job,) = stocked()
    finish(claim(job.pk, NOW), NOW)
    interview = interview_of(job)
    composing = claim(interview.pk, NOW)
    rearm_interview(job.session_id, NOW)
    with pytest.raises(LostClaim):
        finish(composing, NOW)
    assert state(interview.pk) == "waiting"


@pytest.mark.parametrize("by", ["job_ids", "session_id"])
def test_people_try_again_what_failed(by):
    mine = held()
    fail(mine, "No.", NOW, again=False)
    named = {"job_ids": [mine.job_id], "session_id": mine.session_id}
    assert retry(now=NOW + SECOND, **{by: named[by]}) == 1
    assert claim(mine.job_id, NOW + SECOND).attempts == 1


def test_people_need_not_wait_for_the_back_off():
    mine = held()
    fail(mine, "Not now.", NOW)
    assert retry(now=NOW, session_id=mine.session_id) == 1
    assert rung(NOW) == [(JobKind.ANSWER, mine.job_id)]


def test_trying_again_leaves_alone_what_did_not_fail():
    first, second = stocked(2)
    finish(claim(first.pk, NOW), NOW)
    running = claim(second.pk, NOW)
    assert retry(now=NOW, session_id=first.session_id) == 0
    assert retry(now=NOW) == 0
    assert renew(running, NOW)


def test_analysing_again_takes_current_answers_that_are_through():
    first, second, third = stocked(3)
    finish(claim(first.pk, NOW), NOW)
    fail(claim(second.pk, NOW), "No.", NOW, again=False)
    finish(claim(third.pk, NOW), NOW)
    later(UserResponse.objects.get(pk=third.response_id))
    assert analyse_again(session_id=first.session_id, now=NOW) == 2
    assert (state(first.pk), state(second.pk), state(third.pk)) == ("waiting", "waiting", "done")


def test_an_interview_takes_its_jobs_along():
    (job,) = stocked()
    rearm_interview(job.session_id, NOW)
    InterviewSession.objects.get().delete()
    connection.check_constraints()
    assert not AnalysisJob.objects.exists()
    assert claim(job.pk, NOW) is None
