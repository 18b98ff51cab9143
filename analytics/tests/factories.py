"""One plain factory a model: only what the model requires."""

import factory

from analytics import models
from sessions.tests.factories import InterviewSessionFactory, UserResponseFactory


class FeedbackFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Feedback

    session = factory.SubFactory(InterviewSessionFactory)
    user_email = factory.SelfAttribute("session.user_email")
    overall_score = 7.5
    source = "reviewer"
    fingerprint = factory.Sequence(lambda n: f"{n:064x}")


class FeedbackDraftFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.FeedbackDraft

    feedback = factory.SubFactory(
        FeedbackFactory, source="service", author="draft", overall_score=None
    )
    model = "small-model"
    engine = "feedback draft 1"
    prompt_sha256 = factory.Sequence(lambda n: f"{n:064x}")
    scores = factory.LazyFunction(dict)


class DashboardStatsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.DashboardStats

    # A name that no factory of interviews gives: those people have their row already.
    user_email = factory.Sequence(lambda n: f"person{n}@example.org")


class AnalysisJobFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.AnalysisJob

    kind = "answer"
    response = factory.SubFactory(UserResponseFactory)
    session = factory.SelfAttribute("response.session")


class ResponseAnalysisFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ResponseAnalysis

    response = factory.SubFactory(UserResponseFactory)
    session = factory.SelfAttribute("response.session")
    engine = "interviewdata analysis 1"


class InterviewAnalyticsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.InterviewAnalytics

    session = factory.SubFactory(InterviewSessionFactory)
    user_email = factory.SelfAttribute("session.user_email")
    source = "service"
