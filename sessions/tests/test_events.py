"""What happens is written down in the transaction in which it happens, once and in order."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from analytics.services.feedback import save_feedback
from sessions.enums import Source, Status
from sessions.models import InterviewEvent, InterviewSession, Transcript
from sessions.services.events import EVENTS_KEPT, forget_old_events
from sessions.services.session import abandon_session
from sessions.tests.factories import InterviewSessionFactory
from sessions.tests.test_concurrency import at_once

pytestmark = pytest.mark.django_db
QUESTIONS = "/api/interview-modes/questions"


def kinds(session_id):
    return list(
        InterviewEvent.objects.filter(session_id=session_id)
        .order_by("id")
        .values_list("kind", flat=True)
    )


def newest(session_id):
    return InterviewEvent.objects.filter(session_id=session_id).latest("id")


@pytest.fixture
def begun(api, question_bank):
    """An interview with three questions, made over the API."""
    made = api.call("/api/interview/create-session", {"userEmail": "ann@example.org"}).json()
    api.call(QUESTIONS, {"sessionId": made["sessionId"], "count": 3})
    return made["sessionId"]


def answer(api, session_id, index=0, text="So."):
    reply = api.call(
        "/api/interview/response",
        {"sessionId": session_id, "questionIndex": index, "answer": text},
    )
    assert reply.status_code == 200, reply.content
    return reply.json()


def test_the_whole_way_is_told_in_order(api, begun):
    kept = answer(api, begun)
    api.call("/api/transcript/save", {"sessionId": begun, "transcriptData": {"text": "So."}})
    api.call("/api/interview/end", {"sessionId": begun})
    api.call("/api/feedback/save", {"sessionId": begun, "overallScore": 7})
    assert kinds(begun) == [*("created", "asked", "answered", "transcribed", "completed", "scored")]
    asked, answered = InterviewEvent.objects.filter(session_id=begun).order_by("id")[1:3]
    assert asked.data == {"added": 3, "answered": 0, "total": 3, "currentQuestionIndex": 0}
    assert answered.data == {
        "answered": 1,
        "total": 3,
        "currentQuestionIndex": 1,
        "questionIndex": 0,
        "responseId": kept["responseId"],
        "revision": 1,
        "hasAudio": False,
        "late": False,
    }


def test_the_same_call_again_tells_nothing(api, begun):
    answer(api, begun)
    api.call("/api/interview/end", {"sessionId": begun})
    before = kinds(begun)
    answer(api, begun)
    api.call(QUESTIONS, {"sessionId": begun, "count": 3})
    api.call("/api/interview/end", {"sessionId": begun})
    assert kinds(begun) == before


def test_another_revision_and_a_late_answer_say_so(api, begun):
    answer(api, begun)
    answer(api, begun, text="Better.")
    assert newest(begun).data["revision"] == 2
    api.call("/api/interview/end", {"sessionId": begun})
    answer(api, begun, index=1)
    assert newest(begun).data["late"] is True


def test_single_questions_are_told(api, begun):
    api.call("/api/interview/question", {"sessionId": begun, "questionText": "And why?"})
    assert newest(begun).data == {
        "added": 1,
        "answered": 0,
        "total": 4,
        "currentQuestionIndex": 0,
    }


@pytest.mark.parametrize("how", ["answer", "questions", "question", "end"])
def test_who_comes_back_resumes(api, begun, how):
    abandon_session(session_id=begun)
    if how == "answer":
        answer(api, begun)
    elif how == "questions":
        api.call(QUESTIONS, {"sessionId": begun, "count": 2})
    elif how == "question":
        api.call("/api/interview/question", {"sessionId": begun, "questionText": "And why?"})
    else:
        api.call("/api/interview/end", {"sessionId": begun})
    last = {"answer": "answered", "end": "completed"}.get(how, "asked")
    assert kinds(begun)[-3:] == ["abandoned", "resumed", last]
    status = InterviewSession.objects.get(session_id=begun).status
    assert status == (Status.COMPLETED if how == "end" else Status.ACTIVE)


def test_what_is_taken_back_is_not_told(begun):
    interview = InterviewSession.objects.get(session_id=begun)
    before = InterviewEvent.objects.count()
    with transaction.atomic():
        save_feedback(
            session_id=interview.session_id,
            content={"overall_score": 7},
            source=Source.SERVICE,
            author="x",
        )
        assert InterviewEvent.objects.count() == before + 2  # scored and completed
        transaction.set_rollback(True)
    assert InterviewEvent.objects.count() == before


def test_events_hold_nothing_personal(api, begun):
    answer(api, begun, text="My name is Ann Canary.")
    api.call(
        "/api/feedback/save", {"sessionId": begun, "overallScore": 7, "suggestions": ["Canary"]}
    )
    text = str(list(InterviewEvent.objects.values_list("data", flat=True)))
    assert "Canary" not in text
    assert "ann@" not in text
    assert "overall" not in text.lower()


def test_a_transcript_is_told_once(api, begun):
    body = {"sessionId": begun, "transcriptData": {"text": "So."}}
    for _ in range(2):
        api.call("/api/transcript/save", body)
    assert kinds(begun).count("transcribed") == 1
    assert newest(begun).data == {
        "transcriptId": Transcript.objects.get().pk,
        "source": "candidate",
    }


def test_unknown_kind_is_refused():
    interview = InterviewSessionFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        InterviewEvent.objects.create(session=interview, kind="burnt", at=timezone.now())


@pytest.mark.parametrize("old", [0, 3])
def test_old_events_are_forgotten_by_age(old):
    interview = InterviewSessionFactory()
    now = timezone.now()
    for age in [EVENTS_KEPT * 2] * old + [EVENTS_KEPT / 2]:
        InterviewEvent.objects.create(session=interview, kind="created", at=now - age)
    assert forget_old_events(now=now) == old
    assert InterviewEvent.objects.count() == 1
    InterviewEvent.objects.all().delete()
    assert forget_old_events(now=now) == 0


@pytest.mark.django_db(transaction=True)
def test_answers_at_once_are_told_in_the_order_of_their_counts(question_bank, new_browser):
    client = new_browser()
    made = client.call("/api/interview/create-session", {"userEmail": "a@example.org"}).json()
    session_id, token = made["sessionId"], made["accessToken"]
    client.call(QUESTIONS, {"sessionId": session_id, "count": 8})

    def act(number):
        body = {"sessionId": session_id, "questionIndex": number, "answer": f"So {number}."}
        reply = new_browser().call("/api/interview/response", body, Authorization=f"Bearer {token}")
        connection.close()
        return reply.status_code

    assert at_once(8, act) == [200] * 8
    counts = InterviewEvent.objects.filter(session_id=session_id, kind="answered").order_by("id")
    assert [event.data["answered"] for event in counts] == [*range(1, 9)]
