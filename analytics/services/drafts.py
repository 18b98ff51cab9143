"""Feedback drafted by a language model: asked for by staff, proven, kept apart from all scores.

What leaves the house is in `_sendable`: mode, role, difficulty, questions, answers and a transcript
that others gave; e-mail addresses and the candidate's own name are masked, and no id goes along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from analytics.anonymity import NameMask, identifying_texts
from analytics.engines import draft
from analytics.engines.masked import Masked, mask
from analytics.models import Feedback, FeedbackDraft
from analytics.services.compose import AUTHOR as OWN_TRANSCRIPTS
from analytics.services.jobs import Claim, arm_draft, finish
from analytics.services.near_copies import answer_text
from interviewdata.common.errors import Conflict, DomainError, NotFound, NotNow
from interviewdata.common.llm import Endpoint, ModelFailed, ask, content_of
from sessions.enums import BEST_FIRST, Source
from sessions.models import InterviewSession, ServiceToken, Transcript, UserResponse
from sessions.services.session import lock_session
from sessions.services.transcript import content_digest
from sessions.transcript_text import shown_words, timed_words

AUTHOR = "draft"
ENGINE = f"{draft.NAME} {draft.VERSION}"
MOST_REPLY_BYTES = 1_000_000
# Texts that the summary is put together from; it is kept in English, as all in the database.
_HEADING = "Draft by a model, not a judgement"
_CUT = "Only a part of what was said was sent to the model."

OFF = gettext_noop("Drafts are switched off here. Set DRAFTS_LLM_URL.")
NOTHING_SAID = gettext_noop("There is nothing to draft from: no answer has a text yet.")
TAKEN = gettext_noop(
    "A service is called “draft”; its scores would be taken for drafts. Rename it."
)


class DraftFailed(NotNow):
    """The model gave no answer. again: whether trying again may help."""

    def __init__(self, message: str, *, again: bool = True) -> None:
        super().__init__(message)
        self.again = again


class DraftRefused(DomainError):
    """The model's answer cannot be proven, and nothing of it is kept. quote: what nobody said."""

    code = "draft_refused"
    again = False

    def __init__(self, message: str, quote: str = "") -> None:
        super().__init__(f"{message} “{quote}”" if quote else message)
        self.quote = quote


@dataclass(frozen=True)
class _Sent:
    """What goes out, and the way back from its places to those of the texts as they are kept."""

    material: draft.Material
    is_cut: bool
    answers: Mapping[int, tuple[Masked, str]]
    transcript: tuple[Masked, str]

    def in_whole(self, quote: draft.Quote) -> dict[str, Any]:
        """{text, question_index, start, end}: of the answer's own text, characters."""
        index = quote.question_index
        masked, whole = self.transcript if index is None else self.answers[index]
        start, end = masked.place_in_whole(quote.start, quote.end)
        return {"text": whole[start:end], "question_index": index, "start": start, "end": end}


def drafts_are_on() -> bool:
    return bool(settings.DRAFTS_LLM_URL)


def request_draft(*, session_id: str, now: datetime | None = None) -> None:
    """Have feedback on the interview drafted by a worker. 2 statements.

    Raises NotFound; Conflict where drafts are switched off, or analysis is, whose worker it needs.
    """
    if not drafts_are_on():
        raise Conflict(gettext(OFF))
    if not settings.ANALYSIS:
        raise Conflict(gettext("Drafts need the worker. Set ANALYSIS=1, or use the command."))
    if not InterviewSession.objects.filter(session_id=session_id).exists():
        raise NotFound
    arm_draft(session_id, now or timezone.now())


def draft_interview(
    session_id: str, *, held: Claim | None = None, now: datetime | None = None
) -> FeedbackDraft:
    """Ask the model, prove its answer and keep it; the same prompt and answer again give the row
    that is there. Ends the claim in the transaction that keeps it.

    The interview keeps its status, no event says "scored", and no figure moves. 3 statements before
    the model is asked; 5 after, and the end of the claim. Raises NotFound, LostClaim, DraftFailed,
    DraftRefused.
    """
    if not drafts_are_on():
        raise DraftFailed(OFF, again=False)
    sent = _sendable(session_id)
    if sent.material.is_empty:
        raise DraftRefused(NOTHING_SAID)
    prompt = draft.messages(sent.material)
    found = _ask(prompt, sent.material)
    scores = {
        name: {
            "score": score.score,
            "reason": score.reason,
            "quotes": [sent.in_whole(quote) for quote in score.quotes],
        }
        for name, score in found.scores.items()
    }
    kept = {
        "model": settings.DRAFTS_LLM_MODEL,
        "engine": ENGINE,
        "prompt_sha256": draft.prompt_digest(prompt),
        "scores": scores,
    }
    return _keep(session_id, found, kept, is_cut=sent.is_cut, held=held, now=now or timezone.now())


