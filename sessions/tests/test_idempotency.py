"""`Idempotency-Key` on every POST; what needs no key is in test_same_call_twice.py."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from analytics.models import Feedback, InterviewAnalytics
from sessions.access import new_service_token, token_digest
from sessions.api import idempotency
from sessions.models import (
    AccessGrant,
    AccessRecord,
    IdempotencyRecord,
    InterviewQuestion,
    InterviewSession,
    ServiceToken,
    Transcript,
    UserResponse,
)
from sessions.services.tidy import forget_old_replies
from sessions.tests.audio.samples import recorded_webm
from sessions.tests.factories import AccessGrantFactory

CREATE = "/api/interview/create-session"
RESPONSE = "/api/interview/response"
ANN = {"userEmail": "ann@example.org"}

# Every POST: path, a body, another body, what it makes.
POSTS = [
    (CREATE, ANN, {**ANN, "role": "Nurse"}, InterviewSession),
    ("/api/interview/start", {**ANN, "role": "Nurse"}, {**ANN, "role": "Cook"}, InterviewSession),
    (
        "/api/interview-modes/questions",
        {"count": 2, "mode": "technical"},
        {"count": 3, "mode": "technical"},
        InterviewQuestion,
    ),
    ("/api/interview/question", {"questionText": "Why?"}, {"questionText": "How?"},
     InterviewQuestion),
    (RESPONSE, {"questionIndex": 0, "answer": "one"}, {"questionIndex": 0, "answer": "two"},
     UserResponse),
    ("/api/interview/end", {}, {"reason": "tired"}, None),
    ("/api/transcript/save", {"transcriptData": {"text": "a"}}, {"transcriptData": {"text": "b"}},
     Transcript),
    ("/api/feedback/save", {"overallScore": 5}, {"overallScore": 6}, Feedback),
    ("/api/analytics/save", {"voiceMetrics": {"pace": 1}}, {"voiceMetrics": {"pace": 2}},
     InterviewAnalytics),
    ("/api/export/data", {"email": "ann@example.org"}, {"email": "bob@example.org"}, None),
]  # fmt: skip
PATHS = [post[0] for post in POSTS]
NAMES_SESSION = [post for post in POSTS if post[0] not in (CREATE, "/api/interview/start")]


def key_of(name: str = "one") -> str:
    """A key that nobody guesses, as clients make them."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def body_of(reply: Any) -> bytes:
    return b"".join(reply) if reply.streaming else reply.content


def with_session(path: str, body: dict[str, Any], session_id: str) -> dict[str, Any]:
    if path in (CREATE, "/api/interview/start", "/api/export/data"):
        return body
    return {"sessionId": session_id, **body}


@pytest.mark.parametrize(("path", "body", "other", "model"), POSTS, ids=PATHS)
def test_same_key_and_body_gives_the_first_reply_byte_for_byte(
    api, interview, question_bank, path, body, other, model
):
    sent = with_session(path, body, interview)
    first = api.call(path, sent, Idempotency_Key=key_of())
    count = model.objects.count() if model else 0
    again = api.call(path, sent, Idempotency_Key=key_of())
    assert first.status_code == again.status_code == 200
    assert body_of(first) == body_of(again)
    for name in ("Content-Type", "Content-Disposition", "Cache-Control", "X-Content-Type-Options"):
        assert first.get(name) == again.get(name)
    assert not model or model.objects.count() == count


@pytest.mark.parametrize(("path", "body", "other", "model"), POSTS, ids=PATHS)
def test_same_key_with_another_body_is_refused(
    api, interview, question_bank, path, body, other, model
):
    api.call(path, with_session(path, body, interview), Idempotency_Key=key_of())
    count = model.objects.count() if model else 0
    reply = api.call(path, with_session(path, other, interview), Idempotency_Key=key_of())
    assert reply.status_code == 422
    assert reply.json()["code"] == "idempotency_key_reused"
    assert set(reply.json()["fields"]) == {"Idempotency-Key"}
    assert not model or model.objects.count() == count


