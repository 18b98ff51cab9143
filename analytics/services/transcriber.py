"""The transcriber that the settings ask for (TRANSCRIPTION and what begins with it)."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext

from analytics.engines.transcription import choice
from analytics.engines.transcription.base import Transcriber


def transcriber() -> Transcriber | None:
    """None where there is none: `why_none` says why. Costs no query and loads no model."""
    return choice.choose(_choice())


def why_none() -> str:
    """Why recordings get no transcription, for a page, in its reader's language; empty where they
    get one."""
    reason = choice.why_none(_choice())
    return gettext(reason) if reason else ""


def _choice() -> choice.Choice:
    return choice.Choice(
        mode=settings.TRANSCRIPTION,
        folder=settings.TRANSCRIPTION_MODEL,
        threads=settings.TRANSCRIPTION_THREADS,
        language=settings.TRANSCRIPTION_LANGUAGE,
        url=settings.TRANSCRIPTION_URL,
        key=settings.TRANSCRIPTION_KEY,
        model_name=settings.TRANSCRIPTION_MODEL_NAME,
        timeout=settings.TRANSCRIPTION_TIMEOUT,
    )
