"""Sign-ins that failed, counted by django-axes, and the end of a lock before its time."""

from __future__ import annotations

from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from sessions.admin.base import HouseAdmin, NothingIsWritten


@admin.register(AccessAttempt)
class FailedLoginAdmin(NothingIsWritten, HouseAdmin):
    """One row for every name, address and browser; old ones go when somebody else fails."""

    list_display = ("username", "ip_address", "failures_since_start", "state", "attempt_time")
    search_fields = ("username", "ip_address")
    ordering = ("-attempt_time", "-id")
    fields = ("username", "ip_address", "user_agent", "failures_since_start", "attempt_time")
    readonly_fields = fields
    actions = ("unlock",)

    def has_unlock_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("axes.delete_accessattempt"))

    @admin.action(description=_("Let these try again"), permissions=["unlock"])
    def unlock(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """What failed under the same name from the same address counts together, so it all goes."""
        count = 0
        for username, address in set(rows.values_list("username", "ip_address")):
            AccessAttempt.objects.filter(username=username, ip_address=address).delete()
            count += 1
        said = gettext("May try again: %(count)s.") % {"count": count}
        self.message_user(request, said, messages.SUCCESS)

    @admin.display(description=_("state"))
    def state(self, row: Any) -> str:
        """By this row alone: other browsers of the same person have rows of their own."""
        if row.attempt_time + settings.AXES_COOLOFF_TIME <= timezone.now():
            return pgettext("sign-in", "over")
        if row.failures_since_start >= settings.AXES_FAILURE_LIMIT:
            return pgettext("sign-in", "locked")
        return pgettext("sign-in", "open")
