"""Words for the OpenAPI description: what every endpoint shares.

Views stay slim: an app's `api/schema.py` writes its operations with `operation()` and
`described()` hangs them on the viewset. Nothing here runs when a request is served.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import models
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiRequest,
    OpenApiResponse,
    extend_schema,
    extend_schema_serializer,
)
from rest_framework import serializers

from interviewdata.common.wire import describe_fields  # noqa: F401  (registers the fields)
from interviewdata.common.wire.replies import RETRY_AFTER_SECONDS, STATUS_OF_CODE

Described = Callable[[Any], Any]

# Who may call; the names are those of `components.securitySchemes`.
Who = dict[str, list[str]]
COOKIE: Who = {"browserSession": []}
TOKEN: Who = {"accessToken": []}
SERVICE: Who = {"serviceToken": []}
NOBODY_IN_PARTICULAR: Who = {}
EVERYBODY = [NOBODY_IN_PARTICULAR]
HOLDERS = [COOKIE, TOKEN, SERVICE]
ANYONE_OR_HOLDERS = [NOBODY_IN_PARTICULAR, *HOLDERS]

SECURITY_SCHEMES = {
    "browserSession": {
        "type": "apiKey",
        "in": "cookie",
        "name": settings.SESSION_COOKIE_NAME,
        "description": (
            "The HttpOnly cookie that create-session gives a browser: it opens the interviews "
            "made in that browser. A staff login uses the same cookie; staff read, they never "
            "write through the candidates' endpoints."
        ),
    },
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "The `accessToken` of create-session: opens that one interview.",
    },
    "serviceToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "A service's token (`idt_…`), made in the admin, limited by permission.",
    },
}


@extend_schema_serializer(many=False)
class Output(serializers.Serializer[Any]):
    """A reply as it is described; replies are written by hand, not by this."""


class ErrorEnvelope(Output):
    """What every failure answers."""

    success = serializers.BooleanField(help_text="always false")
    error = serializers.CharField(help_text="one sentence for a person")
    code = serializers.ChoiceField(choices=sorted(STATUS_OF_CODE), help_text="a stable word")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="wire name → what would be right",
    )


class Acknowledgement(Output):
    success = serializers.BooleanField(help_text="always true")
    message = serializers.CharField(help_text="one sentence for a person")


class Progress(Output):
    answered = serializers.IntegerField(min_value=0)
    total = serializers.IntegerField(min_value=0)
    currentQuestionIndex = serializers.IntegerField(
        min_value=0, help_text="from 0: the question after the last answered"
    )
    completionRate = serializers.FloatField(min_value=0, help_text="answered / total; 0–1")


def error_example(code: str, sentence: str, **fields: str) -> dict[str, Any]:
    body: dict[str, Any] = {"success": False, "error": sentence, "code": code}
    if fields:
        body["fields"] = {name: [text] for name, text in fields.items()}
    return body


_NOT_FOUND = "There is nothing here under that address."
# Status → when, and an example.
_ERRORS: dict[int, tuple[str, dict[str, Any]]] = {
    400: (
        "The request is not understood; `fields` names what to send instead.",
        error_example(
            "invalid",
            "sessionId: This field is required.",
            sessionId="This field is required.",
        ),
    ),
    403: (
        "A permission is missing, the request comes from a page of another site "
        "(`cross_site`), or this installation does not admit the caller.",
        error_example("cross_site", "A page of another site may not do this."),
    ),
    404: (
        "There is no such thing for this caller: unknown, of somebody else, or no longer open. "
        "The three cannot be told apart.",
        error_example("not_found", _NOT_FOUND),
    ),
    405: (
        "The address is right, the method is not; `Allow` lists those that are.",
        error_example("method_not_allowed", "This address takes OPTIONS, POST."),
    ),
    409: (
        "The request contradicts the state of things.",
        error_example("conflict", "The interview has ended; no question can be added."),
    ),
    411: (
        "The body came without a Content-Length.",
        error_example("length_required", "Send the body with a Content-Length."),
    ),
    412: (
        "The request speaks another version of tus; `Tus-Version` says which one is spoken here.",
        error_example(
            "unsupported_version",
            "Send the header Tus-Resumable: 1.0.0, the version of tus that is spoken here.",
            **{"Tus-Resumable": "Send 1.0.0."},
        ),
    ),
    413: (
        "The body is larger than the limits announced above.",
        error_example(
            "too_large",
            "A body of this kind may have 16 MiB at most; send larger sound as "
            "multipart/form-data.",
        ),
    ),
    415: (
        "The body is a form or compressed, where a JSON object is taken.",
        error_example("unsupported_media_type", "Send a JSON object, not a form."),
    ),
    416: (
        "The range begins behind the end of the file; `Content-Range` says how long it is.",
        error_example("range_not_satisfiable", "The file has 48213 bytes."),
    ),
    422: (
        "Understood, but not to be done: unreadable sound, or an Idempotency-Key that was used "
        "for another body.",
        error_example(
            "idempotency_key_reused",
            "This Idempotency-Key was used for another body; take a new key for a new request.",
            **{"Idempotency-Key": "Take a new key for a new request."},
        ),
    ),
    429: (
        "Too many uploads of this interview are on their way.",
        error_example(
            "too_many",
            "This interview has 20 recordings on their way already; send their answers or end "
            "them (DELETE) first.",
        ),
    ),
    460: (
        "The bytes that arrived are not those of `Upload-Checksum`; nothing of them is kept.",
        error_example(
            "checksum_mismatch",
            "The part is not the one that Upload-Checksum speaks of; send it again.",
            **{"Upload-Checksum": "The bytes that arrived have another digest."},
        ),
    ),
    503: (
        "The database or a store does not answer just now; the same call may succeed later.",
        error_example("unavailable", "The database does not answer just now; please try again."),
    ),
}
READ_ERRORS = (400, 405, 411, 413, 503)
WRITE_ERRORS = (400, 403, 405, 411, 413, 415, 422, 503)

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[!-~]([ -~]*[!-~])?$"},
    OpenApiParameter.HEADER,
    description=(
        "Up to 255 printable ASCII characters. The same key and body get the first reply again; "
        "the same key with another body gets 422. Without credentials take 20 or more random ones."
    ),
    examples=[OpenApiExample("a UUID", "0f8fad5b-d9cb-469f-a165-70867728950e")],
)
_RETRY_AFTER = OpenApiParameter(
    "Retry-After",
    {"type": "integer"},
    OpenApiParameter.HEADER,
    response=[429, 503],
    description=f"seconds; {RETRY_AFTER_SECONDS} usually",
)
_ALLOW = OpenApiParameter(
    "Allow", str, OpenApiParameter.HEADER, response=[405], description="the methods there are"
)
SHARED_PARAMETERS = [_RETRY_AFTER, _ALLOW]


def path_text(name: str, description: str, example: str, **limits: Any) -> OpenApiParameter:
    return OpenApiParameter(
        name,
        {"type": "string", "minLength": 1, "pattern": r"^[^/\x00]+$", **limits},
        OpenApiParameter.PATH,
        description=description,
        examples=[OpenApiExample(name, example)],
    )


def query(name: str, schema: Any, description: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(
        name, schema, OpenApiParameter.QUERY, required=required, description=description
    )


def error_responses(statuses: Sequence[int]) -> dict[Any, OpenApiResponse]:
    return {
        (status, "application/json"): OpenApiResponse(
            ErrorEnvelope,
            _ERRORS[status][0],
            examples=[OpenApiExample(_ERRORS[status][1]["code"], _ERRORS[status][1])],
        )
        for status in sorted(statuses)
    }


def _requests(
    body: type[serializers.Serializer[Any]],
    example: Mapping[str, Any],
    form: type[serializers.Serializer[Any]] | None,
    form_example: Mapping[str, Any] | None,
) -> dict[str, OpenApiRequest]:
    for one in filter(None, (body, form)):
        extend_schema_serializer(component_name=one.__name__.removesuffix("Input"))(one)
    # Media types share the schema: browsers' fetch says text/plain for a string body.
    requests = {
        kind: OpenApiRequest(body, examples=[OpenApiExample("example", dict(example))])
        for kind in ("application/json", "text/plain")
    }
    if form is not None:
        requests["multipart/form-data"] = OpenApiRequest(
            form, examples=[OpenApiExample("example", dict(form_example or {}))]
        )
    return requests


def operation(
    operation_id: str,
    summary: str,
    description: str = "",
    *,
    tag: str,
    who: Sequence[Mapping[str, list[str]]],
    reply: Any,
    reply_example: Any = None,
    body: type[serializers.Serializer[Any]] | None = None,
    example: Mapping[str, Any] | None = None,
    form: type[serializers.Serializer[Any]] | None = None,
    form_example: Mapping[str, Any] | None = None,
    also: Sequence[int] = (),
    never: Sequence[int] = (),
    parameters: Sequence[OpenApiParameter] = (),
    other_replies: Mapping[Any, Any] | None = None,
) -> Described:
    """One operation in words. `body` makes it a POST with an Idempotency-Key; `also` adds
    statuses to what every read or write may answer, `never` takes some away; replies that are no
    JSON come in `other_replies`, with `reply` None where there is no JSON at all."""
    writes = body is not None
    found: dict[Any, OpenApiResponse] = {}
    if reply is not None:
        found[200, "application/json"] = OpenApiResponse(
            reply,
            "Done." if writes else "Found.",
            examples=[OpenApiExample("example", reply_example)] if reply_example else [],
        )
    errors = {*(WRITE_ERRORS if writes else READ_ERRORS), *also} - {*never}
    shared = SHARED_PARAMETERS + ([IDEMPOTENCY_KEY] if writes else [])
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        description=description,
        tags=[tag],
        auth=[dict(one) for one in who],  # type: ignore[misc]
        request=_requests(body, example or {}, form, form_example) if body else None,
        responses={**found, **(other_replies or {}), **error_responses(sorted(errors))},
        parameters=[*parameters, *shared],
    )


def described(**actions: Described) -> Callable[[type], type]:
    """Class decorator: the description of each action of a viewset, by the action's name."""

    def hang(view: type) -> type:
        for name, describe in actions.items():
            describe(vars(view)[name])
        return view

    return hang


