"""Whoever is to judge an interview is told nowhere what others judged: a crawl over everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import NoReverseMatch, reverse

from analytics.models import DashboardStats, Feedback, Review, RubricCategory
from analytics.services.assignment import assign
from analytics.services.evidence import Piece
from analytics.services.review import CategoryScore, submit_review
from analytics.tests.factories import FeedbackFactory
from analytics.tests.reviewing import dimensions, judge, make_reviewer, spoken
from conftest import ApiClient
from interviewdata.tests.access.routes import ROUTES
from interviewdata.tests.access.world import Interview
from sessions.models import InterviewSession
from sessions.services.counters import recount
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    UserResponseFactory,
)

pytestmark = pytest.mark.django_db

EMAIL = "ann@example.org"
TEXTS = ("canaryrater", "canarynote", "canaryreason", "canarycategory", "canaryservice",
         "canarywords", "canarystrength")  # fmt: skip
# The service's score, and its mean with the rater's 2.5, which every figure is made from, to two
# places: some replies round, others write 17 digits. (2.5 alone stands in many a drawing.)
SCORES = {7.39: "score", 4.95: "figure"}
NUMBER = re.compile(r"(?<![\d.])\d\.\d{2,}")
KINDS = ("judge", "assigned")


@dataclass
class Scene:
    """Ann's interview, scored by canaryrater on the form and by a service."""

    interview: InterviewSession
    target: Interview
    boss: User


@pytest.fixture
def scene() -> Scene:
    interview = InterviewSessionFactory(completed=True, user_email=EMAIL)
    question = InterviewQuestionFactory(session=interview, question_index=1)
    response = UserResponseFactory(question=question)
    transcript = spoken(interview)
    recount(interview.session_id)
    rater, boss = make_reviewer("canaryrater"), make_reviewer("boss")
    assign(session_id=interview.session_id, reviewer=rater, due_at=None, by=boss)
    category = RubricCategory.objects.create(name="canarycategory", weight=1)
    feedback = FeedbackFactory(
        session=interview,
        source="service",
        author="canaryservice",
        overall_score=7.391,
        ai_generated_feedback="canarywords",
        strengths=["canarystrength"],
    )
    submit_review(
        session_id=interview.session_id,
        reviewer=rater,
        scores=[
            CategoryScore(
                dimensions()["technical_score"].pk,
                9,
                note="canarynote",
                evidence=[Piece(transcript.pk, 0, 3)],
            ),
            CategoryScore(category.pk, 8),
        ],
        overall=2.5,
        reason="canaryreason",
    )
    # Only then: a category of the rubric is no secret, its score is.
    category.name = "Something else"
    category.save()
    target = Interview(
        interview.session_id, EMAIL, "", question.pk, response.pk, transcript.pk, feedback.pk
    )
    return Scene(interview, target, boss)


def _reader(scene: Scene, kind: str) -> User:
    """Holds every view permission of ours and may review. `judge`: blind wherever they have not
    judged. `assigned`: may see scores, but this interview was given to them."""
    more = ["interview_sessions.play_audio"]
    more += [
        f"{name.content_type.app_label}.{name.codename}"
        for name in Permission.objects.select_related("content_type").filter(
            content_type__app_label__in=("interview_sessions", "analytics"),
            codename__startswith="view_",
        )
    ]
    if kind == "assigned":
        more.append("analytics.see_scores")
    reader = make_reviewer("reader", *more)
    if kind == "assigned":
        assign(session_id=scene.interview.session_id, reviewer=reader, due_at=None, by=scene.boss)
    return reader


def _admin_paths(scene: Scene) -> Iterator[str]:
    """Lists, pages and histories of all our rows."""
    yield "/admin/"
    for label in ("interview_sessions", "analytics"):
        yield f"/admin/{label}/"
        for model in apps.get_app_config(label).get_models():
            try:
                url = reverse(f"admin:{label}_{model._meta.model_name}_changelist")
            except NoReverseMatch:
                continue
            yield url
            for row in model._default_manager.all()[:20]:
                yield f"{url}{row.pk}/change/"
                yield f"{url}{row.pk}/history/"


