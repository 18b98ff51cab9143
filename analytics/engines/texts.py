"""Words and sentences of a text with their places: what the engines of text share.

A place is [start, end]: offsets in Unicode characters, end exclusive, so text[start:end] is it.
All work is linear in the text's length, whatever is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Letters, digits and marks of any script; an apostrophe or hyphen inside a word belongs to it.
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_END = re.compile(r"[.!?…。！？؟۔।]+[\"'”’»)\]]*(?=\s|$)|(?<=[。！？])|\n\s*")
# After these a full stop ends no sentence.
_SHORT = frozenset({"dr", "mr", "mrs", "ms", "prof", "st", "vs", "etc", "approx", "no", "fig"})
_DOTTED = re.compile(r"(?:^|[\s(])(?:[A-Za-z]\.)+$")
LONGEST_SENTENCE = 2_000


@dataclass(frozen=True, slots=True)
class Token:
    """One word. text: lower case, straight apostrophe; start, end: its place."""

    text: str
    start: int
    end: int


def words_of(text: str) -> list[Token]:
    return [
        Token(found.group().lower().replace("’", "'"), found.start(), found.end())
        for found in _WORD.finditer(text)
    ]


def sentences_of(text: str) -> Iterator[tuple[int, int]]:
    """Places of the sentences that have a word in them.

    They end at . ! ? … and their like before a space, and at line ends; not after "Dr." or "e.g.".
    What has no end for LONGEST_SENTENCE characters is cut at a space.
    """
    start = 0
    for found in _END.finditer(text):
        if found.group().startswith(".") and _is_short(text, start, found.start()):
            continue
        yield from _whole(text, start, found.end())
        start = found.end()
    yield from _whole(text, start, len(text))


def _is_short(text: str, start: int, end: int) -> bool:
    before = text[max(start, end - 12) : end + 1]
    last = before[:-1].rsplit(None, 1)[-1:] or [""]
    return last[0].strip("(").lower() in _SHORT or (
        "." in last[0] and _DOTTED.search(before) is not None
    )


def _whole(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST_SENTENCE:
        cut = text.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE) + 1
        cut = cut or start + LONGEST_SENTENCE
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    part = text[start:end]
    if _WORD.search(part):
        left = len(part) - len(part.lstrip())
        yield start + left, start + len(part.rstrip())
