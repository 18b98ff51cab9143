"""Runs a command as a shell would: output, talk and exit code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO

import pytest
from django.core.management import CommandError, call_command


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