def _paths(scene: Scene) -> Iterator[str]:
    for route in ROUTES:
        if route.method == "GET":
            yield route.path_of(scene.target)
    session = f"/api/interview/session-data/{scene.interview.session_id}"
    yield f"{session}?revisions=all"
    for query in ("ordering=created_at", f"user_email={EMAIL}", "source=reviewer",
                  f"session_id={scene.interview.session_id}"):  # fmt: skip
        yield f"/api/v1/feedback?{query}"
    for row in Feedback.objects.all():
        yield f"/api/v1/feedback/{row.pk}"
    yield f"/api/v1/stats/{DashboardStats.objects.get().pk}"
    yield from _admin_paths(scene)


def _answer(client: Client, path: str) -> tuple[int, str]:
    reply: Any = client.get(path)
    content = b"".join(reply) if reply.streaming else reply.content
    return reply.status_code, content.decode(errors="replace")


def _crawl(client: Client, scene: Scene) -> dict[str, str]:
    """Path → text of every reply; no path may fail."""
    found = {}
    for path in _paths(scene):
        status, text = _answer(client, path)
        assert status < 500, path
        found[path] = text
    return found


def _canaries(text: str) -> set[str]:
    found = {word for word in TEXTS if word in text}
    numbers = {round(float(match.group()), 2) for match in NUMBER.finditer(text)}
    return found | {SCORES[number] for number in numbers & SCORES.keys()}


def _export_action(client: Client, scene: Scene) -> str:
    reply = client.post(
        reverse("admin:interview_sessions_interviewsession_changelist"),
        {"action": "export_selected", "_selected_action": [scene.interview.pk]},
        follow=True,
    )
    return reply.content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_who_is_to_judge_is_told_nothing_until_their_score_is_in(scene, kind):
    reader = _reader(scene, kind)
    client = Client()
    client.force_login(reader)
    before = _crawl(client, scene)
    leaks = {path: _canaries(text) for path, text in before.items() if _canaries(text)}
    assert leaks == {}
    assert _canaries(_export_action(client, scene)) == set()
    refused = client.post(reverse("review-form", args=[scene.interview.session_id]), {})
    assert refused.status_code == 400
    assert _canaries(refused.content.decode()) == set()

    judge(scene.interview, reader, 9)
    after = _crawl(client, scene)
    session_id = scene.interview.session_id
    for path in (
        f"/api/interview/session-data/{session_id}",
        f"/api/interview/export/{session_id}",
        "/api/v1/feedback",
        f"/sessions/{session_id}/review/",
        f"/admin/interview_sessions/interviewsession/{scene.interview.pk}/change/",
        "/admin/analytics/feedback/",
    ):
        assert {"canaryrater", "canaryservice"} <= _canaries(after[path]), path
    assert set(TEXTS) <= {word for text in after.values() for word in _canaries(text)}
    # The mean over the three: (7.391 + 2.5 + 9) / 3.
    for path in (
        f"/api/dashboard/stats/{EMAIL}",
        f"/api/interview/history/{EMAIL}",
        f"/api/v1/stats/{EMAIL}",
    ):
        found = {round(float(match.group()), 3) for match in NUMBER.finditer(after[path])}
        assert 6.297 in found, path
    assert (
        "canarynote" in after[f"/admin/analytics/review/{Review.objects.earliest('id').pk}/change/"]
    )


def test_the_crawl_would_find_a_leak(scene):
    """The same crawl by somebody who only reads finds every canary."""
    reader = _reader(scene, "judge")
    reader.user_permissions.remove(Permission.objects.get(codename="add_review"))
    client = Client()
    client.force_login(reader)
    found: set[str] = set()
    for text in _crawl(client, scene).values():
        found |= _canaries(text)
    assert found == {*TEXTS, *SCORES.values()}


