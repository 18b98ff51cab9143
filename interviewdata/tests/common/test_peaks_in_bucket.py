"""Waveforms where STORAGE_URL names a bucket: the same outline as from a file on this machine."""

import base64
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from sessions.access import AUDIO_PERMISSION
from sessions.audio.peaks import draw_outline
from sessions.models import AudioPeaks, UserResponse
from sessions.services.peaks import peaks_of

SAMPLES = sorted((Path(project.BASE_DIR) / "fixtures" / "sample_audio").glob("*.webm"))


@pytest.fixture
def sent(api, interview, in_bucket):
    """Sends a sound as the answer to the first question; gives the row. Its bytes are in the
    bucket alone."""

    def send(path: Path) -> UserResponse:
        sound = base64.b64encode(path.read_bytes()).decode()
        body = {"sessionId": interview, "questionIndex": 0, "audioBlob": sound}
        kept = api.call("/api/interview/response", body).json()
        response = UserResponse.objects.get(pk=kept["responseId"])
        assert in_bucket.exists(response.audio_file_path)
        assert not (Path(project.MEDIA_ROOT) / response.audio_file_path).exists()
        return response

    return send


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_record_page_draws_from_the_bucket_what_a_local_file_gives(
    client, staff_user, sent, settings, tmp_path, path
):
    response = sent(path)
    client.force_login(staff_user(AUDIO_PERMISSION))
    reply = client.get(f"/sessions/{response.session_id}/peaks/{response.pk}")
    assert reply.status_code == 200
    body = reply.json()
    with path.open("rb") as file:
        local = draw_outline(file, "audio/webm")
    assert len(local.peaks) == 400
    assert (body["peaks"], body["duration"], body["problem"]) == (local.peaks, local.duration, "")

    # The same answer kept in a folder: drawn anew, the same row of numbers.
    from_bucket = AudioPeaks.objects.get()
    from_bucket.delete()
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    FileSystemStorage(location=tmp_path).save(
        response.audio_file_path, ContentFile(path.read_bytes())
    )
    from_folder = peaks_of(
        path=response.audio_file_path,
        sha256=response.audio_sha256,
        content_type=response.audio_content_type,
    )
    assert (from_folder.peaks, from_folder.duration, from_folder.engine) == (
        from_bucket.peaks,
        from_bucket.duration,
        from_bucket.engine,
    )


def test_drawn_once_the_bucket_is_not_asked_again(client, staff_user, sent, in_bucket):
    response = sent(SAMPLES[0])
    client.force_login(staff_user(AUDIO_PERMISSION))
    url = f"/sessions/{response.session_id}/peaks/{response.pk}"
    first = client.get(url)
    in_bucket.delete(response.audio_file_path)
    assert client.get(url).json() == first.json()


def test_object_that_is_gone_is_not_the_sounds_fault(client, staff_user, sent, in_bucket):
    response = sent(SAMPLES[0])
    in_bucket.delete(response.audio_file_path)
    client.force_login(staff_user(AUDIO_PERMISSION))
    reply = client.get(f"/sessions/{response.session_id}/peaks/{response.pk}")
    assert (reply.status_code, reply.json()["code"]) == (503, "unavailable")
    assert AudioPeaks.objects.count() == 0
