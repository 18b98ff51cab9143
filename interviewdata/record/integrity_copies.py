"""Proves that every analysed answer is found by its text where near copies are looked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from analytics.services.near_copies import rebuild_signature, wrong_signatures
from interviewdata.record.integrity import Problem


def copy_problems() -> Iterator[Problem]:
    """Reads all analysed answers: a second of CPU for four thousand."""
    for wrong in wrong_signatures():
        yield Problem(
            "near_copies",
            f"answer_signatures {wrong.response_id}",
            wrong.message,
            partial(rebuild_signature, wrong.response_id),
        )
