"""Lists of a conventional REST API: arguments, search, order, and pages by keyset.

A page begins where the one before ended: at a value of the ordering column and an id, both in the
opaque cursor. So the millionth row costs what the first one does, and rows that arrive meanwhile
shift nothing. There is no count: it would cost more than the page.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

import orjson
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, QueryDict

from interviewdata.common.errors import Invalid
from interviewdata.common.wire.filters import LARGEST_ID, as_moment

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
MOST_CHARACTERS = 600
SEARCH_CHARACTERS = 200
PAGE_PARAMETERS = ("cursor", "limit", "ordering", "search")
_FOREIGN_CURSOR = "This is no cursor of this list; take `next` or `previous` from a reply of it."


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: after (`backwards`: before) this value of the ordering column and id.

    `value` is None where the list is ordered by id alone.
    """

    value: Any
    id: int
    backwards: bool

    def as_text(self, ordering: str) -> str:
        content = orjson.dumps([ordering, self.value, self.id, self.backwards])
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    @classmethod
    def of_text(cls, text: str, ordering: str, *, is_time: bool) -> Cursor:
        """Read what `as_text` wrote. Raises Invalid for anything else."""
        try:
            content = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            made_for, value, pk, backwards = content
            if made_for != ordering or type(pk) is not int or type(backwards) is not bool:
                raise ValueError
            if not 0 < pk <= LARGEST_ID or (ordering.lstrip("-") == "id") != (value is None):
                raise ValueError
            if value is not None and (not isinstance(value, str) or "\0" in value):
                raise ValueError
            if value is not None and is_time:
                value = as_moment(value)
        except (ValueError, TypeError, binascii.Error):
            raise Invalid.field("cursor", _FOREIGN_CURSOR) from None
        return cls(value, pk, backwards)


@dataclass(frozen=True)
class ListArguments:
    """What a list was asked for; `filters` holds the values that are not blank."""

    limit: int
    ordering: str
    cursor: Cursor | None
    search: str
    filters: dict[str, str]

    @property
    def column(self) -> str:
        return self.ordering.lstrip("-")

    @property
    def is_first_page(self) -> bool:
        """The newest rows of all: nothing is filtered, searched or continued."""
        return self.cursor is None and not self.search and not self.filters


def read_arguments(
    query: QueryDict,
    *,
    filters: Collection[str],
    orderings: Sequence[str],
    times: Collection[str] = (),
) -> ListArguments:
    """The arguments of a list; the first of `orderings` is the default, `times` are the time
    columns among them. Raises Invalid, naming what is known."""
    given = _texts(query, filters)
    ordering = given.pop("ordering", orderings[0])
    if ordering not in orderings:
        raise Invalid.field("ordering", f"Use one of: {', '.join(orderings)}.")
    search = given.pop("search", "")
    if len(search) > SEARCH_CHARACTERS:
        raise Invalid.field("search", f"Send {SEARCH_CHARACTERS} characters at most.")
    cursor = given.pop("cursor", "")
    limit = given.pop("limit", str(DEFAULT_LIMIT))
    is_number = limit.isascii() and limit.isdecimal() and len(limit) <= 3
    if not is_number or not 1 <= int(limit) <= LARGEST_LIMIT:
        raise Invalid.field("limit", f"Send a whole number from 1 to {LARGEST_LIMIT}.")
    is_time = ordering.lstrip("-") in times
    return ListArguments(
        limit=int(limit),
        ordering=ordering,
        cursor=Cursor.of_text(cursor, ordering, is_time=is_time) if cursor else None,
        search=search,
        filters=given,
    )


