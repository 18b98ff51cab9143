"""The sound of an answer: in the request as base64 or file, or in an upload that it names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from interviewdata.common.errors import DomainError, Invalid, Unprocessable
from sessions.access import Head
from sessions.audio.encoded import decode_base64_audio
from sessions.audio.facts import UnreadableAudio
from sessions.services.audio import CheckedAudio, StoredAudio, check_audio
from sessions.services.upload_answer import ArrivedSound, sound_of_upload

NO_AUDIO_WARNING = (
    "No audio arrived: audioBlob was an object, which is what JSON.stringify makes of a Blob. "
    "Send a data URL, base64, or multipart/form-data with a file `audio`."
)
_AUDIO_FIELDS = ("audio", "audioBlob")


@contextmanager
def sound_of(
    body: dict[str, Any],
    files: dict[str, UploadedFile],
    data: dict[str, Any],
    warnings: list[str],
) -> Iterator[ArrivedSound | None]:
    """The sound that came with an answer (`data`: the values of ResponseInput), readable and
    measured; None where none came. No statement, 2 for an upload. Appends to `warnings`."""
    if data["audio_upload"]:
        both = [name for name in _AUDIO_FIELDS if body.get(name) not in (None, "", {})] + [*files]
        if both:
            raise Invalid.field("audioUpload", f"Send this or {both[0]}, not both.")
        with sound_of_upload(
            session_id=data["session_id"], upload_id=data["audio_upload"]
        ) as uploaded:
            yield uploaded
    else:
        checked = _audio_of(body, files, warnings)
        yield None if checked is None else ArrivedSound(checked)


def store_sound(sound: ArrivedSound | None, data: dict[str, Any], head: Head) -> StoredAudio | None:
    """The sound in the store; nothing is written for an answer that would be refused. `head.also`
    says whether the interview has the question. Raises Invalid, NotNow."""
    if sound is None:
        return None
    if not data["question"] and not head.also[0]:
        raise Invalid.field(
            "questionId" if data["question_id"] is not None else "questionIndex",
            "This interview has no such question; send `question`, its text, to add it.",
        )
    return sound.store(head.session_id)


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
