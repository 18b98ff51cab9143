"""The documented browser calls, unchanged, in a real Chromium: fetch with a string body."""

import hashlib
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage

from analytics.models import DashboardStats, Feedback
from sessions.models import InterviewSession, UserResponse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# As clients have it: no token, no header but what fetch itself sends.
CALLS = """
async () => {
  const post = async (path, body) => {
    const reply = await fetch(path, {method: "POST", body: JSON.stringify(body)});
    return {http: reply.status, ...(await reply.json())};
  };
  const get = async (path) => {
    const reply = await fetch(path);
    return {http: reply.status, ...(await reply.json())};
  };
  const record = async (seconds) => {
    const stream = await navigator.mediaDevices.getUserMedia({audio: true});
    const recorder = new MediaRecorder(stream, {mimeType: "audio/webm;codecs=opus"});
    const chunks = [];
    recorder.ondataavailable = (event) => chunks.push(event.data);
    const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
    recorder.start(250);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    recorder.stop();
    await stopped;
    stream.getTracks().forEach((track) => track.stop());
    return new Blob(chunks, {type: recorder.mimeType});
  };
  const asDataUrl = (blob) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(blob);
  });
  const digest = async (blob) => {
    const bytes = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    return Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, "0")).join("");
  };

  const seen = {};
  seen.modes = await get("/api/interview-modes");
  seen.created = await post("/api/interview/create-session", {
    userEmail: "Ann@Example.org", type: "technical", role: "Backend Developer",
    difficulty: "medium", duration: 30, features: ["audio"],
  });
  const sessionId = seen.created.sessionId;
  seen.questions = await post("/api/interview-modes/questions", {sessionId, count: 3});
  const questions = seen.questions.questions;

  const first = await record(3);
  seen.firstDigest = await digest(first);
  const audioBlob = await asDataUrl(first);
  const answer = {
    sessionId, questionIndex: 0, question: questions[0].question,
    answer: "I would measure first.", audioBlob, responseDuration: 3,
    confidenceScore: 0.8, timestamp: Date.now(),
  };
  seen.answered = await post("/api/interview/response", answer);
  seen.answeredAgain = await post("/api/interview/response", answer);

  const second = await record(2);
  seen.secondDigest = await digest(second);
  const form = new FormData();
  form.set("sessionId", sessionId);
  form.set("questionId", String(questions[1].id));
  form.set("audio", second, "answer.webm");
  const reply = await fetch("/api/interview/response", {method: "POST", body: form});
  seen.multipart = {http: reply.status, ...(await reply.json())};

  seen.lostBlob = await post("/api/interview/response", {
    sessionId, questionIndex: 2, answer: "Only text arrived.", audioBlob: second,
  });
  seen.transcript = await post("/api/transcript/save", {
    sessionId, transcriptData: JSON.stringify({text: "hello"}),
    wordTimestamps: JSON.stringify([{word: "hello", start: 0.1, end: 0.5, confidence: 0.9}]),
  });
  seen.feedback = await post("/api/feedback/save", {sessionId, overallScore: 7, strengths: "calm"});
  seen.analytics = await post("/api/analytics/save", {sessionId, voiceMetrics: {pace: 130}});
  seen.ended = await post("/api/interview/end", {sessionId});
  seen.data = await get(`/api/interview/session-data/${sessionId}`);
  seen.exported = await get(`/api/interview/export/${sessionId}`);
  seen.progress = await get(`/api/interview/progress/${sessionId}`);
  seen.history = await get("/api/interview/history/ann@example.org");
  seen.stats = await get("/api/dashboard/stats/ann@example.org");
  const sound = await fetch(`/api/interview/audio/${seen.answered.responseId}`);
  seen.soundDigest = await digest(await sound.blob());
  seen.soundType = sound.headers.get("Content-Type");
  return seen;
}
"""