@pytest.mark.parametrize(("path", "body", "other", "model"), NAMES_SESSION,
                         ids=[post[0] for post in NAMES_SESSION])  # fmt: skip
def test_another_principals_same_key_is_their_own(
    api, new_browser, interview, question_bank, path, body, other, model
):
    browser = new_browser()
    made = browser.call(CREATE, {"userEmail": "bob@example.org"}).json()
    browser.call(
        "/api/interview/question", {"sessionId": made["sessionId"], "questionText": "Bob's?"}
    )
    first = api.call(path, with_session(path, body, interview), Idempotency_Key=key_of())
    second = browser.call(
        path, with_session(path, body, made["sessionId"]), Idempotency_Key=key_of()
    )
    assert first.status_code == second.status_code == 200
    if model:
        assert body_of(first) != body_of(second)
    stranger = new_browser().call(
        path, with_session(path, body, interview), Idempotency_Key=key_of()
    )
    if path == "/api/export/data":
        assert json.loads(body_of(stranger))["sessions"] == []
    else:
        assert stranger.status_code == 404


def test_failed_first_call_does_not_use_up_the_key(api, interview):
    wrong = {"sessionId": interview, "questionIndex": 77, "answer": "so"}
    assert api.call(RESPONSE, wrong, Idempotency_Key=key_of()).status_code == 400
    assert IdempotencyRecord.objects.count() == 0
    right = {**wrong, "questionIndex": 0}
    assert api.call(RESPONSE, right, Idempotency_Key=key_of()).status_code == 200


def test_failed_call_for_questions_does_not_use_up_the_key(api, interview):
    body = {"sessionId": interview, "count": 2}
    without_bank = api.call("/api/interview-modes/questions", body, Idempotency_Key=key_of())
    assert without_bank.status_code == 503
    assert IdempotencyRecord.objects.count() == 0


def test_call_that_was_killed_at_work_does_not_use_up_the_key(api, interview, question_bank):
    body = {"sessionId": interview, "count": 2, "mode": "technical"}
    path = "/api/interview-modes/questions"
    first = api.call(path, body, Idempotency_Key=key_of())
    # As a killed server leaves it: claimed, never answered.
    IdempotencyRecord.objects.update(status=0, reply=b"")
    again = api.call(path, body, Idempotency_Key=key_of())
    assert again.status_code == 200
    assert again.json()["questions"] == first.json()["questions"]
    assert IdempotencyRecord.objects.get().status == 200


def test_first_create_is_repeated_without_its_cookie(new_browser):
    first_browser, second_browser = new_browser(), new_browser()
    first = first_browser.call(CREATE, ANN, Idempotency_Key=key_of())
    # The reply was lost on its way, its cookie with it.
    again = second_browser.call(CREATE, ANN, Idempotency_Key=key_of())
    assert first.content == again.content
    assert InterviewSession.objects.count() == 1
    path = f"/api/interview/session-data/{again.json()['sessionId']}"
    assert second_browser.call(path).status_code == 200
    assert first_browser.call(path).status_code == 200


def test_first_create_is_repeated_with_its_cookie(api):
    first = api.call(CREATE, ANN, Idempotency_Key=key_of())
    again = api.call(CREATE, ANN, Idempotency_Key=key_of())
    assert first.content == again.content
    assert InterviewSession.objects.count() == 1


@pytest.mark.parametrize("key", ["7", "create-1"])
def test_short_key_of_a_stranger_lasts_ten_minutes_from_its_address(new_browser, key):
    first = new_browser().call(CREATE, ANN, Idempotency_Key=key)
    assert new_browser().call(CREATE, ANN, Idempotency_Key=key).content == first.content
    elsewhere = new_browser()
    elsewhere.defaults["REMOTE_ADDR"] = "203.0.113.9"
    assert elsewhere.call(CREATE, ANN, Idempotency_Key=key).content != first.content
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        later = new_browser().call(CREATE, ANN, Idempotency_Key=key)
    assert later.json()["sessionId"] != first.json()["sessionId"]


