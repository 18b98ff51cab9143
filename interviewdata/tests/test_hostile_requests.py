"""Addresses, queries, cookies, keys and tokens that nobody means well by."""

import json
from typing import Any

import pytest

from interviewdata.tests.calls import cookie_of, is_envelope, raw_post, stored

pytestmark = pytest.mark.django_db


def assert_refused_without_trace(reply: Any, before: dict) -> None:
    assert 400 <= reply.status_code < 500, reply.content[:200]
    assert is_envelope(reply)
    assert stored() == before


HOSTILE_ADDRESSES = [
    "/api/interview/audio/" + "9" * 30,
    "/api/interview/audio/" + "9" * 5000,
    "/api/interview/audio/-1",
    "/api/interview/audio/0",
    "/api/interview/audio/1.5",
    "/api/interview/audio/%00",
    "/api/interview/session-data/%00",
    "/api/interview/session-data/%ff%fe",
    "/api/interview/session-data/%ed%a0%80",
    "/api/interview/session-data/" + "x" * 5000,
    "/api/interview/export/..%2f..%2fetc",
    "/api/interview/progress/'%20OR%201=1",
]


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES)
def test_hostile_address_is_not_found(api, interview, address):
    reply = api.get(address)
    assert reply.status_code == 404
    assert is_envelope(reply)


HOSTILE_QUERIES = [
    "/api/interview/history/a@example.org?limit=0",
    "/api/interview/history/a@example.org?limit=101",
    "/api/interview/history/a@example.org?limit=000001000",
    "/api/interview/history/a@example.org?limit=" + "0" * 5 + "1" + "0" * 5000,
    "/api/interview/history/a@example.org?limit=٣",
    "/api/interview/history/a@example.org?limit=-1",
    "/api/interview/history/a@example.org?limit=1.0",
    "/api/interview/history/a@example.org?limit=",
    "/api/interview/history/a@example.org?" + "&".join(f"p{n}=1" for n in range(300)),
    "/api/export/preview",
    "/api/export/preview?email=",
    "/api/export/preview?email=%00",
    "/api/export/preview?email=" + "a" * 300 + "@example.org",
    "/api/export/preview?email=nobody",
]


@pytest.mark.parametrize("address", HOSTILE_QUERIES)
def test_hostile_query_is_refused(api, address):
    reply = api.get(address)
    assert reply.status_code == 400
    assert is_envelope(reply)


def test_hostile_query_charset_is_of_no_consequence(api):
    reply = api.generic(
        "GET", "/api/export/preview?email=ann@example.org", content_type="a/b; charset=zlib"
    )
    assert reply.status_code == 200


@pytest.mark.parametrize(
    "cookie", ['"\\000abcdefgh"', "a~", "a~x:y:z", "x" * 5000, "é" * 10, "a~\udcff", '"\\377"']
)
def test_hostile_cookie_opens_nothing(api, interview, cookie):
    before = stored()
    reply = raw_post(
        "/api/interview/end",
        json.dumps({"sessionId": interview}).encode(),
        f"interviewdata_session={cookie}".encode("utf-8", "surrogateescape").decode("latin-1"),
    )
    assert reply.status_code == 404
    assert_refused_without_trace(reply, before)


@pytest.mark.parametrize("key", ["", " ", "\x01", "é", "k" * 256])
def test_hostile_idempotency_key_is_refused(api, interview, key):
    before = stored()
    reply = raw_post(
        "/api/interview/end",
        json.dumps({"sessionId": interview}).encode(),
        cookie_of(api),
        HTTP_IDEMPOTENCY_KEY=key,
    )
    assert list(reply.json()["fields"]) == ["Idempotency-Key"]
    assert_refused_without_trace(reply, before)


@pytest.mark.parametrize("token", ["", "a:b:c", "idt_", "idt_\x00", "x" * 5000, "é"])
def test_hostile_bearer_opens_nothing(api, interview, token):
    before = stored()
    reply = raw_post(
        "/api/interview/end",
        json.dumps({"sessionId": interview}).encode(),
        HTTP_AUTHORIZATION=f"Bearer {token}",
    )
    assert reply.status_code == 404
    assert_refused_without_trace(reply, before)
