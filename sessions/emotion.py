"""The switch that keeps inferred emotions out of the record."""

from __future__ import annotations

from django.conf import settings

EMOTION_OFF_WARNING = "Emotion analysis is switched off here; what was sent of it was not kept."


def emotion_is_off() -> bool:
    return not settings.EMOTION_ANALYSIS
