"""The review form, as a browser without scripts uses it."""

import pytest
from django.urls import reverse

from analytics.models import Feedback, Review, ReviewDraft, RubricCategory
from analytics.services.assignment import assign
from analytics.services.review import save_draft
from analytics.tests.factories import FeedbackFactory
from analytics.tests.reviewing import dimensions, judge, make_reviewer, over, spoken
from sessions.models import AccessRecord
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    UserResponseFactory,
)

pytestmark = pytest.mark.django_db
VIEW_FEEDBACK = "analytics.view_feedback"


def form_url(interview):
    return reverse("review-form", args=[interview.session_id])


def draft_url(interview):
    return reverse("review-draft", args=[interview.session_id])


@pytest.fixture
def rita(client):
    user = make_reviewer("rita", VIEW_FEEDBACK)
    client.force_login(user)
    return user


@pytest.fixture
def ids():
    """Dimension → id of its category."""
    return {name.removesuffix("_score"): c.pk for name, c in dimensions().items()}


# -- the form ------------------------------------------------------------------------------------


def test_form_shows_what_is_judged_and_by_what(client, rita):
    interview = over(role="Nurse <b>")
    transcript = spoken(interview)
    question = InterviewQuestionFactory(session=interview, question_text="Why <i>?")
    UserResponseFactory(question=question, user_answer="So & so.")
    UserResponseFactory(
        question=question, user_answer="An older one.", is_current=False, revision=2
    )
    page = client.get(form_url(interview)).content.decode()
    assert "Nurse &lt;b&gt;" in page
    assert "Why &lt;i&gt;?" in page
    assert "So &amp; so." in page
    assert "An older one." not in page
    assert "I would measure first. Then I would change one thing." in page
    assert f'data-transcript="{transcript.pk}"' in page
    for category in dimensions().values():
        assert category.name in page
        assert category.anchor_high in page
    assert AccessRecord.objects.get().session_ids == [interview.session_id]


def test_a_review_is_submitted_and_others_scores_appear(client, rita, ids):
    interview = over()
    spoken(interview)
    judge(interview, make_reviewer("ben"), 4, note="Bens note.")
    before = client.get(form_url(interview)).content.decode()
    assert "You judge without knowing" in before
    assert "Bens note." not in before
    reply = client.post(
        form_url(interview),
        {
            f"score-{ids['technical']}": "7.5",
            f"note-{ids['technical']}": "Knows it.",
            f"times-{ids['technical']}": "0:00-0:04",
            f"score-{ids['communication']}": "6,5",
            f"evidence-{ids['communication']}": "",
            "overall": "",
            "reason": "",
        },
        follow=True,
    )
    review = Review.objects.get(reviewer=rita)
    assert review.feedback.overall_score == 7
    assert review.scores[0]["evidence"][0]["text"] == "I would measure first."
    page = reply.content.decode()
    assert "Your review is in." in page
    assert "Bens note." in page
    assert reply.redirect_chain == [(form_url(interview), 302)]


def test_evidence_marked_by_the_script_is_kept(client, rita, ids):
    interview = over()
    pk = spoken(interview).pk
    client.post(
        form_url(interview),
        {
            f"score-{ids['technical']}": "7",
            f"evidence-{ids['technical']}": f"{pk}:4-9 {pk}:0-1 nonsense",
        },
    )
    evidence = Review.objects.get().scores[0]["evidence"]
    assert [piece["text"] for piece in evidence] == ["I would", "Then I would change one thing."]


def test_what_is_refused_stays_typed_and_is_explained(client, rita, ids):
    interview = over()
    spoken(interview)
    reply = client.post(
        form_url(interview),
        {
            f"score-{ids['technical']}": "eleven",
            f"note-{ids['technical']}": "Typed <b>.",
            f"times-{ids['communication']}": "9:00-9:10",
            "overall": "3",
            "reason": "",
        },
    )
    page = reply.content.decode()
    assert reply.status_code == 400
    assert "Typed &lt;b&gt;." in page
    assert "Write a number from 0 to 10" in page
    assert "Nothing is said at that time" in page
    assert 'role="alert"' in page
    assert not Review.objects.exists()
    refused = client.post(form_url(interview), {f"score-{ids['technical']}": "3", "overall": "9"})
    assert "Say why the overall score is not the weighted mean." in refused.content.decode()


def test_an_interview_that_runs_takes_notes_and_no_scores(client, rita, ids):
    interview = InterviewSessionFactory(status="active")
    page = client.get(form_url(interview)).content.decode()
    assert "still running" in page
    reply = client.post(form_url(interview), {f"score-{ids['technical']}": "7"})
    assert reply.status_code == 409
    assert client.post(draft_url(interview), {"reason": "a note"}).status_code == 302
    assert ReviewDraft.objects.get().content["reason"] == "a note"


