"""What must hold, the database insists on: each constraint broken, past all checks of Python's."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from interviewdata.record.integrity import relation_problems
from sessions.models import (
    AccessGrant,
    AudioPeaks,
    AudioUploadPart,
    IdempotencyRecord,
    InterviewEvent,
    InterviewPresence,
    InterviewQuestion,
    Invitation,
    ServiceToken,
    Transcript,
    UserResponse,
)
from sessions.tests.constraints import assert_refused, change, constraints_of
from sessions.tests.factories import (
    AudioUploadFactory,
    BankQuestionFactory,
    InterviewQuestionFactory,
    InterviewSessionFactory,
    TranscriptFactory,
    UserResponseFactory,
)
from sessions.tests.tokens import service_header

pytestmark = pytest.mark.django_db

NOW = timezone.now()
SOUND = {
    "audio_file_path": "audio/x.webm",
    "audio_sha256": "0" * 64,
    "audio_content_type": "audio/webm",
    "audio_bytes": 9,
}


def session(**fields):
    change(InterviewSessionFactory(), **fields)


def question(**fields):
    change(InterviewQuestionFactory(question_index=1), **fields)


def bank(**fields):
    change(BankQuestionFactory(), **fields)


def response(**fields):
    change(UserResponseFactory(), **fields)


def twice(factory, **fields):
    first = factory()
    factory(**{name: getattr(first, name) for name in fields.pop("same")}, **fields)


def second_answer(*same, **fields):
    first = UserResponseFactory()
    values = {"revision": 2, "is_current": False, **{name: getattr(first, name) for name in same}}
    UserResponseFactory(question=first.question, **values, **fields)


def second_correction():
    base = TranscriptFactory()
    for _ in range(2):
        TranscriptFactory(session=base.session, source="reviewer", corrects=base)


def same_key_again():
    for _ in range(2):
        IdempotencyRecord.objects.create(
            scope="a", key="k", path="/p", request_sha256="0", status=200, reply=b"{}"
        )


def same_peaks_again():
    for _ in range(2):
        AudioPeaks.objects.create(audio_sha256="0" * 64, duration=1, peaks=[], engine="test")


def same_invitation_again():
    for label in ("one", "two"):
        Invitation.objects.create(label=label, token_sha256="0", expires_at=NOW)


def invitation(**fields):
    Invitation.objects.create(label="spring", token_sha256="1", expires_at=NOW, **fields)


def upload(**fields):
    change(AudioUploadFactory(), **fields)


def same_upload_key_again():
    first = AudioUploadFactory(idempotency_key="k")
    AudioUploadFactory(session=first.session, idempotency_key="k")


def upload_part(**fields):
    AudioUploadPart.objects.create(
        **{"upload": AudioUploadFactory(), "first_byte": 0, "size_bytes": 3, "sha256": "0"} | fields
    )


def two_parts_of_one_place():
    first = AudioUploadFactory()
    for digest in ("0", "1"):
        upload_part(upload=first, sha256=digest)


USED = {
    "used_at": NOW,
    "received_bytes": 10,
    "audio_file_path": "audio/x.webm",
    "audio_sha256": "0" * 64,
    "audio_content_type": "audio/webm",
}


def same_service_token_again():
    service_header(name="one")
    ServiceToken.objects.create(
        name="two", token_sha256=ServiceToken.objects.values_list("token_sha256", flat=True).get()
    )


def same_service_name_again():
    service_header(name="one")
    service_header(name="one")


S = "interview_sessions_interviewsession_"
Q = "interview_sessions_interviewquestion_"
R = "interview_sessions_userresponse_"
B = "interview_sessions_bankquestion_"
T = "interview_sessions_transcript_"
I = "interview_sessions_invitation_"  # noqa: E741
U = "interview_sessions_audioupload_"
BROKEN = [
    (S + "status_known", lambda: session(status="paused")),
    (S + "mode_known", lambda: session(interview_mode="tech")),
    (S + "difficulty_known", lambda: session(difficulty="easy")),
    (S + "completed_has_end", lambda: session(status="completed")),
    (S + "completed_has_end", lambda: session(end_time=NOW)),
    (
        S + "end_after_start",
        lambda: session(status="completed", start_time=NOW, end_time=NOW - timedelta(seconds=1)),
    ),
    (S + "email_normal", lambda: session(user_email="Ann@example.org")),
    (S + "email_normal", lambda: session(user_email=" ann@example.org")),
    (S + "email_normal", lambda: session(user_email="")),
    (S + "answered_of_total", lambda: session(questions_answered=1)),
    ("interview_sessions.session_id", lambda: twice(InterviewSessionFactory, same=["session_id"])),
    (
        Q + "index_unique",
        lambda: twice(InterviewQuestionFactory, same=["session", "question_index"]),
    ),
    (Q + "index_from_one", lambda: question(question_index=0)),
    (Q + "has_text", lambda: question(question_text="")),
    (R + "answer_once", lambda: second_answer("fingerprint")),
    (R + "revision_unique", lambda: second_answer("revision")),
    (R + "one_current", lambda: second_answer("is_current")),
    (R + "confidence_range", lambda: response(confidence_score=1.01)),
    (R + "confidence_range", lambda: response(confidence_score=-0.01)),
    (R + "duration_range", lambda: response(response_duration=-1)),
    (R + "duration_range", lambda: response(audio_duration=-1)),
    *[(R + "audio_whole", lambda n=name: response(**{n: SOUND[n]})) for name in SOUND],
    (R + "audio_whole", lambda: response(**{**SOUND, "audio_bytes": 0})),
    (R + "audio_whole", lambda: response(**{**SOUND, "audio_sha256": ""})),
    (R + "not_empty", lambda: response(user_answer="")),
    (R + "revision_from_one", lambda: response(revision=0)),
    (
        T + "saved_once",
        lambda: twice(TranscriptFactory, same=["session", "source", "author", "fingerprint"]),
    ),
    (T + "source_known", lambda: TranscriptFactory(source="rumour")),
    (T + "corrected_once", second_correction),
    (B + "mode_known", lambda: bank(mode="standard")),
    (B + "difficulty_known", lambda: bank(difficulty="hard")),
    (B + "time_limit_range", lambda: bank(time_limit=9)),
    (B + "time_limit_range", lambda: bank(time_limit=7201)),
    ("audio_peaks.audio_sha256", same_peaks_again),
    ("question_bank.key", lambda: twice(BankQuestionFactory, same=["key"])),
    ("interview_sessions_idempotencyrecord_once", same_key_again),
    ("invitations.token_sha256", same_invitation_again),
    (
        "interview_sessions_interviewevent_kind_known",
        lambda: InterviewEvent.objects.create(
            session=InterviewSessionFactory(), kind="burnt", at=NOW
        ),
    ),
    (
        "interview_sessions_interviewpresence_state_known",
        lambda: InterviewPresence.objects.create(
            session=InterviewSessionFactory(), state="asleep", seen_at=NOW
        ),
    ),
    (I + "mode_known", lambda: invitation(mode="standard")),
    (I + "difficulty_known", lambda: invitation(difficulty="hard")),
    (I + "duration_in_range", lambda: invitation(planned_duration=0)),
    (I + "duration_in_range", lambda: invitation(planned_duration=1441)),
    (I + "questions_in_range", lambda: invitation(question_count=0)),
    (I + "questions_in_range", lambda: invitation(question_count=51)),
    (I + "email_normal", lambda: invitation(user_email="Ann@example.org")),
    (I + "email_normal", lambda: invitation(user_email=" ")),
    ("audio_uploads.upload_id", lambda: twice(AudioUploadFactory, same=["upload_id"])),
    (U + "one_a_key", same_upload_key_again),
    (U + "within_length", lambda: upload(length_bytes=0)),
    (U + "within_length", lambda: upload(received_bytes=11)),
    (U + "used_is_whole", lambda: upload(**{**USED, "received_bytes": 9})),
    *[
        (U + "used_is_whole", lambda n=n: upload(**{**USED, n: None if n == "used_at" else ""}))
        for n in USED
        if n != "received_bytes"
    ],
    ("interview_sessions_audiouploadpart_one_a_place", two_parts_of_one_place),
    ("interview_sessions_audiouploadpart_not_empty", lambda: upload_part(size_bytes=0)),
    ("service_tokens.token_sha256", same_service_token_again),
    ("service_tokens.name", same_service_name_again),
]
# The index that the composite foreign key points at; the primary key alone makes it unique.
NOT_TO_BE_BROKEN = {Q + "session_id_unique"}


@pytest.mark.parametrize(
    ("name", "act"), BROKEN, ids=[f"{n}-{name}" for n, (name, _) in enumerate(BROKEN)]
)
def test_constraint_refuses(name, act):
    assert_refused(name.rpartition(".")[2], act)


def test_every_constraint_is_broken_here():
    tested = {name for name, _act in BROKEN} | NOT_TO_BE_BROKEN
    assert constraints_of("interview_sessions") == tested


@pytest.mark.parametrize("how", ["insert", "update"])
def test_answer_to_another_interviews_question_is_refused(how):
    own, foreign = UserResponseFactory(), InterviewQuestionFactory()

    def act():
        if how == "insert":
            UserResponseFactory(question=foreign, session=own.session)
        else:
            change(own, question=foreign)

    assert_refused("user_responses_question_of_session", act)


def test_question_that_moves_away_from_its_answers_is_refused_or_found():
    """SQLite's triggers watch the answers; there, a question's own move is left to the check."""
    answer, other = UserResponseFactory(question__question_index=1), InterviewSessionFactory()

    def act():
        change(answer.question, session=other)

    if connection.vendor == "postgresql":
        assert_refused("user_responses_question_of_session", act)
    else:
        act()
        assert "foreign_question" in {problem.kind for problem in relation_problems()}


@pytest.mark.parametrize(
    "row",
    [
        InterviewQuestion(session_id="gone", question_index=1, question_text="?"),
        Transcript(session_id="gone", source="service"),
        AccessGrant(session_id="gone"),
    ],
)
def test_row_of_no_interview_is_refused(row):
    def act():
        row.save()
        connection.check_constraints()

    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def test_limits_themselves_are_taken():
    answer = UserResponseFactory(confidence_score=0, response_duration=0)
    change(answer, confidence_score=1)
    UserResponseFactory(user_answer="", **SOUND)
    session(status="completed", start_time=NOW, end_time=NOW)
    bank(time_limit=10)
    bank(time_limit=7200)
    assert UserResponse.objects.count() == 2
    assert InterviewQuestion.objects.count() == 2
