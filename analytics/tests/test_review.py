"""Reviews: one test for each outcome of submitting, drafting and quoting."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.calculations import session_scores, weighted_mean
from analytics.models import DashboardStats, Feedback, Review, ReviewDraft, RubricCategory
from analytics.services.assignment import assign
from analytics.services.dashboard import compute_stats
from analytics.services.evidence import Piece, spans_of, words_between, words_of
from analytics.services.review import (
    DRAFT_BYTES,
    CategoryScore,
    drop_draft,
    save_draft,
    submit_review,
)
from analytics.tests.reviewing import dimensions, judge, make_reviewer, over, score, spoken
from interviewdata.common.errors import Conflict, Invalid, NotFound, TooLarge
from sessions.tests.factories import InterviewSessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    return make_reviewer("rita")


def submit(interview, reviewer, *scores, **more):
    return submit_review(session_id=interview.session_id, reviewer=reviewer, scores=scores, **more)


# -- the formula ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pairs", "mean"),
    [
        ([], None),
        ([(1, None)], None),
        ([(1, 8)], 8),
        ([(1, 8), (1, 6.5)], 7.25),
        # (3 × 8 + 1 × 4) / 4 = 28 / 4
        ([(3, 8), (1, 4)], 7),
        # What is not scored weighs nothing: (2 × 9 + 1 × 3) / 3 = 21 / 3
        ([(2, 9), (5, None), (1, 3)], 7),
        ([(0, 10), (1, 2)], 2),
        ([(0, 10)], None),
        # (1 × 5 + 2 × 6) / 3 = 17 / 3, to six decimals
        ([(1, 5), (2, 6)], 5.666667),
        ([(0.5, 0), (0.5, 0)], 0),
    ],
)
def test_weighted_mean_by_hand(pairs, mean):
    assert weighted_mean(pairs) == mean


# -- submitting ----------------------------------------------------------------------------------


def test_submitting_keeps_review_and_feedback(rita):
    interview = over()
    RubricCategory.objects.create(name="Empathy", weight=2, position=99)
    empathy = RubricCategory.objects.get(name="Empathy")
    review = submit(
        interview,
        rita,
        CategoryScore(empathy.pk, 9, note=" Listens. "),
        score("technical", 6),
        score("communication", None, note="No time left."),
    )
    # (1 × 6 + 2 × 9) / 3
    assert (review.weighted_score, review.feedback.overall_score) == (8, 8)
    assert [(e["category"], e["score"], e["weight"]) for e in review.scores] == [
        ("Technical", 6, 1),
        ("Communication", None, 1),
        ("Empathy", 9, 2),
    ]
    feedback = Feedback.objects.get()
    assert (feedback.source, feedback.author) == ("reviewer", "rita")
    assert (feedback.technical_score, feedback.communication_score) == (6, None)
    assert feedback.categories == {"Empathy": 9}
    assert feedback.detailed_feedback == ["Communication: No time left.", "Empathy: Listens."]
    assert DashboardStats.objects.get(user_email=interview.user_email).avg_overall_score == 8


def test_submitting_ends_assignment_and_draft(rita):
    interview = over()
    assignment = assign(session_id=interview.session_id, reviewer=rita, due_at=None, by=rita)
    save_draft(session_id=interview.session_id, reviewer=rita, content={"reason": "x"})
    now = timezone.now()
    judge(interview, rita)
    assignment.refresh_from_db()
    assert assignment.submitted_at >= now
    assert not ReviewDraft.objects.exists()


def test_the_same_submission_twice_is_one_row(rita):
    interview = over()
    first = judge(interview, rita, 7, note="Good.")
    assert judge(interview, rita, 7, note="Good.") == first
    assert (Review.objects.count(), Feedback.objects.count()) == (1, 1)


def test_a_new_judgement_is_a_new_row_and_counts(rita):
    interview = over()
    first, second = judge(interview, rita, 4), judge(interview, rita, 8)
    assert first != second
    assert Feedback.objects.count() == 2
    assert compute_stats(interview.user_email).averages[0] == 8


def test_returning_to_an_earlier_opinion_counts_as_the_newest(rita):
    interview = over()
    judge(interview, rita, 4)
    judge(interview, rita, 8)
    judge(interview, rita, 4)
    assert Review.objects.count() == 3
    assert compute_stats(interview.user_email).averages[0] == 4


def test_session_scores_take_the_newest_of_each_rater(rita):
    interview = over()
    judge(interview, rita, 2)
    judge(interview, make_reviewer("ben"), 9)
    judge(interview, rita, 5)
    # rita's newest is 5, ben's 9; the mean over raters is 7.
    assert compute_stats(interview.user_email).averages[0] == 7
    assert session_scores([]) == {}


def test_another_reviewer_is_another_row():
    interview = over()
    assert judge(interview, make_reviewer("rita")) != judge(interview, make_reviewer("ben"))
    assert Feedback.objects.count() == 2


def test_evidence_alone_makes_another_review(rita):
    interview = over()
    transcript = spoken(interview)
    judge(interview, rita, 7)
    judge(interview, rita, 7, evidence=[Piece(transcript.pk, 0, 1)])
    assert Review.objects.count() == 2


def test_overall_is_replaced_with_a_reason(rita):
    review = submit(over(), rita, score("technical", 5), overall=7.5, reason=" A hard question. ")
    assert (review.weighted_score, review.feedback.overall_score) == (5, 7.5)
    assert review.override_reason == "A hard question."
    assert review.feedback.detailed_feedback == ["Overall score: A hard question."]


def test_an_overall_that_is_the_mean_needs_no_reason(rita):
    review = submit(over(), rita, score("technical", 5), overall=5, reason="Because.")
    assert (review.feedback.overall_score, review.override_reason) == (5, "")


@pytest.mark.parametrize("status", ["created", "active"])
def test_an_interview_that_runs_is_refused_and_runs_on(rita, status):
    interview = InterviewSessionFactory(status=status)
    with pytest.raises(Conflict, match="still running"):
        judge(interview, rita)
    interview.refresh_from_db()
    assert interview.status == status
    assert not Feedback.objects.exists()


def test_an_abandoned_interview_is_judged_and_stays_abandoned(rita):
    interview = InterviewSessionFactory(status="abandoned")
    judge(interview, rita)
    interview.refresh_from_db()
    assert (interview.status, interview.end_time) == ("abandoned", None)


def test_an_unknown_interview_is_not_found(rita):
    with pytest.raises(NotFound):
        submit_review(session_id="nobody", reviewer=rita, scores=[score("technical", 5)])


def elsewhere():
    return Piece(spoken(over()).pk, 0, 1)


@pytest.mark.parametrize(
    ("scores", "more", "field"),
    [
        (list, {}, "scores"),
        (lambda: [score("technical", None, note="Only words.")], {}, "scores"),
        (lambda: [CategoryScore(987_654, 5)], {}, "scores"),
        (lambda: [score("technical", 5), score("technical", 6)], {}, "score-{technical}"),
        *[
            (lambda value=value: [score("technical", value)], {}, "score-{technical}")
            for value in (-0.5, 10.5, 7.3, float("nan"), float("inf"))
        ],
        (lambda: [score("technical", 5, note="x" * 10_001)], {}, "note-{technical}"),
        (
            lambda: [score("technical", 5, evidence=[elsewhere()])],
            {},
            "evidence-{technical}",
        ),
        (lambda: [score("technical", 5)], {"overall": 7}, "reason"),
        (lambda: [score("technical", 5)], {"overall": 7, "reason": "  "}, "reason"),
        (lambda: [score("technical", 5)], {"reason": "Because."}, "overall"),
        (lambda: [score("technical", 5)], {"overall": 11, "reason": "x"}, "overall"),
        (lambda: [score("technical", 5)], {"overall": 7, "reason": "x" * 2001}, "reason"),
    ],
)
def test_what_is_wrong_is_refused_under_its_field(rita, scores, more, field):
    interview = over()
    with pytest.raises(Invalid) as refusal:
        submit(interview, rita, *scores(), **more)
    name = field.format(technical=dimensions()["technical_score"].pk)
    assert list(refusal.value.fields) == [name]
    assert not Review.objects.exists()


def test_all_that_is_wrong_is_said_at_once(rita):
    with pytest.raises(Invalid) as refusal:
        submit(over(), rita, score("technical", 11), score("communication", 7.1))
    assert len(refusal.value.fields) == 2


def test_a_category_of_another_mode_or_role_is_refused(rita):
    interview = over(role=" Backend developer", interview_mode="technical")
    for fields in ({"modes": ["hr"]}, {"roles": ["nurse"]}, {"is_active": False}):
        other = RubricCategory.objects.create(name=str(fields), **fields)
        with pytest.raises(Invalid):
            submit(interview, rita, CategoryScore(other.pk, 5))
    fitting = RubricCategory.objects.create(
        name="Fitting", modes=["technical"], roles=["backend developer"]
    )
    assert submit(interview, rita, CategoryScore(fitting.pk, 5)).weighted_score == 5


def test_submitting_costs_the_same_for_any_reviews_and_scores(rita):
    def statements(earlier: int) -> int:
        interview = over()
        spoken(interview)
        for number in range(earlier):
            judge(interview, rita, number)
        with CaptureQueriesContext(connection) as captured:
            judge(interview, rita, 10)
        return len([q for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]])

    statements(0)  # what is asked once a process
    assert statements(1) == statements(5) <= 24


# -- evidence ------------------------------------------------------------------------------------


def test_evidence_is_kept_with_its_times_and_words(rita):
    interview = over()
    transcript = spoken(interview)
    pieces = [Piece(transcript.pk, 4, 6), Piece(transcript.pk, 0, 3), Piece(transcript.pk, 4, 6)]
    review = judge(interview, rita, 7, evidence=pieces)
    assert review.scores[0]["evidence"] == [
        {
            "transcript": transcript.pk,
            "first": 0,
            "last": 3,
            "start": 0.0,
            "end": 3.8,
            "text": "I would measure first.",
        },
        {
            "transcript": transcript.pk,
            "first": 4,
            "last": 6,
            "start": 4.0,
            "end": 6.8,
            "text": "Then I would",
        },
    ]


@pytest.mark.parametrize(("first", "last"), [(0, 10), (-1, 2), (3, 2), (10, 10)])
def test_evidence_outside_the_transcript_is_refused(rita, first, last):
    interview = over()
    transcript = spoken(interview)
    with pytest.raises(Invalid, match="not in the transcript"):
        judge(interview, rita, 7, evidence=[Piece(transcript.pk, first, last)])


def test_too_much_evidence_is_refused(rita):
    interview = over()
    transcript = spoken(interview, ["word"] * 500)
    with pytest.raises(Invalid, match="20 passages"):
        judge(interview, rita, evidence=[Piece(transcript.pk, n, n) for n in range(21)])
    with pytest.raises(Invalid, match="400 words"):
        judge(interview, rita, evidence=[Piece(transcript.pk, 0, 400)])


def test_words_of_odd_shapes_keep_their_place():
    words = words_of([{"word": "a", "start": 1, "end": 2}, "b", {"word": 3, "start": True}], {})
    assert [(w.text, w.start) for w in words] == [("a", 1.0), ("", None), ("", None)]
    assert words_of({"no": "list"}, {}) == []


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("1:05–1:20", [(65, 80)]),
        ("1:05-1:20, 2:03.5 - 2:10;", [(65, 80), (123.5, 130)]),
        ("1:02:03 to 1:02:04\n5-6", [(3723, 3724), (5, 6)]),
    ],
)
def test_spans_are_read_as_people_write_them(text, spans):
    assert spans_of(text) == spans


@pytest.mark.parametrize("text", ["soon", "1:20-1:05", "1:05", "5-5", "-1-2", "1:05–"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(ValueError):
        spans_of(text)


def test_words_between_times(rita):
    words = words_of(spoken(over()).word_timestamps, {})
    assert words_between(words, 1, 3) == (1, 2)
    assert words_between(words, 0.5, 1.1) == (0, 1)
    assert words_between(words, 0.85, 0.95) is None
    assert words_between([], 0, 10) is None


# -- drafts --------------------------------------------------------------------------------------


def test_a_draft_is_kept_and_replaced(rita):
    interview = over()
    for text in ("a", "b"):
        save_draft(session_id=interview.session_id, reviewer=rita, content={"reason": text})
    assert ReviewDraft.objects.get().content == {"reason": "b"}


def test_a_draft_may_be_typed_while_the_interview_runs(rita):
    interview = InterviewSessionFactory(status="active")
    save_draft(session_id=interview.session_id, reviewer=rita, content={})
    assert ReviewDraft.objects.count() == 1


def test_a_draft_that_comes_after_its_review_is_refused(rita):
    interview = over()
    review = judge(interview, rita)
    with pytest.raises(Conflict):
        save_draft(session_id=interview.session_id, reviewer=rita, content={}, after=0)
    save_draft(session_id=interview.session_id, reviewer=rita, content={}, after=review.pk)
    assert ReviewDraft.objects.count() == 1


def test_a_draft_has_a_limit_and_an_interview(rita):
    with pytest.raises(TooLarge):
        save_draft(
            session_id=over().session_id, reviewer=rita, content={"reason": "x" * DRAFT_BYTES}
        )
    with pytest.raises(NotFound):
        save_draft(session_id="nobody", reviewer=rita, content={})


def test_a_draft_is_thrown_away_by_its_owner_alone(rita):
    interview = over()
    save_draft(session_id=interview.session_id, reviewer=rita, content={})
    assert drop_draft(session_id=interview.session_id, reviewer=make_reviewer("ben")) is False
    assert drop_draft(session_id=interview.session_id, reviewer=rita) is True
    assert drop_draft(session_id=interview.session_id, reviewer=rita) is False


def test_newest_counts_also_where_times_are_the_same(rita):
    interview = over()
    now = timezone.now() - timedelta(days=1)
    submit(interview, rita, score("technical", 3), now=now)
    submit(interview, rita, score("technical", 9), now=now)
    assert compute_stats(interview.user_email).averages[0] == 9
