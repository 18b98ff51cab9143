"""The interview's transcript and figures, from what was found in its answers and nothing else.

A pure function of `response_analyses`: made again whenever one of them is new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from analytics.engines.patterns import interview_patterns
from analytics.engines.tone import combine_tone
from analytics.engines.voice import combine_voice
from analytics.models import ResponseAnalysis
from analytics.services.analytics import OWN_ENGINE, PARTS, save_computed
from analytics.services.jobs import Claim, finish
from sessions.emotion import emotion_is_off
from sessions.enums import Source
from sessions.models import InterviewQuestion, Transcript, UserResponse
from sessions.services.session import lock_session
from sessions.services.transcript import save_transcript

AUTHOR = "analysis"


@dataclass(frozen=True)
class Answered:
    """A current answer with its question, and what was found in it (None: nothing, it failed).

    duration: seconds of its recording, 0.0 where it has none or it is not known.
    """

    question_index: int
    question_text: str
    response_id: int
    revision: int
    has_sound: bool
    duration: float
    found: ResponseAnalysis | None


@transaction.atomic
def compose_interview(
    session_id: str, *, held: Claim | None = None, now: datetime | None = None
) -> None:
    """Make the transcript and the figures of an interview, and end the claim, all or nothing.

    The transcript only where words were heard, and neither a reviewer nor another service has
    given one; the figures where nobody else has. 4 statements (lock, questions with answers and
    what was found, others' transcripts, end of the claim), those of `save_transcript` and
    `save_computed`, whatever the number of answers. Raises NotFound, LostClaim.
    """
    now = now or timezone.now()
    lock_session(session_id)
    answered, skipped = answers_of(session_id)
    data, words = transcript_of(answered)
    if words and not _others_gave_one(session_id):
        save_transcript(
            session_id=session_id,
            transcript_data=data,
            word_timestamps=words,
            confidence_scores=[word["confidence"] for word in words],
            raw_audio_path="",
            processed_audio_path="",
            source=Source.SERVICE,
            author=AUTHOR,
            now=now,
        )
    save_computed(session_id=session_id, parts=figures_of(answered, skipped), now=now)
    if held is not None:
        finish(held, now)


def answers_of(session_id: str) -> tuple[list[Answered], list[int]]:
    """The current answers in order of their questions, and the indexes of questions without one.
    2 statements."""
    questions = InterviewQuestion.objects.filter(session__session_id=session_id).order_by(
        "question_index"
    )
    asked = list(questions.values_list("pk", "question_index", "question_text"))
    answers = UserResponse.objects.filter(session__session_id=session_id, is_current=True)
    of_question = {
        row.question_id: row
        for row in answers.select_related("analysis").defer("user_answer", "idempotency_key")
    }
    answered, skipped = [], []
    for pk, index, text in asked:
        row = of_question.get(pk)
        if row is None:
            skipped.append(index)
            continue
        found: ResponseAnalysis | None = getattr(row, "analysis", None)
        duration = row.audio_duration or (found.seconds if found else None) or 0.0
        has_sound = row.audio_bytes > 0
        answered.append(Answered(index, text, row.pk, row.revision, has_sound, duration, found))
    return answered, skipped


def _others_gave_one(session_id: str) -> bool:
    """Whether a reviewer, another service or an import has given a transcript. 1 statement."""
    given = Transcript.objects.filter(session__session_id=session_id).exclude(
        source=Source.CANDIDATE
    )
    return given.exclude(source=Source.SERVICE, author=AUTHOR).exists()


def transcript_of(
    answered: Sequence[Answered],
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """(transcript_data, word_timestamps) of the recorded answers, on one clock in seconds.

    The recordings lie end to end in order of their questions: a question stands at the moment
    its answer's recording begins, the answer's segment begins there and ends in its recording.
    """
    segments: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    heard_by: dict[str, Any] = {}
    begin = 0.0
    for one in answered:
        if not one.has_sound:
            continue
        named = {"question_index": one.question_index, "response_id": one.response_id}
        at = round(begin, 3)
        segments.append(
            {"speaker": "question", **named, "start": at, "end": at, "text": one.question_text}
        )
        found = one.found
        heard = found.words if found is not None else []
        if found is not None and heard:
            heard_by = found.transcription
            end = min(heard[-1]["end"], one.duration or heard[-1]["end"])
            text = " ".join(word["word"] for word in heard)
            segments.append(
                {
                    "speaker": "answer",
                    **named,
                    "start": at,
                    "end": round(begin + end, 3),
                    "text": text,
                }
            )
            words += [
                {
                    **word,
                    "start": round(begin + word["start"], 3),
                    "end": round(begin + word["end"], 3),
                }
                for word in heard
            ]
        begin += one.duration
    data = {
        "segments": segments,
        "language": heard_by.get("language", ""),
        "engine": heard_by.get("engine", ""),
        "model": heard_by.get("model", ""),
    }
    return data, words


def figures_of(answered: Sequence[Answered], skipped: Sequence[int]) -> dict[str, Any]:
    """The four columns of `interview_analytics`; all empty where nothing was found.

    Each says by what it was made. `emotion_analysis` is empty where emotions are switched off.
    """
    rows = [(one, one.found) for one in answered if one.found is not None]
    if not rows:
        return {name: {} for name in PARTS}
    voices = [found.voice for _one, found in rows if found.voice]
    tones = [] if emotion_is_off() else [(one, f.tone) for one, f in rows if f.tone]
    return {
        "question_analytics": {
            "engine": OWN_ENGINE,
            "questions": [_of_question(one, found) for one, found in rows],
        },
        "voice_metrics": _own(combine_voice(voices)) if voices else {},
        "emotion_analysis": {
            **_own(combine_tone([tone for _one, tone in tones])),
            "questions": [{**_named(one), **_shown(tone)} for one, tone in tones],
        }
        if tones
        else {},
        "response_patterns": _own(
            interview_patterns(
                [found.patterns for _one, found in rows],
                skipped=skipped,
                re_answered={
                    one.question_index: one.revision for one in answered if one.revision > 1
                },
            )
        ),
    }


def _own(part: dict[str, Any]) -> dict[str, Any]:
    return {"engine": OWN_ENGINE, **{k: v for k, v in part.items() if k != "engine"}}


def _named(one: Answered) -> dict[str, Any]:
    return {"question_index": one.question_index, "response_id": one.response_id}


def _shown(part: dict[str, Any]) -> dict[str, Any]:
    """Without what it is combined from; the whole method stands beside the combined figures."""
    said = {name: value for name, value in part.items() if name != "basis"}
    if isinstance(method := said.get("method"), dict):
        said["method"] = f"{method.get('name', '')} {method.get('version', '')}".strip()
    return said


def _of_question(one: Answered, found: ResponseAnalysis) -> dict[str, Any]:
    said: dict[str, Any] = {**_named(one), "patterns": _shown(found.patterns)}
    if one.has_sound:
        said |= {"seconds": found.seconds, "voice": _shown(found.voice)}
    if found.transcription:
        said |= {"words": len(found.words), "transcription": found.transcription}
    if found.problem:
        said["problem"] = found.problem
    return said
