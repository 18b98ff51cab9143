from typing import Any

from rest_framework.permissions import BasePermission


class Nobody(BasePermission):
    """The strict default: a view that names no permission serves nobody."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return False