def test_long_key_of_a_stranger_lasts_a_day(new_browser):
    first = new_browser().call(CREATE, ANN, Idempotency_Key=key_of())
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        again = new_browser().call(CREATE, ANN, Idempotency_Key=key_of())
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        later = new_browser().call(CREATE, ANN, Idempotency_Key=key_of())
    assert again.content == first.content
    assert later.json()["sessionId"] != first.json()["sessionId"]


def test_page_of_an_allowed_origin_repeats_its_create_without_a_cookie(new_browser, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://partner.example"]
    headers = {"Origin": "https://partner.example", "Idempotency_Key": key_of()}
    first = new_browser().call(CREATE, ANN, Idempotency_Key=key_of())
    again = new_browser().call(CREATE, ANN, **headers)
    assert again.content == first.content
    assert "Set-Cookie" not in str(again.headers)
    assert not again.cookies


@pytest.mark.parametrize("key", ["", "   ", "é", "a\tb", "k" * 256])
def test_bad_key_is_refused_and_nothing_stored(api, interview, key):
    body = {"sessionId": interview, "questionIndex": 0, "answer": "so"}
    reply = api.call(RESPONSE, body, Idempotency_Key=key)
    assert reply.status_code == 400
    assert set(reply.json()["fields"]) == {"Idempotency-Key"}
    assert UserResponse.objects.count() == 0


def test_longest_key_is_taken(api, interview):
    body = {"sessionId": interview, "questionIndex": 0, "answer": "so"}
    first = api.call(RESPONSE, body, Idempotency_Key="k" * 255)
    assert first.content == api.call(RESPONSE, body, Idempotency_Key="k" * 255).content
    assert UserResponse.objects.get().idempotency_key == "k" * 255


def test_same_key_on_two_paths_is_two_keys(api, interview):
    asked = api.call(
        "/api/interview/question", {"sessionId": interview, "questionText": "Why?"},
        Idempotency_Key=key_of(),
    )  # fmt: skip
    ended = api.call("/api/interview/end", {"sessionId": interview}, Idempotency_Key=key_of())
    assert (asked.status_code, ended.status_code) == (200, 200)


@pytest.mark.parametrize("by", ["cookie", "bearer"])
def test_revoked_grant_gets_no_stored_reply(api, new_browser, by):
    made = api.call(CREATE, ANN).json()
    client, headers = api, {}
    if by == "bearer":
        client, headers = new_browser(), {"Authorization": f"Bearer {made['accessToken']}"}
    body = {"sessionId": made["sessionId"], "questionText": "Why?"}
    path = "/api/interview/question"
    assert client.call(path, body, Idempotency_Key=key_of(), **headers).status_code == 200
    AccessGrant.objects.update(revoked_at=timezone.now())
    again = client.call(path, body, Idempotency_Key=key_of(), **headers)
    assert again.status_code == 404


def test_expired_grant_gets_no_stored_reply(api, interview):
    body = {"sessionId": interview, "questionText": "Why?"}
    api.call("/api/interview/question", body, Idempotency_Key=key_of())
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        again = api.call("/api/interview/question", body, Idempotency_Key=key_of())
    assert again.status_code == 404


def test_revoked_service_gets_no_stored_reply(api, interview, new_browser):
    from django.contrib.auth.models import Permission

    token = new_service_token()
    service = ServiceToken.objects.create(name="scorer", token_sha256=token_digest(token))
    service.permissions.add(Permission.objects.get(codename="add_feedback"))
    headers = {"Authorization": f"Bearer {token}", "Idempotency_Key": key_of()}
    body = {"sessionId": interview, "overallScore": 9}
    first = new_browser().call("/api/feedback/save", body, **headers)
    again = new_browser().call("/api/feedback/save", body, **headers)
    assert first.status_code == 200
    assert again.content == first.content
    ServiceToken.objects.update(revoked_at=timezone.now())
    assert new_browser().call("/api/feedback/save", body, **headers).status_code == 404


def test_export_repeated_by_a_service_is_recorded_again(api, interview, new_browser):
    from django.contrib.auth.models import Permission

    token = new_service_token()
    service = ServiceToken.objects.create(name="archive", token_sha256=token_digest(token))
    service.permissions.set(Permission.objects.filter(codename__startswith="view_"))
    headers = {"Authorization": f"Bearer {token}", "Idempotency_Key": key_of()}
    body = {"email": "ann@example.org"}
    first = new_browser().call("/api/export/data", body, **headers)
    again = new_browser().call("/api/export/data", body, **headers)
    assert first.status_code == 200
    assert body_of(first) == body_of(again)
    actors = AccessRecord.objects.values_list("actor", "action")
    assert sorted(actors) == [("service:archive", "export"), ("service:archive", "read again")]


def test_export_that_is_too_long_to_keep_is_made_anew(api, interview, monkeypatch):
    monkeypatch.setattr(idempotency, "MAX_KEPT_BYTES", 100)
    body = {"email": "ann@example.org"}
    first = api.call("/api/export/data", body, Idempotency_Key=key_of())
    again = api.call("/api/export/data", body, Idempotency_Key=key_of())
    one, two = json.loads(body_of(first)), json.loads(body_of(again))
    assert len(one["questions"]) == 3
    assert one["questions"] == two["questions"]
    assert bytes(IdempotencyRecord.objects.get().reply) == b""


def multipart(boundary: str, fields: dict[str, str], sound: bytes) -> tuple[bytes, str]:
    lines = b""
    for name, value in fields.items():
        lines += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        ).encode()
    lines += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="audio"; filename="a.webm"\r\n'
        "Content-Type: audio/webm\r\n\r\n"
    ).encode()
    body = lines + sound + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def test_form_with_another_boundary_is_the_same_body(api, interview):
    sound = recorded_webm(1.0)
    fields = {"sessionId": interview, "questionIndex": "0"}
    replies = []
    for boundary in ("first-boundary", "second-boundary"):
        body, content_type = multipart(boundary, fields, sound)
        replies.append(
            api.post(RESPONSE, body, content_type=content_type,
                     headers={"Idempotency-Key": key_of()})
        )  # fmt: skip
    assert replies[0].status_code == 200
    assert replies[0].content == replies[1].content
    body, content_type = multipart("third", fields, recorded_webm(1.5))
    other = api.post(
        RESPONSE, body, content_type=content_type, headers={"Idempotency-Key": key_of()}
    )
    assert other.status_code == 422
    assert UserResponse.objects.count() == 1


