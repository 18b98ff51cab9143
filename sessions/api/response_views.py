"""Answers in text and sound, and the transcript. HOT: record."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase

from interviewdata.common.errors import DomainError, Invalid, Unprocessable
from interviewdata.common.wire.body import is_multipart, read_form, read_object
from interviewdata.common.wire.replies import success
from sessions.access import Also, may_answer
from sessions.api.base import InterviewViewSet
from sessions.api.inputs import ResponseInput, TranscriptInput
from sessions.api.schema import describe_responses, describe_transcripts
from sessions.audio.encoded import decode_base64_audio
from sessions.audio.facts import UnreadableAudio
from sessions.emotion import EMOTION_OFF_WARNING, emotion_is_off
from sessions.services.answer import AnswerDraft, KeptAnswer, question_exists, record_answer
from sessions.services.audio import CheckedAudio, check_audio, store_audio
from sessions.services.transcript import save_transcript

NO_AUDIO_WARNING = (
    "No audio arrived: audioBlob was an object, which is what JSON.stringify makes of a Blob. "
    "Send a data URL, base64, or multipart/form-data with a file `audio`."
)
_AUDIO_FIELDS = ("audio", "audioBlob")


@describe_responses
class ResponseViewSet(InterviewViewSet):
    def record(self, request: HttpRequest) -> HttpResponseBase:
        warnings: list[str] = []
        if is_multipart(request):
            body, files = read_form(request)
        else:
            body, files = read_object(request), {}
        data = ResponseInput.read(body)
        session_id = data["session_id"]
        index = data["question_index"]
        head = may_answer(
            self.principal,
            session_id,
            "interview_sessions.add_userresponse",
            Also(*question_exists(question_id=data["question_id"], question_index=index)),
        )
        checked = _audio_of(body, files, warnings)
        text = data["answer"] or data["user_answer"]
        if not text and checked is None:
            if not warnings:
                raise Invalid.field("answer", "Send an answer, as text or as sound.")
            raise Invalid("answer: " + warnings[0], fields={"answer": [warnings[0]]})
        if data["emotion_detected"] and emotion_is_off():
            data["emotion_detected"] = ""
            warnings.append(EMOTION_OFF_WARNING)
        stored = None
        if checked is not None:
            # Nothing is written for an answer that would be refused.
            if not data["question"] and not head.also[0]:
                raise Invalid.field(
                    "questionId" if data["question_id"] is not None else "questionIndex",
                    "This interview has no such question; send `question`, its text, to add it.",
                )
            stored = store_audio(checked, session_id=session_id)
        kept = record_answer(
            AnswerDraft(
                session_id=head.session_id,
                question_id=data["question_id"],
                question_index=None if index is None else index + 1,
                question_text=data["question"],
                text=text,
                audio=stored,
                response_duration=data["response_duration"],
                confidence_score=data["confidence_score"],
                emotion_detected=data["emotion_detected"],
                client_time=data["client_time"],
                idempotency_key=request.META.get("HTTP_IDEMPOTENCY_KEY", "")[:255],
            )
        )
        if kept.is_late:
            warnings.append("The interview had ended; the answer is kept and marked late.")
        return success(
            "The answer was saved." if kept.is_new else "The answer had been saved already.",
            responseId=kept.response_id,
            questionId=kept.question_id,
            audioFilePath=kept.audio_file_path or None,
            audioSaved=stored is not None,
            warnings=warnings,
            progress=progress_of(kept),
        )


def progress_of(kept: KeptAnswer) -> dict[str, Any]:
    return progress(kept.answered, kept.total, kept.next_index)


def progress(answered: int, total: int, next_index: int) -> dict[str, Any]:
    """`completionRate` is answered / total, 0–1; 0 where nothing was asked."""
    return {
        "answered": answered,
        "total": total,
        "currentQuestionIndex": next_index,
        "completionRate": round(answered / total, 4) if total else 0.0,
    }


def _audio_of(
    body: dict[str, Any], files: dict[str, UploadedFile], warnings: list[str]
) -> CheckedAudio | None:
    """The sound of a request, readable and measured; None where none came."""
    for name, file in files.items():
        if name not in _AUDIO_FIELDS:
            raise Invalid.field(name, "Send the sound as the file field `audio`.")
        return check_audio(file.file, size=file.size or 0)  # type: ignore[arg-type]
    for name in _AUDIO_FIELDS:
        value = body.get(name)
        if value is None or value == "":
            continue
        if value == {}:
            warnings.append(NO_AUDIO_WARNING)
            continue
        if not isinstance(value, str):
            raise Unprocessable.field(name, "Send a data URL or base64.")
        try:
            sound = decode_base64_audio(value)
        except UnreadableAudio as error:
            raise DomainError(
                f"{name}: {error}", code="unreadable_audio", fields={name: [str(error)]}
            ) from error
        return check_audio(sound, size=len(sound))
    return None


@describe_transcripts
class TranscriptViewSet(InterviewViewSet):
    def save(self, request: HttpRequest) -> HttpResponseBase:
        data = TranscriptInput.read(read_object(request))
        head = may_answer(self.principal, data["session_id"], "interview_sessions.add_transcript")
        transcript = save_transcript(
            session_id=head.session_id,
            transcript_data=data["transcript_data"],
            word_timestamps=data["word_timestamps"] or [],
            confidence_scores=data["confidence_scores"] or [],
            raw_audio_path=data["raw_audio_path"],
            processed_audio_path=data["processed_audio_path"],
            source=self.principal.source,
            author=self.principal.author,
        )
        return success("The transcript was saved.", transcriptId=transcript.pk)