def _texts(query: QueryDict, filters: Collection[str]) -> dict[str, str]:
    """Parameter → text, blank ones left out. Raises Invalid for what no database could take."""
    given: dict[str, str] = {}
    for name, values in query.lists():
        if name not in PAGE_PARAMETERS and name not in filters:
            known = ", ".join(sorted([*filters, *PAGE_PARAMETERS]))
            shown = name[:60].replace("\0", "�")
            raise Invalid(
                f"Unknown parameter “{shown}”; use {known}.",
                fields={shown: [f"Unknown; use one of: {known}."]},
            )
        if len(values) > 1:
            raise Invalid.field(name, "Send it once.")
        text = str(values[0])
        if "\0" in text:
            raise Invalid.field(name, "The character NUL is not allowed.")
        if len(text) > MOST_CHARACTERS:
            raise Invalid.field(name, f"Send {MOST_CHARACTERS} characters at most.")
        if text.strip():
            given[name] = text
    return given


def searched(rows: models.QuerySet[Any], text: str, columns: Sequence[str]) -> models.QuerySet[Any]:
    """The rows where every word of `text` stands in one of `columns`, upper or lower case."""
    for word in text.split()[:10]:
        rows = rows.filter(reduce(or_, (Q(**{f"{column}__icontains": word}) for column in columns)))
    return rows


def in_order(rows: models.QuerySet[Any], arguments: ListArguments) -> models.QuerySet[Any]:
    """`rows` ordered and begun for one page, one more than it shows; backwards where the cursor
    goes back: `as_page` turns them round."""
    cursor, column = arguments.cursor, arguments.column
    descending = arguments.ordering.startswith("-")
    if cursor is not None:
        descending = descending != cursor.backwards
        rows = rows.filter(_beyond(cursor, column, "lt" if descending else "gt"))
    sign = "-" if descending else ""
    columns = [f"{sign}id"] if column == "id" else [f"{sign}{column}", f"{sign}id"]
    return rows.order_by(*columns)[: arguments.limit + 1]


def _beyond(cursor: Cursor, column: str, way: str) -> Q:
    if column == "id":
        return Q(**{f"id__{way}": cursor.id})
    # The bound by itself says no more than the rest, but it is what lets the index be used.
    return Q(**{f"{column}__{way}e": cursor.value}) & (
        Q(**{f"{column}__{way}": cursor.value}) | Q(**{f"id__{way}": cursor.id})
    )


@dataclass(frozen=True)
class Page:
    """Rows in the order asked for, and the cursors of its neighbours; empty: there is none."""

    rows: list[tuple[Any, ...]]
    next: str
    previous: str


def as_page(rows: list[tuple[Any, ...]], arguments: ListArguments) -> Page:
    """Cut what `in_order` fetched to one page. Each row begins with its JSON text."""
    cursor = arguments.cursor
    has_more = len(rows) > arguments.limit
    rows = rows[: arguments.limit]
    if cursor is not None and cursor.backwards:
        rows.reverse()
        has_next, has_previous = bool(rows), has_more
    else:
        has_next, has_previous = has_more, cursor is not None and bool(rows)
    return Page(
        rows,
        next=_cursor_at(rows[-1][0], arguments, backwards=False) if has_next else "",
        previous=_cursor_at(rows[0][0], arguments, backwards=True) if has_previous else "",
    )


def _cursor_at(row: str, arguments: ListArguments, *, backwards: bool) -> str:
    """The cursor at a row, read from its JSON text: cheaper than two more columns of each row."""
    values = orjson.loads(row)
    value = None if arguments.column == "id" else values[arguments.column]
    return Cursor(value, values["id"], backwards).as_text(arguments.ordering)


def page_bytes(request: HttpRequest, page: Page) -> bytes:
    """The reply of a list; the first value of each row is the row as JSON text."""

    def url(cursor: str) -> bytes:
        if not cursor:
            return b"null"
        query = urlencode({**request.GET.dict(), "cursor": cursor})
        return orjson.dumps(request.build_absolute_uri(f"{request.path}?{query}"))

    return b"".join(
        (
            b'{"success":true,"results":[',
            ",".join([row[0] for row in page.rows]).encode(),
            b'],"next":',
            url(page.next),
            b',"previous":',
            url(page.previous),
            b"}",
        )
    )
