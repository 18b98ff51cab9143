"""What the admin's pages share: evidence is only looked at, and every look leaves a row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import quote
from django.core.exceptions import BadRequest
from django.db import models
from django.forms import BaseModelFormSet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sessions.admin.paging import HousePaginator
from sessions.services.access_record import record_access

EXCERPT_CHARACTERS = 90


def session_link(session_id: str, *, short: bool = False) -> str:
    """A link to an interview's page by its public id: no query, no join. `short` for lists."""
    url = reverse("admin:interview_sessions_interviewsession_change", args=[quote(session_id)])
    words = f"{session_id[:8]}…" if short and len(session_id) > 12 else session_id
    return format_html('<a href="{}?_to_field=session_id">{}</a>', url, words)


def row_link(model_name: str, pk: int, words: str) -> str:
    return format_html(
        '<a href="{}">{}</a>', reverse(f"admin:{model_name}_change", args=[pk]), words
    )


def excerpt(text: str) -> str:
    """The beginning of a text in one line; a dash for none."""
    line = " ".join(text[: 3 * EXCERPT_CHARACTERS].split())
    if not line:
        return "–"
    return line if len(line) <= EXCERPT_CHARACTERS else line[: EXCERPT_CHARACTERS - 1] + "…"


def pretty_json(value: Any) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return format_html('<pre class="json">{}</pre>', text)


def _json_column(field: models.Field[Any, Any]) -> Callable[[Any], str]:
    """A column of the detail page that shows a JSON field with line breaks."""

    @admin.display(description=field.verbose_name)
    def show(row: Any) -> str:
        return pretty_json(getattr(row, field.attname))

    show.__name__ = field.name
    return show


def too_many(
    model_admin: admin.ModelAdmin, request: HttpRequest, chosen: Sequence[Any], most: int
) -> bool:
    """Whether more rows are chosen than an action takes at once; says so."""
    if len(chosen) <= most:
        return False
    model_admin.message_user(
        request,
        gettext("At most %(most)s at once here. Nothing is done: choose fewer.") % {"most": most},
        messages.ERROR,
    )
    return True


def log_change(request: HttpRequest, rows: Iterable[models.Model], words: str) -> None:
    """What an action did, into the history of each row: English words, marked by `gettext_noop`,
    that the history translates. One statement, and content types."""
    LogEntry.objects.log_actions(request.user.pk, rows, CHANGE, change_message=words)  # type: ignore[arg-type]


def words_filter(
    field: str, label: Any, choices: Sequence[tuple[str, Any]]
) -> type[admin.SimpleListFilter]:
    """A filter by words that are known beforehand: (word, how people read it). Django's own asks
    the table which there are: among millions of rows that takes seconds, to show four words."""
    words = [word for word, _label in choices]

    class WordsFilter(admin.SimpleListFilter):
        title = label
        parameter_name = field

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return list(choices)

        def queryset(self, request: HttpRequest, rows: Any) -> Any:
            return rows.filter(**{field: self.value()}) if self.value() in words else rows

    return WordsFilter


class HouseAdmin(admin.ModelAdmin):
    """What all our lists and pages share: their size, their style, addresses that can be."""

    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False  # a second count of everything, for one word on the page
    show_facets = admin.ShowFacets.NEVER  # a count for every word of every filter
    paginator = HousePaginator

    class Media:
        css = {"all": ["css/admin.css"]}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        _refuse_nul(request)
        return super().changelist_view(request, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        _refuse_nul(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's own, with the words of `log_change` in the reader's language."""
        reply = super().history_view(request, object_id, extra_context)
        for entry in (getattr(reply, "context_data", None) or {}).get("action_list", ()):
            words = entry.change_message
            if words and not words.startswith("["):  # Django's own messages are lists
                entry.change_message = gettext(words)
        return reply


def _refuse_nul(request: HttpRequest) -> None:
    """PostgreSQL takes no NUL, and Django's admin hands filters and ids of addresses on."""
    values = (value for values in request.GET.lists() for value in values[1])
    if "\0" in request.path_info or any("\0" in value for value in values):
        raise BadRequest("NUL in the address")


class RecordedAdmin(HouseAdmin):
    """Writes down which interviews a list or a page showed to whom. One statement a page."""

    # How a row names its interview; None: the rows belong to no single interview.
    session_attribute: str | None = "session_id"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        reply = super().changelist_view(request, extra_context)
        changelist = (getattr(reply, "context_data", None) or {}).get("cl")
        if changelist is not None:
            # The rows are fetched once, here or by the template.
            self._record(request, "list", changelist.result_list)
        return reply

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        reply = super().change_view(request, object_id, form_url, extra_context)
        shown = (getattr(reply, "context_data", None) or {}).get("original")
        if shown is not None and isinstance(reply, TemplateResponse):
            self._record(request, "read", [shown])
        return reply

    def _record(self, request: HttpRequest, action: str, rows: Iterable[Any]) -> None:
        attribute, detail = self.session_attribute, "admin"
        if attribute is None:
            session_ids: list[str] = []
            detail = f"admin: {', '.join(str(row.pk) for row in rows)}"
        else:
            session_ids = list(dict.fromkeys(getattr(row, attribute) for row in rows))
        record_access(
            actor=f"user:{request.user.get_username()}",
            action=action,
            resource=self.opts.db_table,
            session_ids=session_ids,
            detail=detail,
        )


class NothingIsWritten:
    """Mixin of admins and inlines: rows are shown, never added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EvidenceAdmin(NothingIsWritten, RecordedAdmin):
    """Records as they came in; corrections are rows of their own, made elsewhere."""

    # Columns that only programs read.
    hidden: tuple[str, ...] = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """All columns in their order; JSON with line breaks, the interview as a link."""
        shown: list[Any] = []
        for field in self.opts.concrete_fields:
            if field.primary_key or field.name in self.hidden:
                continue
            if field.name == "session":
                shown.append("interview")
            elif isinstance(field, models.JSONField):
                shown.append(_json_column(field))
            else:
                shown.append(field.name)
        return shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.get_fields(request, obj)

    @admin.display(description=_("interview"))
    def interview(self, row: Any) -> str:
        return session_link(row.session_id)

    @admin.display(description=_("interview"), ordering="session_id")
    def of_interview(self, row: Any) -> str:
        return session_link(row.session_id, short=True)


class EvidenceInline(NothingIsWritten, admin.StackedInline):
    """Rows of one interview on its page, each kind with a template of its own."""

    extra = 0
    can_delete = False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """None: the template shows texts, the fields of a form would be built in vain."""
        return []

    def prepare(self, formset: BaseModelFormSet) -> None:
        """Give the formset's instances what the template shows beside their columns."""
