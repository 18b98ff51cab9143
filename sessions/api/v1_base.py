"""What all resources of `/api/v1/` share: one table each, listed and retrieved, read-only. HOT."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import django_filters
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.http import HttpRequest, HttpResponseBase
from rest_framework.exceptions import ValidationError

from interviewdata.common.errors import NotFound
from interviewdata.common.rowjson import RowJSON
from interviewdata.common.sql import fetch_all
from interviewdata.common.wire.lists import (
    ListArguments,
    as_page,
    in_order,
    page_bytes,
    read_arguments,
    searched,
)
from interviewdata.common.wire.replies import json_bytes_reply
from sessions.access import Principal, require
from sessions.api.base import InterviewViewSet
from sessions.services.access_record import fetch_page_recorded

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class View:
    """What somebody sees of a table: which rows, and which columns of which rows are empty.

    `emptied` are null in the rows that fulfil `emptied_where`.
    """

    rows: models.QuerySet[Any]
    emptied: Sequence[str] = ()
    emptied_where: models.Q | None = None

    def body(self, leave_out: frozenset[str]) -> Any:
        """The expression of a row's JSON text."""
        whole = RowJSON(self.rows.model, leave_out=leave_out)
        if self.emptied_where is None:
            return whole
        part = RowJSON(self.rows.model, leave_out=leave_out, empty=self.emptied)
        return models.Case(models.When(self.emptied_where, then=part), default=whole)


class TableViewSet(InterviewViewSet):
    """One table for staff and services. A list is 4 statements at most (session and user, or the
    token; the rows and the access record, which PostgreSQL does in one), a row likewise.

    Rows are JSON texts made by the database: no object of a row is ever built.
    """

    model: type[models.Model]
    resource: str
    permission: str
    filters: type[django_filters.FilterSet]
    search_columns: Sequence[str]
    # The first is the default. Only what an index gives in order: a million rows are not sorted.
    orderings: Sequence[str] = ("-created_at", "created_at", "-id", "id")
    leave_out_of_list: frozenset[str] = frozenset()
    # What names the interview that a row belongs to, for the access record; None: no interview.
    session_column: str | None = "session_id"

    def list(self, request: HttpRequest) -> HttpResponseBase:
        self._admit()
        arguments = read_arguments(
            request.GET,
            filters=self.filters.base_filters,
            orderings=self.orderings,
            times=("created_at",),
        )
        query = request.META.get("QUERY_STRING", "")
        rows = self._rows_seen(arguments, detail=f"?{query}" if query else "")
        return json_bytes_reply(page_bytes(request, as_page(rows, arguments)))

    def retrieve(self, request: HttpRequest, **address: str | int) -> HttpResponseBase:
        self._admit()
        (key,) = address.values()
        if isinstance(key, str) and "\0" in key:
            raise NotFound
        view = self.view_of(self.principal)
        rows = self.model._default_manager.all() if view is None else view.rows
        body = RowJSON(self.model) if view is None else view.body(frozenset())
        row = rows.filter(**self.lookup(key)).values_list(body, self.session_column or "id").first()
        if row is None:
            raise NotFound
        self._record("read", [row], detail=str(key))
        return json_bytes_reply(b'{"success":true,"result":' + row[0].encode() + b"}")

    def lookup(self, key: str | int) -> dict[str, Any]:
        """The filter that finds the row of an address."""
        return {"pk": key}

    def view_of(self, principal: Principal) -> View | None:
        """What of the table this principal sees; None: all of it, as services do. No statement."""
        return None

    def _admit(self) -> None:
        """Candidates and strangers cannot tell this API from nothing at all."""
        if not self.principal.is_staff_or_service:
            raise NotFound
        require(self.principal, (self.permission,))

    def _record(self, action: str, rows: Sequence[tuple[Any, ...]], *, detail: str) -> None:
        session_ids: Sequence[str] = []
        if self.session_column is None:
            detail = f"{detail} ids {','.join(str(row[1]) for row in rows)}".strip()
        else:
            session_ids = list(dict.fromkeys(row[1] for row in rows))
        self.record_access(action, self.resource, session_ids, detail=detail)

    def _rows_seen(self, arguments: ListArguments, *, detail: str) -> Rows:
        """Rows of (JSON text, session id, or row id where there is none), one more than the page
        shows; who saw them is recorded."""
        try:
            statement, values = self._statement(arguments)
        except EmptyResultSet:
            # A filter that no row can match, found while writing the statement.
            self._record("list", [], detail=detail)
            return []
        if self.session_column is None:
            rows = fetch_all(statement, values)
            self._record("list", rows[: arguments.limit], detail=detail)
            return rows
        return fetch_page_recorded(
            statement,
            values,
            shown=arguments.limit,
            actor=self.principal.actor,
            action="list",
            resource=self.resource,
            detail=detail,
        )

    def _statement(self, arguments: ListArguments) -> tuple[str, tuple[Any, ...]]:
        view = self.view_of(self.principal)
        if arguments.is_first_page and view is None:
            return _first_page_statement(
                type(self),  # type: ignore[arg-type]
                arguments.ordering,
                arguments.limit,
                connections[DEFAULT_DB_ALIAS].vendor,
            )
        rows = self.model._default_manager.all() if view is None else view.rows
        if arguments.filters:
            # Built only where it is asked for: it costs more than the rest of the request.
            found = self.filters(arguments.filters, queryset=rows)
            if not found.is_valid():
                raise ValidationError(
                    {name: [str(text) for text in texts] for name, texts in found.errors.items()}
                )
            rows = found.qs
        rows = searched(rows, arguments.search, self.search_columns)
        return self._columns(in_order(rows, arguments), view).query.sql_with_params()

    @classmethod
    def _columns(cls, rows: models.QuerySet[Any], view: View | None = None) -> models.QuerySet[Any]:
        body = RowJSON(cls.model, leave_out=cls.leave_out_of_list)
        if view is not None:
            body = view.body(cls.leave_out_of_list)
        return rows.values_list(body, cls.session_column or "id")


@functools.cache
def _first_page_statement(
    view: type[TableViewSet], ordering: str, limit: int, vendor: str
) -> tuple[str, tuple[Any, ...]]:
    """The statement of an unfiltered first page. Building it anew for each request costs as much
    as running it; there are few of them, so they are kept."""
    arguments = ListArguments(limit, ordering, None, "", {})
    rows = view._columns(in_order(view.model._default_manager.all(), arguments))
    return rows.query.sql_with_params()