@pytest.mark.parametrize("kind", KINDS)
def test_hidden_figures_are_null_and_said_to_be_hidden(scene, kind):
    client = Client()
    client.force_login(_reader(scene, kind))
    session_id = scene.interview.session_id
    stats = client.get(f"/api/dashboard/stats/{EMAIL}").json()["stats"]
    assert stats["totalInterviews"] == 1
    assert [stats[name] for name in ("avgOverallScore", "bestScore", "improvementTrend")] == [
        None
    ] * 3
    row = client.get(f"/api/v1/stats/{EMAIL}").json()["result"]
    assert (row["total_interviews"], row["avg_overall_score"], row["best_score"]) == (1, None, None)
    (entry,) = client.get(f"/api/interview/history/{EMAIL}").json()["history"]
    assert (entry["sessionId"], entry["overallScore"], entry["score"]) == (session_id, None, None)
    data = client.get(f"/api/interview/session-data/{session_id}").json()
    assert (data["feedback"], data["feedbacks"], data["feedback_hidden"]) == (None, [], True)
    document = client.get(f"/api/interview/export/{session_id}").json()
    assert (document["feedbacks"], document["metadata"]["feedback_hidden"]) == ([], True)
    preview = client.get(f"/api/export/preview?email={EMAIL}").json()
    assert (preview["counts"]["feedback"], preview["counts"]["sessions"]) == (0, 1)
    page = client.get(f"/admin/interview_sessions/interviewsession/{scene.interview.pk}/change/")
    assert b"hidden until" in page.content
    listed = client.get("/admin/analytics/dashboardstats/")
    assert listed.content.count(b"hidden until your score is in") == 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_search_finds_nothing_in_what_is_hidden(scene, kind):
    client = Client()
    client.force_login(_reader(scene, kind))
    for word in ("canaryrater", "canarywords", "canaryservice"):
        assert client.get(f"/api/v1/feedback?search={word}").json()["results"] == []
        listed = client.get(f"/admin/analytics/feedback/?q={word}")
        assert len(listed.context["cl"].result_list) == 0
    assert client.get(f"/api/v1/feedback/{scene.target.feedback_id}").status_code == 404


def test_a_reviewer_who_holds_the_candidates_grant_is_blind_too():
    """The interview was begun at the reviewer's own desk: the browser holds its grant."""
    browser = ApiClient()
    made = browser.call("/api/interview/create-session", {"userEmail": EMAIL}).json()
    session_id = made["sessionId"]
    browser.call("/api/interview/end", {"sessionId": session_id})
    interview = InterviewSession.objects.get(session_id=session_id)
    judge(interview, make_reviewer("canaryrater"), 2.5, note="canarynote")
    reader = make_reviewer("reader")
    calls = (
        (f"/api/interview/session-data/{session_id}", None),
        (f"/api/interview/export/{session_id}", None),
        (f"/api/interview/history/{EMAIL}", None),
        (f"/api/dashboard/stats/{EMAIL}", None),
        ("/api/export/data", {"email": EMAIL}),
        ("/api/feedback/save", {"sessionId": session_id, "overallScore": 6}),
    )

    def told() -> list[bool]:
        replies = [browser.call(path, body) for path, body in calls]
        assert [reply.status_code for reply in replies] == [200] * len(calls)
        texts = [b"".join(r) if r.streaming else r.content for r in replies]
        return [bool(re.search(r"canary|\b2\.5\b", text.decode())) for text in texts]

    assert told() == [True] * len(calls)  # a candidate, as far as anybody knows
    browser.force_login(reader)
    grant = browser.session  # the login keeps the browser's own id
    assert grant is not None
    assert told() == [False] * len(calls)
    judge(interview, reader, 2.5)
    assert told() == [True] * len(calls)


def test_reading_alone_services_and_superusers_are_not_blind(scene, staff_user, api):
    from sessions.access import RECORD_PERMISSIONS
    from sessions.tests.tokens import service_header

    path = f"/api/interview/session-data/{scene.interview.session_id}"
    header = service_header(*RECORD_PERMISSIONS)
    assert "canarynote" in api.get(path, headers=header).content.decode()
    for user in (
        staff_user(*RECORD_PERMISSIONS, username="ingo"),
        User.objects.create_superuser("root"),
    ):
        client = Client()
        client.force_login(user)
        assert "canarynote" in client.get(path).content.decode()


def test_a_superuser_who_is_assigned_is_blind(scene):
    root = User.objects.create_superuser("root")
    assign(session_id=scene.interview.session_id, reviewer=root, due_at=None, by=scene.boss)
    client = Client()
    client.force_login(root)
    path = f"/api/interview/session-data/{scene.interview.session_id}"
    assert client.get(path).json()["feedbacks"] == []
