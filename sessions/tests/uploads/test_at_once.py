"""Many at once, in threads: of each place one part is kept, of an upload one answer is made."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.core.files.storage import default_storage

from sessions.models import AudioUpload, AudioUploadPart, UserResponse
from sessions.tests.audio.samples import recorded_webm
from sessions.tests.test_concurrency import at_once, same_browser
from sessions.tests.uploads.tus_client import begin, begun, offset_of, part, uploaded

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

RIVALS = 8


def statuses(replies):
    return sorted(getattr(reply, "status_code", reply) for reply in replies)


@pytest.mark.parametrize("same", [True, False], ids=["equal parts", "different parts"])
@pytest.mark.parametrize("size", [100, 200_000])
def test_of_parts_for_one_place_one_is_kept(api, interview, parts, same, size):
    length = 4 * size
    address = begun(api, interview, length)
    contents = [
        bytes([0 if same else number]) * (size + number * (not same)) for number in range(RIVALS)
    ]
    browsers = [same_browser(api) for _ in range(RIVALS)]
    replies = at_once(RIVALS, lambda n: part(browsers[n], address, 0, contents[n]))
    assert statuses(replies) == [204] + [409] * (RIVALS - 1)
    kept = AudioUploadPart.objects.get()
    assert parts() == [content for content in dict.fromkeys(contents)
                       if hashlib.sha256(content).hexdigest() == kept.sha256]  # fmt: skip
    assert offset_of(api, address) == kept.size_bytes == len(parts()[0])
    winner = next(n for n, reply in enumerate(replies) if reply.status_code == 204)
    assert contents[winner] == parts()[0]


def test_answers_of_one_upload_at_once_are_one(api, interview, parts):
    sound = recorded_webm(1.0)
    upload_id = uploaded(api, interview, sound, part_bytes=1000)
    body = {"sessionId": interview, "questionIndex": 0, "audioUpload": upload_id}
    browsers = [same_browser(api) for _ in range(RIVALS)]
    replies = at_once(RIVALS, lambda n: browsers[n].call("/api/interview/response", body))
    assert statuses(replies) == [200] * RIVALS, [reply.content for reply in replies]
    assert len({json.loads(reply.content)["responseId"] for reply in replies}) == 1
    kept = UserResponse.objects.get()
    assert default_storage.open(kept.audio_file_path).read() == sound
    assert (parts(), AudioUploadPart.objects.count()) == ([], 0)


def test_answer_and_end_of_an_upload_at_once_leave_no_half(api, interview, parts):
    sound = recorded_webm(1.0)
    upload_id = uploaded(api, interview, sound, part_bytes=1000)
    address = f"/api/interview/uploads/{upload_id}"
    body = {"sessionId": interview, "questionIndex": 0, "audioUpload": upload_id}
    browsers = [same_browser(api) for _ in range(2)]

    def act(number):
        if number:
            return browsers[1].delete(address, headers={"Tus-Resumable": "1.0.0"})
        return browsers[0].call("/api/interview/response", body)

    answered, ended = at_once(2, act)
    assert ended.status_code == 204
    assert answered.status_code in (200, 422)
    for kept in UserResponse.objects.all():
        assert default_storage.open(kept.audio_file_path).read() == sound
    assert (answered.status_code == 200) == UserResponse.objects.exists()
    assert (parts(), AudioUpload.objects.count()) == ([], 0)


def test_quota_holds_when_many_begin_at_once(api, interview, settings):
    settings.MAX_OPEN_UPLOADS = 3
    browsers = [same_browser(api) for _ in range(RIVALS)]
    replies = at_once(RIVALS, lambda n: begin(browsers[n], interview, 10))
    assert statuses(replies) == [201] * 3 + [429] * (RIVALS - 3)
    assert AudioUpload.objects.count() == 3


def test_one_key_sent_by_many_at_once_is_one_upload(api, interview):
    browsers = [same_browser(api) for _ in range(RIVALS)]
    key = {"Idempotency_Key": "one recording, many tries"}
    replies = at_once(RIVALS, lambda n: begin(browsers[n], interview, 10, **key))
    assert statuses(replies) == [201] * RIVALS
    assert {reply["Location"] for reply in replies} == {replies[0]["Location"]}
    assert AudioUpload.objects.count() == 1
