"""A table of bad values, run against one endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interviewdata.tests.calls import POSTS, is_envelope, stored

MISSING = object()
Case = tuple[str, str, Any]  # endpoint, wire name, value


def refused(api: Any, path: str, session_id: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """POST a good body with `changes`; assert that it is refused without a trace. The reply."""
    body = {**POSTS[path](session_id), **changes}
    body = {name: value for name, value in body.items() if value is not MISSING}
    before = stored()
    reply = api.call(path, body)
    assert 400 <= reply.status_code < 500, reply.content[:300]
    assert is_envelope(reply)
    assert stored() == before
    return {"status": reply.status_code, **reply.json()}


def assert_names_the_field(api: Any, session_id: str, case: Case, status: int = 400) -> None:
    path, name, value = case
    reply = refused(api, path, session_id, {name: value})
    assert (reply["status"], list(reply["fields"])) == (status, [name])
    assert name in reply["error"]
