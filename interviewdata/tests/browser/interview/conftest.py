"""A candidate at the interview's page."""

from __future__ import annotations

from typing import Any

import pytest

from interviewdata.tests.browser.interview.taking import Candidate
from sessions.models import BankQuestion

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def bank(db: Any, question_bank: None) -> int:
    """The questions of the bank, in a database that the server sees as well."""
    return BankQuestion.objects.count()


@pytest.fixture
def candidate(page: Any, site: str, bank: int) -> Candidate:
    """On a phone, nothing opened yet."""
    page.set_viewport_size(PHONE)
    return Candidate(page, site)
