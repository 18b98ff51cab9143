"""Sends the reads that name it to the replica: exports and lists that may be seconds old."""

from __future__ import annotations

from typing import Any


class ReplicaRouter:
    """Nothing is routed by itself: a reader says `using(replica_alias())` where old is fine."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return None

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return "default"

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool | None:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return db == "default"
