"""One plain factory a model: only what the model requires."""

import hashlib
from datetime import timedelta

import factory
from django.utils import timezone

from sessions import models


class InterviewSessionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.InterviewSession

    user_email = factory.Sequence(lambda n: f"candidate{n}@example.org")
    role = "Backend Developer"
    interview_type = "technical"
    interview_mode = "technical"
    difficulty = "intermediate"

    class Params:
        completed = factory.Trait(
            status="completed",
            start_time=factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=30)),
            end_time=factory.LazyFunction(timezone.now),
        )


class InterviewQuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.InterviewQuestion

    session = factory.SubFactory(InterviewSessionFactory)
    question_index = factory.Sequence(lambda n: n + 1)
    question_text = factory.Sequence(lambda n: f"Question {n}?")


class UserResponseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.UserResponse

    question = factory.SubFactory(InterviewQuestionFactory)
    session = factory.SelfAttribute("question.session")
    user_answer = factory.Sequence(lambda n: f"Answer {n}")
    fingerprint = factory.LazyAttribute(
        lambda r: hashlib.sha256(r.user_answer.encode()).hexdigest()
    )


class TranscriptFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Transcript

    session = factory.SubFactory(InterviewSessionFactory)
    user_email = factory.SelfAttribute("session.user_email")
    transcript_data = factory.LazyFunction(lambda: {"text": "hello there"})
    word_timestamps = factory.LazyFunction(
        lambda: [{"word": "hello", "start": 0.1, "end": 0.4, "confidence": 0.9}]
    )
    source = "service"
    fingerprint = factory.Sequence(lambda n: f"{n:064x}")


class BankQuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.BankQuestion

    key = factory.Sequence(lambda n: f"bank-{n}")
    question_text = factory.Sequence(lambda n: f"Bank question {n}?")
    question_type = "technical"
    mode = "technical"
    category = "General"
    difficulty = "intermediate"


class AudioUploadFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.AudioUpload

    session = factory.SubFactory(InterviewSessionFactory)
    length_bytes = 10
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))


class AccessGrantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.AccessGrant

    session = factory.SubFactory(InterviewSessionFactory)
