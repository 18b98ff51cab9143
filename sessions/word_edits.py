"""Words with times, compared and changed: pure, and safe with texts of any kind and length.

A word is {word, start, end, confidence} with times in seconds, as transcripts keep it.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Word = dict[str, Any]

# What a machine said of a word and what stays true of the word that replaces it.
_CARRIED = ("speaker", "channel", "language")
# An insertion lasts no longer than it takes to say: 150 words a minute.
SECONDS_A_WORD = 0.4
# difflib compares up to this many pairs; beyond it, words that occur once split the work first.
_PAIRS_AT_ONCE = 90_000

Opcode = tuple[str, int, int, int, int]


@dataclass(frozen=True)
class Edit:
    """Words `first` to `last` (indexes from 0, both included) are to read `words`.

    Empty `words`: they go. `last` = `first` - 1: the words come in before word `first`.
    """

    first: int
    last: int
    words: str


@dataclass(frozen=True)
class Piece:
    """A run of words that two versions share, or that only one has.

    `kind`: equal, removed or added; times in seconds, None where the words have none.
    """

    kind: str
    words: tuple[str, ...]
    start: float | None
    end: float | None

    @property
    def text(self) -> str:
        return " ".join(self.words)


# -- comparing ----------------------------------------------------------------------------------


def compare(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """What turns `old` into `new`, as difflib's opcodes (equal, replace, delete, insert).

    Takes about as long as the two are long, whatever they are: long stretches are split at words
    that occur once in both (patience diff, Bram Cohen), and one that cannot be split is replaced.
    """
    matches = sorted(_matches(old, new, 0, len(old), 0, len(new)))
    opcodes: list[Opcode] = []
    i = j = 0
    for a, b, size in [*matches, (len(old), len(new), 0)]:
        if a > i or b > j:
            kind = "replace" if a > i and b > j else "delete" if a > i else "insert"
            opcodes.append((kind, i, a, j, b))
        if size:
            if opcodes and opcodes[-1][0] == "equal":
                _, i1, _, j1, _ = opcodes.pop()
                opcodes.append(("equal", i1, a + size, j1, b + size))
            else:
                opcodes.append(("equal", a, a + size, b, b + size))
        i, j = a + size, b + size
    return opcodes


def _matches(
    old: Sequence[str], new: Sequence[str], i: int, i_end: int, j: int, j_end: int
) -> list[tuple[int, int, int]]:
    """(index in old, index in new, length) of runs that are the same, between the given ends."""
    found = []
    todo = [(i, i_end, j, j_end)]
    while todo:
        i, i_end, j, j_end = todo.pop()
        size = _same(old, new, i, i_end, j, j_end)
        if size:
            found.append((i, j, size))
            i, j = i + size, j + size
        while i < i_end and j < j_end and old[i_end - 1] == new[j_end - 1]:
            i_end, j_end = i_end - 1, j_end - 1
            found.append((i_end, j_end, 1))
        if i == i_end or j == j_end:
            continue
        if (i_end - i) * (j_end - j) <= _PAIRS_AT_ONCE:
            matcher = difflib.SequenceMatcher(None, old[i:i_end], new[j:j_end], autojunk=False)
            found += [(i + a, j + b, n) for a, b, n in matcher.get_matching_blocks() if n]
            continue
        anchors = _anchors(old, new, i, i_end, j, j_end)
        ends = [*anchors, (i_end, j_end)] if anchors else []
        for a, b in ends:
            todo.append((i, a, j, b))
            i, j = a, b
            if a < i_end:
                found.append((a, b, 1))
                i, j = a + 1, b + 1
    return found


def _same(old: Sequence[str], new: Sequence[str], i: int, i_end: int, j: int, j_end: int) -> int:
    size = 0
    while i + size < i_end and j + size < j_end and old[i + size] == new[j + size]:
        size += 1
    return size


def _anchors(
    old: Sequence[str], new: Sequence[str], i: int, i_end: int, j: int, j_end: int
) -> list[tuple[int, int]]:
    """Words that occur once in both, as the longest chain that rises on both sides."""
    in_old, in_new = Counter(old[i:i_end]), Counter(new[j:j_end])
    place = {new[b]: b for b in range(j, j_end) if in_new[new[b]] == 1}
    pairs = [(a, place[old[a]]) for a in range(i, i_end) if in_old[old[a]] == 1 and old[a] in place]
    tails: list[int] = []  # by length: the index of the pair that ends the chain lowest
    heights: list[int] = []
    before: list[int | None] = []
    for number, (_, b) in enumerate(pairs):
        at = _first_at_least(heights, b)
        before.append(tails[at - 1] if at else None)
        if at == len(tails):
            tails.append(number)
            heights.append(b)
        else:
            tails[at], heights[at] = number, b
    chain = []
    step = tails[-1] if tails else None
    while step is not None:
        chain.append(pairs[step])
        step = before[step]
    return chain[::-1]


def _first_at_least(heights: list[int], value: int) -> int:
    low, high = 0, len(heights)
    while low < high:
        middle = (low + high) // 2
        if heights[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


def difference(
    old: Sequence[str],
    new: Sequence[str],
    old_times: Sequence[Word] = (),
    new_times: Sequence[Word] = (),
) -> list[Piece]:
    """The two versions as pieces in the order of speech; what was removed comes before what was
    added in its place. The times are those of the version that a piece is taken from."""
    pieces = []
    for kind, i1, i2, j1, j2 in compare(old, new):
        if kind in ("replace", "delete"):
            pieces.append(_piece("removed", old, old_times, i1, i2))
        if kind in ("replace", "insert"):
            pieces.append(_piece("added", new, new_times, j1, j2))
        if kind == "equal":
            pieces.append(_piece("equal", new, new_times, j1, j2))
    return pieces


def _piece(kind: str, words: Sequence[str], times: Sequence[Word], first: int, end: int) -> Piece:
    timed = len(times) == len(words)
    return Piece(
        kind,
        tuple(words[first:end]),
        float(times[first]["start"]) if timed else None,
        float(times[end - 1]["end"]) if timed else None,
    )


# -- changing -----------------------------------------------------------------------------------


def smallest_edits(shown: Sequence[str], edits: Sequence[Edit]) -> list[Edit]:
    """The same changes with every unchanged word left out; empty where nothing changes.

    `shown`: each word as people read it ("Hello,"; it may hold several, or none). `edits` are in
    order and do not overlap.
    """
    smallest: list[Edit] = []

    def add(first: int, last: int, words: Sequence[str]) -> None:
        if words or any(shown[n].split() for n in range(first, last + 1)):
            smallest.append(Edit(first, last, " ".join(words)))

    for edit in edits:
        old = [(token, n) for n in range(edit.first, edit.last + 1) for token in shown[n].split()]
        new = edit.words.split()
        first, used = edit.first, 0
        for n, start, end in _kept([token for token, _ in old], [n for _, n in old], new):
            add(first, n - 1, new[used:start])
            first, used = n + 1, end
        add(first, edit.last, new[used:])
    return smallest


def _kept(
    tokens: Sequence[str], owners: Sequence[int], new: Sequence[str]
) -> Iterator[tuple[int, int, int]]:
    """(word, its first and end index in `new`) of the words whose tokens are all still there,
    side by side."""
    place: dict[int, int] = {}
    for kind, i1, i2, j1, _ in compare(tokens, new):
        if kind == "equal":
            place.update(zip(range(i1, i2), range(j1, j1 + i2 - i1), strict=True))
    at = 0
    while at < len(tokens):
        end = at
        while end < len(tokens) and owners[end] == owners[at]:
            end += 1
        if all(t in place and place[t] == place.get(at, -1) + t - at for t in range(at, end)):
            yield owners[at], place[at], place[at] + end - at
        at = end


def replace_words(words: Sequence[Word], edits: Sequence[Edit]) -> list[Word]:
    """The words with `edits` done. Words that stay are the same objects, times and all.

    Words in place of as many others take their times one by one; otherwise they share the time
    from the first to the last of those, in proportion to their length. Words that come in fill
    the silence there, SECONDS_A_WORD each at most; where there is none they take no time. They
    have no confidence (null: no machine heard them) and are marked `corrected`. Where starts were
    in order before, they are after.
    """
    out: list[Word] = []
    at = 0
    for edit in edits:
        out += words[at : edit.first]
        out += _new_words(words, edit)
        at = edit.last + 1
    out += words[at:]
    return out


def _new_words(words: Sequence[Word], edit: Edit) -> list[Word]:
    new = edit.words.split()
    replaced = words[edit.first : edit.last + 1]
    beside = replaced or words[max(edit.first - 1, 0) : edit.first] or words[:1]
    shared = {
        key: beside[0][key]
        for key in _CARRIED
        if beside and key in beside[0] and all(one.get(key) == beside[0][key] for one in beside)
    }
    if len(new) == len(replaced):
        times = [(one["start"], one["end"]) for one in replaced]
    else:
        times = _shared_times(new, *_span(words, edit, len(new)))
    return [
        {
            "word": word,
            "start": start,
            "end": end,
            "confidence": None,
            "corrected": True,
            **shared,
        }
        for word, (start, end) in zip(new, times, strict=True)
    ]


def _span(words: Sequence[Word], edit: Edit, count: int) -> tuple[float, float]:
    """From when to when the new words of an edit are said, in seconds."""
    before = words[edit.first - 1] if edit.first else None
    after = words[edit.last + 1] if edit.last + 1 < len(words) else None
    if edit.last >= edit.first:
        start = words[edit.first]["start"]
        end = max(words[edit.last]["end"], start)
        if after is not None and start <= after["start"] < end:
            end = after["start"]  # words that overlapped before do not get out of order
        return start, end
    longest = count * SECONDS_A_WORD
    if before is None:
        end = after["start"] if after is not None else 0.0
        return max(0.0, round(end - longest, 3)), end
    start = before["end"]
    if after is None:
        return start, start  # nobody knows how long the recording goes on
    if after["start"] <= start:
        moment = max(before["start"], min(start, after["start"]))
        return moment, moment
    return start, min(after["start"], max(start, round(start + longest, 3)))


def _shared_times(new: Sequence[str], start: float, end: float) -> list[tuple[float, float]]:
    total = sum(map(len, new))
    times = []
    said, begin = 0, start
    for number, word in enumerate(new, 1):
        said += len(word)
        share = round(start + (end - start) * said / total, 3)
        stop = end if number == len(new) else min(max(share, begin), end)
        times.append((begin, stop))
        begin = stop
    return times