_FIELD_OF: list[tuple[type[models.Field], type[serializers.Field]]] = [
    (models.BooleanField, serializers.BooleanField),
    (models.IntegerField, serializers.IntegerField),
    (models.FloatField, serializers.FloatField),
    (models.DateTimeField, serializers.DateTimeField),
    (models.JSONField, serializers.JSONField),
    (models.CharField, serializers.CharField),
    (models.TextField, serializers.CharField),
]


@functools.cache  # a component of the schema is one class
def row_of(
    model: type[models.Model], name: str = "", **more: serializers.Field[Any, Any, Any, Any]
) -> type[Output]:
    """The description of a table's row as replies and exports carry it: column names.

    Called `name`, else as the model and "Row"; `more` are fields beside the columns.
    """
    fields: dict[str, Any] = {}
    for column in model._meta.concrete_fields:
        target = column.target_field if column.is_relation else column  # type: ignore[attr-defined]
        kind = next(field for base, field in _FIELD_OF if isinstance(target, base))
        # "Any JSON" has null in it already.
        may_be_null = column.null and kind is not serializers.JSONField
        options: dict[str, Any] = {"allow_null": may_be_null, "help_text": str(column.help_text)}
        if column.choices:
            kind, options["choices"] = serializers.ChoiceField, column.choices
        fields[str(column.column)] = kind(**options)
    return type(name or f"{model.__name__}Row", (Output,), {**fields, **more})
