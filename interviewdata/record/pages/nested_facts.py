"""JSON of any shape as something that people read: names and values, lists, tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import formats
from django.utils.translation import gettext, ngettext

MOST_NODES = 1500
DEEPEST = 6
NOTHING: tuple[Any, ...] = ("", None, [], {})


@dataclass(frozen=True)
class Node:
    """One value. kind: "text" (`text`), "facts" (`entries`: name → node), "list" (`items`),
    "table" (`columns`, `rows` of texts) or "more" (`text` says what is left out)."""

    kind: str
    text: str = ""
    entries: list[tuple[str, Node]] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def facts_of(value: Any) -> Node | None:
    """`value` as nodes, None where it says nothing. Huge and deep values are cut, which is said."""
    return None if value in NOTHING else _Reader().node(value, 0)


def label_of(name: str) -> str:
    """ "words_per_minute", "wordsPerMinute" → "Words per minute". Names are the sender's own words,
    in no other language than theirs."""
    spaced = "".join(
        f" {letter.lower()}" if letter.isupper() and before.islower() else letter
        for before, letter in zip(" " + name, name, strict=False)
    )
    plain = " ".join(spaced.replace("_", " ").split())
    return plain[:1].upper() + plain[1:] if plain else "–"


def text_of(value: Any) -> str:
    """A plain value as people read it."""
    if value is None or value == "":
        return "–"
    if value is True or value is False:
        return gettext("yes") if value else gettext("no")
    if isinstance(value, float):
        text = f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) >= 0.001 else f"{value:g}"
        return text.replace(".", str(formats.get_format("DECIMAL_SEPARATOR")))
    return str(value)


def texts_of(value: Any) -> list[str]:
    """The texts of a list of any things, or of one."""
    if value in NOTHING:
        return []
    return [text_of(one) for one in (value if isinstance(value, list) else [value])]


class _Reader:
    def __init__(self) -> None:
        self.left = MOST_NODES

    def node(self, value: Any, depth: int) -> Node:
        self.left -= 1
        if isinstance(value, (dict, list)) and value:
            if depth >= DEEPEST or self.left <= 0:
                return Node("more", _entries_left(len(value)))
            if isinstance(value, dict):
                return Node("facts", entries=list(self._entries(value, depth)))
            return self._list(value, depth)
        if isinstance(value, (dict, list)):
            return Node("text", "–")
        return Node("text", text_of(value))

    def _entries(self, value: dict[str, Any], depth: int) -> Iterable[tuple[str, Node]]:
        for count, (name, one) in enumerate(value.items()):
            if self.left <= 0:
                yield "…", Node("more", _more_left(len(value) - count))
                return
            yield label_of(name), self.node(one, depth + 1)

    def _list(self, value: list[Any], depth: int) -> Node:
        if not any(isinstance(one, (dict, list)) for one in value):
            self.left -= len(value)
            shown = value[:200]
            more = gettext("… %(count)s more") % {"count": len(value) - len(shown)}
            rest = [more] if len(value) > len(shown) else []
            return Node("text", ", ".join([*(text_of(one) for one in shown), *rest]))
        columns = _columns(value)
        if columns:
            shown = value[: max(1, self.left // len(columns))]
            self.left -= len(shown) * len(columns)
            rows = [[_cell(row.get(name)) for name in columns] for row in shown]
            left = len(value) - len(shown)
            return Node(
                "table",
                _rows_left(left) if left else "",
                columns=[label_of(name) for name in columns],
                rows=rows,
            )
        items = []
        for count, one in enumerate(value):
            if self.left <= 0:
                items.append(Node("more", _more_left(len(value) - count)))
                break
            items.append(self.node(one, depth + 1))
        return Node("list", items=items)


# English says it of one as of many; other languages do not.
def _entries_left(count: int) -> str:
    text = ngettext(
        "%(count)s entries; the export has them.",
        "%(count)s entries; the export has them.",
        count,
    )
    return text % {"count": count}


def _rows_left(count: int) -> str:
    text = ngettext(
        "%(count)s more rows; the export has them.",
        "%(count)s more rows; the export has them.",
        count,
    )
    return text % {"count": count}


def _more_left(count: int) -> str:
    text = ngettext(
        "%(count)s more; the export has them.", "%(count)s more; the export has them.", count
    )
    return text % {"count": count}


def _columns(value: list[Any]) -> list[str]:
    """The columns of a list of flat objects that share them; empty where they do not."""
    if len(value) < 2 or not all(isinstance(row, dict) and row for row in value):
        return []
    names = list(dict.fromkeys(name for row in value for name in row))
    if len(names) > 10 or any(len(row) < len(names) / 2 for row in value):
        return []
    flat = all(_is_flat(cell) for row in value for cell in row.values())
    return names if flat else []


def _is_flat(cell: Any) -> bool:
    if isinstance(cell, list):
        return not any(isinstance(one, (dict, list)) for one in cell)
    return not isinstance(cell, dict)


def _cell(value: Any) -> str:
    return (
        ", ".join(text_of(one) for one in value) or "–"
        if isinstance(value, list)
        else text_of(value)
    )
