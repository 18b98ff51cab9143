"""Logins of staff: Django's model backend, a user and all permissions in one statement."""

from __future__ import annotations

from typing import Any

from axes.backends import AxesStandaloneBackend
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat
from django.http import HttpRequest

from interviewdata.common.aggregates import Joined


class StaffBackend(AxesStandaloneBackend, ModelBackend):  # type: ignore[misc]
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """The user with this password. Raises PermissionDenied, without looking at the password,
        where too many have been tried (settings: LOGIN_FAILURES_BEFORE_LOCK)."""
        if request is not None:  # a command of the machine's own has no address to lock
            AxesStandaloneBackend.authenticate(self, request, username, password, **kwargs)
        return ModelBackend.authenticate(self, request, username, password, **kwargs)

    def get_user(self, user_id: int) -> Any:
        """The active user with permissions loaded; None where there is none. One statement."""
        held = (
            Permission.objects.filter(Q(group__user=OuterRef("pk")) | Q(user=OuterRef("pk")))
            .order_by()
            .annotate(_all=Value(1))
            .values("_all")
            .annotate(names=Joined(Concat("content_type__app_label", Value("."), "codename")))
            .values("names")
        )
        user = (
            get_user_model()
            ._default_manager.annotate(_permission_names=Subquery(held))
            .filter(pk=user_id, is_active=True)
            .first()
        )
        if user is not None and not getattr(user, "is_superuser", False):
            names = set(filter(None, (user._permission_names or "").split(" ")))  # type: ignore[attr-defined]
            # The caches that ModelBackend itself fills and reads.
            user._perm_cache = user._user_perm_cache = user._group_perm_cache = names  # type: ignore[attr-defined]
        return user
