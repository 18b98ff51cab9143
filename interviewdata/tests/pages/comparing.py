"""What the tests of the comparison share: interviews with answers and scores."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone

from analytics.models import Review
from analytics.tests.factories import FeedbackFactory
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    UserResponseFactory,
)

BASE = (
    "analytics.view_feedback",
    "interview_sessions.view_interviewsession",
    "interview_sessions.view_userresponse",
)
SEE = "analytics.see_scores"
QUESTION = "How do you find a slow query?"
ADDRESS = "/compare/"


def answered(name, answer="I measure.", *, days=0, question=QUESTION, **fields):
    """A completed interview of that person with one answered question."""
    at = timezone.now() - timedelta(days=days)
    session = InterviewSessionFactory(
        completed=True, user_email=f"{name}@example.org", created_at=at, **fields
    )
    asked = InterviewQuestionFactory(
        session=session,
        question_index=1,
        question_text=question,
        metadata={"expected_keywords": ["query plan", "index"]},
    )
    return UserResponseFactory(question=asked, user_answer=answer).session


def rated(session, rater, overall, **scores):
    return FeedbackFactory(session=session, author=rater, overall_score=overall, **scores)


def reviewed(user, session, overall=5.0):
    """This user's own review of an interview."""
    feedback = rated(session, user.username, overall)
    return Review.objects.create(session=session, reviewer=user, feedback=feedback)


def cells(text):
    """The means of the score table, in order."""
    return re.findall(r'<strong class="compare-mean">([^<]*)</strong>', text)
