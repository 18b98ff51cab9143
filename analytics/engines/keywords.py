"""Which of the words a question hopes for are in an answer, and where."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from analytics.engines.texts import Token, words_of

MATCHING = (
    "case and hyphens do not count; English endings -s -es -ies -ed -ing -'s do not count; "
    "keywords with other signs (C++, CI/CD) literally, as whole words"
)
MOST_KEYWORDS = 100
LONGEST_KEYWORD = 100
MOST_PLACES = 20

_PLAIN = re.compile(r"[^\W_]+(?:['’\-\s]+[^\W_]+)*")


def find_keywords(text: str, keywords: Sequence[str]) -> dict[str, Any]:
    """{"expected", "found", "share" (None without any), "keywords": [{keyword, count, places}]}.

    Keywords in their order, each once, MOST_KEYWORDS at most. places: the first MOST_PLACES as
    (start, end) in `text`; count is of all.
    """
    wanted = _clean(keywords)
    plain: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
    places: dict[str, list[tuple[int, int]]] = {keyword: [] for keyword in wanted}
    for keyword in wanted:
        if _PLAIN.fullmatch(keyword):
            stems = [stem(token.text) for token in _split(words_of(keyword))]
            plain[stems[0]].append((keyword, stems))
        else:
            pattern = rf"(?<!\w){re.escape(keyword)}(?!\w)"
            found = re.finditer(pattern, text, re.IGNORECASE)
            places[keyword] = [match.span() for match in found]
    if plain:
        tokens = list(_split(words_of(text)))
        stems_of_text = [stem(token.text) for token in tokens]
        for index, first in enumerate(stems_of_text):
            for keyword, stems in plain.get(first, ()):
                last = index + len(stems)
                if stems_of_text[index:last] == stems:
                    places[keyword].append((tokens[index].start, tokens[last - 1].end))
    found_count = sum(bool(each) for each in places.values())
    return {
        "expected": len(wanted),
        "found": found_count,
        "share": round(found_count / len(wanted), 4) if wanted else None,
        "keywords": [
            {"keyword": keyword, "count": len(each), "places": each[:MOST_PLACES]}
            for keyword, each in places.items()
        ],
    }


def _clean(keywords: Sequence[str]) -> list[str]:
    """Without blanks, doubles and what is no text: they come from a question's free metadata."""
    seen: dict[str, str] = {}
    for keyword in keywords:
        if isinstance(keyword, str) and (short := " ".join(keyword.split())[:LONGEST_KEYWORD]):
            seen.setdefault(short.lower(), short)
    return list(seen.values())[:MOST_KEYWORDS]


def _split(tokens: Sequence[Token]) -> Iterator[Token]:
    """Hyphenated words as their parts: "b-tree" is found as "b tree" too."""
    for token in tokens:
        start = token.start
        for part in token.text.split("-"):
            # Lower case can be longer than the text it comes of; the place never leaves its word.
            end = min(start + len(part), token.end)
            yield Token(part, start, end if "-" in token.text else token.end)
            start = min(end + 1, token.end)


def stem(word: str) -> str:
    """The word without its English ending; short words, and words of other scripts, as they are.

    Two words are one keyword if their stems are the same: index, indexes, indexed, indexing.
    Deliberately light (D. Harman 1991, "How effective is suffixing?"): it joins too little rather
    than too much.
    """
    word = word.removesuffix("'s").removesuffix("'")
    if not word.isascii() or not word.isalpha():
        return word
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and re.search("[aeiouy]", rest):
            return _bare(_single(rest))
    if len(word) > 4 and word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return _bare(word[:-2])
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return _bare(word[:-1])
    return _bare(word)


def _single(word: str) -> str:
    """planned → plann → plan, but call, miss, buzz keep both."""
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        return word[:-1]
    return word


def _bare(word: str) -> str:
    """Without a last e: cache, caches, cached and caching meet in "cach"."""
    return word[:-1] if len(word) > 3 and word.endswith("e") else word
