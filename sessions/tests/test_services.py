"""Interviews, questions and answers through the services, one test an outcome."""

from datetime import UTC, datetime, timedelta

import pytest

from interviewdata.common.errors import Conflict, Invalid, NotFound
from sessions.enums import ALLOWED_MOVES, Difficulty, Mode, Source, Status
from sessions.models import (
    AccessGrant,
    InterviewQuestion,
    InterviewSession,
    Transcript,
    UserResponse,
)
from sessions.services.answer import record_answer
from sessions.services.question import (
    MAX_QUESTIONS,
    QuestionDraft,
    ask_batch,
    ask_question,
    asked_batch,
)
from sessions.services.session import (
    abandon_session,
    create_session,
    end_session,
    lock_session,
    move_status,
)
from sessions.services.transcript import content_digest, save_transcript
from sessions.tests.factories import InterviewQuestionFactory, InterviewSessionFactory
from sessions.tests.writes import answer_draft

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=20)


@pytest.fixture
def session_id():
    return made().session_id


def made(**fields):
    values = {
        "user_email": "ann@example.org",
        "role": "Baker",
        "interview_type": "tech",
        "mode": Mode.TECHNICAL,
        "difficulty": Difficulty.BEGINNER,
        "planned_duration": 30,
        "features": ["recording"],
        "session_data": {"theme": "dark"},
        "browser_id": "browser",
        "now": NOW,
    }
    return create_session(**{**values, **fields})


def read(session_id):
    return InterviewSession.objects.get(session_id=session_id)


def drafts(*texts):
    return [QuestionDraft(text=text, category="Bread") for text in texts]


def answer(session_id, index=1, text="one", question="", *, now=NOW, with_sound=False):
    draft = answer_draft(session_id, index, text, question, with_sound=with_sound)
    return record_answer(draft, now=now)


# --- interviews --------------------------------------------------------------------------------


def test_create_keeps_all_that_was_asked_for_and_grants_the_browser():
    new = made()
    interview = read(new.session_id)
    assert (interview.status, interview.start_time, interview.created_at) == ("created", None, NOW)
    assert (interview.interview_type, interview.interview_mode) == ("tech", "technical")
    assert (interview.features, interview.session_data) == (["recording"], {"theme": "dark"})
    grant = AccessGrant.objects.get(pk=new.grant_id)
    assert (grant.session_id, grant.browser_id, grant.revoked_at) == (
        new.session_id,
        "browser",
        None,
    )


def test_create_of_an_active_interview_starts_it():
    assert read(made(status=Status.ACTIVE).session_id).start_time == NOW


def test_planned_times_follow_the_start():
    interview = read(made(status=Status.ACTIVE).session_id)
    assert interview.planned_end == NOW + timedelta(minutes=30)
    assert interview.answering_until == NOW + timedelta(minutes=30, days=7)
    assert interview.reading_until == interview.answering_until
    end_session(session_id=interview.session_id, now=LATER)
    assert read(interview.session_id).reading_until == LATER + timedelta(hours=24)


@pytest.mark.parametrize("target", list(Status))
@pytest.mark.parametrize("start", list(Status))
def test_status_moves_as_the_table_says_and_no_other_way(start, target):
    fields = {"completed": True} if start == Status.COMPLETED else {"status": start}
    interview = InterviewSessionFactory(**fields)
    if start == target or target in ALLOWED_MOVES[start]:
        move_status(interview, target, now=LATER)
    else:
        with pytest.raises(Conflict):
            move_status(interview, target, now=LATER)
        target = start
    after = read(interview.session_id)
    assert after.status == target
    assert (after.end_time is not None) == (target == Status.COMPLETED)


def test_end_twice_keeps_the_first_end(session_id):
    end_session(session_id=session_id, now=LATER)
    again = end_session(session_id=session_id, now=LATER + timedelta(hours=1))
    assert again.end_time == read(session_id).end_time == LATER


def test_end_is_never_before_the_start():
    session_id = made(status=Status.ACTIVE).session_id
    end_session(session_id=session_id, now=NOW - timedelta(seconds=5))
    assert read(session_id).end_time == NOW


def test_abandoned_interview_becomes_active_when_its_person_returns(session_id):
    ask_question(session_id=session_id, draft=QuestionDraft(text="Why?"), now=NOW)
    abandon_session(session_id=session_id, now=LATER)
    answer(session_id, now=LATER)
    interview = read(session_id)
    assert (interview.status, interview.start_time) == ("active", NOW)


