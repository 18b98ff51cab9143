"""Answers in text and sound, and the transcript. HOT: record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from interviewdata.common.errors import Invalid
from interviewdata.common.wire.body import is_multipart, read_form, read_object
from interviewdata.common.wire.replies import success
from sessions.access import Also, may_answer
from sessions.api.base import InterviewViewSet
from sessions.api.inputs import ResponseInput, TranscriptInput
from sessions.api.schema import describe_responses, describe_transcripts
from sessions.api.sound import sound_of, store_sound
from sessions.emotion import EMOTION_OFF_WARNING, emotion_is_off
from sessions.services.answer import AnswerDraft, KeptAnswer, question_exists
from sessions.services.transcript import save_transcript
from sessions.services.upload_answer import record_answer_with
from sessions.wire import progress


@describe_responses
class ResponseViewSet(InterviewViewSet):
    def record(self, request: HttpRequest) -> HttpResponseBase:
        warnings: list[str] = []
        if is_multipart(request):
            body, files = read_form(request)
        else:
            body, files = read_object(request), {}
        data = ResponseInput.read(body)
        index = data["question_index"]
        head = may_answer(
            self.principal,
            data["session_id"],
            "interview_sessions.add_userresponse",
            Also(*question_exists(question_id=data["question_id"], question_index=index)),
        )
        with sound_of(body, files, data, warnings) as sound:
            text = data["answer"] or data["user_answer"]
            if not text and sound is None:
                if not warnings:
                    raise Invalid.field("answer", "Send an answer, as text or as sound.")
                raise Invalid("answer: " + warnings[0], fields={"answer": [warnings[0]]})
            if data["emotion_detected"] and emotion_is_off():
                data["emotion_detected"] = ""
                warnings.append(EMOTION_OFF_WARNING)
            stored = store_sound(sound, data, head)
            kept = record_answer_with(
                sound,
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
                ),
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
