"""The JSON Schema of an export: served, complete, and kept by every export."""

import copy

import jsonschema
import pytest

from analytics.models import Feedback, InterviewAnalytics
from interviewdata.record.export_schema import export_schema
from interviewdata.tests.test_record import HARD_JSON, HARD_TEXT, columns, exported, fill
from sessions.models import InterviewQuestion, InterviewSession, Transcript, UserResponse
from sessions.tests.factories import InterviewSessionFactory


def problems(document):
    validator = jsonschema.Draft202012Validator(export_schema())
    return sorted(error.json_path for error in validator.iter_errors(document))


def test_schema_is_served_to_everybody(api):
    reply = api.get("/api/schema/export")
    assert (reply.status_code, reply["Content-Type"]) == (200, "application/json")
    assert reply.json() == export_schema()
    jsonschema.Draft202012Validator.check_schema(reply.json())


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_exports_are_as_the_schema_says(db, rows):
    interview = InterviewSessionFactory(completed=rows == 3)
    if rows:
        fill(interview, rows)
    assert problems(exported(interview.session_id)) == []


def test_export_of_an_interview_made_over_the_api_is_as_the_schema_says(api, question_bank):
    made = api.call(
        "/api/interview/create-session",
        {"userEmail": "ann@example.org", "features": ["voice", 1], "browser": {"name": "x"}},
    ).json()
    body = {"sessionId": made["sessionId"]}
    api.call("/api/interview-modes/questions", {**body, "role": "Astronaut", "count": 50})
    api.call("/api/interview/response", {**body, "questionIndex": 0, "answer": HARD_TEXT})
    api.call("/api/transcript/save", {**body, "transcriptData": [HARD_JSON]})
    api.call(
        "/api/feedback/save",
        {**body, "overallScore": 7, "categories": {"depth": 6.5}, "suggestions": "one text"},
    )
    api.call("/api/analytics/save", {**body, "voiceMetrics": {"pitch": 0.3}})
    document = api.get(f"/api/interview/export/{made['sessionId']}").json()
    assert problems(document) == []
    assert document["metadata"]["counts"] == {
        "questions": 50,
        "responses": 1,
        "current_responses": 1,
        "transcripts": 1,
        "feedbacks": 1,
    }


@pytest.mark.parametrize(
    ("damage", "path"),
    [
        (lambda d: d["responses"][0].pop("audio_sha256"), "$.responses[0]"),
        (lambda d: d["questions"][0].update(surprise=1), "$.questions[0]"),
        (lambda d: d.pop("transcripts"), "$"),
        (lambda d: d["feedbacks"][0].update(overall_score=11), "$.feedbacks[0].overall_score"),
        (
            lambda d: d["interview_session"].update(status="paused"),
            "$.interview_session.status",
        ),
        (lambda d: d["responses"][0].update(is_current="yes"), "$.responses[0].is_current"),
        (lambda d: d["transcripts"][0].update(created_at=None), "$.transcripts[0].created_at"),
        (
            lambda d: d["transcripts"][0]["word_timestamps"][0].pop("start"),
            "$.transcripts[0].word_timestamps[0]",
        ),
        (lambda d: d["summary"].update(completion_rate=2), "$.summary.completion_rate"),
        (lambda d: d["interview_session"].update(features="[]"), "$.interview_session.features"),
    ],
)
def test_schema_refuses_a_damaged_export(db, damage, path):
    document = exported(fill(InterviewSessionFactory()).session_id)
    damaged = copy.deepcopy(document)
    damage(damaged)
    assert problems(document) == []
    assert problems(damaged) == [path]


def test_schema_requires_every_column(db):
    rows = {
        "interview_sessions": InterviewSession,
        "interview_questions": InterviewQuestion,
        "user_responses": UserResponse,
        "transcripts": Transcript,
        "feedback": Feedback,
        "interview_analytics": InterviewAnalytics,
    }
    definitions = export_schema()["$defs"]
    assert list(definitions) == [model._meta.db_table for model in rows.values()]
    for table, model in rows.items():
        assert set(columns(model)) <= set(definitions[table]["required"])
        assert definitions[table]["additionalProperties"] is False
