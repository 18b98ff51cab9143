"""The OpenAPI description: complete, valid, checked in."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from interviewdata.openapi.views import schema_bytes

CHECKED_IN = Path(django_settings.BASE_DIR) / "docs" / "openapi.json"
# A page for people, and the catch-all that answers 404.
NOT_DESCRIBED = {"/api/docs"}


@pytest.fixture
def made_anew(settings: Any) -> str:
    """The description as `make schema` writes it, with the limits that are the default."""
    settings.MAX_AUDIO_MB = 100
    settings.MAX_AUDIO_BYTES = 100 * 1024 * 1024
    output = io.StringIO()
    call_command(
        "spectacular",
        "--format",
        "openapi-json",
        "--validate",
        "--fail-on-warn",
        stdout=output,
    )
    return output.getvalue()


def test_checked_in_schema_is_what_the_code_says(made_anew):
    assert json.loads(CHECKED_IN.read_text()) == json.loads(made_anew), (
        "docs/openapi.json is not what the code says; write it anew with `make schema`."
    )


def test_operations_keep_their_order_and_have_names_of_their_own(made_anew):
    written = json.loads(CHECKED_IN.read_text())["paths"]
    assert list(written) == list(json.loads(made_anew)["paths"])
    names = [op["operationId"] for path in written.values() for op in path.values()]
    assert len(names) == len(set(names))


def _addresses(patterns: Any, before: str = "/") -> list[str]:
    found = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found += _addresses(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            found.append(before + str(pattern.pattern))
    return found


def test_every_address_of_the_api_is_described():
    described = json.loads(CHECKED_IN.read_text())["paths"]
    plain = {path.split("{")[0] for path in described}
    served = [a for a in _addresses(get_resolver().url_patterns) if a.startswith("/api/")]
    missing = [a for a in served if a.split("<")[0] not in plain and a not in NOT_DESCRIBED]
    assert missing == []
    assert len(described) == len(served) - len(NOT_DESCRIBED)


def test_every_post_has_an_example_and_the_key():
    for path, operations in json.loads(CHECKED_IN.read_text())["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            if "requestBody" not in operation or path.startswith("/api/interview/uploads"):
                continue  # the parts of an upload are bytes
            content = operation["requestBody"]["content"]
            assert {"application/json", "text/plain"} <= set(content), path
            assert all(kind["examples"] for kind in content.values()), path
            assert "Idempotency-Key" in {p["name"] for p in operation["parameters"]}, path


def test_every_failure_has_the_envelope():
    for path, operations in json.loads(CHECKED_IN.read_text())["paths"].items():
        for operation in operations.values():
            for status, reply in operation["responses"].items():
                if status >= "400":
                    look = reply["content"]["application/json"]
                    assert look["schema"] == {"$ref": "#/components/schemas/ErrorEnvelope"}, path
                    assert look["examples"], path


def test_limits_are_announced(client, settings):
    settings.MAX_AUDIO_MB = 7
    settings.MAX_AUDIO_BYTES = 7 * 1024 * 1024
    schema_bytes.cache_clear()
    try:
        info = client.get("/api/schema").json()["info"]
    finally:
        schema_bytes.cache_clear()
    assert info["x-limits"]["audioBytes"] == 7 * 1024 * 1024
    assert info["x-limits"]["jsonBytes"] == 16 * 1024 * 1024
    assert "a multipart file 7 MiB" in info["description"]
    assert "16 MiB" in info["description"]


def test_schema_is_served_as_openapi_3_1(client):
    reply = client.get("/api/schema")
    assert reply.status_code == 200
    assert reply["Content-Type"] == "application/json"
    document = reply.json()
    assert document["openapi"] == "3.1.0"
    assert set(document["components"]["securitySchemes"]) == {
        "browserSession",
        "accessToken",
        "serviceToken",
    }


def test_docs_are_a_page_under_the_strict_policy(client):
    reply = client.get("/api/docs")
    text = reply.content.decode()
    policy = reply["Content-Security-Policy"]
    assert reply.status_code == 200
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "http://" not in text
    assert "https://" not in text
    assert "<style" not in text
    assert text.count("<script src=") == text.count("<script") == 3


def test_script_of_the_docs_names_our_schema(client):
    reply = client.get("/api/docs?script=")
    assert reply["Content-Type"].startswith("application/javascript")
    assert "/api/schema" in reply.content.decode()
