"""Interviews from files: one module a format. `read` finds out which it is."""

from __future__ import annotations

import orjson

from interviewdata.common.errors import Invalid
from interviewdata.common.wire.body import check_values
from interviewdata.record.imports.answers import FORMAT, AnswersFile, read_answers
from interviewdata.record.imports.mistakes import Mistake

FORMATS = {FORMAT: read_answers}


def read(content: bytes) -> AnswersFile:
    """The file's content, checked. Raises Mistake, which names the field."""
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Mistake("", f"This is no JSON file: {error}."[:300]) from error
    if not isinstance(value, dict):
        raise Mistake("", "This is no file of interviews: it holds no JSON object.")
    name = value.get("format")
    reader = FORMATS.get(name) if isinstance(name, str) else None
    if reader is None:
        said = f"“{name[:60]}” is" if isinstance(name, str) else "What the file says is"
        raise Mistake("format", f"{said} not known here; known: {', '.join(FORMATS)}.")
    try:
        check_values(value)
    except Invalid as error:
        raise Mistake("", error.message) from error
    return reader(value)
