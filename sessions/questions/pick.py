"""Chooses the source of questions; the bank steps in where another one fails."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace

import orjson
from django.conf import settings
from django.db import transaction

from interviewdata.common.errors import Conflict, Invalid, NotNow
from interviewdata.common.sql import fetch_all, fetch_one, is_postgresql
from sessions.access import Also, Head
from sessions.enums import Difficulty, Mode
from sessions.questions.bank import BankSource
from sessions.questions.base import Picked, QuestionRequest, QuestionSource, SourceFailed
from sessions.services.question import (
    MAX_QUESTIONS,
    AskedQuestion,
    Outrun,
    QuestionDraft,
    ask_batch,
    asked_batch,
)
from sessions.services.session import lock_session

# Over `s`, the interview. Keys are joined by line ends, which no key holds. `length`, because a
# plain `<> ''` invites PostgreSQL to read the whole index of asked bank questions
# (question_by_key) while its statistics still take that for small: 12 ms instead of 0.2.
_CONTEXT = """
    (SELECT version FROM question_bank_version WHERE id = 1),
    (SELECT {joined}(q.bank_key, '\n') FROM interview_questions q
     JOIN interview_sessions p ON p.session_id = q.session_id
     WHERE p.user_email = s.user_email AND length(q.bank_key) > 0),
    (SELECT count(*) FROM interview_questions q WHERE q.session_id = s.session_id),
    (SELECT {joined}(q.batch, '\n') FROM interview_questions q
     WHERE q.session_id = s.session_id AND q.batch <> ''),
    s.session_data -> 'invitationId'
"""
_GIVEN = "The invitation has set how many there are, and they have been given."
_ASKED_TEXTS = """
SELECT q.question_text FROM interview_questions q
JOIN interview_sessions s ON s.session_id = q.session_id
WHERE s.user_email = %s ORDER BY q.id DESC LIMIT 1000
"""


def batch_digest(mode: Mode, role: str, difficulty: Difficulty, count: int, seed: str) -> str:
    """What makes two requests for questions the same one."""
    return hashlib.sha256(orjson.dumps([mode, role, difficulty, count, seed])).hexdigest()


def context() -> Also:
    """What `give_questions` needs to know beside the interview itself, to be asked for with it."""
    return Also(_CONTEXT.format(joined="string_agg" if is_postgresql() else "group_concat"))


@dataclass(frozen=True)
class Met:
    """What was asked before: the person (keys of the bank, a line each) and this interview; the
    id of the invitation that it was made by, as JSON text."""

    bank_version: str
    asked: str | None
    present: int
    batches: str | None
    invitation_id: str | None = None

    def leaves_room_for(self, count: int) -> None:
        """Raises Invalid."""
        if self.present + count > MAX_QUESTIONS:
            raise Invalid.field(
                "count",
                f"An interview has {MAX_QUESTIONS} questions at most; this one has {self.present}.",
            )

    def met_by(self, request: QuestionRequest) -> QuestionRequest:
        return replace(
            request,
            asked=Counter(self.asked.split("\n")) if self.asked else {},
            bank_version=self.bank_version,
        )


def _met_now(session_id: str) -> Met:
    row = fetch_one(
        f"SELECT {context().columns} FROM interview_sessions s WHERE s.session_id = %s",
        [session_id],
    )
    assert row is not None
    return Met(*row)


def give_questions(
    head: Head,
    *,
    mode: Mode,
    role: str,
    difficulty: Difficulty,
    count: int,
    seed: str,
    once: bool = False,
) -> tuple[list[AskedQuestion], list[str]]:
    """Ask `count` questions in an interview; the same request again gives the same reply.

    The notes of the choice are kept with the first question of the batch. An empty `seed` means
    the interview's own; `head` was read with `context()`. `once`: no second set is given, whatever
    its seed. Raises NotFound, Conflict (the interview has ended), Invalid (too many questions),
    NotNow (no source has any).

    HOT: 1 statement on PostgreSQL beside the check of access, 4 on SQLite; 1 more where a
    language model is asked, and 1 the first time a server process meets a changed bank.
    """
    batch = batch_digest(mode, role, difficulty, count, seed)
    met = Met(*head.also)
    if batch in (met.batches or ""):
        return _with_notes(asked_batch(head.session_id, batch))
    if once and met.batches:
        raise Invalid.field("count", _GIVEN)
    if head.status == "completed":
        raise Conflict("The interview has ended; no question can be added.")
    met.leaves_room_for(count)
    request = QuestionRequest(
        mode=mode, role=role, difficulty=difficulty, count=count, seed=seed or head.session_id
    )
    given = Picked([])
    if settings.QUESTIONS_LLM_URL:
        texts = frozenset(row[0] for row in fetch_all(_ASKED_TEXTS, [head.user_email]))
        given = ask_language_model(replace(met.met_by(request), asked_texts=texts))

    def ask(met: Met) -> list[AskedQuestion]:
        return ask_batch(
            session_id=head.session_id,
            batch=batch,
            drafts=_with_first_note(complete(met.met_by(request), given)),
            present=met.present,
        )

    try:
        return _with_notes(ask(met))
    except Outrun:
        # Others' questions came in between; now they wait while we choose again.
        with transaction.atomic():
            lock_session(head.session_id)
            met = _met_now(head.session_id)
            if batch in (met.batches or ""):
                return _with_notes(asked_batch(head.session_id, batch))
            if once and met.batches:
                raise Invalid.field("count", _GIVEN)
            met.leaves_room_for(count)
            return _with_notes(ask(met))


def _with_first_note(picked: Picked) -> list[QuestionDraft]:
    """The drafts, the first one holding the notes of the choice."""
    first, *others = picked.drafts
    if picked.notes:
        # A copy: the drafts of the bank are shared by all requests.
        first = replace(first, metadata={**first.metadata, "notes": picked.notes})
    return [first, *others]


def _with_notes(asked: list[AskedQuestion]) -> tuple[list[AskedQuestion], list[str]]:
    return asked, asked[0].metadata.get("notes", [])


def ask_language_model(request: QuestionRequest) -> Picked:
    """What the language model gives; nothing but a note where it fails."""
    from sessions.questions.llm import LanguageModelSource

    source: QuestionSource = LanguageModelSource()
    try:
        return source.pick(request)
    except SourceFailed as error:
        return Picked([], [f"{error} Questions of the bank were used instead."])


def complete(request: QuestionRequest, given: Picked) -> Picked:
    """The bank's questions added for what another source has not given. Raises NotNow."""
    missing = request.count - len(given.drafts)
    if not missing:
        return given
    try:
        picked = BankSource().pick(
            replace(request, count=missing, given=frozenset(draft.text for draft in given.drafts))
        )
    except SourceFailed as error:
        if not given.drafts:
            raise NotNow(
                f"{error} Load it with: python manage.py loaddata question_bank"
            ) from error
        picked = Picked([], [str(error)])
    notes = list(given.notes)
    if given.drafts:
        notes.append(
            f"The language model gave {len(given.drafts)} usable questions of {request.count}; "
            f"{len(picked.drafts)} are from the bank."
        )
    return Picked(given.drafts + picked.drafts, notes + picked.notes)
