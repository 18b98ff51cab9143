"""Uploads from other origins, by bearer and by services; what the access matrix does not say."""

from __future__ import annotations

import pytest

from interviewdata.common.wire.tus import PART_CONTENT_TYPE, PATH
from interviewdata.tests.access.test_cross_site import HEADERS, headers_of
from sessions.models import AccessGrant, AudioUpload
from sessions.tests.tokens import service_header
from sessions.tests.uploads.tus_client import VERSION, begin, begun, metadata, offset_of, part

PARTNER = "https://partner.example"


@pytest.fixture
def partner(settings):
    settings.CORS_ALLOWED_ORIGINS = [PARTNER]
    return {"Origin": PARTNER, "Sec_Fetch_Site": "cross-site"}


@pytest.fixture
def bearer(api):
    made = api.call("/api/interview/create-session", {"userEmail": "ann@example.org"}).json()
    return made["sessionId"], {"Authorization": f"Bearer {made['accessToken']}"}


def words(text):
    return {word.strip().lower() for word in text.split(",")}


def test_page_of_an_allowed_origin_uploads_by_bearer(client, bearer, partner):
    session_id, token = bearer
    reply = begin(client, session_id, 3, **token, **partner)
    assert reply.status_code == 201
    exposed = words(reply["Access-Control-Expose-Headers"])
    assert reply["Access-Control-Allow-Origin"] == PARTNER
    address = reply["Location"]
    sent = part(client, address, 0, b"123", **token, **partner)
    asked = client.head(address, headers={**VERSION, "Origin": PARTNER, **token})
    assert (sent.status_code, asked["Upload-Offset"]) == (204, "3")
    usual = words(
        "cache-control, content-security-policy, x-content-type-options, vary, content-type, "
        "content-length, referrer-policy, cross-origin-opener-policy"
    )
    for one in (reply, sent, asked):
        names = {name.lower() for name in one.headers}
        assert {n for n in names if not n.startswith("access-control")} - usual <= exposed
    assert part(client, address, 3, b"", **partner).status_code == 404  # no token
    assert (
        client.delete(address, headers={**VERSION, **token, "Origin": PARTNER}).status_code == 204
    )


def test_preflight_names_methods_and_headers_of_tus(client, db, partner):
    asked = "authorization,content-type,tus-resumable,upload-checksum,upload-offset"
    reply = client.options(
        f"{PATH}/of-mine",
        headers={
            "Origin": PARTNER,
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": asked,
        },
    )
    assert (reply.status_code, reply["Access-Control-Allow-Origin"]) == (204, PARTNER)
    assert {"head", "patch", "delete", "post"} <= words(reply["Access-Control-Allow-Methods"])
    allowed = words(reply["Access-Control-Allow-Headers"])
    assert words(asked) | {"upload-length", "upload-metadata", "idempotency-key"} <= allowed
    assert "Access-Control-Allow-Credentials" not in reply


def test_options_of_an_allowed_origin_that_is_no_preflight_is_tus(client, db, partner):
    reply = client.options(PATH, headers={"Origin": PARTNER})
    assert (reply["Tus-Version"], reply["Access-Control-Allow-Origin"]) == ("1.0.0", PARTNER)


def test_other_addresses_keep_their_preflight(client, db, partner):
    reply = client.options(
        "/api/interview/response",
        headers={"Origin": PARTNER, "Access-Control-Request-Method": "POST"},
    )
    assert words(reply["Access-Control-Allow-Methods"]) == {"get", "post", "options"}
    assert not any("Upload-" in value or "Tus-" in value for value in reply.headers.values())


def test_cookie_is_not_used_from_an_allowed_origin(api, interview, upload, partner):
    assert begin(api, interview, 3, **partner).status_code == 404
    assert part(api, upload, 0, b"123", **partner).status_code == 404
    assert offset_of(api, upload) == 0


@pytest.mark.parametrize(("site", "origin", "allowed"), HEADERS)
def test_no_page_of_another_site_writes(api, interview, upload, site, origin, allowed):
    headers = headers_of(site, origin)
    assert part(api, upload, 0, b"123", **headers).status_code == (204 if allowed else 403)
    assert begin(api, interview, 3, **headers).status_code == (201 if allowed else 403)
    reply = api.delete(upload, headers={**VERSION, **headers})
    assert reply.status_code == (204 if allowed else 403)
    assert AudioUpload.objects.count() == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_override_is_no_way_around_the_cross_site_rule(api, upload, method):
    headers = {**VERSION, "Sec-Fetch-Site": "cross-site", "X-HTTP-Method-Override": "DELETE"}
    api.generic(method, upload, headers=headers)
    assert AudioUpload.objects.count() == 1


def test_bearer_of_one_interview_opens_no_upload_of_another(client, api, upload, bearer):
    _session_id, token = bearer
    assert client.head(upload, headers={**VERSION, **token}).status_code == 404
    assert part(client, upload, 0, b"1", **token).status_code == 404
    assert client.delete(upload, headers={**VERSION, **token}).status_code == 404
    assert offset_of(api, upload) == 0


def test_revoked_grant_opens_nothing(api, interview, upload):
    from django.utils import timezone

    AccessGrant.objects.update(revoked_at=timezone.now())
    assert api.head(upload, headers=VERSION).status_code == 404
    assert begin(api, interview, 3).status_code == 404


def test_service_without_permission_is_told_so_for_any_upload(client, upload):
    header = service_header()
    for address in (upload, f"{PATH}/unknown"):
        assert client.head(address, headers={**VERSION, **header}).status_code == 403
        assert part(client, address, 0, b"1", **header).status_code == 403


def test_service_with_permission_uploads_for_any_interview(client, interview, upload):
    header = service_header("interview_sessions.add_userresponse")
    assert part(client, upload, 0, b"123", **header).status_code == 204
    address = begun(client, interview, 3, **header)
    assert offset_of(client, address, **header) == 0


def test_open_api_takes_uploads_without_credentials(client, interview, settings):
    settings.OPEN_API = True
    address = begun(client, interview, 3)
    assert part(client, address, 0, b"123").status_code == 204


def test_session_of_nobody_and_of_somebody_else_cannot_be_told_apart(new_browser, interview):
    bob = new_browser()
    replies = [begin(bob, session_id, 3) for session_id in (interview, "of-nobody")]
    assert [reply.status_code for reply in replies] == [404, 404]
    assert replies[0].content == replies[1].content
    assert dict(replies[0].headers) == dict(replies[1].headers)


@pytest.mark.parametrize(
    "address",
    [f"{PATH}/", f"{PATH}/a/b", f"{PATH}/%00", f"{PATH}/..%2f..%2fetc", f"{PATH}/{'x' * 5000}"],
)
@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_strange_addresses_are_404(api, interview, address, method):
    headers = {**VERSION, "Upload-Offset": "0"}
    reply = api.generic(method, address, b"1", content_type=PART_CONTENT_TYPE, headers=headers)
    assert reply.status_code == 404


def test_strange_session_ids_are_404(api, interview):
    for session_id in ("../x", "' OR 1=1 --", "é", "\u202e", "%00", "x" * 128):
        sent = {**VERSION, "Upload-Length": "3", "Upload-Metadata": metadata(sessionId=session_id)}
        reply = api.post(PATH, headers=sent, content_type="text/plain", data="")
        assert reply.status_code == 404, session_id