def _ask(prompt: list[dict[str, str]], material: draft.Material) -> draft.Draft:
    endpoint = Endpoint(
        url=settings.DRAFTS_LLM_URL,
        model=settings.DRAFTS_LLM_MODEL,
        key=settings.DRAFTS_LLM_KEY,
        seconds=settings.DRAFTS_LLM_TIMEOUT,
        most_bytes=MOST_REPLY_BYTES,
    )
    try:
        reply = content_of(ask(endpoint, prompt, name="feedback_draft", schema=draft.SCHEMA))
    except ModelFailed as error:
        raise DraftFailed(str(error)) from error
    try:
        return draft.prove(reply, material)
    except draft.ReplyRefused as error:
        raise DraftRefused(str(error), error.quote) from None


@transaction.atomic
def _keep(
    session_id: str,
    found: draft.Draft,
    kept: dict[str, Any],
    *,
    is_cut: bool,
    held: Claim | None,
    now: datetime,
) -> FeedbackDraft:
    interview = lock_session(session_id)
    if held is not None:
        finish(held, now)
    # A rater's newest row counts, and ours has no scores: it would take theirs away.
    if ServiceToken.objects.filter(name=AUTHOR).exists():
        raise DraftFailed(TAKEN, again=False)
    feedback, is_new = Feedback.objects.get_or_create(
        session=interview,
        source=Source.SERVICE,
        author=AUTHOR,
        fingerprint=content_digest({**kept, "summary": found.summary}),
        defaults={
            "user_email": interview.user_email,
            "ai_generated_feedback": _readable(found, kept["model"], is_cut=is_cut),
            "created_at": now,
        },
    )
    if not is_new:
        return FeedbackDraft.objects.get(feedback=feedback)
    return FeedbackDraft.objects.create(feedback=feedback, created_at=now, **kept)


def _readable(found: draft.Draft, model: str, *, is_cut: bool) -> str:
    lines = [f"{_HEADING} ({model}).", *([_CUT] if is_cut else []), "", found.summary]
    for name, score in found.scores.items():
        said = "no score" if score.score is None else f"{score.score:g} of 10"
        lines += ["", f"{name.removesuffix('_score').replace('_', ' ').capitalize()}: {said}."]
        lines.append(score.reason)
        lines += [f"“{' '.join(quote.text.split())}”" for quote in score.quotes]
    return "\n".join(lines)


def _sendable(session_id: str) -> _Sent:
    """Everything that leaves the house, and nothing else. 3 statements. Raises NotFound."""
    interview = InterviewSession.objects.filter(session_id=session_id).first()
    if interview is None:
        raise NotFound
    names = NameMask(identifying_texts(interview.user_email, interview.session_data))

    def masked(text: str) -> Masked:
        return mask(text, names.places(text))

    rows = UserResponse.objects.filter(session__session_id=session_id, is_current=True).order_by(
        "question__question_index"
    )
    answers: dict[int, tuple[Masked, str]] = {}
    said = []
    for index, question, typed, words in rows.values_list(
        "question__question_index", "question__question_text", "user_answer", "analysis__words"
    ):
        text = answer_text(typed, words)
        answers[index] = masked(text), text
        said.append(draft.Said(index, masked(question).text, answers[index][0].text))
    whole = _transcript(session_id)
    transcript = masked(whole), whole
    material = draft.Material(
        interview.interview_mode,
        masked(interview.role).text,
        interview.difficulty,
        tuple(said),
        transcript[0].text,
    )
    short, is_cut = draft.shortened(material)
    return _Sent(short, is_cut, answers, transcript)


def _transcript(session_id: str) -> str:
    """The words of the transcript that stands for the interview; none where that is ours, which
    says what the answers say. A candidate's own does not count. 1 statement."""
    rows = Transcript.objects.filter(session__session_id=session_id).exclude(
        source=Source.CANDIDATE
    )
    found = sorted(
        rows.values_list("source", "id", "author", "transcript_data", "word_timestamps"),
        key=lambda row: (BEST_FIRST.index(Source(row[0])), -row[1]),
    )
    if not found:
        return ""
    source, _pk, author, data, words = found[0]
    if source == Source.SERVICE and author == OWN_TRANSCRIPTS:
        return ""
    return " ".join(shown_words(data, timed_words(words)))
