"""Runs a command as a shell would: output, talk and exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from interviewdata.tests.commands.answers_file import CLIENT, GIVEN, sound


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def run(db: None) -> Callable[..., Ran]:
    def run(name: str, *arguments: str) -> Ran:
        out, err = StringIO(), StringIO()
        try:
            call_command(name, *arguments, stdout=out, stderr=err)
        except CommandError as error:
            return Ran(error.returncode, out.getvalue(), err.getvalue() + str(error))
        except SystemExit as stop:
            return Ran(int(stop.code or 0), out.getvalue(), err.getvalue())
        return Ran(0, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def write(tmp_path):
    """Makes a file of answers; its path."""

    def write(value, name="answers.json"):
        file = tmp_path / name
        file.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return str(file)

    return write


@pytest.fixture
def take(run, write):
    """Import a file; what the command said."""

    def take(value, *arguments):
        return run("import_interviews", write(value), *arguments)

    return take


@pytest.fixture
def begun(api):
    """An interview that the same browser made, with the first answer of the file in it."""
    made = api.call(
        "/api/interview/create-session",
        {"userEmail": "ann@example.org", "clientSession": CLIENT, "role": "Backend Developer"},
    ).json()
    body = {"sessionId": made["sessionId"], "questionIndex": 0, "question": "Who are you?"}
    body |= {"answer": "I am Ann.", "audioBlob": sound()["base64"], "timestamp": GIVEN}
    assert api.call("/api/interview/response", body).status_code == 200
    return made["sessionId"]