def _everything_is_right(seen: dict[str, Any]) -> None:
    for name, reply in seen.items():
        if isinstance(reply, dict):
            assert reply["http"] == 200, (name, reply)
    assert seen["created"]["config"]["difficulty"] == "intermediate"
    assert [q["index"] for q in seen["questions"]["questions"]] == [0, 1, 2]
    assert seen["answered"]["audioSaved"] is True
    assert seen["answeredAgain"]["responseId"] == seen["answered"]["responseId"]
    assert seen["lostBlob"]["audioSaved"] is False
    assert len(seen["lostBlob"]["warnings"]) == 1
    assert seen["data"]["summary"] == {
        "total_questions": 3,
        "total_responses": 3,
        "has_transcript": True,
        "has_feedback": True,
        "completion_rate": 1.0,
    }
    assert seen["data"]["transcript"]["word_timestamps"][0]["word"] == "hello"
    assert seen["exported"]["interview_session"]["status"] == "completed"
    assert seen["progress"]["progress"]["answered"] == 3
    assert seen["history"]["total"] == 1
    assert seen["stats"]["stats"]["completedInterviews"] == 1

    first, second = UserResponse.objects.exclude(audio_file_path="").order_by("id")
    for row, digest in ((first, seen["firstDigest"]), (second, seen["secondDigest"])):
        assert row.audio_sha256 == digest
        assert row.audio_content_type == "audio/webm"
        with default_storage.open(row.audio_file_path) as file:
            assert hashlib.sha256(file.read()).hexdigest() == digest
    assert 2.0 < first.audio_duration < 4.0
    assert seen["soundDigest"] == seen["firstDigest"]
    assert seen["soundType"] == "audio/webm"


def test_documented_calls_record_a_whole_interview(site, page, console, question_bank):
    page.goto(f"{site}/")
    seen = page.evaluate(CALLS)
    _everything_is_right(seen)
    # The candidate's own score is kept and does not count.
    assert Feedback.objects.get().source == "candidate"
    assert DashboardStats.objects.get().avg_overall_score is None
    assert console == []


def test_documented_calls_work_while_staff_are_signed_in(site, page, question_bank):
    User.objects.create_superuser("rita", password="a-long-password")
    page.goto(f"{site}/admin/")
    page.get_by_label("Username").fill("rita")
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Log out").wait_for()
    _everything_is_right(page.evaluate(CALLS))


def test_recruiter_sees_the_interview_in_the_admin(site, page, console, question_bank):
    User.objects.create_superuser("rita", password="a-long-password")
    page.goto(f"{site}/")
    seen = page.evaluate(CALLS)
    page.goto(f"{site}/admin/")
    page.get_by_label("Username").fill("rita")
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_role("button", name="Log in").click()
    interview = InterviewSession.objects.get(session_id=seen["created"]["sessionId"])
    page.goto(f"{site}/admin/interview_sessions/interviewsession/{interview.pk}/change/")
    text = page.inner_text("body")
    assert "ann@example.org" in text
    assert "I would measure first." in text
    assert seen["questions"]["questions"][0]["question"] in text
    assert page.locator("audio").count() == 2
    seconds = page.evaluate(
        """() => new Promise((resolve, reject) => {
            const audio = document.querySelector("audio");
            audio.addEventListener("loadeddata", () => resolve(audio.readyState));
            audio.addEventListener("error", () => reject(new Error("cannot play")));
            audio.preload = "auto";
            audio.load();
        })"""
    )
    assert seconds >= 2
    assert console == []


def test_two_creates_at_once_from_one_browser_both_hold(site, page):
    page.goto(f"{site}/")
    statuses = page.evaluate(
        """async () => {
            const create = () => fetch("/api/interview/create-session", {
                method: "POST", body: JSON.stringify({userEmail: "ann@example.org"})
            }).then((reply) => reply.json());
            const made = await Promise.all([create(), create()]);
            const read = (one) => fetch(`/api/interview/session-data/${one.sessionId}`);
            return Promise.all(made.map(async (one) => (await read(one)).status));
        }"""
    )
    assert statuses == [200, 200]
