"""One interview as one document: whole, exact, in one statement."""

import json
import re
from datetime import UTC, datetime
from itertools import permutations
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.models import DashboardStats, Feedback, InterviewAnalytics
from analytics.tests.factories import (
    DashboardStatsFactory,
    FeedbackFactory,
    InterviewAnalyticsFactory,
)
from interviewdata.common.errors import NotFound
from interviewdata.common.rowjson import RowJSON
from interviewdata.record.document import export_document, read_record, session_data
from sessions.access import RECORD_PERMISSIONS
from sessions.models import (
    AccessRecord,
    InterviewQuestion,
    InterviewSession,
    Transcript,
    UserResponse,
)
from sessions.services.counters import recount
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    TranscriptFactory,
    UserResponseFactory,
)

NOW = datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC)
HARD_FLOATS = [0.1 + 0.2, 1e-7, 1 / 3, 9.007199254740993, 5e-324 * 3, 0.7000000000000001, 7.0, 0.0]
# Quotes, backslashes, joined and right-to-left characters, line separators, beyond the BMP.
HARD_TEXT = 'naïve "quoted" \\ 日本語 👩🏽‍💻 \u0301 שלום \u2028\u2029\t\r\n</script>%s{}%'
HARD_JSON = {"zeta": 1, "alpha": [{"b": None, "a": 0.1 + 0.2}], "": {"1": True}, HARD_TEXT: 1e-7}


def fill(interview, rows=1):
    """Give an interview `rows` of everything it may have many of, and one analysis."""
    for index in range(1, rows + 1):
        question = InterviewQuestionFactory(session=interview, question_index=index)
        UserResponseFactory(question=question, revision=1, is_current=False)
        UserResponseFactory(question=question, revision=2)
        TranscriptFactory(session=interview)
        FeedbackFactory(session=interview)
    InterviewAnalyticsFactory(session=interview)
    recount(interview.session_id)
    return interview


def exported(session_id):
    return json.loads(export_document(read_record(session_id), session_id=session_id, now=NOW))


def record_of(session_id):
    return json.loads(session_data(read_record(session_id), all_revisions=False))


def columns(model):
    return [field.column for field in model._meta.concrete_fields]


def as_instants(row):
    """The row with its times as moments: offsets may be spelled in several ways."""
    return {
        name: datetime.fromisoformat(value) if name.endswith(("_at", "_time")) and value else value
        for name, value in row.items()
    }


def database_row(model, pk):
    """The row as Django's own reading gives it, by column name."""
    instance = model._default_manager.get(pk=pk)
    return {f.column: getattr(instance, f.attname) for f in model._meta.concrete_fields}


# -- statements ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 50])
def test_record_is_read_in_one_statement(db, django_assert_num_queries, rows):
    interview = fill(InterviewSessionFactory(), rows)
    with django_assert_num_queries(1):
        record = read_record(interview.session_id)
    assert (len(record.questions), len(record.responses)) == (rows, 2 * rows)
    assert (len(record.transcripts), len(record.feedbacks)) == (rows, rows)


def statements(act):
    with CaptureQueriesContext(connection) as captured:
        assert act().status_code == 200
    return len([q for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]])


@pytest.mark.parametrize("rows", [1, 50])
@pytest.mark.parametrize("path", ["session-data", "export"])
def test_statements_of_a_candidates_reading(api, rows, path):
    made = api.call("/api/interview/create-session", {"userEmail": "ann@example.org"}).json()
    fill(InterviewSession.objects.get(session_id=made["sessionId"]), rows)
    # Access and record in one.
    assert statements(lambda: api.get(f"/api/interview/{path}/{made['sessionId']}")) == 1


@pytest.mark.parametrize("rows", [1, 50])
@pytest.mark.parametrize("path", ["session-data", "export"])
def test_statements_of_staff_reading(api, staff_user, rows, path):
    interview = fill(InterviewSessionFactory(), rows)
    api.force_login(staff_user(*RECORD_PERMISSIONS))
    # Session of the login, user with permissions, record, whether its feedback is hidden from this
    # user, row of the access.
    assert statements(lambda: api.get(f"/api/interview/{path}/{interview.session_id}")) == 5
    assert AccessRecord.objects.count() == 1


