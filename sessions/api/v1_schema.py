"""The resources of `/api/v1/` in words: parameters, replies and examples of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema_view
from rest_framework import serializers

from interviewdata.common.wire.describe import COOKIE, SERVICE, Output, operation, path_text, query
from interviewdata.common.wire.filters import LARGEST_ID, IdFilter, MomentFilter, WordFilter
from interviewdata.common.wire.lists import (
    DEFAULT_LIMIT,
    LARGEST_LIMIT,
    MOST_CHARACTERS,
    SEARCH_CHARACTERS,
)

TAG = "REST for staff and services"
STAFF_AND_SERVICES = [COOKIE, SERVICE]
ID = OpenApiParameter(
    "id",
    {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
    OpenApiParameter.PATH,
    description="the id of the row",
    examples=[OpenApiExample("id", 17)],
)


def _schema_of(found: django_filters.Filter) -> dict[str, Any]:
    if isinstance(found, WordFilter):
        return {"type": "string", "enum": list(found.words)}
    if isinstance(found, MomentFilter):
        return {"type": "string", "format": "date-time"}
    if isinstance(found, IdFilter):
        return {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
    return {"type": "string", "maxLength": MOST_CHARACTERS}


def _list_parameters(view: Any) -> list[OpenApiParameter]:
    columns = ", ".join(view.search_columns)
    return [
        *(
            query(name, _schema_of(found), str(found.label))
            for name, found in view.filters.base_filters.items()
        ),
        query(
            "search",
            {"type": "string", "maxLength": SEARCH_CHARACTERS},
            f"every word must stand in one of: {columns}",
        ),
        query(
            "ordering",
            {"type": "string", "enum": list(view.orderings), "default": view.orderings[0]},
            "by which column; - for descending",
        ),
        query(
            "limit",
            {
                "type": "integer",
                "minimum": 1,
                "maximum": LARGEST_LIMIT,
                "default": DEFAULT_LIMIT,
            },
            "rows of a page",
        ),
        query("cursor", {"type": "string"}, "from `next` or `previous` of a reply; opaque"),
    ]


def _list_reply(name: str, row: type[Output]) -> type[Output]:
    fields = {
        "success": serializers.BooleanField(help_text="always true"),
        "results": row(many=True),
        "next": serializers.URLField(allow_null=True, help_text="the page after this one"),
        "previous": serializers.URLField(allow_null=True, help_text="the page before this one"),
    }
    return type(f"{name}Page", (Output,), fields)


def _row_reply(name: str, row: type[Output]) -> type[Output]:
    fields = {"success": serializers.BooleanField(help_text="always true"), "result": row()}
    return type(f"{name}Reply", (Output,), fields)


def described_table(
    name: str,
    *,
    row: type[Output],
    listed: type[Output] | None = None,
    address: OpenApiParameter = ID,
    example: dict[str, Any],
    notes: str = "",
) -> Callable[[Any], Any]:
    """Class decorator: describes `list` and `retrieve` of a table. `listed` is a row as the list
    shows it, where that is not `row`; `example` some columns of one."""

    def hang(view: Any) -> Any:
        rights = f"Needs the permission `{view.permission}`. Every look is recorded. {notes}"
        shared: dict[str, Any] = {"tag": TAG, "who": STAFF_AND_SERVICES}
        following = f"https://interviews.example.org/api/v1/{view.resource}?cursor=WyItaWQi"
        return extend_schema_view(
            list=operation(
                f"v1_list_{view.resource}",
                f"List {view.resource}",
                f"{rights}Blank parameters count as absent, unknown ones are refused.",
                reply=_list_reply(name, listed or row),
                reply_example={
                    "success": True,
                    "results": [example],
                    "next": following,
                    "previous": None,
                },
                parameters=_list_parameters(view),
                also=(403, 404),
                **shared,
            ),
            retrieve=operation(
                f"v1_read_{view.resource}",
                f"One row of {view.resource}",
                rights.strip(),
                reply=_row_reply(name, row),
                reply_example={"success": True, "result": example},
                parameters=[address],
                also=(403, 404),
                **shared,
            ),
        )(view)

    return hang


def session_address(example: str) -> OpenApiParameter:
    return path_text("session_id", "the public id of the interview", example)
