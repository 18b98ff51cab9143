"""Proves that the figures of an interview are what the analyses of its answers give."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from analytics.services.composed import compose_again, wrong_figures
from interviewdata.record.integrity import Problem


def analysis_problems() -> Iterator[Problem]:
    """Reads all analysed interviews, 2 statements each."""
    for session_id, message in wrong_figures():
        yield Problem(
            "analysis",
            f"interview_analytics of {session_id}",
            message,
            partial(compose_again, session_id),
        )
