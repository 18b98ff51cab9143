"""Bad input at the capture endpoints: a 4xx that names the field, and nothing is kept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interviewdata.tests.bad_input import MISSING, assert_names_the_field, refused
from interviewdata.tests.calls import POSTS, WITH_SESSION, is_envelope, stored
from sessions.models import InterviewSession
from sessions.tests.factories import InterviewQuestionFactory

CREATE, START = "/api/interview/create-session", "/api/interview/start"
QUESTIONS, QUESTION = "/api/interview-modes/questions", "/api/interview/question"
RESPONSE, END = "/api/interview/response", "/api/interview/end"
TRANSCRIPT = "/api/transcript/save"
OWN = [path for path in WITH_SESSION if path.split("/")[2] not in ("feedback", "analytics")]

NUL = "a\x00b"
WORD = {"word": "I", "start": 0.1, "end": 0.2, "confidence": 0.9}
BAD = [
    # missing
    (CREATE, "userEmail", MISSING),
    (START, "userEmail", MISSING),
    (START, "role", MISSING),
    (QUESTION, "questionText", MISSING),
    (RESPONSE, "questionIndex", MISSING),
    (RESPONSE, "answer", MISSING),
    (TRANSCRIPT, "transcriptData", MISSING),
    # empty
    (CREATE, "userEmail", ""),
    (CREATE, "role", ""),
    (CREATE, "type", ""),
    (START, "role", "   "),
    (QUESTION, "questionText", "  "),
    (RESPONSE, "answer", ""),
    # wrong type
    (CREATE, "userEmail", 5),
    (CREATE, "userEmail", None),
    (CREATE, "userEmail", ["ann@example.org"]),
    (CREATE, "userEmail", "ann"),
    (CREATE, "userEmail", "ann@"),
    (CREATE, "role", {"name": "Developer"}),
    (CREATE, "role", 5),
    (CREATE, "role", True),
    (CREATE, "type", 1),
    (CREATE, "difficulty", ["hard"]),
    (CREATE, "duration", "thirty"),
    (CREATE, "duration", True),
    (CREATE, "duration", 30.5),
    (CREATE, "duration", [30]),
    (CREATE, "duration", "1_0"),
    (CREATE, "features", "audio"),
    (CREATE, "features", {"audio": True}),
    (CREATE, "features", 7),
    (QUESTIONS, "count", "many"),
    (QUESTIONS, "count", False),
    (QUESTIONS, "count", 2.5),
    (QUESTIONS, "seed", {"a": 1}),
    (QUESTIONS, "seed", True),
    (QUESTION, "questionText", 5),
    (QUESTION, "category", ["a"]),
    (RESPONSE, "questionId", "first"),
    (RESPONSE, "questionId", True),
    (RESPONSE, "questionId", 1.5),
    (RESPONSE, "questionIndex", {"index": 0}),
    (RESPONSE, "answer", 5),
    (RESPONSE, "answer", {"text": "yes"}),
    (RESPONSE, "userAnswer", [1]),
    (RESPONSE, "responseDuration", "long"),
    (RESPONSE, "responseDuration", True),
    (RESPONSE, "responseDuration", "nan"),
    (RESPONSE, "confidenceScore", "inf"),
    (RESPONSE, "emotionDetected", 3),
    (RESPONSE, "timestamp", "yesterday"),
    (RESPONSE, "timestamp", True),
    (RESPONSE, "timestamp", [1]),
    (TRANSCRIPT, "wordTimestamps", "a text"),
    (TRANSCRIPT, "wordTimestamps", {"word": "I"}),
    (TRANSCRIPT, "wordTimestamps", ["I"]),
    (TRANSCRIPT, "wordTimestamps", [{"word": "I"}]),
    (TRANSCRIPT, "wordTimestamps", [WORD | {"start": "0"}]),
    (TRANSCRIPT, "wordTimestamps", [WORD | {"word": 1}]),
    (TRANSCRIPT, "confidenceScores", 0.9),
    (TRANSCRIPT, "confidenceScores", "high"),
    (TRANSCRIPT, "rawAudioPath", 5),
    (TRANSCRIPT, "userEmail", 5),
    # out of range
    (CREATE, "duration", 0),
    (CREATE, "duration", -5),
    (CREATE, "duration", 1441),
    (CREATE, "duration", 10**30),
    (QUESTIONS, "count", 0),
    (QUESTIONS, "count", 51),
    (QUESTIONS, "count", -(2**63)),
    (RESPONSE, "questionId", 0),
    (RESPONSE, "questionId", -1),
    (RESPONSE, "questionId", 2**63),
    (RESPONSE, "questionId", 2**64),
    (RESPONSE, "questionId", 10**30),
    (RESPONSE, "questionIndex", -1),
    (RESPONSE, "questionIndex", 10_001),
    (RESPONSE, "questionIndex", 2**40),
    (RESPONSE, "responseDuration", -0.1),
    (RESPONSE, "responseDuration", 1e300),
    (RESPONSE, "confidenceScore", 1.01),
    (RESPONSE, "confidenceScore", -0.01),
    (RESPONSE, "timestamp", 1e300),
    (RESPONSE, "timestamp", -1),
    (RESPONSE, "timestamp", "0001-01-01T00:00:00+14:00"),
    (RESPONSE, "timestamp", "9999-12-31T23:59:59-14:00"),
    (TRANSCRIPT, "wordTimestamps", [WORD | {"start": -1}]),
    (TRANSCRIPT, "wordTimestamps", [WORD | {"end": 0}]),
    (TRANSCRIPT, "wordTimestamps", [WORD | {"confidence": 1.5}]),
    # unknown word
    (CREATE, "type", "poetry"),
    (CREATE, "difficulty", "impossible"),
    (START, "interviewMode", "poetry"),
    (QUESTIONS, "mode", "poetry"),
    (QUESTIONS, "difficulty", "impossible"),
    (QUESTION, "difficulty", "impossible"),
    # too long, too many
    (CREATE, "userEmail", "a" * 250 + "@example.org"),
    (CREATE, "role", "r" * 121),
    (CREATE, "type", "t" * 61),
    (CREATE, "features", ["f"] * 201),
    (QUESTIONS, "role", "r" * 121),
    (QUESTIONS, "seed", "s" * 101),
    (QUESTION, "questionText", "q" * 10_001),
    (QUESTION, "questionType", "t" * 61),
    (QUESTION, "category", "c" * 121),
    (RESPONSE, "answer", "a" * 200_001),
    (RESPONSE, "question", "q" * 10_001),
    (RESPONSE, "emotionDetected", "e" * 61),
    (TRANSCRIPT, "wordTimestamps", "[" + ",".join(["{}"] * 10) + "]"),
    (TRANSCRIPT, "rawAudioPath", "p" * 301),
    (TRANSCRIPT, "processedAudioPath", "p" * 301),
    (END, "sessionId", "s" * 129),
    # deep inside a text of JSON
    (TRANSCRIPT, "transcriptData", '{"text": "\\u0000"}'),
    (TRANSCRIPT, "transcriptData", "[" * 100 + "]" * 100),
    # a question that the interview does not have
    (RESPONSE, "questionIndex", 7),
    (RESPONSE, "questionId", 987_654_321),
]


@pytest.mark.parametrize("case", BAD, ids=lambda c: f"{c[0].split('/')[-1]}-{c[1]}")
def test_bad_value_is_refused_and_named(api, interview, case):
    assert_names_the_field(api, interview, case)


@pytest.mark.parametrize("path", OWN)
@pytest.mark.parametrize("value", [MISSING, "", None, 7, ["a"], {"a": 1}, True, "s" * 129])
def test_bad_session_id_is_refused_and_named(api, interview, path, value):
    assert_names_the_field(api, interview, (path, "sessionId", value))


@pytest.mark.parametrize("path", [CREATE, START, *OWN])
def test_nul_is_refused_everywhere(api, interview, path):
    for name in POSTS[path](interview):
        reply = refused(api, path, interview, {name: NUL})
        assert (reply["status"], reply["code"]) == (400, "invalid")
        assert "NUL" in reply["error"]


def test_unknown_word_names_the_known_ones(api, interview):
    reply = refused(api, CREATE, interview, {"type": "poetry"})
    assert "system_design" in reply["fields"]["type"][0]
    assert "tech" in reply["fields"]["type"][0]
    reply = refused(api, CREATE, interview, {"difficulty": "impossible"})
    assert "expert" in reply["fields"]["difficulty"][0]


def test_further_configuration_has_a_limit(api, interview):
    reply = refused(api, CREATE, interview, {"notes": "n" * 1_000_001})
    assert reply["error"] == "Further configuration may have 1 MB at most."


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("data:audio/webm;base64,not base64 at all!", 422),
        ("data:audio/webm,plain", 422),
        ("AAAA", 422),
        ("data:audio/webm;base64,", 422),
        ("undefined", 422),
        ("[object Blob]", 422),
        ([1, 2, 3], 422),
        (7, 422),
        (True, 422),
        ({"size": 5}, 422),
    ],
)
@pytest.mark.parametrize("name", ["audioBlob", "audio"])
def test_unreadable_audio_is_refused_and_leaves_no_file(api, interview, name, value, status):
    reply = refused(api, RESPONSE, interview, {name: value})
    assert reply["status"] == status
    assert set(reply["fields"]) <= {name, "audio"}


def test_question_of_another_interview_is_refused(api, interview):
    foreign = InterviewQuestionFactory()
    assert_names_the_field(api, interview, (RESPONSE, "questionId", foreign.pk))


@pytest.mark.parametrize("path", OWN)
def test_unknown_and_foreign_sessions_answer_alike(api, interview, new_browser, path):
    made = new_browser().call(CREATE, {"userEmail": "bob@example.org"}).json()
    replies = [
        refused(api, path, interview, {"sessionId": session_id})
        for session_id in (made["sessionId"], "no-such-interview", "' OR 1=1 --", "é" * 60)
    ]
    assert replies[0]["status"] == 404
    assert replies == [replies[0]] * 4


# What was given voluntarily can be taken back at any time (analytics/tests/reports).
@pytest.mark.parametrize("path", [path for path in OWN if path != "/api/interview/group-data"])
def test_expired_grant_is_refused(api, interview, path):
    long_ago = timezone.now() - timedelta(days=8)
    InterviewSession.objects.filter(session_id=interview).update(
        created_at=long_ago, start_time=long_ago
    )
    assert refused(api, path, interview, {})["status"] == 404


def test_more_questions_than_an_interview_may_have_are_refused(api, interview):
    reply = refused(
        api, RESPONSE, interview, {"questionIndex": 5000, "question": "Beyond the last one?"}
    )
    assert (reply["status"], list(reply["fields"])) == (400, ["questionIndex"])


def test_question_after_the_end_is_a_conflict(api, interview):
    api.call(END, {"sessionId": interview})
    assert refused(api, QUESTION, interview, {})["status"] == 409


def test_numbers_in_texts_are_numbers(api, interview):
    body = POSTS[RESPONSE](interview) | {
        "questionIndex": "1",
        "responseDuration": "12.5",
        "confidenceScore": "0.5",
        "timestamp": "1795339800000",
    }
    assert api.call(RESPONSE, body).status_code == 200


def test_refusal_over_a_form_leaves_no_file(api, interview, media_folder):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from sessions.tests.audio.samples import wav

    before = stored()
    for changes in ({"questionIndex": "77"}, {"sessionId": "unknown"}, {"confidenceScore": "2"}):
        form = {"sessionId": interview, "questionIndex": "0", **changes}
        reply = api.post(RESPONSE, {**form, "audio": SimpleUploadedFile("a.wav", wav())})
        assert reply.status_code in (400, 404)
        assert is_envelope(reply)
    assert stored() == before
