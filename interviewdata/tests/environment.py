"""The environment of the tests, set before Django reads its settings (pytest -p)."""

import os
import tempfile
from pathlib import Path

_folder = Path(os.environ.get("DATA_DIR") or tempfile.mkdtemp(prefix="interviewdata-tests-"))
os.environ["DATA_DIR"] = str(_folder)
os.environ["DEBUG"] = "1"  # plain static files; pytest-django switches DEBUG itself off
os.environ["SECRET_KEY"] = "for the tests only, it guards nothing at all"
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")
if not os.environ["DATABASE_URL"]:
    del os.environ["DATABASE_URL"]
os.environ["LOG_LEVEL"] = "ERROR"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs an event loop of its own
for name in (
    "OPEN_API",
    "ADMISSION",
    "EMOTION_ANALYSIS",
    "PUBLIC_ORIGINS",
    "CORS_ALLOWED_ORIGINS",
    "STORAGE_URL",
    "MEDIA_ROOT",
    "REDIS_URL",
    "ANALYSIS",
    "TASKS_URL",
    "MAX_AUDIO_MB",
    "MAX_OPEN_UPLOADS",
    "MAX_UPLOADS_MB",
    "ABANDONED_AFTER_MINUTES",
    "SMALLEST_GROUP_SHOWN",
    "EVENTS_URL",
    "MOST_STREAMS",
    "TRANSCRIPTION",
    "TRANSCRIPTION_MODEL",
    "TRANSCRIPTION_THREADS",
    "TRANSCRIPTION_LANGUAGE",
    "TRANSCRIPTION_URL",
    "TRANSCRIPTION_KEY",
    "TRANSCRIPTION_MODEL_NAME",
    "TRANSCRIPTION_TIMEOUT",
    "QUESTIONS_LLM_URL",
    "QUESTIONS_LLM_MODEL",
    "QUESTIONS_LLM_KEY",
    "QUESTIONS_LLM_TIMEOUT",
    "DRAFTS_LLM_URL",
    "DRAFTS_LLM_MODEL",
    "DRAFTS_LLM_KEY",
    "DRAFTS_LLM_TIMEOUT",
    "BEHIND_TLS_PROXY",
    "LOGIN_FAILURES_BEFORE_LOCK",
    "LOGIN_LOCK_MINUTES",
    "PROXIES_IN_FRONT",
    "STATIC_ROOT",
    "DATABASE_REPLICA_URL",
):
    os.environ[name] = {"ADMISSION": "open", "EMOTION_ANALYSIS": "1", "MAX_AUDIO_MB": "20"}.get(
        name, ""
    )
