"""A language in which every translated text stands in ⟦brackets⟧, and what on a page does not.

Data is told from texts by its letters: what people and programs stored is Greek (`to_greek`), what
the site says is in brackets, so that a Latin letter outside them is a text nobody marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

from django.utils import translation
from django.utils.safestring import SafeData, mark_safe

OPEN, CLOSE = "⟦", "⟧"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_GREEK = "αβγδεφγηιξκλμνοπθρστυωψχζω"
_TABLE = str.maketrans(_LATIN + _LATIN.upper(), _GREEK + _GREEK.upper())

# Attributes that people read or hear.
READ_ALOUD = {
    "alt",
    "aria-description",
    "aria-label",
    "aria-placeholder",
    "aria-roledescription",
    "aria-valuetext",
    "label",
    "placeholder",
    "title",
}
_BUTTONS = {"submit", "button", "reset"}
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# What they hold is code, or what somebody typed.
_NO_TEXT = {"script", "style", "code", "pre", "kbd"}
# A text with markup goes over these; anything else ends it.
_INLINE = {"a", "abbr", "b", "br", "bdi", "cite", "em", "i", "mark", "q", "small", "span",
           "strong", "sub", "sup", "time", "var", "tspan"} | _NO_TEXT  # fmt: skip
# Names and signs that are the same in every language.
_SAME_EVERYWHERE = re.compile(
    r"\S+@\S+"  # addresses
    r"|\b(?:UTC|API|JSON|ZIP|SHA-256)\b"
    r"|\d\s(?:s|min|h|d)\b"
    r"|\[\{[^\]]*\}\]"  # the shape of a JSON column
    # Not marked by Django, whose pictures of yes and no these are, nor by axes.
    r"|^(?:True|False|None)$|\bAttempted Access: \S+ \S+"
    r"|\b(?:audio|text|application)/[\w.+-]+"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{8}…|\b[0-9a-f]{12,}\b"
)


def to_greek(text: str) -> str:
    """As many letters, none of them Latin."""
    return text.translate(_TABLE)


class Asked:
    """The messages that were translated: (context, text, plural)."""

    def __init__(self) -> None:
        self.messages: set[tuple[str, str, str]] = set()

    def _marked(self, context: str, text: Any, plural: str, shown: Any) -> Any:
        # As Django does: no text is no message, and markup stays markup.
        if not text:
            return text
        self.messages.add((context, str(text), plural))
        marked = f"{OPEN}{shown}{CLOSE}"
        return mark_safe(marked) if isinstance(text, SafeData) else marked

    def gettext(self, text: Any) -> Any:
        return self._marked("", text, "", text)

    def ngettext(self, one: Any, many: Any, number: Any) -> Any:
        return self._marked("", one, str(many), one if number == 1 else many)

    def pgettext(self, context: str, text: Any) -> Any:
        return self._marked(context, text, "", text)

    def npgettext(self, context: str, one: Any, many: Any, number: Any) -> Any:
        return self._marked(context, one, str(many), one if number == 1 else many)


def speak_in_brackets(monkeypatch: Any) -> Asked:
    """From now on every translated text comes back in brackets, Django's and ours."""
    translation.gettext("make sure that Django has its translations ready")
    asked = Asked()
    for name in ("gettext", "ngettext", "pgettext", "npgettext"):
        monkeypatch.setattr(translation._trans, name, getattr(asked, name))
    return asked


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.stack: list[tuple[str, bool]] = []  # element, whether what it holds counts
        self.depth = 0  # of brackets that are open where the parser is

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        counts = self._counts and not self._is_left_out(tag, values)
        if tag not in _INLINE:
            self.depth = 0
        if counts and not self.depth:
            for name in sorted(READ_ALOUD & set(values)):
                self._look(values[name], f"{tag}[{name}]")
            if tag == "input" and values.get("type") in _BUTTONS:
                self._look(values.get("value", ""), "input[value]")
        if tag not in _VOID:
            self.stack.append((tag, counts))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.depth = 0
        names = [name for name, _ in self.stack]
        if tag in names:
            del self.stack[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if self._counts:
            self.depth = self._look(data, self.stack[-1][0] if self.stack else "", self.depth)

    @property
    def _counts(self) -> bool:
        return not self.stack or self.stack[-1][1]

    @staticmethod
    def _is_left_out(tag: str, values: dict[str, str]) -> bool:
        """Code, and what says of itself that it is in another language."""
        return tag in _NO_TEXT or (tag != "html" and "lang" in values)

    def _look(self, text: str, place: str, depth: int = 0) -> int:
        """Note what stands outside of brackets; the depth at the end."""
        outside = []
        for part in re.split(f"([{OPEN}{CLOSE}])", text):
            if part == OPEN:
                depth += 1
            elif part == CLOSE:
                depth = max(0, depth - 1)
            elif not depth:
                outside.append(part)
        left = _SAME_EVERYWHERE.sub("", " ".join(outside))
        if re.search("[A-Za-z]", left):
            self.found.append(f"{place}: {' '.join(left.split())[:120]}")
        return depth


def unmarked(html: str) -> list[str]:
    """Each text of a page that nobody marked for translation, as "element: text", once."""
    page = _Page()
    page.feed(html)
    page.close()
    return list(dict.fromkeys(page.found))


def unknown(asked: Asked, known: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """What was looked up and stands in no catalogue: words marked nowhere, put together at run
    time or changed on the way. Greek is data that went through a filter for words."""
    catalogue = set(known)
    plain = {(context, text) for context, text, _ in catalogue}
    return sorted(
        message
        for message in asked.messages - catalogue
        if message[:2] not in plain and re.search("[A-Za-z]", message[1])
    )
