"""No page of another site writes here: the rule as a table of headers. In a real browser:
`interviewdata/tests/browser/test_cross_site.py`."""

from __future__ import annotations

import json

import pytest

from interviewdata.tests.access.routes import ROUTES
from interviewdata.tests.access.world import World
from sessions.models import InterviewSession

CREATE = "/api/interview/create-session"
ANN = {"userEmail": "ann@example.org"}
OWN = "http://testserver"
PARTNER = "https://partner.example"

# Sec-Fetch-Site, Origin (None: not sent), allowed?
HEADERS = [
    # Where the browser says what the page is, that alone counts.
    ("same-origin", None, True),
    ("same-origin", OWN, True),
    ("Same-Origin", OWN, True),
    ("none", None, True),
    ("same-site", OWN, False),
    ("same-site", "http://testserver:8080", False),
    ("cross-site", None, False),
    ("cross-site", "https://evil.example", False),
    ("cross-site", "null", False),
    ("", None, False),
    ("nonsense", OWN, False),
    ("same-origin, cross-site", OWN, False),
    # Without it, Origin: scheme, host and port.
    (None, None, True),
    (None, OWN, True),
    (None, "HTTP://TestServer", True),
    (None, "https://testserver", False),
    (None, "http://testserver:8080", False),
    (None, "http://testserver.evil.example", False),
    (None, "http://evil.example/http://testserver", False),
    (None, "https://evil.example", False),
    (None, "null", False),
    (None, "", False),
    (None, f"{OWN} https://evil.example", False),
]


def headers_of(site: str | None, origin: str | None) -> dict[str, str]:
    given = {"Sec-Fetch-Site": site, "Origin": origin}
    return {name: value for name, value in given.items() if value is not None}


@pytest.mark.parametrize(("site", "origin", "allowed"), HEADERS)
def test_unsafe_request_is_judged_by_its_headers(api, site, origin, allowed):
    reply = api.call(CREATE, ANN, **headers_of(site, origin))
    assert reply.status_code == (200 if allowed else 403)
    assert InterviewSession.objects.count() == (1 if allowed else 0)
    if not allowed:
        assert reply.json()["code"] == "cross_site"
        assert not reply.cookies


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize(("site", "origin", "allowed"), HEADERS)
def test_safe_request_is_never_refused_as_cross_site(db, client, method, site, origin, allowed):
    reply = getattr(client, method)("/api/interview-modes", headers=headers_of(site, origin))
    assert reply.status_code == (204 if method == "options" else 200)
    assert "Access-Control-Allow-Origin" not in reply


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_unsafe_methods_are_refused_cross_site_and_not_allowed_here(db, client, method):
    foreign = getattr(client, method)(CREATE, headers={"Sec-Fetch-Site": "cross-site"})
    own = getattr(client, method)(CREATE, headers={"Sec-Fetch-Site": "same-origin"})
    assert (foreign.status_code, own.status_code) == (403, 405)


@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if route.method not in ("GET", "HEAD")],
    ids=lambda route: route.name,
)
def test_every_write_is_refused_cross_site_with_cookies_and_with_bearer(db, route):
    world = World(route.permissions)
    own = world.objects["own"]
    assert route.body or route.headers
    for name in ("own cookie", "own bearer", "superuser", "service with"):
        principal = world.principal(name)
        reply = route.send(principal.client, own, Sec_Fetch_Site="cross-site", **principal.headers)
        assert reply.status_code == 403
        assert reply.json()["code"] == "cross_site"


# -- the public address, where one is set -------------------------------------------------------

PUBLIC = [
    ("https://interviews.example.org", True),
    ("https://interviews.example.org:8443", True),
    ("http://interviews.example.org", False),
    ("https://example.org", False),
    # What the request's own Host says counts no longer.
    ("http://testserver", False),
]


@pytest.mark.parametrize(("origin", "allowed"), PUBLIC)
def test_public_origins_are_the_own_ones_where_they_are_set(api, settings, origin, allowed):
    settings.PUBLIC_ORIGINS = [
        "https://interviews.example.org",
        "https://interviews.example.org:8443",
    ]
    assert api.call(CREATE, ANN, Origin=origin).status_code == (200 if allowed else 403)


@pytest.mark.parametrize(
    ("host", "origin", "allowed"),
    [
        ("localhost:8000", "http://localhost:8000", True),
        ("localhost:8000", "http://localhost", False),
        ("localhost:8000", "http://127.0.0.1:8000", False),
        ("localhost:80", "http://localhost", True),
        ("localhost", "http://localhost:80", False),  # no browser writes it so
        ("[::1]:8000", "http://[::1]:8000", True),
    ],
)
def test_own_origin_is_scheme_host_and_port(api, settings, host, origin, allowed):
    settings.ALLOWED_HOSTS = ["localhost", "[::1]"]
    reply = api.call(CREATE, ANN, Host=host, Origin=origin)
    assert reply.status_code == (200 if allowed else 403)


