"""A text with some of its places hidden, and the way back from its places to those of the whole."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

# Linear: each part has its own characters, and a bounded length.
EMAIL = re.compile(r"[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
NAME_MASK, EMAIL_MASK = "[name]", "[e-mail]"


@dataclass(frozen=True)
class Masked:
    """text: with masks; places are offsets in characters, end exclusive."""

    text: str
    # Of each stretch: where it begins in the text, where it begins and ends in the whole, and
    # whether it stands as it was.
    _begins: list[int] = field(default_factory=list)
    _stretches: list[tuple[int, int, bool]] = field(default_factory=list)

    def place_in_whole(self, start: int, end: int) -> tuple[int, int]:
        """Of a place of the text that is not empty; a mask stands for all that it hides."""
        first, last = self._at(start), self._at(end - 1)
        return first[0], last[1]

    def _at(self, place: int) -> tuple[int, int]:
        number = bisect_right(self._begins, place) - 1
        start, end, is_kept = self._stretches[number]
        if not is_kept:
            return start, end
        at = start + place - self._begins[number]
        return at, at + 1


def mask(text: str, names: Iterable[tuple[int, int]] = ()) -> Masked:
    """Hide `names` (places in any order, overlapping or not) and whatever looks like an e-mail
    address, of anybody."""
    hidden = [(found.start(), found.end(), EMAIL_MASK) for found in EMAIL.finditer(text)]
    hidden += [(start, end, NAME_MASK) for start, end in names]
    parts: list[str] = []
    begins: list[int] = []
    stretches: list[tuple[int, int, bool]] = []
    length = at = 0

    def add(part: str, start: int, end: int, is_kept: bool) -> None:
        nonlocal length
        if part:
            parts.append(part)
            begins.append(length)
            stretches.append((start, end, is_kept))
            length += len(part)

    for start, end, said in sorted(hidden, key=lambda one: (one[0], -one[1])):
        if start >= at:
            add(text[at:start], at, start, True)
            add(said, start, end, False)
        elif end > at:  # what is left of it is hidden too
            last_start, _end, _kept = stretches[-1]
            stretches[-1] = (last_start, end, False)
        at = max(at, end)
    add(text[at:], at, len(text), True)
    return Masked("".join(parts), begins, stretches)
