"""One plain factory a model: only what the model requires."""

import factory

from analytics import models
from sessions.tests.factories import InterviewSessionFactory


class FeedbackFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Feedback

    session = factory.SubFactory(InterviewSessionFactory)
    user_email = factory.SelfAttribute("session.user_email")
    overall_score = 7.5
    source = "reviewer"
    fingerprint = factory.Sequence(lambda n: f"{n:064x}")


class DashboardStatsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.DashboardStats

    # A name that no factory of interviews gives: those people have their row already.
    user_email = factory.Sequence(lambda n: f"person{n}@example.org")


class InterviewAnalyticsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.InterviewAnalytics

    session = factory.SubFactory(InterviewSessionFactory)
    user_email = factory.SelfAttribute("session.user_email")
    source = "service"