def test_completed_interview_cannot_be_abandoned(session_id):
    end_session(session_id=session_id, now=LATER)
    with pytest.raises(Conflict, match="completed cannot become abandoned"):
        abandon_session(session_id=session_id, now=LATER)


@pytest.mark.parametrize("act", [end_session, abandon_session])
def test_unknown_interview_is_not_found(act):
    with pytest.raises(NotFound):
        act(session_id="nope")


# --- questions ---------------------------------------------------------------------------------


def test_batch_begins_the_interview_and_is_counted(session_id):
    asked = ask_batch(session_id=session_id, batch="b", drafts=drafts("One?", "Two?"), now=NOW)
    assert [(q.question_index, q.text, q.category) for q in asked] == [
        (1, "One?", "Bread"),
        (2, "Two?", "Bread"),
    ]
    interview = read(session_id)
    assert (interview.status, interview.start_time, interview.total_questions) == ("active", NOW, 2)


def test_batches_of_other_requests_go_to_the_end(session_id):
    ask_batch(session_id=session_id, batch="a", drafts=drafts("One?", "Two?"), now=NOW)
    asked = ask_batch(session_id=session_id, batch="b", drafts=drafts("Three?"), now=LATER)
    assert [q.question_index for q in asked] == [3]
    assert (read(session_id).total_questions, read(session_id).start_time) == (3, NOW)


def test_batch_of_the_same_request_is_found_again(session_id):
    asked = ask_batch(session_id=session_id, batch="b", drafts=drafts("One?", "Two?"), now=NOW)
    assert asked_batch(session_id, "b") == asked
    assert asked_batch(session_id, "other") == []


def test_batch_that_lost_against_a_rival_with_the_same_request_gives_the_rivals(
    session_id, monkeypatch
):
    """The rival commits after we looked for its questions and before we write ours."""
    from sessions.services import question

    rivals = ask_batch(session_id=session_id, batch="b", drafts=drafts("One?"), now=NOW)
    monkeypatch.setattr(
        question,
        "_ASK_BATCH",
        # What a rival in between does to our statement: the index we read is taken.
        question._ASK_BATCH.replace("last.n + d.n", "d.n"),
    )
    again = ask_batch(session_id=session_id, batch="b", drafts=drafts("Another?"), now=NOW)
    assert again == rivals
    assert InterviewQuestion.objects.count() == 1


def test_batch_for_no_interview_is_not_found():
    with pytest.raises(NotFound):
        ask_batch(session_id="nope", batch="b", drafts=drafts("One?"), now=NOW)
    assert not InterviewQuestion.objects.exists()


def test_question_with_the_same_text_is_the_one_that_is_there(session_id):
    first = ask_question(session_id=session_id, draft=QuestionDraft(text="Why?"), now=NOW)
    again = ask_question(session_id=session_id, draft=QuestionDraft(text="Why?"), now=LATER)
    assert (again.pk, read(session_id).total_questions) == (first.pk, 1)


def test_question_after_the_end_is_refused_unless_it_is_there(session_id):
    first = ask_question(session_id=session_id, draft=QuestionDraft(text="Why?"), now=NOW)
    end_session(session_id=session_id, now=LATER)
    assert ask_question(session_id=session_id, draft=QuestionDraft(text="Why?")).pk == first.pk
    with pytest.raises(Conflict):
        ask_question(session_id=session_id, draft=QuestionDraft(text="And then?"))


def test_question_beyond_the_limit_is_refused(session_id):
    InterviewQuestionFactory(session=read(session_id), question_index=MAX_QUESTIONS)
    with pytest.raises(Invalid):
        ask_question(session_id=session_id, draft=QuestionDraft(text="One more?"))


# --- answers -----------------------------------------------------------------------------------


@pytest.fixture
def asked(session_id):
    ask_batch(session_id=session_id, batch="b", drafts=drafts("One?", "Two?", "Three?"), now=NOW)
    return session_id


def test_answer_is_counted_and_points_at_the_next_question(asked):
    kept = answer(asked, index=2)
    assert (kept.is_new, kept.is_late, kept.answered, kept.total, kept.next_index) == (
        True,
        False,
        1,
        3,
        2,
    )
    interview = read(asked)
    assert (interview.questions_answered, interview.current_question_index) == (1, 2)


def test_same_answer_again_is_the_same_row_and_count(asked):
    first = answer(asked)
    again = answer(asked, now=LATER)
    assert (again.response_id, again.is_new, again.answered) == (first.response_id, False, 1)
    assert UserResponse.objects.count() == 1


