"""What the whole description says once: limits, errors, access, idempotency."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.plumbing import get_lib_doc_excludes

from interviewdata.common.wire.body import MAX_DEPTH, MAX_KEYS
from interviewdata.common.wire.describe import SECURITY_SCHEMES, Output
from interviewdata.common.wire.inputs import Input

MIB = 1024 * 1024
TAGS = {
    "Interview": "Create, begin and end interviews.",
    "Questions": "What is asked.",
    "Answers": "What is answered, in text and sound, and the transcript.",
    "Uploads": "Long recordings, in parts that can be resumed (tus).",
    "Judgement": "Feedback and computed analysis.",
    "Record": "Everything of one interview, read and exported.",
    "People": "What is known of one person, by e-mail.",
    "REST for staff and services": "Read-only lists of the tables.",
    "Service": "Is it well, and what can it do?",
}


def description() -> str:
    return f"""Keeps interviews whole: questions, answers, sound, transcripts and feedback.

**Bodies** are JSON objects whatever the Content-Type says, in UTF-8; a number may also be sent as
text. Success is 200 with `"success": true`.

**Limits.** A JSON body may have {settings.MAX_JSON_BYTES // MIB} MiB, {MAX_DEPTH} levels and
{MAX_KEYS} keys an object; a multipart file {settings.MAX_AUDIO_MB} MiB. More is answered with 413
(size) or 400. Every body needs a Content-Length (411).

**Errors** are always JSON: `{{"success": false, "error": "one sentence", "code": "a stable word",
"fields": {{"wireName": ["…"]}}}}`.

**Access.** create-session gives the browser a cookie and returns an `accessToken`; either opens
that interview and no other. Unknown, foreign and expired ids all answer 404. Pages of other sites
may not write (403, `cross_site`).

**The same call twice** makes one row. With an `Idempotency-Key` the first reply is given again."""


# HTTP methods in the order in which they are described; Django keeps them in a set.
METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")


def without_words() -> list[type]:
    """GET_LIB_DOC_EXCLUDES: base classes whose docstrings speak to programmers, not to clients."""
    return [*get_lib_doc_excludes(), Input, Output]


def with_heads(endpoints: list[Any], **_more: Any) -> list[Any]:
    """PREPROCESSING_HOOKS of drf-spectacular, which leaves out HEAD also where it stands alone."""
    found: list[Any] = []
    for path, regex, method, callback in endpoints:
        actions = getattr(callback, "actions", {})
        alone = "head" in actions and "get" not in actions
        if alone and not any(entry[0] == path for entry in found):
            found.append((path, regex, "HEAD", callback))
        found.append((path, regex, method, callback))
    return found


def finish(result: dict[str, Any], generator: Any, request: Any, public: Any) -> dict[str, Any]:
    """POSTPROCESSING_HOOKS of drf-spectacular."""
    result["info"]["description"] = description()
    result["info"]["x-limits"] = {
        "jsonBytes": settings.MAX_JSON_BYTES,
        "audioBytes": settings.MAX_AUDIO_BYTES,
        "jsonDepth": MAX_DEPTH,
        "keysOfAnObject": MAX_KEYS,
    }
    for path, item in result["paths"].items():
        known = [method for method in METHODS if method in item]
        others = [name for name in item if name not in METHODS]
        result["paths"][path] = {name: item[name] for name in (*others, *known)}
    result["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    components = result.setdefault("components", {})
    components["securitySchemes"] = {**components.get("securitySchemes", {}), **SECURITY_SCHEMES}
    return result
