"""What a candidate does on the page, by what they see."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from sessions.access import token_digest
from sessions.models import Invitation, UserResponse
from sessions.services.keys import create_invitation

NO_MICROPHONE = """
navigator.mediaDevices.getUserMedia = () =>
  Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
"""
NO_RECORDER = "delete globalThis.MediaRecorder;"


def invite(token: str = "the-link", **fields: Any) -> Invitation:
    return create_invitation(
        label="spring",
        token_sha256=token_digest(token),
        expires_at=timezone.now() + timedelta(days=1),
        by=None,
        **fields,
    )


@dataclass
class Candidate:
    page: Any
    site: str

    # -- what is seen ---------------------------------------------------------------------------

    def view(self, name: str) -> Any:
        return self.page.locator(f"[data-view={name}]")

    def sees(self, view: str) -> None:
        self.view(view).wait_for(state="visible", timeout=20_000)

    def button(self, name: str, within: str = "") -> Any:
        scope = self.view(within) if within else self.page
        return scope.get_by_role("button", name=name, exact=True)

    @property
    def question(self) -> str:
        return self.page.locator("[data-part=question-text]").inner_text()

    def saved(self, words: str) -> None:
        """The line under the answer says so."""
        self.page.locator("[data-part=saved-text]").get_by_text(words).wait_for(timeout=20_000)

    # -- the start ------------------------------------------------------------------------------

    def open(self, path: str = "/interview/") -> None:
        self.page.goto(f"{self.site}{path}")

    def tell(self, email: str = "ann@example.org", role: str = "Backend developer") -> None:
        self.sees("details")
        self.page.get_by_label("Your e-mail address").fill(email)
        self.page.get_by_label("The role it is for").fill(role)
        self.page.get_by_label("Length").select_option("30")
        self.button("Continue", "details").click()

    def agree(self) -> None:
        self.sees("agree")
        self.page.get_by_label("I have read this").check()
        self.button("Continue", "agree").click()
        self.sees("microphone")

    def begin_with_sound(self) -> None:
        self.button("Use the microphone").click()
        self.page.get_by_text("We hear you.").first.wait_for(timeout=20_000)
        self.button("Begin the interview").click()
        self.sees("question")

    def begin_in_writing(self) -> None:
        self.button("Answer in writing only").click()
        self.sees("question")

    def start_in_writing(self) -> None:
        self.open()
        self.tell()
        self.agree()
        self.begin_in_writing()

    def kept_offline(self) -> None:
        """The service worker has everything, and this page is its."""
        self.page.evaluate(
            """async () => {
              await navigator.serviceWorker.ready;
              if (!navigator.serviceWorker.controller)
                await new Promise((done) =>
                  navigator.serviceWorker.addEventListener("controllerchange", done, {once: true}));
            }"""
        )

    # -- answering ------------------------------------------------------------------------------

    def speak(self, milliseconds: int = 2500) -> None:
        self.button("Record your answer").click()
        self.page.locator("[data-part=recorder][data-state=recording]").wait_for()
        self.page.wait_for_timeout(milliseconds)
        self.button("Stop").click()
        self.page.locator("[data-part=recorder][data-state=taken]").wait_for()

    def write(self, text: str) -> None:
        self.page.locator("#answer-text").fill(text)

    def go_on(self) -> None:
        """Hand the answer over; the next question, or the list after the last, is there."""
        before = self.question
        self.page.locator("[data-do=next]").click()
        self.page.wait_for_function(
            """(before) => document.body.dataset.shown === "answers" ||
                 document.querySelector("[data-part=question-text]").textContent !== before""",
            arg=before,
        )

    def arrived(self, number: int) -> None:
        """So many answers are on the server, and the page says that everything is."""
        for _ in range(400):
            if UserResponse.objects.count() >= number:
                break
            self.page.wait_for_timeout(100)
        assert UserResponse.objects.count() == number
        self.page.get_by_text("Connected. Everything is saved.").wait_for(timeout=20_000)

    def end(self) -> None:
        self.button("Finish the interview").click()
        self.button("End the interview").click()
        self.sees("finished")

    def confirmed(self) -> str:
        """What the finished page says once the server has everything."""
        place = self.page.locator("[data-part=confirmed][data-kind=good]")
        place.wait_for(timeout=30_000)
        return str(place.inner_text()).strip()

    def answers_file(self, within: str = "answers") -> dict[str, Any]:
        """What “Download my answers” gives."""
        with self.page.expect_download() as found:
            self.button("Download my answers", within).click()
        return json.loads(found.value.path().read_text())


def sounds_of(file: dict[str, Any]) -> dict[int, str]:
    """SHA-256 of each recording in a file of answers, computed anew, by question index from 0."""
    found = {}
    for answer in file["answers"]:
        if answer["audio"]:
            content = base64.b64decode(answer["audio"]["base64"])
            digest = hashlib.sha256(content).hexdigest()
            assert digest == answer["audio"]["sha256"]
            found[answer["questionIndex"]] = digest
    return found