def test_same_text_with_sound_is_another_revision(asked):
    answer(asked)
    kept = answer(asked, with_sound=True)
    row = UserResponse.objects.get(is_current=True)
    assert (row.pk, row.revision, row.audio_file_path) == (
        kept.response_id,
        2,
        kept.audio_file_path,
    )


def test_three_revisions_are_kept_and_the_newest_is_current(asked):
    for text in ("one", "two", "three"):
        kept = answer(asked, text=text)
    rows = UserResponse.objects.order_by("revision").values_list(
        "user_answer", "revision", "is_current"
    )
    assert list(rows) == [("one", 1, False), ("two", 2, False), ("three", 3, True)]
    assert kept.answered == 1


def test_late_retry_of_an_older_revision_changes_nothing(asked):
    first = answer(asked, text="one")
    answer(asked, text="two")
    before = list(UserResponse.objects.order_by("id").values())
    again = answer(asked, text="one", now=LATER)
    assert (again.response_id, again.is_new) == (first.response_id, False)
    assert list(UserResponse.objects.order_by("id").values()) == before


def test_answer_after_the_end_is_kept_and_marked_late(asked):
    end_session(session_id=asked, now=LATER)
    kept = answer(asked, now=LATER + timedelta(days=1))
    assert (kept.is_late, kept.answered) == (True, 1)
    interview = read(asked)
    assert (interview.status, interview.end_time) == ("completed", LATER)
    assert UserResponse.objects.get().is_late


def test_answer_that_brings_its_question_along_adds_it(session_id):
    kept = answer(session_id, index=1, question="What is sourdough?")
    question = InterviewQuestion.objects.get()
    assert (question.pk, question.question_index) == (kept.question_id, 1)
    assert question.metadata == {"generator": "client"}
    assert (kept.total, read(session_id).status) == (1, "active")


def test_answer_under_another_question_of_ours_goes_to_the_end_with_its_own(asked):
    kept = answer(asked, index=1, question="What is sourdough?")
    question = InterviewQuestion.objects.get(pk=kept.question_id)
    assert (question.question_index, question.question_text) == (4, "What is sourdough?")
    assert (kept.total, kept.next_index) == (4, 4)


def test_answer_with_the_text_of_a_question_we_asked_finds_it(asked):
    kept = answer(asked, index=1, question="Three?")
    assert InterviewQuestion.objects.get(pk=kept.question_id).question_index == 3
    assert InterviewQuestion.objects.count() == 3


def test_answer_to_no_question_is_refused(asked):
    with pytest.raises(Invalid) as caught:
        answer(asked, index=9)
    assert list(caught.value.fields) == ["questionIndex"]
    assert not UserResponse.objects.exists()


def test_answer_in_no_interview_is_not_found():
    with pytest.raises(NotFound):
        answer("nope", question="What is sourdough?")
    assert not InterviewQuestion.objects.exists()


# --- transcripts -------------------------------------------------------------------------------


def transcript(session_id, **fields):
    values = {
        "transcript_data": {"text": "Hello", "speaker": "ann"},
        "word_timestamps": [{"word": "Hello", "start": 0, "end": 1, "confidence": 0.5}],
        "confidence_scores": [0.5],
        "raw_audio_path": "",
        "processed_audio_path": "",
        "source": Source.SERVICE,
        "author": "ears",
        "now": NOW,
    }
    return save_transcript(session_id=session_id, **{**values, **fields})


def test_transcript_saved_again_is_one_row_with_its_words(session_id):
    first = transcript(session_id)
    again = transcript(session_id, transcript_data={"speaker": "ann", "text": "Hello"}, now=LATER)
    assert again.pk == first.pk
    kept = Transcript.objects.get()
    assert kept.word_timestamps[0]["word"] == "Hello"
    assert (kept.transcript_data["text"], kept.created_at) == ("Hello", NOW)


@pytest.mark.parametrize(
    "other", [{"author": "eyes"}, {"source": Source.CANDIDATE}, {"confidence_scores": [0.6]}]
)
def test_transcript_of_another_hand_or_content_is_another_row(session_id, other):
    transcript(session_id)
    transcript(session_id, **other)
    assert Transcript.objects.count() == 2


def test_digest_knows_values_and_not_the_order_of_keys():
    assert content_digest({"a": 1, "b": [1, 2]}) == content_digest({"b": [1, 2], "a": 1})
    assert content_digest({"a": 1, "b": [1, 2]}) != content_digest({"a": 1, "b": [2, 1]})


def test_lock_of_no_interview_is_not_found():
    with pytest.raises(NotFound):
        lock_session("nope")
