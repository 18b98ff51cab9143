"""How an interview begins and ends: with the server, without it, refused, resumed, forgotten."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

import pytest

from interviewdata.tests.browser.client.conftest import KillableBrowser, Tab, arrived
from sessions.models import InterviewQuestion, InterviewSession

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_begins_with_the_servers_questions(tab: Tab) -> None:
    tab.open()
    consent = {"version": "2026-11", "language": "en", "givenAt": "2026-11-22T10:00:00Z"}
    name = tab.start(count=4, consent=consent, extra={"source": "careers page"})
    session = InterviewSession.objects.get()
    assert str(uuid.UUID(name)) == session.session_data["clientSession"] == name
    assert session.session_data["consent"]["version"] == "2026-11"
    assert session.session_data["source"] == "careers page"
    assert tab.js("() => interview.sessionId") == session.session_id
    questions = tab.js("() => interview.questions")
    asked = InterviewQuestion.objects.order_by("question_index")
    assert [(one["id"], one["question"]) for one in questions] == [
        (one.pk, one.question_text) for one in asked
    ]
    assert tab.js("() => [interview.offlineStart, interview.index, interview.ended]") == [
        False,
        0,
        False,
    ]


def test_begins_without_the_server_and_is_told_to_it_later(tab: Tab) -> None:
    tab.open()
    tab.page.context.set_offline(True)
    tab.start(count=5)
    assert tab.js("() => interview.offlineStart") is True
    assert tab.js("() => interview.sessionId") is None
    questions = tab.js("() => interview.questions.map((one) => one.question)")
    assert len(questions) == 5
    tab.answer(2, "the third at first")
    tab.answer(0, "then the first")
    tab.js("() => interview.end()")
    tab.page.context.set_offline(False)
    tab.until_sent()
    session = InterviewSession.objects.get()
    assert (session.user_email, session.status) == ("ann@example.org", "completed")
    asked = InterviewQuestion.objects.order_by("question_index")
    assert [one.question_text for one in asked] == questions
    assert (session.total_questions, session.questions_answered) == (5, 2)
    assert arrived() == [(2, "the third at first"), (0, "then the first")]
    assert tab.js("() => interview.sessionId") == session.session_id
    assert tab.js("() => interview.questions.map((one) => one.id)") == [one.pk for one in asked]


def test_begun_offline_and_killed_it_arrives_after_the_restart(
    killable: KillableBrowser, site: str
) -> None:
    tab = killable.open(site).open()
    killable.context.route("**/api/**", lambda route: route.abort("connectionrefused"))
    name = tab.start(count=3, startTimeout=500)
    assert tab.js("() => interview.offlineStart") is True
    tab.answer(1, "nobody heard it")
    killable.kill()
    tab = killable.open(site).open()
    assert tab.resume() == name
    tab.until_sent()
    assert arrived() == [(1, "nobody heard it")]
    assert InterviewSession.objects.get().session_data["clientSession"] == name


def test_what_the_server_refuses_is_said_and_not_kept(tab: Tab, settings: object) -> None:
    tab.open()
    refusal = """(options) => client.Interview.start({...parts, ...options}).then(
      () => null, ({name, status, code, fields}) => ({name, status, code, fields}))"""
    wrong = tab.js(refusal, {"userEmail": "no address"})
    assert (wrong["name"], wrong["status"], list(wrong["fields"])) == (
        "ApiError",
        400,
        ["userEmail"],
    )
    settings.ADMISSION = "invite"  # type: ignore[attr-defined]
    closed = tab.js(refusal, {"userEmail": "ann@example.org"})
    assert (closed["status"], closed["code"]) == (403, "forbidden")
    assert tab.js("async () => [await store.interviews(), await store.items()]") == [[], []]
    settings.ADMISSION = "open"  # type: ignore[attr-defined]
    tab.start(count=1)
    assert InterviewSession.objects.count() == 1


def test_admission_refused_later_is_said_and_all_stays(tab: Tab, settings: object) -> None:
    settings.ADMISSION = "staff"  # type: ignore[attr-defined]
    tab.open()
    tab.page.context.set_offline(True)
    tab.start(count=2)
    tab.js(
        """() => { globalThis.problems = [];
          interview.addEventListener("problem", ({detail}) => problems.push(detail)); }"""
    )
    tab.answer(0, "I did not know")
    tab.page.context.set_offline(False)
    tab.until("() => problems.length > 0")
    problem = tab.js("() => problems[0]")
    assert (problem["kind"], problem["problem"]["code"]) == ("create", "forbidden")
    assert problem["problem"]["access"] is True
    content = json.loads(tab.js("async () => (await interview.exportLocal()).blob.text()"))
    assert [one["answer"] for one in content["answers"]] == ["I did not know"]
    settings.ADMISSION = "open"  # type: ignore[attr-defined]
    tab.js("() => outbox.kick()")
    tab.until_sent()
    assert arrived() == [(0, "I did not know")]


def test_resumes_where_it_stopped(tab: Tab) -> None:
    tab.open()
    name = tab.start(count=4)
    tab.answer(0, "done")
    tab.js("() => interview.skip(1)")
    tab.js("() => interview.goTo(3)")
    tab.write(3, "half a sen")
    tab.page.context.set_offline(True)
    tab.page.context.set_offline(False)
    tab.open()
    assert tab.resume() == name
    assert tab.js("() => interview.index") == 3
    assert [tab.view(n)["skipped"] for n in range(4)] == [False, True, False, False]
    assert (tab.view(3)["text"], tab.view(3)["state"]) == ("half a sen", "local")
    tab.js("() => interview.back()")
    assert tab.js("() => interview.question.index") == 2


def test_killed_between_create_and_questions_it_asks_again(tab: Tab) -> None:
    tab.open()
    tab.page.context.route("**/api/interview-modes/questions", lambda route: route.abort())
    tab.js(
        """() => { client.Interview.start({...parts, userEmail: "ann@example.org", count: 3}); }"""
    )
    tab.until("async () => (await store.interviews())[0]?.sessionId")
    tab.page.context.unroute_all()
    tab.open()
    tab.resume()
    assert tab.js("() => [interview.questions.length, interview.offlineStart]") == [3, False]


def test_end_goes_after_the_last_answer(tab: Tab) -> None:
    tab.open()
    tab.start(count=2)
    tab.page.context.set_offline(True)
    tab.answer(0, "one")
    tab.js("() => interview.end()")
    assert tab.js("() => [interview.ended, interview.endAcknowledged]") == [True, False]
    # Thought of after the end, but before it was told: kept, and marked late at most.
    tab.answer(1, "one more")
    tab.page.context.set_offline(False)
    tab.until("() => interview.endAcknowledged")
    tab.until_sent()
    assert arrived() == [(0, "one"), (1, "one more")]
    assert InterviewSession.objects.get().status == "completed"
    # What is over and sent is not resumed, unless it is asked for.
    name = tab.js("() => interview.clientSession")
    tab.open()
    assert tab.resume() is None
    tab.js(
        "async (name) => { globalThis.interview = await client.Interview.resume(parts, name); }",
        name,
    )
    assert tab.js("() => interview.endAcknowledged") is True


def test_forget_leaves_nothing_here(tab: Tab) -> None:
    tab.open()
    tab.start(count=1)
    tab.record(0, 1.1)
    tab.page.context.set_offline(True)
    tab.answer(0, "not yet sent")
    assert tab.js("() => interview.forget().catch((error) => error.code)") == "unsent"
    tab.page.context.set_offline(False)
    tab.until_sent()
    tab.js("() => interview.forget()")
    left = tab.js(
        """() => store.database.read(["interviews", "answers", "chunks", "outbox"], async (tx) =>
          [await tx.all("interviews"), await tx.all("answers"), await tx.all("chunks"),
           await tx.all("outbox")])"""
    )
    assert left == [[], [], [], []]
    assert arrived() == [(0, "not yet sent")]


def test_answers_file_has_everything(tab: Tab) -> None:
    tab.open()
    name = tab.start(count=3)
    tab.page.context.set_offline(True)
    tab.record(1, 1.2)
    tab.answer(1, "said and written")
    tab.answer(0, "written")
    tab.write(2, "a draft")
    found = tab.js(
        """async () => {
          const {blob, fileName} = await interview.exportLocal();
          return {fileName, type: blob.type, text: await blob.text()};
        }"""
    )
    assert found["fileName"] == f"interview-answers-{name}.json"
    assert found["type"] == "application/json"
    content = json.loads(found["text"])
    assert content["format"] == "interview-answers"
    assert (content["version"], content["clientSession"]) == (1, name)
    assert content["sessionId"] == InterviewSession.objects.get().session_id
    assert [one["index"] for one in content["questions"]] == [0, 1, 2]
    answers = content["answers"]
    assert [(one["questionIndex"], one["answer"]) for one in answers] == [
        (1, "said and written"),
        (0, "written"),
        (2, "a draft"),
    ]
    audio = answers[0]["audio"]
    assert audio["contentType"] == "audio/webm;codecs=opus"
    assert audio["sha256"] == tab.view(1)["audio"]["sha256"]
    assert len(audio["base64"]) > 1000
    assert answers[1]["audio"] is None


def test_time_on_a_question_is_its_duration(tab: Tab) -> None:
    tab.open()
    tab.start(count=2)
    tab.write(0, "thinking")
    tab.page.wait_for_timeout(1500)
    tab.submit(0)
    tab.until_sent()
    from sessions.models import UserResponse

    assert 1.4 < UserResponse.objects.get().response_duration < 6


def test_two_interviews_wait_for_each_other_not(tab: Tab, another_tab: Callable[[], Tab]) -> None:
    tab.open()
    first = tab.start(count=1)
    session_id = tab.js("() => interview.sessionId")
    tab.page.context.route(
        "**/api/interview/response",
        lambda route: (
            route.fulfill(status=503, body="{}")
            if session_id in (route.request.post_data or "")
            else route.continue_()
        ),
    )
    tab.answer(0, "has to wait")
    tab.start(count=1, userEmail="bea@example.org")
    tab.answer(0, "goes at once")
    tab.until("() => interview.answerOf(0).state === 'sent'")
    assert arrived() == [(0, "goes at once")]
    tab.page.context.unroute_all()
    tab.js("() => outbox.kick()")
    tab.until_sent()
    assert arrived() == [(0, "goes at once"), (0, "has to wait")]
    assert first != tab.js("() => interview.clientSession")
