"""Reads docs/api.md: every request in it, with the reply that stands below it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "api.md"
_PAIR = re.compile(
    r"```http\n(?P<method>GET|POST) (?P<path>\S+)\n(?P<body>.*?)```\s+```json\n(?P<reply>.*?)```",
    re.DOTALL,
)


@dataclass(frozen=True)
class Example:
    """`{name}` in path and body stands for what an earlier reply had under that name."""

    method: str
    path: str
    body: str
    reply: Any


def examples() -> list[Example]:
    return [
        Example(found["method"], found["path"], found["body"].strip(), json.loads(found["reply"]))
        for found in _PAIR.finditer(DOCUMENT.read_text(encoding="utf-8"))
    ]


def filled(text: str, known: dict[str, Any]) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: str(known.get(name[1], name[0])), text)
