"""What an answer says more than once, and the little words that fill its gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from analytics.engines.texts import Token

LONGEST_PHRASE = 8
SHORTEST_PHRASE = 3
MOST_PHRASES = 20
MOST_PLACES = 20
# A phrase of these alone ("and then I was") is grammar, not a repetition.
_COMMON = (
    "a about after all also am an and any are as at be because been before being but by can could "
    "did do does for from get got had has have he her him his how i if in into is it it's its just "
    "like me more most my no not of on one or other our out over she so some such than that the "
    "their them then there these they this those to up us very was we were what when where which "
    "who why will with would you your i'm i've don't didn't that's"
)
COMMON = frozenset(_COMMON.split())
# Only what has no other meaning as often: "like", "so" and "right" are words.
FILLERS = (
    ("um",), ("umm",), ("uh",), ("uhh",), ("uhm",), ("er",), ("erm",), ("hmm",), ("mm",), ("mmm",),
    ("ähm",), ("äh",), ("you", "know"), ("i", "mean"), ("sort", "of"), ("kind", "of"),
    ("basically",), ("literally",),
)  # fmt: skip
_FILLERS_BY_FIRST: dict[str, list[tuple[str, ...]]] = defaultdict(list)
for _filler in FILLERS:
    _FILLERS_BY_FIRST[_filler[0]].append(_filler)


def repeated_phrases(text: str, tokens: Sequence[Token]) -> list[dict[str, Any]]:
    """[{"phrase", "words", "count", "places"}], the most repeated words first, MOST_PHRASES.

    A phrase has SHORTEST_PHRASE to LONGEST_PHRASE words, one of them not COMMON, and stands twice
    or more without overlapping itself; one that lies within longer ones found is not told again.
    """
    names = [token.text for token in tokens]
    covered = [False] * len(names)
    found: list[dict[str, Any]] = []
    for size in range(LONGEST_PHRASE, SHORTEST_PHRASE - 1, -1):
        seen: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for index in range(len(names) - size + 1):
            if covered[index] and covered[index + size - 1]:
                continue
            starts = seen[tuple(names[index : index + size])]
            if not starts or index - starts[-1] >= size:
                starts.append(index)
        for phrase, starts in seen.items():
            # Marks of an equally long phrase that overlaps this one: told once, as that one.
            starts = [at for at in starts if not any(covered[at : at + size])]
            if len(starts) < 2 or all(word in COMMON for word in phrase):
                continue
            for at in starts:
                covered[at : at + size] = [True] * size
            found.append(
                {
                    "phrase": " ".join(phrase)[:200],
                    "words": size,
                    "count": len(starts),
                    "places": [
                        (tokens[at].start, tokens[at + size - 1].end) for at in starts[:MOST_PLACES]
                    ],
                }
            )
    found.sort(key=lambda each: (-each["words"] * (each["count"] - 1), each["places"][0]))
    return found[:MOST_PHRASES]


def find_fillers(tokens: Sequence[Token]) -> dict[str, Any]:
    """{"count", "a_hundred_words" (None without words), "places"}: the first MOST_PLACES."""
    places: list[tuple[int, int]] = []
    index = 0
    while index < len(tokens):
        step = 1
        for filler in _FILLERS_BY_FIRST.get(tokens[index].text, ()):
            some = tokens[index : index + len(filler)]
            if tuple(token.text for token in some) == filler:
                places.append((some[0].start, some[-1].end))
                step = len(filler)
                break
        index += step
    share = round(100 * len(places) / len(tokens), 2) if tokens else None
    return {"count": len(places), "a_hundred_words": share, "places": places[:MOST_PLACES]}
