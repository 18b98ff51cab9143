"""The bank in one statement, and a server that plays the language model."""

import functools
import json
from pathlib import Path

import pytest
from django.conf import settings

from sessions.models import BankQuestion
from sessions.questions.llm import LanguageModelSource
from sessions.tests.questions.chat_server import ChatServer


@functools.cache
def _entries():
    path = Path(settings.BASE_DIR) / "fixtures" / "question_bank.json"
    return [entry["fields"] for entry in json.loads(path.read_text(encoding="utf-8"))]


@pytest.fixture
def question_bank(db):
    BankQuestion.objects.all().delete()
    BankQuestion.objects.bulk_create(BankQuestion(**fields) for fields in _entries())


@pytest.fixture
def model(settings, monkeypatch):
    """A running server that the settings point at."""
    server = ChatServer()
    stop = server.start()
    settings.QUESTIONS_LLM_URL = server.url
    settings.QUESTIONS_LLM_MODEL = "small-model"
    settings.QUESTIONS_LLM_KEY = "secret-key"
    settings.QUESTIONS_LLM_TIMEOUT = 10
    monkeypatch.setattr(LanguageModelSource, "rests_until", 0.0)
    yield server
    stop()
