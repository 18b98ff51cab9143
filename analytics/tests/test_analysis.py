"""One answer analysed, an interview composed of its answers; nobody's words are overwritten."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from analytics.engines.transcription import TranscriptionFailed
from analytics.engines.words import Transcription, Word
from analytics.models import AnalysisJob, InterviewAnalytics, JobKind, ResponseAnalysis
from analytics.services import analysis
from analytics.services.analysis import NOT_READ, UNEXPECTED, do_job
from analytics.services.analytics import OWN_ENGINE, save_analytics
from analytics.services.compose import AUTHOR, Answered, compose_interview, transcript_of
from analytics.services.jobs import LEASE, analyse_again, claim, enqueue_due
from analytics.services.stock import take_stock
from interviewdata.record.pages.session_timeline import (
    BY_ANSWER,
    BY_ANSWER_FROM_ZERO,
    Recording,
    map_words,
    segments_of,
)
from interviewdata.record.pages.session_transcript import words_of
from sessions.enums import Source
from sessions.models import InterviewSession, Transcript, UserResponse
from sessions.services.correction import correct_transcript
from sessions.services.transcript import save_transcript
from sessions.tests.audio import samples
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    UserResponseFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SAID = "I used an index because the table was slow."


@dataclass
class Listener:
    """A speech model that hears a fixed word every half second of its own; what is tested is what
    becomes of words, not how they are heard."""

    words: tuple[str, ...] = ("so", "it", "was")
    engine: str = "listener 1"
    model: str = "fixed"
    error: Exception | None = None
    seconds: list[float] = field(default_factory=list)

    def transcribe(self, sound, language=None):
        self.seconds.append(len(sound.values) / sound.rate)
        if self.error:
            raise self.error
        words = [Word(word, 0.1 + n / 2, 0.4 + n / 2, 0.9) for n, word in enumerate(self.words)]
        return Transcription(words, "en", self.engine, self.model, {"beam": 1})


@pytest.fixture(autouse=True)
def listener(monkeypatch):
    """None is configured unless a test sets `current`."""

    class Configured:
        current = None

    configured = Configured()
    monkeypatch.setattr(analysis, "transcriber", lambda: configured.current)
    return configured


def with_sound(response, seconds=2.0, data=None):
    data = samples.encoded("wav", "pcm_s16le", seconds) if data is None else data
    name = default_storage.save(f"audio/{response.pk}-{len(data)}.wav", ContentFile(data))
    UserResponse.objects.filter(pk=response.pk).update(
        audio_file_path=name,
        audio_sha256="0" * 64,
        audio_content_type="audio/wav",
        audio_bytes=len(data),
        audio_duration=seconds,
    )
    response.refresh_from_db()
    return response


def answered(count=1, seconds=0.0, text=SAID, **fields):
    """A completed interview with so many answers, recorded where `seconds` is given."""
    session = InterviewSessionFactory(completed=True, **fields)
    for index in range(1, count + 1):
        question = InterviewQuestionFactory(
            session=session,
            question_index=index,
            metadata={"expected_keywords": ["index", "lock", 3]},
        )
        response = UserResponseFactory(question=question, user_answer=f"{text}{' ' * index}")
        if seconds:
            with_sound(response, seconds)
            if not text:
                UserResponse.objects.filter(pk=response.pk).update(user_answer="")
    return session


def work(now=NOW):
    """All that is due, as the worker does it; how many jobs."""
    done = 0
    while True:
        take_stock(now)
        bells: list[int] = []
        enqueue_due(now, lambda _kind, job_id, into=bells: into.append(job_id))
        for job_id in bells:
            done += do_job(job_id, now=now)
        if not bells:
            return done


def jobs():
    return {(job.kind, job.state, job.problem) for job in AnalysisJob.objects.all()}


# -- one answer -----------------------------------------------------------------------------------


def test_a_written_answer_has_patterns_and_tone():
    session = answered()
    assert work() == 2
    found = ResponseAnalysis.objects.get()
    assert found.patterns["keywords"]["found"] == 1
    assert found.patterns["length"]["words"] == 9
    assert found.tone["method"]["name"] == "tone of words"
    assert (found.words, found.voice, found.transcription, found.seconds) == ([], {}, {}, None)
    assert (found.engine, found.made_at, found.session_id) == (OWN_ENGINE, NOW, session.session_id)
    assert jobs() == {("answer", "done", ""), ("interview", "done", "")}


def test_a_recording_without_a_speech_model_has_its_voice():
    answered(seconds=2.0)
    work()
    found = ResponseAnalysis.objects.get()
    assert found.seconds == pytest.approx(2.0, abs=0.1)
    assert found.voice["method"]["name"] == "voice"
    assert (found.words, found.transcription) == ([], {})
    assert not Transcript.objects.exists()


def test_a_recording_is_heard(listener):
    listener.current = Listener()
    answered(seconds=2.0, text="")
    work()
    found = ResponseAnalysis.objects.get()
    assert [word["word"] for word in found.words] == ["so", "it", "was"]
    assert found.words[1] == {"word": "it", "start": 0.6, "end": 0.9, "confidence": 0.9}
    assert found.transcription == {
        "engine": "listener 1", "model": "fixed", "language": "en", "parameters": {"beam": 1},
    }  # fmt: skip
    assert found.patterns["length"]["words"] == 3
    assert listener.current.seconds == [pytest.approx(2.0, abs=0.1)]


def test_what_was_written_goes_before_what_was_heard(listener):
    listener.current = Listener()
    answered(seconds=2.0)
    work()
    assert ResponseAnalysis.objects.get().patterns["length"]["words"] == 9


def test_emotions_are_not_computed_where_they_are_off(settings):
    settings.EMOTION_ANALYSIS = False
    session = answered()
    work()
    assert ResponseAnalysis.objects.get().tone == {}
    assert session.analytics.emotion_analysis == {}
    assert session.analytics.response_patterns["answers"] == 1


def test_sound_that_is_none_is_a_finding():
    session = answered(seconds=2.0)
    with_sound(UserResponse.objects.get(), data=b"RIFF\0\0\0\0WAVEnothing at all" * 9)
    work()
    found = ResponseAnalysis.objects.get()
    assert found.problem in ("This sound file is damaged.", "This file holds no sound.")
    assert found.patterns["length"]["words"] == 9
    (question,) = session.analytics.question_analytics["questions"]
    assert question["problem"] == found.problem


def test_sound_that_is_not_in_the_store_is_tried_again():
    answered(seconds=2.0)
    default_storage.delete(UserResponse.objects.get().audio_file_path)
    assert work() == 1
    assert jobs() == {("answer", "waiting", NOT_READ)}
    assert not ResponseAnalysis.objects.exists()


@pytest.mark.parametrize("path", ["/etc/passwd", "../../etc/passwd"])
def test_a_path_that_leads_elsewhere_is_not_read(path):
    answered(seconds=2.0)
    UserResponse.objects.update(audio_file_path=path)
    work()
    assert jobs() == {("answer", "waiting", NOT_READ)}


@pytest.mark.parametrize(("again", "state"), [(True, "waiting"), (False, "failed")])
def test_a_model_that_fails_is_tried_again_where_that_helps(listener, again, state):
    listener.current = Listener(error=TranscriptionFailed("No model there.", again))
    answered(seconds=2.0)
    work()
    assert ("answer", state, "No model there.") in jobs()


def test_an_error_that_nobody_thought_of_says_no_more_than_that(monkeypatch):
    def broken(*_anything, **_more):
        raise ZeroDivisionError(SAID)

    monkeypatch.setattr(analysis, "answer_patterns", broken)
    answered()
    work()
    assert jobs() == {("answer", "waiting", UNEXPECTED)}


def test_a_superseded_answer_is_not_analysed():
    answered()
    take_stock(NOW)
    first = UserResponse.objects.get()
    UserResponse.objects.update(is_current=False)
    second = UserResponseFactory(question=first.question, revision=2, user_answer="Better.")
    work()
    assert list(ResponseAnalysis.objects.values_list("response", flat=True)) == [second.pk]
    assert {job.state for job in AnalysisJob.objects.all()} == {"done"}


def test_who_lost_the_lease_stores_nothing(monkeypatch):
    answered()
    take_stock(NOW)
    job = AnalysisJob.objects.get()
    described = analysis._described

    def slow(*given):
        assert claim(job.pk, NOW + LEASE + timedelta(seconds=1)) is not None
        return described(*given)

    monkeypatch.setattr(analysis, "_described", slow)
    assert do_job(job.pk, now=NOW)
    assert not ResponseAnalysis.objects.exists()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("running", 2)


def test_an_interview_deleted_meanwhile_leaves_nothing(monkeypatch):
    answered()
    take_stock(NOW)
    job = AnalysisJob.objects.get()
    described = analysis._described

    def slow(*given):
        InterviewSession.objects.get().delete()
        return described(*given)

    monkeypatch.setattr(analysis, "_described", slow)
    assert do_job(job.pk, now=NOW)
    connection.check_constraints()
    assert not ResponseAnalysis.objects.exists()
    assert not AnalysisJob.objects.exists()


def test_a_bell_twice_is_one_analysis():
    answered()
    take_stock(NOW)
    job = AnalysisJob.objects.get()
    assert do_job(job.pk, now=NOW)
    assert not do_job(job.pk, now=NOW)
    assert not do_job(job.pk + 99, now=NOW)


def test_analysed_again_it_is_replaced(listener):
    session = answered(seconds=2.0, text="")
    UserResponse.objects.update(user_answer="")
    work()
    listener.current = Listener()
    assert analyse_again(session_id=session.session_id, now=NOW) == 1
    work()
    assert len(ResponseAnalysis.objects.get().words) == 3
    assert Transcript.objects.count() == 1


def test_an_interview_takes_its_analysis_along():
    session = answered(2, seconds=2.0)
    work()
    session.delete()
    connection.check_constraints()
    assert not ResponseAnalysis.objects.exists()
    assert not InterviewAnalytics.objects.exists()


def test_statements_of_an_answer(django_assert_num_queries):
    answered()
    take_stock(NOW)
    job = AnalysisJob.objects.get()
    # Claim, answer; savepoint (2), lock, end of the claim, analysis, its signature (this answer is
    # too short for one), interview's job.
    with django_assert_num_queries(9):
        do_job(job.pk, now=NOW)


# -- the interview --------------------------------------------------------------------------------


def test_figures_of_an_interview(listener):
    listener.current = Listener()
    session = answered(2, seconds=2.0)
    InterviewQuestionFactory(session=session, question_index=3)
    UserResponse.objects.filter(question__question_index=2).update(revision=4)
    work()
    row = session.analytics
    assert (row.source, row.engine) == ("service", OWN_ENGINE)
    for part in (
        row.question_analytics, row.voice_metrics, row.emotion_analysis, row.response_patterns
    ):  # fmt: skip
        assert part["engine"] == OWN_ENGINE
    first, second = row.question_analytics["questions"]
    assert (first["question_index"], second["question_index"]) == (1, 2)
    assert first["words"] == 3
    assert first["transcription"]["engine"] == "listener 1"
    assert "basis" not in first["voice"]
    assert row.voice_metrics["seconds"] == pytest.approx(4.0, abs=0.1)
    assert row.response_patterns["skipped"] == {"count": 1, "questions": [3]}
    assert row.response_patterns["re_answered"]["questions"] == [{"question": 2, "answers": 4}]
    assert len(row.emotion_analysis["questions"]) == 2


def test_composing_again_changes_nothing(listener):
    listener.current = Listener()
    session = answered(2, seconds=2.0)
    work()
    before = (InterviewAnalytics.objects.values().get(), list(Transcript.objects.values()))
    compose_interview(session.session_id, now=NOW + timedelta(days=1))
    assert (InterviewAnalytics.objects.values().get(), list(Transcript.objects.values())) == before


def test_the_transcript_lies_on_the_recordings(listener):
    listener.current = Listener()
    session = answered(3, seconds=2.0)
    UserResponse.objects.filter(question__question_index=2).update(audio_duration=2.5)
    work()
    row = Transcript.objects.get()
    assert (row.source, row.author) == ("service", AUTHOR)
    data = row.transcript_data
    assert (data["engine"], data["model"], data["language"]) == ("listener 1", "fixed", "en")
    named = ("speaker", "question_index", "start", "end")
    assert [tuple(segment[name] for name in named) for segment in data["segments"]] == [
        ("question", 1, 0.0, 0.0), ("answer", 1, 0.0, 1.4),
        ("question", 2, 2.0, 2.0), ("answer", 2, 2.0, 3.4),
        ("question", 3, 4.5, 4.5), ("answer", 3, 4.5, 5.9),
    ]  # fmt: skip
    assert [w["start"] for w in row.word_timestamps] == [
        0.1, 0.6, 1.1, 2.1, 2.6, 3.1, 4.6, 5.1, 5.6
    ]  # fmt: skip
    assert row.confidence_scores == [0.9] * 9
    answers = list(UserResponse.objects.order_by("question__question_index"))
    timeline = mapped(data, row.word_timestamps, answers)
    assert timeline.basis == BY_ANSWER
    assert [track.shift for track in timeline.tracks] == [0.0, 2.0, 4.5]
    assert timeline.word_questions == (1, 1, 1, 2, 2, 2, 3, 3, 3)
    assert timeline.word_tracks == (0, 0, 0, 1, 1, 1, 2, 2, 2)
    assert session.session_id == row.session_id


def mapped(data, words, answers):
    """As the record page maps it."""
    recordings = [
        Recording(a.pk, a.question.question_index, a.audio_duration)
        for a in answers
        if a.audio_bytes
    ]
    of_response = {a.pk: a.question.question_index for a in answers}
    of_question = {a.question_id: a.question.question_index for a in answers}
    segments = segments_of(data, of_response=of_response, of_question=of_question)
    return map_words(words_of(words), segments, recordings)


def found(*words, seconds=3.0):
    listed = [
        {"word": w, "start": float(n), "end": n + 0.5, "confidence": 0.5}
        for n, w in enumerate(words)
    ]
    return ResponseAnalysis(words=listed, transcription={"engine": "e"}, seconds=seconds)


@pytest.mark.parametrize("silent", [found(), None])
def test_a_silent_recording_keeps_its_place(silent):
    """So does one whose analysis failed; a written answer has none."""
    answers = [
        Answered(1, "One?", 11, 1, True, 3.0, found("a", "b")),
        Answered(2, "Two?", 12, 1, True, 4.0, silent),
        Answered(3, "Three?", 13, 1, False, 0.0, found()),
        Answered(4, "Four?", 14, 1, True, 3.0, found("c")),
    ]
    data, words = transcript_of(answers)
    assert [s["question_index"] for s in data["segments"]] == [1, 1, 2, 4, 4]
    assert words[-1] == {"word": "c", "start": 7.0, "end": 7.5, "confidence": 0.5}
    segments = segments_of(data, of_response={}, of_question={n: n for n in (1, 2, 3, 4)})
    recordings = [Recording(11, 1, 3.0), Recording(12, 2, 4.0), Recording(14, 4, 3.0)]
    timeline = map_words(words_of(words), segments, recordings)
    assert timeline.basis == BY_ANSWER
    assert [track.shift for track in timeline.tracks] == [0.0, 3.0, 7.0]
    assert timeline.word_questions == (1, 1, 4)


def test_one_recording_alone_is_mapped_too():
    data, words = transcript_of([Answered(5, "Five?", 15, 1, True, 3.0, found("a", "b"))])
    segments = segments_of(data, of_response={}, of_question={5: 5})
    timeline = map_words(words_of(words), segments, [Recording(15, 5, 3.0)])
    assert timeline.basis in (BY_ANSWER, BY_ANSWER_FROM_ZERO)
    assert (timeline.starts, timeline.word_tracks) == ((0.0, 1.0), (0, 0))


def given(session, source, author):
    save_transcript(
        session_id=session.session_id,
        transcript_data={"text": "as others heard it"},
        word_timestamps=[],
        confidence_scores=[],
        raw_audio_path="",
        processed_audio_path="",
        source=source,
        author=author,
    )


@pytest.mark.parametrize(
    ("source", "author", "ours"),
    [
        (Source.SERVICE, "deepgram", 0),
        (Source.REVIEWER, "rita", 0),
        (Source.IMPORT, "voiceiq", 0),
        (Source.CANDIDATE, "", 1),
    ],
)
def test_no_transcript_beside_that_of_others(listener, source, author, ours):
    listener.current = Listener()
    session = answered(seconds=2.0)
    given(session, source, author)
    work()
    assert Transcript.objects.filter(author=AUTHOR).count() == ours
    assert Transcript.objects.filter(source=source, author=author).count() == 1
    assert InterviewAnalytics.objects.get().engine == OWN_ENGINE


def test_a_corrected_transcript_stays_the_newest(listener):
    listener.current = Listener()
    session = answered(seconds=2.0)
    work()
    correct_transcript(
        session_id=session.session_id,
        transcript_id=Transcript.objects.get().pk,
        edits=[{"first": 0, "last": 0, "words": "thus"}],
        author="rita",
    )
    listener.current = Listener(words=("other", "words"))
    analyse_again(session_id=session.session_id, now=NOW)
    work()
    assert Transcript.objects.best_first(session.session_id).first().author == "rita"
    assert Transcript.objects.count() == 2


PARTS = ("question_analytics", "voice_metrics", "emotion_analysis", "response_patterns")


def sent(session, source, engine, **parts):
    save_analytics(session_id=session.session_id, parts=parts, source=source, engine=engine)


def test_what_another_service_gave_stays():
    session = answered()
    sent(session, Source.SERVICE, "voice 2.1", voice_metrics={"pace": 131})
    work()
    row = InterviewAnalytics.objects.get()
    assert row.voice_metrics == {"pace": 131}
    assert (row.source, row.engine) == ("service", "voice 2.1")
    assert row.response_patterns["engine"] == OWN_ENGINE


def test_what_another_service_gives_later_stays():
    session = answered()
    work()
    sent(session, Source.SERVICE, "patterns 9", response_patterns={"fillers": 3})
    compose_interview(session.session_id, now=NOW)
    row = InterviewAnalytics.objects.get()
    assert row.response_patterns == {"fillers": 3}
    assert row.engine == "patterns 9"
    assert row.question_analytics["engine"] == OWN_ENGINE


def test_a_candidates_figures_give_way_and_are_kept():
    session = answered()
    sent(session, Source.CANDIDATE, "client", voice_metrics={"pace": 1})
    work()
    row = InterviewAnalytics.objects.get()
    assert (row.source, row.engine) == ("service", OWN_ENGINE)
    assert row.voice_metrics == {}
    assert row.reported == {"voice_metrics": {"pace": 1}}
    sent(session, Source.CANDIDATE, "client", response_patterns={"x": 1})
    assert InterviewAnalytics.objects.get().response_patterns == row.response_patterns


def test_figures_that_were_made_by_an_older_version_are_replaced():
    session = answered()
    older = {"engine": OWN_ENGINE.rpartition(" ")[0] + " 0"}
    sent(session, Source.SERVICE, older["engine"], **dict.fromkeys(PARTS, older))
    work()
    row = InterviewAnalytics.objects.get()
    assert (row.engine, row.response_patterns["engine"]) == (OWN_ENGINE, OWN_ENGINE)
    assert row.voice_metrics == {}


def test_an_answer_that_is_given_up_leaves_the_others(listener):
    session = answered(2)
    UserResponse.objects.filter(question__question_index=2).update(
        audio_file_path="gone", audio_sha256="0" * 64, audio_content_type="x/y", audio_bytes=1
    )
    at = NOW
    for _attempt in range(4):
        work(at)
        at += timedelta(minutes=30)
    assert jobs() == {
        ("answer", "done", ""), ("answer", "failed", NOT_READ), ("interview", "done", ""),
    }  # fmt: skip
    (question,) = session.analytics.question_analytics["questions"]
    assert question["question_index"] == 1


def test_an_interview_that_goes_on_is_composed_at_its_end():
    session = answered()
    InterviewSession.objects.update(status="active", end_time=None)
    assert work() == 1
    assert not InterviewAnalytics.objects.exists()
    InterviewSession.objects.update(status="abandoned")
    assert work() == 1
    assert InterviewAnalytics.objects.get().session_id == session.session_id


def test_a_late_answer_has_it_composed_again():
    session = answered()
    work()
    question = InterviewQuestionFactory(session=session, question_index=9)
    UserResponseFactory(question=question, user_answer="Late.", is_late=True)
    assert work() == 2
    assert session.analytics.response_patterns["answers"] == 2


@pytest.mark.parametrize("rows", [1, 12])
def test_statements_of_an_interview(listener, django_assert_num_queries, rows):
    listener.current = Listener()
    answered(rows, seconds=1.0)
    take_stock(NOW)
    for job in AnalysisJob.objects.all():
        do_job(job.pk, now=NOW)
    interview = AnalysisJob.objects.get(kind=JobKind.INTERVIEW)
    # Claim; savepoint (2), lock, questions, answers, others' transcripts, end of the claim;
    # transcript: savepoint (2), lock, look, savepoint (2), insert, event;
    # figures: savepoint (2), lock, look, lock, look, savepoint (2), insert, update.
    with django_assert_num_queries(1 + 7 + 8 + 10):
        assert do_job(interview.pk, now=NOW)
