"""Random sequences of writes through the services, for property tests."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from analytics.services.feedback import save_feedback
from interviewdata.common.errors import Conflict
from sessions.enums import Difficulty, Mode, Source, Status
from sessions.services.answer import AnswerDraft
from sessions.services.audio import StoredAudio
from sessions.services.question import QuestionDraft, ask_batch, ask_question
from sessions.services.session import abandon_session, create_session, end_session
from sessions.services.transcript import save_transcript

START = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
PEOPLE = ("ann@example.org", "bob@example.org")
TEXTS = ("one", "two", "three")

slot = st.integers(0, 3)  # which of the interviews made so far, counted round
score = st.one_of(st.none(), st.integers(0, 100).map(lambda n: n / 10))
write = st.one_of(
    st.tuples(st.just("create"), st.sampled_from(PEOPLE), st.booleans()),
    st.tuples(st.just("questions"), slot, st.integers(1, 3), st.sampled_from(("a", "b"))),
    st.tuples(st.just("question"), slot, st.sampled_from(TEXTS)),
    st.tuples(
        st.just("answer"),
        slot,
        st.integers(1, 4),
        st.sampled_from(TEXTS),
        st.sampled_from(("", *TEXTS)),
        st.booleans(),
    ),
    st.tuples(st.just("end"), slot),
    st.tuples(st.just("abandon"), slot),
    st.tuples(st.just("transcript"), slot, st.sampled_from(TEXTS)),
    st.tuples(
        st.just("feedback"),
        slot,
        st.sampled_from((Source.CANDIDATE, Source.SERVICE, Source.REVIEWER)),
        st.sampled_from(("", "rita", "sam")),
        score,
        score,
    ),
)
sequences = st.lists(write, min_size=1, max_size=20)
steps = st.integers(1, 5_000_000)  # microseconds × 700 between writes: odd fractions


def answer_draft(
    session_id: str, index: int, text: str, question_text: str, *, with_sound: bool
) -> AnswerDraft:
    audio = None
    if with_sound:
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        audio = StoredAudio(f"audio/{sha256}.webm", sha256, "audio/webm", 10, 1.5)
    return AnswerDraft(
        session_id=session_id,
        question_id=None,
        question_index=index,
        question_text=question_text,
        text=text,
        audio=audio,
        response_duration=3.0,
        confidence_score=0.5,
        emotion_detected="",
        client_time=None,
        idempotency_key="",
    )


class Writer:
    """Applies writes one after the other; refused moves (Conflict) change nothing."""

    def __init__(self, record_answer: Any) -> None:
        self.sessions: list[str] = []
        self.now = START
        self.outcomes: list[Any] = []
        self._record_answer = record_answer

    def apply(self, action: tuple[Any, ...], step: int) -> None:
        self.now += timedelta(microseconds=step * 700)
        name, *values = action
        if name == "create":
            self._create(*values)
        elif self.sessions:
            session_id = self.sessions[values[0] % len(self.sessions)]
            try:
                getattr(self, f"_{name}")(session_id, *values[1:])
            except Conflict as refusal:
                self.outcomes.append(str(refusal))

    def _create(self, email: str, active: bool) -> None:
        made = create_session(
            user_email=email,
            role="Baker",
            interview_type="mixed",
            mode=Mode.MIXED,
            difficulty=Difficulty.BEGINNER,
            planned_duration=30,
            features=[],
            session_data={},
            browser_id="",
            status=Status.ACTIVE if active else Status.CREATED,
            now=self.now,
        )
        self.sessions.append(made.session_id)

    def _questions(self, session_id: str, count: int, batch: str) -> None:
        drafts = [QuestionDraft(text=f"{batch} {number}?") for number in range(count)]
        asked = ask_batch(
            session_id=session_id, batch=f"{batch}{count}", drafts=drafts, now=self.now
        )
        self.outcomes.append([question.question_index for question in asked])

    def _question(self, session_id: str, text: str) -> None:
        ask_question(session_id=session_id, draft=QuestionDraft(text=text), now=self.now)

    def _answer(
        self, session_id: str, index: int, text: str, question: str, with_sound: bool
    ) -> None:
        draft = answer_draft(session_id, index, text, question, with_sound=with_sound)
        self.outcomes.append(self._record_answer(draft, self.now))

    def _end(self, session_id: str) -> None:
        end_session(session_id=session_id, now=self.now)

    def _abandon(self, session_id: str) -> None:
        abandon_session(session_id=session_id, now=self.now)

    def _transcript(self, session_id: str, text: str) -> None:
        save_transcript(
            session_id=session_id,
            transcript_data={"text": text},
            word_timestamps=[],
            confidence_scores=[],
            raw_audio_path="",
            processed_audio_path="",
            source=Source.SERVICE,
            author="ears",
            now=self.now,
        )

    def _feedback(
        self, session_id: str, source: Source, author: str, overall: Any, technical: Any
    ) -> None:
        content = {"overall_score": overall, "technical_score": technical}
        save_feedback(
            session_id=session_id, content=content, source=source, author=author, now=self.now
        )
