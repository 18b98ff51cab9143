"""The jobs that this process is at, so that their leases can be prolonged from beside the work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from analytics.services.jobs import LEASE, Claim, renew

# A job that takes longer than this hangs; another worker may have it.
LONGEST = timedelta(hours=1)

_lease = LEASE
_held: dict[str, tuple[Claim, datetime]] = {}


@contextmanager
def holding(held: Claim, now: datetime) -> Iterator[None]:
    """While this lasts, `renew_held` prolongs the lease of `held`."""
    _held[held.word] = (held, now)
    try:
        yield
    finally:
        _held.pop(held.word, None)


def set_lease(lease: timedelta) -> None:
    """For all jobs that this process takes from now on."""
    global _lease
    _lease = lease


def lease() -> timedelta:
    return _lease


def renew_held(now: datetime) -> int:
    """Prolong the leases of what this process is at; how many. 1 statement each."""
    return sum(
        renew(held, now, lease=_lease)
        for held, since in list(_held.values())
        if now - since < LONGEST
    )
