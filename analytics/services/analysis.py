"""One answer analysed: listened to, its words and its voice measured, what was found stored."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from analytics.engines.patterns import answer_patterns
from analytics.engines.tone import tone_of
from analytics.engines.transcription import TranscriptionFailed, transcriber
from analytics.engines.voice import measure_voice
from analytics.engines.words import Transcription
from analytics.models import JobKind, ResponseAnalysis
from analytics.services.analytics import OWN_ENGINE
from analytics.services.compose import compose_interview
from analytics.services.drafts import DraftFailed, DraftRefused, draft_interview
from analytics.services.jobs import Claim, LostClaim, claim, fail, finish, rearm_interview
from analytics.services.leases import holding, lease
from analytics.services.near_copies import answer_text, keep_signature
from interviewdata.common.errors import NotFound
from sessions.audio.facts import AudioNotChecked, UnreadableAudio
from sessions.audio.samples import samples_of
from sessions.emotion import emotion_is_off
from sessions.models import UserResponse
from sessions.services.audio import open_audio
from sessions.services.session import lock_session

logger = logging.getLogger(__name__)

# Kept in English; pages say them in their reader's language.
NOT_READ = gettext_noop("The sound cannot be read from its store just now.")
UNEXPECTED = gettext_noop("Something unexpected went wrong; the log of the worker says more.")


@dataclass(frozen=True)
class Heard:
    """What a recording gave. seconds: of decoded sound; spoken: None where no engine listened;
    problem: why it cannot be decoded, a sentence."""

    seconds: float | None = None
    spoken: Transcription | None = None
    voice: dict[str, Any] = field(default_factory=dict)
    problem: str = ""


def do_job(job_id: int, *, now: datetime | None = None) -> bool:
    """Claim a job and do it; whether it was there to be done. Never raises for the job's sake.

    What fails is kept with its reason and tried again later (`jobs.fail`). One claim, 1 statement,
    and those of `analyse_answer` or `compose_interview`.
    """
    held = claim(job_id, now or timezone.now(), lease=lease())
    if held is None:
        return False
    with holding(held, timezone.now()):
        try:
            if held.kind == JobKind.ANSWER:
                analyse_answer(held, now=now)
            elif held.kind == JobKind.DRAFT:
                draft_interview(held.session_id, held=held, now=now)
            else:
                compose_interview(held.session_id, held=held, now=now)
        except (LostClaim, NotFound):
            logger.info("job %s is no longer ours, nothing of it is stored", job_id)
        except Exception as error:
            _give_back(held, error, now or timezone.now())
    return True


def _give_back(held: Claim, error: Exception, now: datetime) -> None:
    if isinstance(error, (AudioNotChecked, TranscriptionFailed, DraftFailed, DraftRefused)):
        problem = str(error)
    elif isinstance(error, (OSError, SuspiciousFileOperation)):  # imported rows name any path
        problem = NOT_READ
    else:
        problem = UNEXPECTED
    if isinstance(error, DraftRefused):  # what it says was said by the model
        logger.warning("job %s (%s): the draft was refused", held.job_id, held.kind)
    else:
        # The traceback names the place, and no text of an answer.
        logger.exception("job %s (%s %s) failed", held.job_id, held.kind, held.response_id)
    try:
        fail(held, problem, now, again=getattr(error, "again", True))
    except LostClaim:
        logger.info("job %s is no longer ours", held.job_id)


def analyse_answer(held: Claim, *, now: datetime | None = None) -> ResponseAnalysis | None:
    """Find out what one answer holds and store it; None where it is no longer the current one.

    5 statements: the answer; then in one transaction the interview's lock, the end of the claim,
    the analysis, the interview's job; and those of `keep_signature`. And a process that decodes
    the sound. Sound that cannot be decoded is a finding (`problem`), not a failure. Raises
    LostClaim, NotFound (deleted meanwhile), AudioNotChecked, TranscriptionFailed, OSError: then
    nothing is stored.
    """
    answers = UserResponse.objects.select_related("question")
    answer = answers.filter(analysis_job=held.job_id).first()
    if answer is None:
        raise NotFound
    if not answer.is_current:
        finish(held, now or timezone.now())
        return None
    heard = _listen(answer) if answer.audio_bytes else Heard()
    analysis = _described(answer, heard)
    at = now or timezone.now()
    with transaction.atomic():
        # The interview first, as `compose_interview` does it: neither waits for the other.
        lock_session(answer.session_id)
        finish(held, at)
        analysis.made_at = at
        ResponseAnalysis.objects.bulk_create(
            [analysis],
            update_conflicts=True,
            unique_fields=["response"],
            update_fields=[*_FOUND, "engine", "made_at"],
        )
        keep_signature(answer, answer_text(answer.user_answer, analysis.words), now=at)
        rearm_interview(answer.session_id, at)
    return analysis


_FOUND = ("seconds", "words", "transcription", "voice", "tone", "patterns", "problem")


def _listen(answer: UserResponse) -> Heard:
    try:
        with (
            open_audio(answer.audio_file_path) as file,
            samples_of(file, answer.audio_content_type) as samples,
        ):
            engine = transcriber()
            spoken = engine.transcribe(samples) if engine is not None else None
            voice = measure_voice(
                samples.values, samples.rate, words=spoken.words if spoken else None
            )
            return Heard(samples.duration, spoken, voice)
    except UnreadableAudio as error:
        return Heard(problem=str(error))


def _described(answer: UserResponse, heard: Heard) -> ResponseAnalysis:
    """The row, from plain values. Nothing but the answer's own text and sound goes into it."""
    spoken = heard.spoken
    words = spoken.words if spoken else []
    typed = bool(answer.user_answer.strip())
    text = answer.user_answer if typed else " ".join(word.word for word in words)
    metadata = answer.question.metadata if isinstance(answer.question.metadata, dict) else {}
    keywords = metadata.get("expected_keywords")
    return ResponseAnalysis(
        response=answer,
        session_id=answer.session_id,
        seconds=heard.seconds,
        words=[asdict(word) for word in words],
        transcription=_by_what(spoken),
        voice=heard.voice,
        tone={} if emotion_is_off() or not text.strip() else _tone(text, typed, spoken),
        patterns=answer_patterns(
            text,
            expected_keywords=[word for word in keywords if isinstance(word, str)]
            if isinstance(keywords, list)
            else [],
            seconds=heard.seconds,
            words=None if typed or spoken is None else words,
            fillers_kept=typed,
        ),
        problem=heard.problem,
        engine=OWN_ENGINE,
    )


def _tone(text: str, typed: bool, spoken: Transcription | None) -> dict[str, Any]:
    """The language is known where an engine heard it."""
    return tone_of(text, language="" if typed or spoken is None else spoken.language)


def _by_what(spoken: Transcription | None) -> dict[str, Any]:
    if spoken is None:
        return {}
    return {
        "engine": spoken.engine,
        "model": spoken.model,
        "language": spoken.language,
        "parameters": spoken.parameters,
    }
