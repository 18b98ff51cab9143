"""The record page: who may see which part of it, and who is blind."""

from __future__ import annotations

import pytest
from django.urls import reverse

from analytics.models import Review, ReviewAssignment
from analytics.tests.factories import FeedbackFactory
from interviewdata.tests.pages.recorded import ALL, LOOKS, SCORES, url_of
from sessions.access import AUDIO_PERMISSION, RECORD_PERMISSIONS

# -- who may see what ------------------------------------------------------------------------------

HIDDEN = {
    "interview_sessions.view_interviewquestion": (
        "You may not see the questions and answers.", "Databases"),
    "interview_sessions.view_userresponse": ("You may not see the answers.", "Because of the"),
    "interview_sessions.view_transcript": ("You may not see the transcript.", "word1 word2"),
    "analytics.view_feedback": ("You may not see the feedback.", "rater1"),
    "analytics.view_interviewanalytics": ("You may not see the analytics.", "voice 2.1"),
    AUDIO_PERMISSION: ("You may not listen to the answers.", "data-sound"),
    LOOKS: ("You may not see who looked at this interview.", "read the record"),
}  # fmt: skip


@pytest.mark.parametrize("permission", HIDDEN)
def test_part_without_permission_is_named_and_not_shown(see, record, permission):
    said, shown = HIDDEN[permission]
    page = see(record, *(one for one in ALL if one != permission))
    assert said in page
    assert shown not in page
    for other, (others_words, others_part) in HIDDEN.items():
        if other == permission:
            continue
        assert others_words not in page
        # Answers stand below their questions, sound below answers.
        below = (AUDIO_PERMISSION, "interview_sessions.view_userresponse")
        if not ("question" in permission and other in below) and not (
            "userresponse" in permission and other == AUDIO_PERMISSION
        ):
            assert others_part in page, others_part


def test_page_alone_shows_no_part(see, record):
    page = see(record, RECORD_PERMISSIONS[0])
    for said, shown in HIDDEN.values():
        assert shown not in page
        assert said in page or said in (
            "You may not see the answers.",
            "You may not listen to the answers.",
        )
    assert "Export as JSON" not in page


def test_page_needs_its_permission(client, staff_user, record):
    client.force_login(staff_user(*ALL[1:]))
    assert client.get(url_of(record)).status_code == 403
    client.logout()
    assert client.get(url_of(record)).status_code == 302


# -- blind -----------------------------------------------------------------------------------------


def review(interview, user, *, note, feedback=None):
    feedback = feedback or FeedbackFactory(
        session=interview, author=user.get_username(), overall_score=3.25
    )
    return Review.objects.create(
        session=interview,
        reviewer=user,
        feedback=feedback,
        override_reason=f"override {note}",
        scores=[
            {
                "category": "Databases",
                "score": 4,
                "note": note,
                "evidence": [{"transcript": interview.transcripts.get().pk, "first": 3, "last": 5,
                              "start": 1.08, "end": 2.1, "text": "word3 word4 word5"}],
            }
        ],
    )  # fmt: skip


def test_blind_reviewer_sees_no_judgement_but_their_own_way_to_one(see, staff_user, record):
    other = staff_user(username="olga")
    review(record, other, note="canarynote")
    FeedbackFactory(session=record, author="olga", ai_generated_feedback="canarysummary")
    page = see(record, *ALL, *SCORES)
    assert "Hidden until your own score is in." in page
    for secret in ("canary", "rater1", "olga", ">6.57<", ">3.25<"):
        assert secret not in page, secret
    assert "Give your score" in page
    assert f'href="{reverse("review-form", args=[record.session_id])}"' in page


def test_own_judgement_opens_those_of_others(see, staff_user, record):
    user = staff_user(*ALL, *SCORES)
    review(record, staff_user(username="olga"), note="canarynote")
    own = review(record, user, note="ownnote")
    page = see(record, user=user)
    assert "canarynote" in page
    assert "override canarynote" in page
    assert "Hidden until" not in page
    # Evidence is a link to its moment.
    assert f'href="#t={3 * 0.36:.2f}"' in page
    Review.objects.filter(pk=own.pk).delete()
    again = see(record, user=user)
    # Feedback of one's own stays; the others' is hidden again.
    assert "canarynote" not in again
    assert "Reviewer rita" in again


def test_assigned_reader_is_blind_until_they_judged(see, staff_user, record):
    user = staff_user(*ALL)
    assert "rater1" in see(record, user=user)
    ReviewAssignment.objects.create(session=record, reviewer=user)
    page = see(record, user=user)
    assert "rater1" not in page
    assert "Hidden until your own score is in." in page


def test_candidates_own_score_is_called_so(see, record):
    FeedbackFactory(session=record, source="candidate", overall_score=10)
    assert "Said by the candidate’s own client, not counted" in see(record)