def test_form_where_json_is_wanted_is_refused_with_a_key_as_well(api, interview):
    form = {"sessionId": interview, "audio": SimpleUploadedFile("a.webm", b"x")}
    reply = api.post("/api/interview/end", form, headers={"Idempotency-Key": key_of()})
    assert reply.status_code in (400, 415)
    assert IdempotencyRecord.objects.count() == 0


# -- tidying up ---------------------------------------------------------------------------------


def test_old_replies_are_forgotten_by_age(db):
    now = timezone.now()
    for number, age in enumerate((1, 13, 15, 40)):
        IdempotencyRecord.objects.create(
            scope="browser:x", key=str(number), path=CREATE, request_sha256="", status=200,
            reply=b"{}", created_at=now - timedelta(days=age),
        )  # fmt: skip
    assert forget_old_replies(now=now) == 2
    assert sorted(IdempotencyRecord.objects.values_list("key", flat=True)) == ["0", "1"]


def test_replies_are_kept_longer_than_answers_are_taken(settings):
    from sessions.services.tidy import REPLIES_KEPT

    longest_interview = timedelta(minutes=1440)
    assert longest_interview + timedelta(days=settings.ANSWERING_GRACE_DAYS) < REPLIES_KEPT


def test_replayed_create_looks_in_the_index(django_assert_num_queries, api):
    grant = AccessGrantFactory()
    assert grant.pk
    api.call(CREATE, ANN, Idempotency_Key=key_of())
    # the record of the key alone: the reply names no interview in its request
    with django_assert_num_queries(3):  # savepoint of the test, the record, its release
        api.call(CREATE, ANN, Idempotency_Key=key_of())
