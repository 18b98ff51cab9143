"""What a file of answers says, brought into the record: what is missing, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from interviewdata.record.imports.answers import FORMAT, AnswersFile, FileAnswer, FileQuestion
from interviewdata.record.imports.mistakes import Mistake
from sessions.consent import KEY as CONSENT
from sessions.consent import with_receipt
from sessions.models import InterviewQuestion, InterviewSession, UserResponse
from sessions.services.answer import AnswerDraft, record_answer
from sessions.services.audio import StoredAudio, audio_name, store_audio
from sessions.services.joining import CLIENT_SESSION, CREATE_KEY_SHA256, IMPORTED_FROM
from sessions.services.question import QuestionDraft, add_question
from sessions.services.session import create_session, lock_session
from sessions.services.session_data import add_session_data


@dataclass
class Imported:
    """What came of one file. `left_out`: sentences about answers that were not taken."""

    session_id: str
    is_new: bool = False
    questions: int = 0
    answers: int = 0
    already: int = 0
    consent: bool = False
    left_out: list[str] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        return self.is_new or self.consent or bool(self.questions or self.answers)


def store_answers(
    file: AnswersFile, *, dry_run: bool = False, now: datetime | None = None
) -> Imported:
    """Bring the file's interview into the record, in one transaction; the sound first.

    The interview is the one of `sessionId` or of `clientSession`, else a new one. Questions are
    known by their text, answers as everywhere by text and sound. An answer that was given before
    the one that is there, or was never handed in, is left out where its question has another.
    `dry_run` says what would happen and writes nothing.

    Raises Mistake (it would be somebody else's interview), NotNow (the store refuses), Invalid
    (too many questions). About 4 statements a question and 10 an answer.
    """
    now = now or timezone.now()
    with transaction.atomic():
        imported = _store(file, dry_run=dry_run, now=now)
        if dry_run:
            transaction.set_rollback(True)
    return imported


def _store(file: AnswersFile, *, dry_run: bool, now: datetime) -> Imported:
    known = _known(file)
    session_id = known.session_id if known is not None else _create(file, now)
    imported = Imported(session_id, is_new=known is None)
    sounds = [_sound(answer, session_id, dry_run=dry_run) for answer in file.answers]
    interview = lock_session(session_id)
    if known is not None and file.consent is not None and CONSENT not in interview.session_data:
        receipt = with_receipt({CONSENT: file.consent}, now=now)
        add_session_data(interview, receipt, now=now)
        imported.consent = True
    asked = _Asked(interview, now)
    for question in file.questions:
        asked.find_or_add(question)
    for answer, sound in zip(file.answers, sounds, strict=True):
        given = FileQuestion(answer.question_index, answer.question_text, "", "", "", None)
        _answer(answer, sound, asked.find_or_add(given), imported, now)
    imported.questions = asked.added
    return imported


def _known(file: AnswersFile) -> InterviewSession | None:
    """The interview that the file is of, if it is there. 1–3 statements. Raises Mistake."""
    of_id = None
    if file.session_id:
        of_id = InterviewSession.objects.filter(session_id=file.session_id).first()
    of_client = _of_client_session(file)
    if of_id and of_client and of_id.pk != of_client.pk:
        raise Mistake(
            "sessionId", f"This is another interview than clientSession's {of_client.session_id}."
        )
    found = of_id or of_client
    if found is None:
        return None
    name = "sessionId" if of_id else "clientSession"
    if found.user_email != file.user_email:
        raise Mistake(
            "interview.userEmail", f"The interview of that {name} is somebody else's here."
        )
    if found.session_data.get(CLIENT_SESSION) not in (None, file.client_session):
        raise Mistake("clientSession", "The interview of that sessionId was begun by another one.")
    return found


def _of_client_session(file: AnswersFile) -> InterviewSession | None:
    """By the person first, which an index finds; then in all interviews."""
    begun_by_it = InterviewSession.objects.filter(
        **{f"session_data__{CLIENT_SESSION}": file.client_session}
    )
    own = begun_by_it.filter(user_email=file.user_email).order_by("id").first()
    return own or begun_by_it.order_by("id").first()


def _create(file: AnswersFile, now: datetime) -> str:
    session_data: dict[str, Any] = {CLIENT_SESSION: file.client_session, IMPORTED_FROM: FORMAT}
    if file.create_key_sha256:
        # Its browser joins it. Only one that is new: nobody gets into what is there by a file.
        session_data[CREATE_KEY_SHA256] = file.create_key_sha256
    if file.consent is not None:
        session_data |= with_receipt({CONSENT: file.consent}, now=now)
    made = create_session(
        user_email=file.user_email,
        role=file.role,
        interview_type=file.interview_type,
        mode=file.mode,
        difficulty=file.difficulty,
        planned_duration=file.duration,
        features=[],
        session_data=session_data,
        browser_id="",
        now=now,
    )
    return made.session_id


def _sound(answer: FileAnswer, session_id: str, *, dry_run: bool) -> StoredAudio | None:
    sound = answer.sound
    if sound is None:
        return None
    if not dry_run:
        return store_audio(sound, session_id=session_id)
    path = audio_name(sound, session_id=session_id)
    return StoredAudio(path, sound.sha256, sound.content_type, sound.size, sound.duration)


class _Asked:
    """The questions of a locked interview, and those that the file adds."""

    def __init__(self, interview: InterviewSession, now: datetime) -> None:
        self._interview, self._now = interview, now
        self._rows: list[InterviewQuestion] = list(interview.questions.order_by("question_index"))
        self.added = 0

    def find_or_add(self, wanted: FileQuestion) -> InterviewQuestion:
        """By text, best at its own index; else added there or, where another one is, at the end."""
        same = [row for row in self._rows if row.question_text == wanted.text]
        number = wanted.index + 1
        for row in same:
            if row.question_index == number:
                return row
        return same[0] if same else self._add(wanted, number)

    def _add(self, wanted: FileQuestion, number: int) -> InterviewQuestion:
        taken = {row.question_index for row in self._rows}
        metadata = {"generator": "client"}
        if wanted.time_limit is not None:
            metadata["time_limit"] = wanted.time_limit  # type: ignore[assignment]
        row = add_question(
            self._interview,
            QuestionDraft(
                text=wanted.text,
                type=wanted.type,
                category=wanted.category,
                difficulty=wanted.difficulty,
                metadata=metadata,
            ),
            question_index=max(taken) + 1 if number in taken else number,
            now=self._now,
        )
        self._rows.append(row)
        self.added += 1
        return row


def _answer(
    answer: FileAnswer,
    sound: StoredAudio | None,
    question: InterviewQuestion,
    imported: Imported,
    now: datetime,
) -> None:
    draft = AnswerDraft(
        session_id=imported.session_id,
        question_id=question.pk,
        question_index=None,
        question_text="",
        text=answer.text,
        audio=sound,
        response_duration=answer.response_duration,
        confidence_score=None,
        emotion_detected="",
        client_time=answer.given_at,
        idempotency_key="",
    )
    there = list(
        UserResponse.objects.filter(question=question)
        .annotate(given_at=Coalesce("client_time", "created_at"))
        .order_by("revision")
    )
    if _is_there(answer, draft, there):
        imported.already += 1
    elif there and (answer.given_at is None or answer.given_at <= there[-1].given_at):
        why = "was not handed in" if answer.given_at is None else "is older"
        imported.left_out.append(
            f"answers[{answer.number}]: question {question.question_index} has another answer; "
            f"this one {why} and was left out."
        )
    else:
        record_answer(draft, now=now)
        imported.answers += 1


def _is_there(answer: FileAnswer, draft: AnswerDraft, there: Sequence[UserResponse]) -> bool:
    """Also where the browser no longer had the sound that it had sent before."""
    return any(
        row.fingerprint == draft.fingerprint
        or (
            answer.sound is None
            and answer.given_at is not None
            and (row.user_answer, row.client_time) == (answer.text, answer.given_at)
        )
        for row in there
    )
