"""Sound is served by permission, whole or by range, as what it is."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from sessions.models import AccessRecord, UserResponse
from sessions.tests.audio.samples import encoded, recorded_mp4, recorded_webm, wav

SIZE = 1000
BYTES = bytes(range(250)) * 4


@pytest.fixture
def answer(api, interview) -> UserResponse:
    """An answer of `api`'s interview whose sound is BYTES."""
    api.call(
        "/api/interview/response", {"sessionId": interview, "questionIndex": 0, "answer": "so"}
    )
    row = UserResponse.objects.get()
    row.audio_file_path = default_storage.save("audio/one.webm", ContentFile(BYTES))
    row.audio_sha256 = hashlib.sha256(BYTES).hexdigest()
    row.audio_content_type, row.audio_bytes = "audio/webm", SIZE
    row.save()
    return row


def path_of(answer: UserResponse) -> str:
    return f"/api/interview/audio/{answer.pk}"


def content_of(reply) -> bytes:
    return b"".join(reply) if reply.streaming else reply.content


# Range header → status, first and last byte (RFC 9110, 14).
RANGES = [
    ("", 200, 0, 999),
    ("bytes=0-", 206, 0, 999),
    ("bytes=0-0", 206, 0, 0),
    ("bytes=0-499", 206, 0, 499),
    ("bytes=500-999", 206, 500, 999),
    ("bytes=999-", 206, 999, 999),
    ("bytes=900-5000", 206, 900, 999),
    ("bytes=0-99999999999999", 206, 0, 999),
    ("Bytes=0-9", 206, 0, 9),
    ("bytes = 0 - 9", 206, 0, 9),
    # the last so many bytes
    ("bytes=-1", 206, 999, 999),
    ("bytes=-100", 206, 900, 999),
    ("bytes=-5000", 206, 0, 999),
    # nothing of it is there
    ("bytes=1000-", 416, None, None),
    ("bytes=5000-6000", 416, None, None),
    ("bytes=-0", 416, None, None),
    # not a range that is served: the whole
    ("bytes=5-2", 200, 0, 999),
    ("bytes=-", 200, 0, 999),
    ("bytes=", 200, 0, 999),
    ("bytes=a-b", 200, 0, 999),
    ("bytes=0-9,20-29", 200, 0, 999),
    ("items=0-9", 200, 0, 999),
    ("0-9", 200, 0, 999),
    ("bytes=1-" + "9" * 40, 200, 0, 999),
    ("bytes=٣-٤", 200, 0, 999),
]


@pytest.mark.parametrize(("sent", "status", "first", "last"), RANGES)
def test_range_is_answered_as_rfc_9110_says(api, answer, sent, status, first, last):
    headers = {"Range": sent} if sent else {}
    reply = api.get(path_of(answer), headers=headers)
    assert reply.status_code == status
    if status == 416:
        assert reply["Content-Range"] == f"bytes */{SIZE}"
        assert reply.json()["code"] == "range_not_satisfiable"
        return
    assert reply["Accept-Ranges"] == "bytes"
    content = content_of(reply)
    assert content == BYTES[first : last + 1]
    assert reply["Content-Length"] == str(len(content))
    if status == 206:
        assert reply["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    else:
        assert "Content-Range" not in reply


def test_ranges_put_together_are_the_whole(api, answer):
    parts = [
        content_of(api.get(path_of(answer), headers={"Range": f"bytes={at}-{at + 299}"}))
        for at in range(0, SIZE, 300)
    ]
    assert b"".join(parts) == BYTES


def test_if_range_of_this_version_gets_the_part_and_of_another_the_whole(api, answer):
    etag = api.get(path_of(answer))["ETag"]
    for sent, status in (
        (etag, 206),
        ('"another"', 200),
        (f"W/{etag}", 200),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 200),
    ):
        reply = api.get(path_of(answer), headers={"Range": "bytes=0-9", "If-Range": sent})
        assert reply.status_code == status, sent