def test_unknown_interview_is_not_found(db):
    InterviewSessionFactory()
    with pytest.raises(NotFound):
        read_record("no-such-interview")


def test_record_holds_nothing_of_another_interview(db):
    fill(InterviewSessionFactory(), 2)
    found = exported(InterviewSessionFactory().session_id)
    assert [found[name] for name in ("questions", "responses", "transcripts")] == [[], [], []]
    assert [found[name] for name in ("transcript", "feedback", "analytics")] == [None] * 3


# -- exactness -------------------------------------------------------------------------------------

PARTS = [
    (InterviewSession, lambda document: document["interview_session"]),
    (InterviewQuestion, lambda document: document["questions"][0]),
    (UserResponse, lambda document: document["responses"][0]),
    (Transcript, lambda document: document["transcripts"][0]),
    (Feedback, lambda document: document["feedbacks"][0]),
    (InterviewAnalytics, lambda document: document["analytics"]),
]
EXTRA = {UserResponse: {"question_text", "question_index"}}


@pytest.mark.parametrize(("model", "part"), PARTS, ids=lambda v: getattr(v, "__name__", ""))
def test_every_column_is_there_with_its_value(db, model, part):
    interview = fill(InterviewSessionFactory(completed=True), 1)
    row = part(exported(interview.session_id))
    extra = EXTRA.get(model, set())
    assert set(row) == set(columns(model)) | extra
    own = {name: value for name, value in row.items() if name not in extra}
    assert as_instants(own) == database_row(model, row["id"])


def test_every_column_of_the_statistics_is_there_with_its_value(db):
    stats = DashboardStatsFactory(improvement_trend=-(0.1 + 0.2), total_time_spent=1 / 3)
    (text,) = DashboardStats.objects.values_list(RowJSON(DashboardStats), flat=True)
    row = json.loads(text)
    assert list(row) == columns(DashboardStats)
    row["last_interview_date"] = None
    assert as_instants(row) == database_row(DashboardStats, stats.pk)


@pytest.mark.parametrize("value", HARD_FLOATS)
def test_floats_come_back_bit_for_bit(db, value):
    question = InterviewQuestionFactory()
    UserResponseFactory(question=question, response_duration=value, audio_duration=value)
    FeedbackFactory(session=question.session, overall_score=value)
    InterviewAnalyticsFactory(session=question.session, voice_metrics={"pitch": value})
    TranscriptFactory(
        session=question.session,
        transcript_data={"length": value},
        word_timestamps=[{"word": "a", "start": 0, "end": value, "confidence": None}],
    )
    found = exported(question.session_id)
    assert [
        found["responses"][0]["response_duration"],
        found["responses"][0]["audio_duration"],
        found["feedback"]["overall_score"],
        found["analytics"]["voice_metrics"]["pitch"],
        found["transcript"]["transcript_data"]["length"],
        found["transcript"]["word_timestamps"][0]["end"],
    ] == [value] * 6


def test_texts_come_back_character_for_character(db):
    interview = InterviewSessionFactory(role=HARD_TEXT, session_data={HARD_TEXT: HARD_TEXT})
    question = InterviewQuestionFactory(session=interview, question_text=HARD_TEXT)
    UserResponseFactory(question=question, user_answer=HARD_TEXT)
    FeedbackFactory(session=interview, suggestions=[HARD_TEXT], ai_generated_feedback=HARD_TEXT)
    found = exported(interview.session_id)
    assert [
        found["interview_session"]["role"],
        found["interview_session"]["session_data"],
        found["questions"][0]["question_text"],
        found["responses"][0]["user_answer"],
        found["responses"][0]["question_text"],
        found["feedback"]["suggestions"],
        found["feedback"]["ai_generated_feedback"],
    ] == [
        HARD_TEXT,
        {HARD_TEXT: HARD_TEXT},
        HARD_TEXT,
        HARD_TEXT,
        HARD_TEXT,
        [HARD_TEXT],
        HARD_TEXT,
    ]