def test_unknown_host_is_refused_in_the_envelope(api):
    reply = api.call(CREATE, ANN, Host="evil.example")
    assert reply.status_code == 400
    assert reply.json()["code"] == "invalid"
    assert InterviewSession.objects.count() == 0


# -- allowed foreign origins: bearer, never cookies ---------------------------------------------


@pytest.fixture
def partner(settings) -> dict[str, str]:
    settings.CORS_ALLOWED_ORIGINS = [PARTNER]
    return {"Origin": PARTNER, "Sec_Fetch_Site": "cross-site"}


def test_allowed_origin_creates_and_reads_by_bearer_without_any_cookie(new_browser, partner):
    made = new_browser().call(CREATE, ANN, **partner)
    assert made.status_code == 200
    assert made["Access-Control-Allow-Origin"] == PARTNER
    assert "Access-Control-Allow-Credentials" not in made
    assert not made.cookies
    path = f"/api/interview/session-data/{made.json()['sessionId']}"
    token = f"Bearer {made.json()['accessToken']}"
    assert new_browser().call(path, **partner).status_code == 404
    read = new_browser().call(path, Authorization=token, **partner)
    assert read.status_code == 200
    assert read["Access-Control-Allow-Origin"] == PARTNER


def test_cookie_of_a_candidate_is_not_used_from_an_allowed_origin(api, interview, partner):
    body = {"sessionId": interview, "questionIndex": 0, "answer": "not mine"}
    assert api.call("/api/interview/response", body, **partner).status_code == 404
    assert api.call(f"/api/interview/session-data/{interview}", **partner).status_code == 404
    history = api.call("/api/interview/history/ann@example.org", **partner).json()
    assert history["total"] == 0
    assert api.call(f"/api/interview/session-data/{interview}").status_code == 200


def test_cookie_of_staff_is_not_used_from_an_allowed_origin(api, interview, staff_user, partner):
    user = staff_user()
    user.is_superuser = True
    user.save()
    api.force_login(user)
    assert api.call(f"/api/interview/session-data/{interview}", **partner).status_code == 404
    assert api.call("/api/v1/sessions", **partner).status_code == 404
    assert api.call("/api/v1/sessions").status_code == 200


def test_preflight_of_an_allowed_origin_names_what_may_be_sent(client, db, partner):
    reply = client.options(
        CREATE,
        headers={
            "Origin": PARTNER,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
        },
    )
    assert reply.status_code == 204
    assert reply["Access-Control-Allow-Origin"] == PARTNER
    allowed = reply["Access-Control-Allow-Headers"].lower().replace(" ", "").split(",")
    assert set(allowed) == {
        *("authorization", "content-type", "idempotency-key"),
        *("if-none-match", "last-event-id"),
    }
    assert "Access-Control-Allow-Credentials" not in reply


@pytest.mark.parametrize(
    "origin",
    ["https://partner.example.evil", "http://partner.example", "https://partner.example:444",
     "null", ""],
)  # fmt: skip
def test_origin_that_is_like_an_allowed_one_gets_nothing(client, db, partner, origin):
    read = client.get("/api/interview-modes", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in read
    assert "Origin" in read["Vary"]
    sent = client.post(
        CREATE, json.dumps(ANN), content_type="text/plain", headers={"Origin": origin}
    )
    assert sent.status_code == 403


def test_refusals_reach_a_page_of_an_allowed_origin(new_browser, partner):
    reply = new_browser().call("/api/interview/end", {"sessionId": "none"}, **partner)
    assert reply.status_code == 404
    assert reply["Access-Control-Allow-Origin"] == PARTNER


def test_own_pages_keep_their_cookies_where_the_own_origin_is_listed(api, interview, settings):
    settings.CORS_ALLOWED_ORIGINS = [OWN]
    body = {"sessionId": interview, "questionIndex": 0, "answer": "mine"}
    reply = api.call("/api/interview/response", body, Origin=OWN, Sec_Fetch_Site="same-origin")
    assert reply.status_code == 200


# -- forms of the pages -------------------------------------------------------------------------


def test_admin_login_keeps_djangos_csrf_protection(db):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    reply = browser.post("/admin/login/", {"username": "rita", "password": "pw"})
    assert reply.status_code == 403