@pytest.mark.parametrize("range_sent", ["", "bytes=0-9"])
def test_known_version_is_not_sent_again(api, answer, range_sent):
    etag = api.get(path_of(answer))["ETag"]
    for sent in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        headers = {"If-None-Match": sent} | ({"Range": range_sent} if range_sent else {})
        reply = api.get(path_of(answer), headers=headers)
        assert reply.status_code == 304, sent
        assert reply.content == b""
        assert reply["ETag"] == etag
    other = api.get(path_of(answer), headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


def test_head_says_what_get_sends(api, answer):
    got, head = api.get(path_of(answer)), api.head(path_of(answer), headers={"Range": "bytes=0-9"})
    assert head.status_code == 200  # a range is for GET alone
    assert content_of(head) == b""
    for name in ("Content-Length", "Content-Type", "ETag", "Accept-Ranges", "Cache-Control"):
        assert head[name] == got[name]


def test_sound_cannot_be_taken_for_anything_else(api, answer):
    reply = api.get(path_of(answer))
    assert reply["Content-Type"] == "audio/webm"
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Content-Disposition"] == f'inline; filename="answer-{answer.pk}.webm"'
    assert "sandbox" in reply["Content-Security-Policy"]
    assert reply["Cross-Origin-Resource-Policy"] == "same-origin"
    assert reply["Cache-Control"] == "private, no-cache"
    assert content_of(reply) == BYTES


@pytest.mark.parametrize(
    ("sound", "content_type", "ending"),
    [
        (recorded_webm(1.0), "audio/webm", "webm"),
        (recorded_mp4(1.0), "audio/mp4", "m4a"),
        (encoded("ogg", "libopus", 1.0), "audio/ogg", "ogg"),
        (wav(), "audio/wav", "wav"),
    ],
    ids=["webm", "mp4", "ogg", "wav"],
)
def test_sound_is_served_as_what_it_is_whatever_was_claimed(
    api, interview, sound, content_type, ending
):
    from django.core.files.uploadedfile import SimpleUploadedFile

    claimed = SimpleUploadedFile("evil.html", sound, content_type="text/html")
    sent = api.post(
        "/api/interview/response",
        {"sessionId": interview, "questionIndex": 0, "audio": claimed},
    ).json()
    reply = api.get(f"/api/interview/audio/{sent['responseId']}")
    assert reply["Content-Type"] == content_type
    assert reply["Content-Disposition"].endswith(f'.{ending}"')
    assert content_of(reply) == sound


def test_strange_path_of_an_imported_row_breaks_no_header_and_opens_no_file(api, answer):
    for path in ('audio/x."\r\nSet-Cookie: a=b', "../../../etc/passwd", "/etc/passwd", "a/b"):
        UserResponse.objects.update(audio_file_path=path)
        reply = api.get(path_of(answer))
        assert reply.status_code == 503
        assert reply.json()["code"] == "unavailable"


def test_missing_file_is_said_and_may_be_tried_again(api, answer):
    default_storage.delete(answer.audio_file_path)
    reply = api.get(path_of(answer))
    assert reply.status_code == 503
    assert reply["Retry-After"] == "5"


# -- who may listen -----------------------------------------------------------------------------


def test_stranger_cannot_tell_a_foreign_sound_from_none(new_browser, answer):
    foreign = new_browser().get(path_of(answer))
    missing = new_browser().get("/api/interview/audio/99999999")
    beyond = new_browser().get(f"/api/interview/audio/{10**30}")
    silent = new_browser().get("/api/interview/audio/0")
    assert foreign.status_code == 404
    assert foreign.content == missing.content == beyond.content == silent.content


def test_answer_without_sound_has_none_to_serve(api, interview):
    sent = api.call(
        "/api/interview/response", {"sessionId": interview, "questionIndex": 0, "answer": "so"}
    ).json()
    assert api.get(f"/api/interview/audio/{sent['responseId']}").status_code == 404


@pytest.mark.parametrize("sent", ["", "bytes=0-", "bytes=1-", "bytes=500-600", "bytes=-1"])
def test_every_listening_of_staff_is_recorded(new_browser, staff_user, answer, sent):
    browser = new_browser()
    browser.force_login(staff_user("interview_sessions.play_audio"))
    headers = {"Range": sent} if sent else {}
    assert browser.get(path_of(answer), headers=headers).status_code in (200, 206)
    record = AccessRecord.objects.get()
    assert (record.actor, record.action, record.resource) == ("user:rita", "listen", "audio")
    assert record.session_ids == [answer.session_id]
    assert record.detail == f"response {answer.pk} {sent}".strip()


def test_reading_the_record_does_not_allow_listening(new_browser, staff_user, answer):
    from sessions.access import RECORD_PERMISSIONS

    browser = new_browser()
    browser.force_login(staff_user(*RECORD_PERMISSIONS))
    assert browser.get(f"/api/interview/session-data/{answer.session_id}").status_code == 200
    assert browser.get(path_of(answer)).status_code == 403


def test_candidates_own_listening_is_not_recorded(api, answer):
    assert api.get(path_of(answer)).status_code == 200
    assert AccessRecord.objects.count() == 0
