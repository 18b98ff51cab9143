"""From an upload to an answer: its parts joined, checked and stored like any other sound."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from interviewdata.common.errors import Conflict, NotNow, Unprocessable
from sessions.models import AudioUpload, UserResponse
from sessions.services.answer import AnswerDraft, KeptAnswer, record_answer
from sessions.services.audio import CheckedAudio, StoredAudio, check_audio, store_audio
from sessions.services.tidy import REPLIES_KEPT
from sessions.services.upload import cut_back
from sessions.services.upload_parts import PartLost, joined, remove_objects

FIELD = "audioUpload"


@dataclass(frozen=True)
class ArrivedSound:
    """The sound of an answer: one to be stored, or the one that is stored already, because the
    same `upload` was used before. Without an upload it came in the request itself."""

    checked: CheckedAudio | None = None
    stored: StoredAudio | None = None
    upload: AudioUpload | None = None

    def store(self, session_id: str) -> StoredAudio:
        """Raises NotNow."""
        if self.stored is not None:
            return self.stored
        assert self.checked is not None
        return store_audio(self.checked, session_id=session_id)


@contextmanager
def sound_of_upload(
    *, session_id: str, upload_id: str, now: datetime | None = None
) -> Iterator[ArrivedSound]:
    """The sound of a whole upload of that interview, readable inside the `with`.

    2 statements: the upload, then its parts or the answer that has it. Raises Unprocessable
    (there is no such upload), Conflict (not all of it is there), what check_audio raises, NotNow.
    """
    upload = _whole_upload(session_id, upload_id, now or timezone.now())
    if upload.used_at is not None:
        yield ArrivedSound(stored=_used(upload), upload=upload)
        return
    lost: PartLost | None = None
    parts = list(upload.parts.order_by("first_byte"))
    try:
        with joined(upload.upload_id, parts, length=upload.length_bytes) as file:
            checked = check_audio(file, size=upload.length_bytes, field=FIELD)
            yield ArrivedSound(checked=checked, upload=upload)
            return
    except PartLost as error:
        lost = error
    # A rival that was faster has removed the parts; else they are lost, and can be sent again.
    upload = _whole_upload(session_id, upload_id, now or timezone.now())
    if upload.used_at is not None:
        yield ArrivedSound(stored=_used(upload), upload=upload)
        return
    try:
        cut_back(upload.upload_id, first_byte=lost.first_byte)
    except OSError as error:
        raise NotNow("The recording cannot be read just now; please try again.") from error
    raise _unfinished(lost.first_byte, upload.length_bytes)


def _whole_upload(session_id: str, upload_id: str, now: datetime) -> AudioUpload:
    upload = AudioUpload.objects.filter(
        session__session_id=session_id, upload_id=upload_id, expires_at__gt=now
    ).first()
    if upload is None:
        raise _unknown()
    if not upload.is_whole:
        raise _unfinished(upload.received_bytes, upload.length_bytes)
    return upload


def _unknown() -> Unprocessable:
    return Unprocessable.field(
        FIELD, "This interview has no such upload (any more); send the recording again."
    )


def _unfinished(received: int, length: int) -> Conflict:
    sentence = f"{received} of {length} bytes have arrived; send the rest first."
    return Conflict(f"{FIELD}: {sentence}", fields={FIELD: [sentence]})


def _used(upload: AudioUpload) -> StoredAudio:
    """The stored sound of a used upload, as long as an answer names it: else it may be swept."""
    path = upload.audio_file_path
    if not UserResponse.objects.filter(
        session__session_id=upload.session_id, audio_file_path=path
    ).exists():
        raise _unknown()
    return StoredAudio(
        path,
        upload.audio_sha256,
        upload.audio_content_type,
        upload.length_bytes,
        upload.audio_duration,
    )


def record_answer_with(
    sound: ArrivedSound | None, draft: AnswerDraft, *, now: datetime | None = None
) -> KeptAnswer:
    """Keep an answer; where its sound came as an upload, its parts go.

    The upload remembers its sound, so that the same call again finds it. 2 statements besides
    those of record_answer, in one transaction with it. Raises what record_answer raises.
    """
    if sound is None or sound.upload is None or sound.upload.used_at is not None:
        return record_answer(draft, now=now)
    with transaction.atomic():
        kept = record_answer(draft, now=now)
        _mark_used(sound.upload, draft.audio, now or timezone.now())
    return kept


def _mark_used(upload: AudioUpload, audio: StoredAudio | None, now: datetime) -> None:
    assert audio is not None
    marked = AudioUpload.objects.filter(pk=upload.pk, used_at__isnull=True).update(
        used_at=now,
        expires_at=now + REPLIES_KEPT,
        audio_file_path=audio.path,
        audio_sha256=audio.sha256,
        audio_content_type=audio.content_type,
        audio_duration=audio.duration,
    )
    if marked:
        upload.parts.all().delete()
        upload_id = upload.upload_id
        transaction.on_commit(lambda: remove_objects(upload_id))
