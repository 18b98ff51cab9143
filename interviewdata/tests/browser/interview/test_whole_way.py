"""From the invitation to the record page, with a spoken file as microphone."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage

from interviewdata.tests.browser.interview.taking import Candidate, invite, sounds_of
from interviewdata.tests.browser.test_accessibility import sign_in
from sessions.models import AccessGrant, InterviewSession, Invitation, UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "I would look at the slowest query first."


def test_invitation_to_record_page(
    candidate: Candidate, console: list[str], site: str, page: Any
) -> None:
    invite(
        mode="technical",
        role="Data engineer",
        difficulty="advanced",
        planned_duration=45,
        question_count=5,
        note="Take your time.\nWe look forward to it.",
    )
    candidate.open("/interview/invitation/the-link")
    assert page.url == f"{site}/interview/"
    candidate.sees("details")
    shown = candidate.view("details").inner_text()
    for words in ("We look forward to it.", "Data engineer", "Technical", "Advanced", "45 minutes"):
        assert words in shown
    for name in ("The role it is for", "Kind of interview", "Difficulty", "Length"):
        assert not page.get_by_label(name, exact=True).is_visible()
    page.get_by_label("Your e-mail address").fill("ann@example.org")
    candidate.button("Continue", "details").click()
    candidate.agree()
    candidate.begin_with_sound()

    # Five answers in sound: two with a text beside, one after another try, one with a pause.
    candidate.speak()
    candidate.go_on()
    candidate.speak()
    candidate.write(WORDS)
    candidate.go_on()
    candidate.speak()
    candidate.write(WORDS)
    candidate.go_on()
    candidate.speak(1500)
    candidate.button("Record again").click()
    candidate.page.locator("#again-dialog").get_by_role("button", name="Record again").click()
    page.locator("[data-part=recorder][data-state=recording]").wait_for()
    page.wait_for_timeout(2500)
    candidate.button("Stop").click()
    page.locator("[data-part=recorder][data-state=taken]").wait_for()
    candidate.go_on()
    candidate.button("Record your answer").click()
    page.wait_for_timeout(1500)
    candidate.button("Pause").click()
    candidate.button("Go on").click()
    page.wait_for_timeout(1500)
    candidate.go_on()  # a recording that runs is stopped and handed over

    candidate.sees("answers")
    assert "All your answers are there." in candidate.view("answers").inner_text()
    here = sounds_of(candidate.answers_file())
    assert sorted(here) == [0, 1, 2, 3, 4]
    candidate.end()
    assert candidate.confirmed().endswith("every recording to the last byte.")

    interview = InterviewSession.objects.get()
    assert (
        interview.user_email,
        interview.interview_mode,
        interview.role,
        interview.difficulty,
        interview.planned_duration,
        interview.status,
    ) == ("ann@example.org", "technical", "Data engineer", "advanced", 45, "completed")
    assert interview.session_data["invitationId"] == Invitation.objects.get().pk
    consent = interview.session_data["consent"]
    assert set(consent) == {"version", "language", "givenAt", "recordedAt"}
    assert consent["language"] == "en"

    answers = UserResponse.objects.filter(is_current=True).order_by("question__question_index")
    assert [answer.user_answer for answer in answers] == ["", WORDS, WORDS, "", ""]
    there = {n: one.audio_sha256 for n, one in enumerate(answers) if one.audio_sha256}
    assert there == here
    for answer in answers:
        if answer.audio_file_path:
            content = default_storage.open(answer.audio_file_path).read()
            assert hashlib.sha256(content).hexdigest() == answer.audio_sha256
            assert answer.audio_duration > 1
    finished = candidate.view("finished").inner_text()
    assert "You can read and copy it in this browser until" in finished

    sign_in(page, site, User.objects.create_superuser("rita", password="pw"))
    page.goto(f"{site}/sessions/{interview.session_id}/")
    text = page.inner_text("main")
    assert text.count(WORDS) >= 2
    assert page.locator(".player").count() == 5
    assert console == []


def test_copy_of_the_candidate_is_the_servers_export(candidate: Candidate) -> None:
    candidate.start_in_writing()
    candidate.write(WORDS)
    candidate.go_on()
    candidate.button("End early").click()
    candidate.button("End the interview").click()
    candidate.confirmed()
    with candidate.page.expect_download() as found:
        candidate.button("Download a copy").click()
    interview = InterviewSession.objects.get()
    assert found.value.suggested_filename == f"interview-{interview.session_id}.json"
    assert WORDS in found.value.path().read_text()
    assert AccessGrant.objects.get().revoked_at is None


def test_what_the_invitation_has_ended_meanwhile_is_said(
    candidate: Candidate, settings: Any
) -> None:
    settings.ADMISSION = "invite"
    candidate.open()
    candidate.sees("by-invitation")
    made = invite()
    candidate.open("/interview/invitation/the-link")
    candidate.tell()
    Invitation.objects.filter(pk=made.pk).delete()
    candidate.agree()
    candidate.button("Answer in writing only").click()
    candidate.sees("by-invitation")
    assert InterviewSession.objects.count() == 0


def test_what_another_tab_has_fixed_is_shown_at_its_field(candidate: Candidate) -> None:
    """The form was open before the link was: the server names the field, and so does the page."""
    candidate.open()
    candidate.tell(email="bob@example.org")
    invite(user_email="ann@example.org")
    other = candidate.page.context.new_page()
    other.goto(f"{candidate.site}/interview/invitation/the-link")
    other.close()
    candidate.agree()
    candidate.button("Answer in writing only").click()
    candidate.sees("details")
    field = candidate.page.get_by_label("Your e-mail address")
    assert field.get_attribute("aria-invalid") == "true"
    assert "ann@example.org" in candidate.page.locator("#user-email-error").inner_text()
