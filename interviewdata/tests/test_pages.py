"""The pages that everybody sees: home and the error pages."""

import pytest
from django.contrib.auth.models import User


def test_home_says_what_this_is_and_where_to_go(client, db):
    page = client.get("/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "<h1>Interviews, kept whole</h1>" in text
    for address in ("/admin/", "/api/docs", "/api/schema", "/api/health"):
        assert f'href="{address}"' in text
        assert client.get(address, follow=True).status_code == 200


def test_home_takes_no_statement_of_a_stranger(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/")


def test_two_interviews_begun_at_once_from_home_are_both_held(api, new_browser):
    api.get("/")
    # Both calls leave with the cookie that the page gave, neither waits for the other's.
    first, second = new_browser(), new_browser()
    for browser in (first, second):
        browser.cookies.load(api.cookies.output(header="", sep=";"))
    made = [
        browser.call("/api/interview/create-session", {"userEmail": "ann@example.org"}).json()
        for browser in (first, second)
    ]
    for one in made:
        url = f"/api/interview/session-data/{one['sessionId']}"
        assert api.get(url).status_code == 200


def test_unknown_page_is_a_page_of_ours(client, db):
    page = client.get("/nothing/here")
    assert page.status_code == 404
    assert "<h1>There is nothing here</h1>" in page.content.decode()


def test_page_without_csrf_token_is_refused_in_our_words(db):
    from django.test import Client

    page = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"})
    assert page.status_code == 403
    assert "<h1>You may not see this</h1>" in page.content.decode()


@pytest.mark.parametrize(("status", "name"), [(400, "400"), (403, "403"), (500, "500")])
def test_error_pages_render(rf, db, status, name):
    from interviewdata import error_pages

    request = rf.get("/somewhere")
    request.user = User(username="x")
    views = {
        "400": lambda: error_pages.bad_request(request, Exception("secret of the inside")),
        "403": lambda: error_pages.forbidden(request, Exception("secret of the inside")),
        "500": lambda: error_pages.server_error(request),
    }
    reply = views[name]()
    assert reply.status_code == status
    text = reply.content.decode()
    assert "<h1>" in text
    assert "secret of the inside" not in text
