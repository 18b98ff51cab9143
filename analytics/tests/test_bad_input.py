"""Bad input at the judgement endpoints: a 4xx that names the field, and nothing is kept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interviewdata.tests.bad_input import MISSING, assert_names_the_field, refused
from interviewdata.tests.calls import POSTS, is_envelope, stored
from sessions.models import InterviewSession

FEEDBACK, ANALYTICS, EXPORT = "/api/feedback/save", "/api/analytics/save", "/api/export/data"
SCORES = (
    "overallScore",
    "technicalScore",
    "communicationScore",
    "problemSolvingScore",
    "confidenceScore",
)
LISTS = ("detailedFeedback", "suggestions", "strengths", "areasForImprovement")
PARTS = ("questionAnalytics", "voiceMetrics", "emotionAnalysis", "responsePatterns")
BAD_SCORES = (-0.1, 10.1, 1e300, "high", "nan", True, [7], {"score": 7})

BAD = [
    *((FEEDBACK, name, value) for name in SCORES for value in BAD_SCORES),
    *(
        (FEEDBACK, name, value)
        for name in LISTS
        for value in (7, {"a": 1}, [1], [["a"]], ["x"] * 501, "t" * 1_000_001)
    ),
    (FEEDBACK, "overallScore", MISSING),
    (FEEDBACK, "categories", "good"),
    (FEEDBACK, "categories", [7]),
    (FEEDBACK, "categories", {"Databases": 11}),
    (FEEDBACK, "categories", {"Databases": "8"}),
    (FEEDBACK, "categories", {"Databases": True}),
    (FEEDBACK, "categories", {"Databases": None}),
    (FEEDBACK, "categories", {f"c{n}": 5 for n in range(101)}),
    (FEEDBACK, "categories", {"n" * 201: 5}),
    (FEEDBACK, "aiGeneratedFeedback", 7),
    (FEEDBACK, "aiGeneratedFeedback", "t" * 1_000_001),
    (FEEDBACK, "ttsFeedback", ["a"]),
    (FEEDBACK, "transcript", '"\\u0000"'),
    (FEEDBACK, "userEmail", 7),
    *((ANALYTICS, name, value) for name in PARTS for value in (7, "words", True, "[1", "7")),
    (ANALYTICS, "engine", {"name": "x"}),
    (ANALYTICS, "engine", "e" * 121),
    (EXPORT, "email", MISSING),
    (EXPORT, "email", "ann"),
    (EXPORT, "email", 7),
    (EXPORT, "email", "a" * 250 + "@example.org"),
    (EXPORT, "dataTypes", "sessions"),
    (EXPORT, "dataTypes", {"sessions": True}),
    (EXPORT, "dataTypes", ["secrets"]),
    (EXPORT, "dataTypes", [["sessions"]]),
    (EXPORT, "dataTypes", [7]),
    (EXPORT, "dataTypes", ["sessions"] * 21),
    (EXPORT, "format", "exe"),
    (EXPORT, "format", 7),
]


@pytest.mark.parametrize("case", BAD, ids=lambda c: f"{c[0].split('/')[2]}-{c[1]}")
def test_bad_value_is_refused_and_named(api, interview, case):
    assert_names_the_field(api, interview, case)


@pytest.mark.parametrize("path", [FEEDBACK, ANALYTICS])
@pytest.mark.parametrize("value", [MISSING, "", None, 7, ["a"], {"a": 1}, True, "s" * 129])
def test_bad_session_id_is_refused_and_named(api, interview, path, value):
    assert_names_the_field(api, interview, (path, "sessionId", value))


@pytest.mark.parametrize("path", [FEEDBACK, ANALYTICS, EXPORT])
def test_nul_is_refused_everywhere(api, interview, path):
    for name in POSTS[path](interview):
        reply = refused(api, path, interview, {name: "a\x00b"})
        assert (reply["status"], reply["code"]) == (400, "invalid")
        assert "NUL" in reply["error"]


@pytest.mark.parametrize("path", [FEEDBACK, ANALYTICS])
def test_unknown_and_foreign_sessions_answer_alike(api, interview, new_browser, path):
    create = "/api/interview/create-session"
    made = new_browser().call(create, {"userEmail": "bob@example.org"}).json()
    replies = [
        refused(api, path, interview, {"sessionId": session_id})
        for session_id in (made["sessionId"], "no-such-interview", "' OR 1=1 --", "é" * 60)
    ]
    assert replies[0]["status"] == 404
    assert replies == [replies[0]] * 4


@pytest.mark.parametrize("path", [FEEDBACK, ANALYTICS])
def test_expired_grant_is_refused(api, interview, path):
    long_ago = timezone.now() - timedelta(days=8)
    InterviewSession.objects.filter(session_id=interview).update(
        created_at=long_ago, start_time=long_ago
    )
    assert refused(api, path, interview, {})["status"] == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"overallScore": None},
        {"strengths": [], "categories": {}},
        {"aiGeneratedFeedback": ""},
        {"userEmail": "ann@example.org"},
    ],
)
def test_feedback_that_says_nothing_is_refused(api, interview, body):
    before = stored()
    reply = api.call(FEEDBACK, {"sessionId": interview, **body})
    assert reply.status_code == 400
    assert is_envelope(reply)
    assert list(reply.json()["fields"]) == ["overallScore"]
    assert stored() == before
