"""The API called from its own description by schemathesis, as three kinds of caller.

All its checks run: no 5xx; no status, content type or body that is not described; wrong data
refused; methods that are not there refused; nothing open without credentials. What a schema
cannot say (a feedback says something, base64 is sound, JSON stands in a text) may be refused with
400 or 422, but then the refusal names the field; the examples of the description are all taken,
see test_api_document.py and test_every_example_is_taken.
"""

from __future__ import annotations

import copy
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from hypothesis import HealthCheck, settings

from interviewdata.common.wire.tus import PART_CONTENT_TYPE
from interviewdata.tests.calls import EMAIL, POSTS, connections_stay, stored
from interviewdata.wsgi import application
from sessions.tests.audio.samples import wav

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

COOKIE = django_settings.SESSION_COOKIE_NAME
DOCUMENT = json.loads((Path(django_settings.BASE_DIR) / "docs" / "openapi.json").read_text())
# 413: an upload announced as longer than MAX_AUDIO_MB.
TAKEN = ["2xx", "3xx", "400", "403", "404", "409", "413", "422"]
# 412: another version of tus.
REFUSED = ["400", "403", "404", "405", "409", "411", "412", "413", "415", "422", "429"]

schemathesis.serializer.alias(PART_CONTENT_TYPE, "application/octet-stream")


@schemathesis.check
def refusal_of_right_data_names_a_field(ctx: Any, response: Any, case: Any) -> None:
    is_positive = case.meta is not None and case.meta.generation.mode.is_positive
    if is_positive and response.status_code in (400, 422):
        assert response.json()["fields"], "a refusal without a field"


def _with_one_kind_of_body() -> dict[str, Any]:
    """The description without text/plain: the same body is read the same way under either name
    (test_every_example_is_taken and test_hostile_bodies.py show it), at twice the time here."""
    document: dict[str, Any] = copy.deepcopy(DOCUMENT)
    for operations in document["paths"].values():
        for operation in operations.values():
            operation.get("requestBody", {"content": {}})["content"].pop("text/plain", None)
    return document


def _calls(*, examples: int, coverage: bool) -> Any:
    """The described operations as tests: random examples, and every limit in turn."""
    schema = schemathesis.openapi.from_dict(
        _with_one_kind_of_body(),
        config=schemathesis.Config.from_dict(
            {
                "generation": {"max-examples": examples, "deterministic": True},
                "phases": {
                    "coverage": {"enabled": coverage},
                    "examples": {"enabled": True},
                    "stateful": {"enabled": False},
                },
                "checks": {
                    "positive_data_acceptance": {"expected-statuses": TAKEN},
                    "negative_data_rejection": {"expected-statuses": REFUSED},
                    "missing_required_header": {"expected-statuses": REFUSED},
                    # It wants 401 or 403. Ours is a 404 that tells nothing: see `call`.
                    "ignored_auth": {"enabled": False},
                },
            }
        ),
    )
    schema.app = application
    return schema


def _at_most(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def ids(api: Any, interview: str, question_bank: None) -> dict[str, Any]:
    """Something of everything, of one interview."""
    answer = {"sessionId": interview, "questionIndex": 1, "answer": "Yes."}
    form = {**POSTS["/api/interview/response"](interview), "audio": _sound_file()}
    response = api.post("/api/interview/response", form).json()
    api.call("/api/interview/response", answer)
    return {
        "session_id": interview,
        "response_id": response["responseId"],
        "questionId": response["questionId"],
        "email": EMAIL,
        "person": EMAIL,
    }


@pytest.fixture
def superuser_cookie(new_browser: Any, staff_user: Any) -> str:
    browser = new_browser()
    browser.force_login(staff_user(is_superuser=True))
    return str(browser.cookies[COOKIE].value)


def _sound_file() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("answer.wav", wav())


def aim(case: Any, ids: dict[str, Any]) -> None:
    """Point right data at what is there, so that it meets more than a 404."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    for name in case.path_parameters:
        case.path_parameters[name] = ids.get(name, case.path_parameters[name])
    if isinstance(case.body, dict) and "sessionId" in case.body:
        case.body["sessionId"] = ids["session_id"]
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())


def call(case: Any, cookie: str = "") -> None:
    """One call with all checks; what it opened is opened by nothing but the credentials."""
    with connections_stay():
        if cookie:
            case.headers.pop("Authorization", None)  # a bearer would come before the cookie
        reply = case.call_and_validate(cookies={COOKIE: cookie} if cookie else None)
        needs = case.operation.definition.raw.get("security", [])
        if reply.status_code in (200, 206) and {} not in needs:
            case.cookies.clear()
            case.headers.pop("Authorization", None)
            case.headers.pop("Idempotency-Key", None)
            assert case.call().status_code == 404


@_calls(examples=1, coverage=False).parametrize()
@_at_most(1)
def test_anonymous_meets_what_is_described(case: Any) -> None:
    aim(case, {"session_id": "no-such-interview"})
    call(case)


# Every limit of every parameter in turn; to a candidate the tables are all the same 404.
@_calls(examples=1, coverage=True).exclude(path_regex="^/api/v1/").parametrize()
@_at_most(1)
def test_candidate_meets_what_is_described(case: Any, api: Any, ids: dict[str, Any]) -> None:
    aim(case, ids)
    call(case, api.cookies[COOKIE].value)


@_calls(examples=2, coverage=False).include(method="GET").parametrize()
@_at_most(2)
def test_staff_meets_what_is_described(
    case: Any, superuser_cookie: str, ids: dict[str, Any]
) -> None:
    aim(case, ids)
    call(case, superuser_cookie)


@_calls(examples=1, coverage=False).include(method="POST").parametrize()
@_at_most(1)
def test_staff_write_nothing_with_their_cookie(
    case: Any, superuser_cookie: str, ids: dict[str, Any]
) -> None:
    before = stored()
    aim(case, ids)
    call(case, superuser_cookie)
    if isinstance(case.body, dict) and "sessionId" in case.body:
        assert stored() == before


@pytest.mark.parametrize("path", [path for path in DOCUMENT["paths"] if path in POSTS])
def test_every_example_is_taken(api: Any, ids: dict[str, Any], path: str) -> None:
    body = DOCUMENT["paths"][path]["post"]["requestBody"]["content"]
    if path == "/api/interview/group-data":  # asked once the interview is over
        api.call("/api/interview/end", {"sessionId": ids["session_id"]})
    for kind in ("application/json", "text/plain"):
        for example in body[kind]["examples"].values():
            value = dict(example["value"])
            if "sessionId" in value:
                value["sessionId"] = ids["session_id"]
            reply = api.post(path, json.dumps(value), content_type=kind)
            assert reply.status_code == 200, reply.content
