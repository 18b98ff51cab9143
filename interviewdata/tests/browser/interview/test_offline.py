"""Without a connection: the page opens, the interview goes on, everything arrives once."""

from __future__ import annotations

from typing import Any

import pytest

from interviewdata.tests.browser.interview.taking import Candidate
from sessions.models import InterviewSession, UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def cached(page: Any) -> list[str]:
    return page.evaluate("caches.keys()")


def test_reload_without_a_connection_goes_on(candidate: Candidate) -> None:
    page = candidate.page
    candidate.start_in_writing()
    candidate.kept_offline()
    candidate.write("The first answer.")
    candidate.go_on()
    candidate.arrived(1)
    second = candidate.question
    page.context.set_offline(True)
    candidate.write("The second answer, half ")
    candidate.saved("Saved here as a draft")
    page.reload()
    candidate.sees("question")
    assert candidate.question == second
    assert page.locator("#answer-text").input_value() == "The second answer, half "
    page.locator("#strip").get_by_text("No connection").wait_for()
    candidate.write("The second answer, whole.")
    candidate.go_on()
    candidate.write("The third answer.")
    candidate.go_on()
    page.locator("#strip").get_by_text("No connection. 2 answers wait here.").wait_for()
    assert UserResponse.objects.count() == 1
    page.context.set_offline(False)
    candidate.arrived(3)
    answers = UserResponse.objects.order_by("question__question_index")
    assert [answer.user_answer for answer in answers] == [
        "The first answer.",
        "The second answer, whole.",
        "The third answer.",
    ]


def test_return_in_another_tab_is_offered_to_go_on(candidate: Candidate) -> None:
    candidate.start_in_writing()
    candidate.write("The first answer.")
    candidate.go_on()
    second = candidate.question
    context = candidate.page.context
    candidate.page.close(run_before_unload=False)
    candidate.page = context.new_page()
    candidate.open()
    candidate.sees("resume")
    text = candidate.view("resume").inner_text()
    assert "“Backend developer”" in text
    assert "1 of 5 questions is answered." in text or "1 of 5 questions are answered." in text
    candidate.button("Go on", "resume").click()
    candidate.sees("question")
    assert candidate.question == second
    candidate.page.reload()
    candidate.sees("question")  # the same tab is not asked again


def test_start_without_a_connection_is_made_later(candidate: Candidate) -> None:
    page = candidate.page
    candidate.open()
    candidate.kept_offline()
    page.context.set_offline(True)
    candidate.tell()
    candidate.agree()
    candidate.begin_in_writing()
    asked = candidate.question
    candidate.write("An answer to a question of our own.")
    candidate.go_on()
    assert InterviewSession.objects.count() == 0
    page.context.set_offline(False)
    candidate.arrived(1)
    answer = UserResponse.objects.select_related("question").get()
    assert answer.user_answer == "An answer to a question of our own."
    assert answer.question.question_text == asked
    assert InterviewSession.objects.get().session_data["consent"]["recordedAt"]


def test_finished_without_a_connection_says_what_is_missing(candidate: Candidate) -> None:
    page = candidate.page
    candidate.start_in_writing()
    candidate.kept_offline()
    page.context.set_offline(True)
    candidate.write("The first answer.")
    candidate.go_on()
    candidate.button("End early").click()
    candidate.button("End the interview").click()
    candidate.sees("finished")
    text = candidate.view("finished").inner_text()
    assert "Almost finished" in text
    assert "0 of 1 answer is on the server." in text
    file = candidate.answers_file("finished")
    assert file["format"] == "interview-answers"
    assert [answer["answer"] for answer in file["answers"]] == ["The first answer."]
    page.reload()
    candidate.sees("finished")
    page.context.set_offline(False)
    assert candidate.confirmed() == "The server has confirmed all of it."
    assert "Thank you: you are finished" in candidate.view("finished").inner_text()


def test_new_release_replaces_the_old_cache(candidate: Candidate, monkeypatch: Any) -> None:
    from sessions.pages import worker

    page = candidate.page
    worker._script_once.cache_clear()
    candidate.open()
    candidate.kept_offline()
    (first,) = cached(page)
    monkeypatch.setattr(worker, "_release", lambda names: "another")
    worker._script_once.cache_clear()
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    page.wait_for_function(
        "async () => (await caches.keys()).join() === 'interview-another'", timeout=20_000
    )
    assert first != "interview-another"
    page.context.set_offline(True)
    page.reload()
    candidate.sees("details")
    worker._script_once.cache_clear()


def test_nothing_of_the_api_is_kept(candidate: Candidate) -> None:
    candidate.start_in_writing()
    candidate.kept_offline()
    candidate.write("The first answer.")
    candidate.go_on()
    candidate.arrived(1)
    kept = candidate.page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys())
            for (const request of await (await caches.open(name)).keys())
              found.push(new URL(request.url).pathname);
          return found;
        }"""
    )
    assert "/interview/" in kept
    assert not [path for path in kept if path.startswith("/api/") or path == "/interview/terms"]