def test_scoring_again_begins_with_the_review_and_adds_one(client, rita, ids):
    interview = over()
    judge(interview, rita, 6.5, note="First thought.")
    page = client.get(form_url(interview)).content.decode()
    assert 'value="6.5"' in page
    assert "First thought.</textarea>" in page
    client.post(form_url(interview), {f"score-{ids['technical']}": "8"})
    assert Review.objects.count() == 2


def test_scores_of_others_take_the_permission_to_view_feedback(client):
    interview, reader = over(), make_reviewer("reader")
    judge(interview, make_reviewer("ben"), 4, note="Bens note.")
    judge(interview, reader)
    client.force_login(reader)
    page = client.get(form_url(interview)).content.decode()
    assert "Bens note." not in page
    assert "needs the permission" in page


def test_a_rubric_with_nothing_for_the_interview_says_so(client, rita):
    RubricCategory.objects.update(is_active=False)
    assert "There is nothing to score by" in client.get(form_url(over())).content.decode()


def test_feedback_of_odd_shapes_is_shown(client, rita):
    interview = over()
    judge(interview, rita)
    FeedbackFactory(
        session=interview,
        source="import",
        author="",
        categories=["odd"],
        detailed_feedback={"a": "<script>"},
    )
    page = client.get(form_url(interview)).content.decode()
    assert "{&#x27;a&#x27;: &#x27;&lt;script&gt;&#x27;}" in page


@pytest.mark.parametrize("url", [form_url, draft_url])
def test_unknown_interviews_and_nul_are_404(client, rita, url):
    interview = InterviewSessionFactory.build(session_id="nobody")
    assert client.post(url(interview), {"reason": "x"}).status_code == 404
    interview.session_id = "a\0b"
    assert client.post(url(interview)).status_code == 404


@pytest.mark.parametrize("rows", [1, 4])
def test_form_costs_the_same_for_any_rows(client, rita, django_assert_num_queries, rows):
    interview = over()
    pk = spoken(interview).pk
    for number in range(rows):
        UserResponseFactory(
            question=InterviewQuestionFactory(session=interview, question_index=number + 1)
        )
        judge(interview, make_reviewer(f"rater{number}"), number)
        judge(interview, rita, number, evidence=[])
        RubricCategory.objects.create(name=f"Category {number}")
    older = spoken(interview, ["older"])
    content = {"scores": {"1": {"evidence": f"{pk}:0-1 {older.pk}:0-0"}}}
    newest = Review.objects.filter(reviewer=rita).latest("id").pk
    save_draft(session_id=interview.session_id, reviewer=rita, content=content, after=newest)
    client.get(form_url(interview))
    # The login's session and user; the interview, its rubric, own review, draft, transcript, the
    # other transcript quoted, whether blind, the access record, assignment, questions, answers,
    # feedback, reviews.
    with django_assert_num_queries(15):
        assert client.get(form_url(interview)).status_code == 200


def test_feedback_of_a_review_is_a_reviewers(client, rita, ids):
    interview = over()
    assign(session_id=interview.session_id, reviewer=rita, due_at=None, by=None)
    client.post(form_url(interview), {f"score-{ids['confidence']}": "10"})
    row = Feedback.objects.get()
    assert (row.source, row.author, row.confidence_score) == ("reviewer", "rita", 10)


# -- the draft -----------------------------------------------------------------------------------


def test_a_draft_by_script_is_acknowledged(client, rita, ids):
    interview = over()
    reply = client.post(
        draft_url(interview),
        {f"score-{ids['technical']}": "7", f"note-{ids['technical']}": "a\0b", "after": "0"},
        headers={"Accept": "application/json"},
    )
    assert reply.json()["success"] is True
    assert reply.json()["savedAt"]
    kept = ReviewDraft.objects.get().content["scores"][str(ids["technical"])]
    assert kept == {"score": "7", "note": "ab"}
    page = client.get(form_url(interview)).content.decode()
    assert "ab</textarea>" in page
    assert "Draft saved" in page


def test_a_late_draft_by_script_gets_the_envelope(client, rita):
    interview = over()
    judge(interview, rita)
    reply = client.post(
        draft_url(interview), {"after": "0"}, headers={"Accept": "application/json"}
    )
    assert (reply.status_code, reply.json()["code"]) == (409, "conflict")
    missing = client.post(
        "/sessions/nobody/review/draft", {}, headers={"Accept": "application/json"}
    )
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


def test_a_draft_is_thrown_away(client, rita):
    interview = over()
    save_draft(session_id=interview.session_id, reviewer=rita, content={})
    client.post(draft_url(interview), {"drop": "1"})
    assert not ReviewDraft.objects.exists()


def test_a_draft_is_nobody_elses(client, rita):
    interview = over()
    save_draft(
        session_id=interview.session_id,
        reviewer=make_reviewer("ben"),
        content={"reason": "canary"},
    )
    assert "canary" not in client.get(form_url(interview)).content.decode()


def test_drafts_need_the_forms_token(rita):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(rita)
    assert strict.post(draft_url(over()), {"reason": "x"}).status_code == 403
    assert not ReviewDraft.objects.exists()
