"""Answers with sound where STORAGE_URL names a bucket: from the request to the player."""

import base64
import hashlib
import logging

from django.core.files.base import ContentFile

from sessions.models import InterviewQuestion, UserResponse
from sessions.tests.audio import samples


def test_answer_with_sound_goes_to_the_bucket_and_comes_back(api, interview, in_bucket):
    sound = samples.recorded_webm()
    body = {
        "sessionId": interview,
        "questionIndex": 0,
        "answer": "I would measure first.",
        "audioBlob": "data:audio/webm;codecs=opus;base64," + base64.b64encode(sound).decode(),
    }
    kept = api.call("/api/interview/response", body).json()
    assert (kept["success"], kept["audioSaved"]) == (True, True)
    stored = in_bucket.client.get_object(Bucket="sound", Key=f"kept/{kept['audioFilePath']}")
    assert stored["Body"].read() == sound
    assert stored["ContentType"] == "audio/webm"

    url = f"/api/interview/audio/{kept['responseId']}"
    whole = api.get(url)
    assert (whole.status_code, whole["Content-Type"]) == (200, "audio/webm")
    assert whole.getvalue() == sound
    part = api.get(url, headers={"Range": "bytes=100-299"})
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 100-299/{len(sound)}")
    assert part.getvalue() == sound[100:300]
    tail = api.get(url, headers={"Range": "bytes=-7"})
    assert tail.getvalue() == sound[-7:]

    again = api.call("/api/interview/response", body).json()
    assert again["responseId"] == kept["responseId"]
    folder = kept["audioFilePath"].rpartition("/")[0]
    assert len(in_bucket.listdir(folder)[1]) == 1


def test_multipart_answer_goes_to_the_bucket(api, interview, in_bucket):
    sound = samples.recorded_webm()
    upload = ContentFile(sound, name="answer.webm")
    reply = api.post(
        "/api/interview/response",
        {"sessionId": interview, "questionIndex": "1", "audio": upload},
    )
    kept = UserResponse.objects.get(pk=reply.json()["responseId"])
    assert kept.audio_sha256 == hashlib.sha256(sound).hexdigest()
    assert in_bucket.open(kept.audio_file_path).read() == sound


def test_health_is_well_with_the_bucket_and_leaves_nothing_there(client, db, in_bucket):
    assert client.get("/api/health").status_code == 200
    assert in_bucket.client.list_objects_v2(Bucket="sound")["KeyCount"] == 0


def test_health_names_the_storage_when_the_server_is_gone(client, db, nobody_answers, caplog):
    caplog.set_level(logging.CRITICAL)
    reply = client.get("/api/health")
    assert (reply.status_code, reply.json()["failing"]) == (503, ["storage"])


def test_answer_with_sound_is_refused_when_the_server_is_gone(api, interview, nobody_answers):
    body = {
        "sessionId": interview,
        "questionIndex": 0,
        "question": "A question of its own?",
        "answer": "I would measure first.",
        "audioBlob": base64.b64encode(samples.recorded_webm()).decode(),
    }
    questions = InterviewQuestion.objects.count()
    reply = api.call("/api/interview/response", body)
    assert (reply.status_code, reply.json()["code"]) == (503, "unavailable")
    assert reply["Retry-After"]
    assert UserResponse.objects.count() == 0
    assert InterviewQuestion.objects.count() == questions
    # A text alone needs no store.
    del body["audioBlob"], body["question"]
    assert api.call("/api/interview/response", body).status_code == 200


def test_sound_cannot_be_played_when_the_server_is_gone(api, interview, in_bucket, settings):
    body = {
        "sessionId": interview,
        "questionIndex": 0,
        "audioBlob": base64.b64encode(samples.recorded_webm()).decode(),
    }
    kept = api.call("/api/interview/response", body).json()
    in_bucket.delete(kept["audioFilePath"])
    reply = api.get(f"/api/interview/audio/{kept['responseId']}")
    assert (reply.status_code, reply.json()["code"]) == (503, "unavailable")
