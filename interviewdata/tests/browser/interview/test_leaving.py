"""Leaving: a warning while something is unsent; an empty computer when one is finished."""

from __future__ import annotations

from typing import Any

import pytest

from interviewdata.tests.browser.interview.taking import Candidate, invite
from sessions.models import AccessGrant, UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LEFT = """async () => {
  const left = [
    ...await caches.keys(), ...Object.keys(localStorage), ...Object.keys(sessionStorage),
  ];
  for (const {name} of await indexedDB.databases()) {
    const db = await new Promise((done) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
    });
    for (const store of db.objectStoreNames) {
      const count = await new Promise((done) => {
        const asked = db.transaction(store).objectStore(store).count();
        asked.onsuccess = () => done(asked.result);
      });
      if (count) left.push(`${store}: ${count}`);
    }
    db.close();
  }
  return left;
}"""


def asks_before_leaving(page: Any) -> bool:
    """Whether the browser asks when the page is left; the page stays."""
    return bool(
        page.evaluate(
            """() => {
              const event = new Event("beforeunload", {cancelable: true});
              dispatchEvent(event);
              return event.defaultPrevented;
            }"""
        )
    )


def test_leaving_is_warned_of_while_something_is_unsent(candidate: Candidate) -> None:
    page = candidate.page
    candidate.start_in_writing()
    assert not asks_before_leaving(page)
    candidate.write("A draft.")
    candidate.saved("Saved here as a draft")
    assert asks_before_leaving(page)
    page.context.set_offline(True)
    candidate.go_on()
    assert asks_before_leaving(page)
    page.context.set_offline(False)
    candidate.arrived(1)
    assert not asks_before_leaving(page)


def test_finished_on_this_computer_leaves_nothing(candidate: Candidate) -> None:
    page = candidate.page
    invite(note="Bring a pen.")
    candidate.open("/interview/invitation/the-link")
    candidate.tell()
    candidate.agree()
    candidate.begin_with_sound()
    candidate.kept_offline()
    candidate.speak(1500)
    candidate.go_on()
    candidate.button("End early").click()
    candidate.button("End the interview").click()
    candidate.confirmed()
    session = UserResponse.objects.get().session_id
    candidate.button("I am finished on this computer", "finished").click()
    page.locator("#forget-dialog").get_by_role("button", name="Empty it", exact=True).click()
    candidate.sees("forgotten")
    assert page.evaluate(LEFT) == []
    assert AccessGrant.objects.get().revoked_at is not None
    reply = page.request.get(f"{candidate.site}/api/interview/session-data/{session}")
    assert reply.status == 404
    assert UserResponse.objects.count() == 1
    candidate.open()
    candidate.sees("details")
    assert not page.get_by_text("Bring a pen.").is_visible()


def test_unsent_answers_are_warned_of_before_they_are_lost(candidate: Candidate) -> None:
    page = candidate.page
    candidate.start_in_writing()
    candidate.kept_offline()
    page.context.set_offline(True)
    candidate.write("Only here.")
    candidate.go_on()
    candidate.button("End early").click()
    candidate.button("End the interview").click()
    candidate.sees("finished")
    candidate.button("I am finished on this computer", "finished").click()
    asked = page.locator("#forget-dialog")
    asked.get_by_text("1 answer is on this computer alone.").wait_for()
    assert asked.get_by_role("button", name="Download my answers").is_visible()
    asked.get_by_role("button", name="Empty it all the same").click()
    asked.get_by_text("The server cannot be reached, so nothing was done.").wait_for()
    asked.get_by_role("button", name="Not yet").click()
    page.context.set_offline(False)
    candidate.confirmed()
    assert UserResponse.objects.get().user_answer == "Only here."