def test_transcripts_come_back_in_the_order_they_were_sent(db):
    words = [
        {"word": "so", "end": 0.3, "start": 0.1, "zeta": [1], "confidence": 0.9, "alpha": None},
        {"confidence": None, "start": 0.3, "word": HARD_TEXT, "end": 0.5},
    ]
    transcript = TranscriptFactory(
        transcript_data=HARD_JSON, word_timestamps=words, confidence_scores=[HARD_JSON, 0.5]
    )
    found = exported(transcript.session_id)["transcript"]
    # Compared as text: order of keys and spelling of numbers count.
    assert json.dumps(found["transcript_data"]) == json.dumps(HARD_JSON)
    assert json.dumps(found["word_timestamps"]) == json.dumps(words)
    assert json.dumps(found["confidence_scores"]) == json.dumps([HARD_JSON, 0.5])


@pytest.mark.parametrize("value", ["text", 7, [], {}, [[]], True, [None]], ids=repr)
def test_every_kind_of_json_comes_back(db, value):
    transcript = TranscriptFactory(transcript_data=value, confidence_scores=value)
    FeedbackFactory(session=transcript.session, transcript=value)
    found = exported(transcript.session_id)
    assert found["transcript"]["transcript_data"] == value
    assert found["transcript"]["confidence_scores"] == value
    assert found["feedback"]["transcript"] == value


def test_absent_transcript_of_a_feedback_is_null(db):
    feedback = FeedbackFactory(transcript=None)
    assert exported(feedback.session_id)["feedback"]["transcript"] is None


@pytest.mark.parametrize("value", [None, "null"])
def test_transcript_that_is_nothing_is_refused(api, interview, value):
    reply = api.call("/api/transcript/save", {"sessionId": interview, "transcriptData": value})
    assert (reply.status_code, list(reply.json()["fields"])) == (400, ["transcriptData"])
    assert Transcript.objects.count() == 0


def test_what_a_client_sends_is_what_the_record_says(api, interview):
    body = {
        "sessionId": interview,
        "transcriptData": HARD_JSON,
        "wordTimestamps": [{"word": "so", "start": 0.1, "end": 0.1 + 0.2, "confidence": 1e-7}],
    }
    assert api.call("/api/transcript/save", body).status_code == 200
    found = api.get(f"/api/interview/session-data/{interview}").json()
    assert json.dumps(found["transcript"]["transcript_data"]) == json.dumps(HARD_JSON)
    assert found["transcript"]["word_timestamps"] == body["wordTimestamps"]


# -- what stands for the interview -----------------------------------------------------------------


def test_responses_come_with_all_revisions_or_the_current_ones(api):
    made = api.call("/api/interview/create-session", {"userEmail": "ann@example.org"}).json()
    url = f"/api/interview/session-data/{made['sessionId']}"
    fill(InterviewSession.objects.get(session_id=made["sessionId"]), 2)

    def revisions(reply):
        return [(row["question_index"], row["revision"]) for row in reply["responses"]]

    assert revisions(api.get(url).json()) == [(1, 2), (2, 2)]
    assert revisions(api.get(url + "?revisions=current").json()) == [(1, 2), (2, 2)]
    assert revisions(api.get(url + "?revisions=all").json()) == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert revisions(exported(made["sessionId"])) == [(1, 1), (1, 2), (2, 1), (2, 2)]
    refusal = api.get(url + "?revisions=some")
    assert (refusal.status_code, list(refusal.json()["fields"])) == (400, ["revisions"])


SOURCES = ["reviewer", "service", "import", "candidate"]


@pytest.mark.parametrize("order", list(permutations(SOURCES)), ids=",".join)
def test_best_source_stands_for_the_interview_whatever_came_last(db, order):
    interview = InterviewSessionFactory()
    for source in order:
        TranscriptFactory(session=interview, source=source)
        FeedbackFactory(session=interview, source=source)
    found = record_of(interview.session_id)
    assert found["transcript"]["source"] == "reviewer"
    assert found["feedback"]["source"] == "reviewer"
    assert [row["source"] for row in found["feedbacks"]] == SOURCES
    document = exported(interview.session_id)
    assert [row["source"] for row in document["transcripts"]] == SOURCES


