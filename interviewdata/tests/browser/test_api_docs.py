"""Swagger UI in a real Chromium, under the strict policy and without any outside host."""

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_docs_show_the_api_and_execute_a_call(page: Any, site: str, console: list[str]) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(f"{site}/api/docs")

    expect(page.get_by_role("heading", name="Interview data")).to_be_visible()
    health = page.locator("#operations-Service-getHealth")
    health.get_by_role("button", name="Do database and storage answer?").click()
    health.get_by_role("button", name="Try it out").click()
    health.get_by_role("button", name="Execute").click()
    expect(
        health.locator(".live-responses-table tbody .response-col_status").first
    ).to_contain_text("200")
    expect(health.locator(".live-responses-table")).to_contain_text('"storage": "ok"')

    assert console == []
    assert hosts == {site.removeprefix("http://")}


def test_docs_execute_a_write_with_the_example_body(
    page: Any, site: str, console: list[str]
) -> None:
    page.goto(f"{site}/api/docs")
    create = page.locator("#operations-Interview-createSession")
    create.get_by_role("button", name="Create an interview").click()
    create.get_by_role("button", name="Try it out").click()
    create.get_by_role("button", name="Execute").click()
    expect(
        create.locator(".live-responses-table tbody .response-col_status").first
    ).to_contain_text("200")
    expect(create.locator(".live-responses-table")).to_contain_text('"accessToken"')
    assert console == []
