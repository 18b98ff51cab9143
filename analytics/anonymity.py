"""Hiding who a candidate is: what of a text gives a name away, and what stands in its place.

Pure, but for the reader's language. Hidden names are an aid to fair judgement, not a safeguard
against somebody who wants to find out: an answer may describe its speaker without naming them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop

MASK = gettext_noop("[name]")

# Keys of `session_data` (letters alone, lower case) under which clients send who somebody is.
_NAMING_KEYS = {
    "candidate",
    "candidatename",
    "displayname",
    "email",
    "familyname",
    "firstname",
    "fullname",
    "givenname",
    "lastname",
    "name",
    "nickname",
    "phone",
    "surname",
    "useremail",
    "username",
}
_JOINS = re.compile(r"[\s@._'-]{0,2}")
_LONG = 5  # letters from which on a part is hidden inside longer words too


def candidate_label(position: int) -> str:
    """0 → "Candidate A", 25 → "Candidate Z", 26 → "Candidate AA"."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return gettext("Candidate %(letters)s") % {"letters": letters}


def identifying_texts(email: str, session_data: Any = None) -> set[str]:
    """What would tell who this is: the address, its domain, the names in it and those sent along.

    `session_data`: the JSON object of the interview; names are found under keys that say so.
    """
    local, _, domain = email.partition("@")
    found = {email, local, domain, *_parts(local)}
    if isinstance(session_data, Mapping):
        for key, value in session_data.items():
            if isinstance(value, str) and re.sub(r"[\W\d_]", "", key).lower() in _NAMING_KEYS:
                found |= {value, *_parts(value)}
    return {text.strip() for text in found if len(text.strip()) > 1}


class NameMask:
    """Puts MASK in the place of names. Matching ignores case and accents.

    A part of five letters or more is hidden wherever it stands, a shorter one as a whole word, one
    of two letters only with a capital ("Li", not "li"): else half of all texts would be hidden.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        folded = {_folded(text): text for text in texts}
        long, whole, short = set(), set(), set()
        for text in folded:
            letters = re.sub(r"[\W\d_]", "", text)
            if len(letters) >= _LONG:
                long.add(re.escape(text))
                # "annkowalski" of an address is "Ann Kowalski" in a sentence.
                long.add(r"[\s._'-]?".join(letters))
            elif len(text) > 2:
                whole.add(re.escape(text))
            else:
                short.add(re.escape(text))
        self._short = _whole_words(short)
        self._others = _pattern(long, _whole_words(whole))

    def __call__(self, text: str) -> str:
        """The text with every name replaced."""
        pieces: list[str] = []
        end = 0
        for start, stop in self.places(text):
            pieces += [text[end:start], gettext(MASK)]
            end = stop
        return "".join([*pieces, text[end:]])

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where the names are, in order: characters, end exclusive."""
        folded = _folded(text)
        spans = []
        if self._others is not None:
            spans += [match.span() for match in self._others.finditer(folded)]
        if self._short:
            matches = re.finditer(self._short, folded)
            spans += [m.span() for m in matches if text[m.start()].isupper()]
        joined: list[tuple[int, int]] = []
        for start, stop in sorted(spans):
            # Names that touch are one: how many they are, and of how many parts, tells too.
            if joined and _JOINS.fullmatch(text, min(joined[-1][1], start), start):
                joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
            else:
                joined.append((start, stop))
        return joined

    def hides(self, text: str) -> bool:
        """Whether there is a name in this text."""
        return self(text) != text


def _parts(text: str) -> set[str]:
    """The words of a name or of the part of an address before its @, digits and marks aside."""
    return {part for part in re.split(r"[\W\d_]+", text) if len(part) > 1}


def _folded(text: str) -> str:
    """The text in small letters without accents, of the same length: places stay where they are."""
    return "".join(unicodedata.normalize("NFKD", letter)[0].lower()[0] for letter in text)


def _whole_words(escaped: set[str]) -> str:
    """An expression for any of these with no letter before or after; empty for none."""
    # The longest first: an alternative that matches stops the search for a longer one.
    joined = "|".join(sorted(escaped, key=len, reverse=True))
    return rf"(?<![^\W\d_])(?:{joined})(?![^\W\d_])" if joined else ""


def _pattern(anywhere: set[str], words: str) -> re.Pattern[str] | None:
    parts = [*sorted(anywhere, key=len, reverse=True), *([words] if words else [])]
    return re.compile("|".join(parts)) if parts else None