@pytest.mark.parametrize("source", SOURCES)
def test_newest_of_one_source_stands_for_the_interview(db, source):
    interview = InterviewSessionFactory()
    made = [
        (
            TranscriptFactory(session=interview, source=source).pk,
            FeedbackFactory(session=interview, source=source).pk,
        )
        for _ in range(3)
    ]
    found = record_of(interview.session_id)
    assert (found["transcript"]["id"], found["feedback"]["id"]) == made[-1]


def test_candidates_words_stand_only_where_there_is_nothing_else(db):
    interview = InterviewSessionFactory()
    FeedbackFactory(session=interview, source="candidate", overall_score=10)
    assert record_of(interview.session_id)["feedback"]["overall_score"] == 10
    FeedbackFactory(session=interview, source="import", overall_score=4)
    FeedbackFactory(session=interview, source="candidate", overall_score=9)
    found = record_of(interview.session_id)
    assert found["feedback"]["overall_score"] == 4
    assert [row["overall_score"] for row in found["feedbacks"]] == [4, 9, 10]


def test_summary_counts_the_rows(db):
    interview = InterviewSessionFactory()
    questions = [InterviewQuestionFactory(session=interview, question_index=n) for n in (1, 2, 3)]
    nothing = record_of(interview.session_id)["summary"]
    UserResponseFactory(question=questions[0], revision=1, is_current=False)
    UserResponseFactory(question=questions[0], revision=2)
    UserResponseFactory(question=questions[2])
    TranscriptFactory(session=interview)
    recount(interview.session_id)
    expected = {
        "total_questions": 3,
        "total_responses": 2,
        "has_transcript": True,
        "has_feedback": False,
        "completion_rate": 0.6667,
    }
    assert nothing["total_responses"] == 0
    assert nothing["has_transcript"] is False
    assert record_of(interview.session_id)["summary"] == expected
    assert exported(interview.session_id)["summary"] == expected


def test_completion_of_an_interview_without_questions_is_zero(db):
    summary = record_of(InterviewSessionFactory().session_id)["summary"]
    assert (summary["completion_rate"], summary["total_questions"]) == (0.0, 0)


# -- the file --------------------------------------------------------------------------------------


def test_api_sends_the_bytes_of_the_document_function(api, interview):
    session = InterviewSession.objects.get(session_id=interview)
    UserResponseFactory(question=session.questions.first())
    TranscriptFactory(session=session)
    reply = api.get(f"/api/interview/export/{interview}")
    own = export_document(read_record(interview), session_id=interview, now=NOW)
    moment = re.compile(rb'"exported_at":"[^"]+"')
    assert moment.sub(b"", reply.content, count=1) == moment.sub(b"", own, count=1)
    assert len(moment.findall(own)) == 1
    assert reply["Content-Type"] == "application/json"
    assert reply["Content-Disposition"] == (
        f'attachment; filename="interview_data_{interview}.json"; '
        f"filename*=UTF-8''interview_data_{interview}.json"
    )


@pytest.mark.parametrize(
    "session_id",
    [
        'a"; filename="evil.exe',
        "..\\..\\autoexec.bat",
        "x\r\nSet-Cookie: a=b",
        "sample_session_1_äöü ☃",
        "semi;colon,comma'quote",
        "%22%0d%0a",
        "-" * 128,
    ],
)
def test_file_name_of_a_hostile_id_is_safe(api, staff_user, session_id):
    InterviewSessionFactory(session_id=session_id)
    api.force_login(staff_user(*RECORD_PERMISSIONS))
    reply = api.get(f"/api/interview/export/{quote(session_id, safe='')}")
    assert reply.status_code == 200
    assert reply.json()["export_info"]["session_id"] == session_id
    plain, extended = re.fullmatch(
        r"attachment; filename=\"([A-Za-z0-9._-]+)\"; filename\*=UTF-8''([A-Za-z0-9._~%-]+)",
        reply["Content-Disposition"],
    ).groups()
    assert plain.startswith("interview_data_")
    assert plain.endswith(".json")
    assert extended == quote(f"interview_data_{session_id}.json", safe="")


def test_unknown_format_is_refused(api, interview):
    reply = api.get(f"/api/interview/export/{interview}?format=exe")
    assert (reply.status_code, list(reply.json()["fields"])) == (400, ["format"])
