"""The admin of analysis: how the jobs stand, and "try again"."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from analytics.models import AnalysisJob, JobKind, JobState
from analytics.services.jobs import retry
from sessions.admin.base import EvidenceAdmin, log_change, too_many, words_filter

MOST_AT_ONCE = 1000

# The queue is only a bell, its rows go after an hour: what is to be done stands in our own table.
if admin.site.is_registered(DBTaskResult):
    admin.site.unregister(DBTaskResult)


@admin.register(AnalysisJob)
class AnalysisJobAdmin(EvidenceAdmin):
    list_display = (
        "of_interview",
        "kind",
        "response_id",
        "state",
        "attempts",
        "why",
        "updated_at",
    )
    list_filter = (
        words_filter("state", _("state"), JobState.choices),
        words_filter("kind", _("kind"), JobKind.choices),
    )
    search_fields = ("=session__session_id",)
    ordering = ("-id",)
    hidden = ("claim",)
    actions = ("try_again",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The answer by its number: its text is not looked up for this."""
        fields = super().get_fields(request, obj)
        fields[fields.index("response")] = "response_id"
        fields[fields.index("problem")] = "why"
        return fields

    @admin.display(description=_("answer"), ordering="response")
    def response_id(self, row: AnalysisJob) -> Any:
        return row.response_id or "–"

    @admin.display(description=_("problem"))
    def why(self, row: AnalysisJob) -> str:
        return gettext(row.problem) if row.problem else "–"

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("analytics.change_interviewanalytics"))

    @admin.action(description=_("Try again"), permissions=["retry"])
    def try_again(self, request: HttpRequest, rows: QuerySet[AnalysisJob]) -> None:
        """Of the chosen jobs those that failed, or wait after a failure."""
        chosen = list(rows[: MOST_AT_ONCE + 1])
        if too_many(self, request, chosen, MOST_AT_ONCE):
            return
        troubled = [row for row in chosen if row.problem]
        count = retry(now=timezone.now(), job_ids=[row.pk for row in troubled])
        log_change(request, troubled, gettext_noop("Tried again."))
        words = ngettext("%(count)s job is tried again.", "%(count)s jobs are tried again.", count)
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, words % {"count": count}, level)
