"""Answers that share most of their text, and the passages they share.

A. Broder (1997), "On the resemblance and containment of documents": a text is the set of its runs
of SHINGLE_WORDS words; the least of each of PERMUTATIONS hashes of them is its signature, and two
signatures agree in as many places as their sets do (Jaccard). Texts that agree in a whole band of
ROWS places are candidates (J. Leskovec, A. Rajaraman, J. Ullman, "Mining of massive datasets",
section 3.4): with 64 bands of 2, of two texts of one length that share 60 % (Jaccard about 0.36)
0.02 % are missed; of those that share 35 % (0.15) a quarter. A short text inside of one four times
as long is often missed. Each candidate is then compared word by word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from analytics.engines.texts import Token, words_of

NAME = "near copies"
VERSION = "1"
SHINGLE_WORDS = 3
PERMUTATIONS = 128
ROWS = 2
BANDS = PERMUTATIONS // ROWS
SIGNATURE_BYTES = 4 * PERMUTATIONS
# Fewer words than this are alike by chance: "yes, I have done that before".
LEAST_WORDS = 12
LEAST_SIMILARITY = 0.5
# Signatures that agree in less are not compared word by word: 0.36 ± 0.04 is what is looked for.
LEAST_AGREEMENT = 0.17
SHORTEST_PASSAGE_WORDS = 4
# Where more texts meet in one band, each is compared with as many of its neighbours only.
MOST_TOGETHER = 50
# A text that was compared so often is compared with those only that were not.
MOST_COMPARED = 30
MOST_PLACES = 8
SHINGLES_A_BLOCK = 4_096

PARAMETERS: dict[str, object] = {
    "shingle_words": SHINGLE_WORDS,
    "permutations": PERMUTATIONS,
    "bands": BANDS,
    "least_words": LEAST_WORDS,
    "least_similarity": LEAST_SIMILARITY,
    "shortest_passage_words": SHORTEST_PASSAGE_WORDS,
    "similarity": "share of the shorter text's words that lie in passages of both",
}


def _constants(name: str, count: int) -> NDArray[np.uint64]:
    """Odd numbers made of a name: numpy's generators may change from version to version."""
    made = [blake2b(f"{name} {n}".encode(), digest_size=8).digest() for n in range(count)]
    return np.array([int.from_bytes(each, "little") | 1 for each in made], dtype=np.uint64)


# The permutations are part of every stored signature: others are another VERSION.
_MASKS = _constants("mask", PERMUTATIONS)
_FACTORS = _constants("factor", PERMUTATIONS)
_PLACES = _constants("place", SHINGLE_WORDS)


@dataclass(frozen=True, slots=True)
class Passage:
    """The same words in two texts: offsets in characters, end exclusive, in each."""

    first_start: int
    first_end: int
    second_start: int
    second_end: int
    words: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, by the numbers they came with: first < second.

    similarity: share of the shorter one's words that lie in passages of both, 0–1.
    """

    first: int
    second: int
    similarity: float


def signature(text: str) -> bytes:
    """SIGNATURE_BYTES bytes; empty for a text of fewer than LEAST_WORDS words.

    The same on every machine. Memory does not grow with the text, but for its words.
    """
    return _signature([token.text for token in words_of(text)], {})


def bands(of: bytes) -> list[int]:
    """BANDS numbers from -2**63 to 2**63 - 1: texts that share one are candidates.

    Each holds its band, so that one index over all of them will do. None for an empty signature.
    """
    if not of:
        return []
    return [int(band) for band in _bands(np.frombuffer(of, dtype="<u4")[None])[0]]


def agreement(first: bytes, second: bytes) -> float:
    """Estimate of the Jaccard similarity, 0–1, with a standard error of at most 0.045."""
    if not first or not second:
        return 0.0
    one, other = np.frombuffer(first, dtype="<u4"), np.frombuffer(second, dtype="<u4")
    return float(np.mean(one == other))


class Copies:
    """Signatures in memory, to be asked one text at a time."""

    def __init__(self) -> None:
        self._signatures: dict[Hashable, bytes] = {}
        self._buckets: defaultdict[int, list[Hashable]] = defaultdict(list)

    def add(self, key: Hashable, of: bytes) -> None:
        """A key added before keeps its first signature; an empty one is not kept."""
        if not of or key in self._signatures:
            return
        self._signatures[key] = of
        for band in bands(of):
            self._buckets[band].append(key)

    def candidates(self, of: bytes) -> list[tuple[Hashable, float]]:
        """(key, agreement) of those that share a band, the most alike first."""
        met = {key: None for band in bands(of) for key in self._buckets.get(band, ())}
        found = [(key, agreement(of, self._signatures[key])) for key in met]
        return sorted(
            (each for each in found if each[1] >= LEAST_AGREEMENT), key=lambda each: -each[1]
        )


def matching_passages(first: str, second: str) -> list[Passage]:
    """Passages of SHORTEST_PASSAGE_WORDS words or more that both texts have, in the first's order.

    Case, signs and line breaks do not count. Each word of the first text is in one passage at
    most; of a passage that the second has often, its first MOST_PLACES places are tried. Linear.
    """
    one, other = words_of(first), words_of(second)
    return [
        Passage(
            one[at].start,
            one[at + length - 1].end,
            other[there].start,
            other[there + length - 1].end,
            length,
        )
        for at, there, length in _runs(one, other)
    ]


def similarity(first: str, second: str) -> float:
    """Share of the shorter text's words that lie in passages of both, 0–1; 0 without words."""
    return _similarity(words_of(first), words_of(second))


def find_near_copies(texts: Iterable[tuple[int, str]]) -> Iterator[Pair]:
    """Pairs of at least LEAST_SIMILARITY, ordered by (first, second); each pair once.

    texts: (number, text), numbers unique. Keeps all texts and 512 bytes for each; 10,000 answers of
    a hundred words take seconds. Where more than MOST_TOGETHER texts are alike, each is paired with
    some of them only: ten thousand same answers are no fifty million pairs.
    """
    numbers: list[int] = []
    kept: list[str] = []
    rows: list[NDArray[np.uint32]] = []
    cache: dict[str, int] = {}
    for number, text in texts:
        found = _signature([token.text for token in words_of(text)], cache)
        if found:
            numbers.append(number)
            kept.append(text)
            rows.append(np.frombuffer(found, dtype="<u4"))
    if len(rows) < 2:
        return
    matrix = np.stack(rows)
    pairs = []
    compared = [0] * len(kept)
    for one, other in _candidates(matrix):
        if min(compared[one], compared[other]) >= MOST_COMPARED:
            continue
        compared[one] += 1
        compared[other] += 1
        same = kept[one] == kept[other]
        share = 1.0 if same else similarity(kept[one], kept[other])
        if share >= LEAST_SIMILARITY:
            low, high = sorted((numbers[one], numbers[other]))
            pairs.append(Pair(low, high, round(share, 4)))
    yield from sorted(pairs, key=lambda pair: (pair.first, pair.second))


def _signature(names: Sequence[str], cache: dict[str, int]) -> bytes:
    if len(names) < LEAST_WORDS:
        return b""
    for name in names:
        if name not in cache:
            digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            cache[name] = int.from_bytes(digest, "little")
    words = np.array([cache[name] for name in names], dtype=np.uint64)
    count = words.size - SHINGLE_WORDS + 1
    shingles = np.zeros(count, dtype=np.uint64)
    for place in range(SHINGLE_WORDS):
        shingles += _mixed(words[place : place + count] * _PLACES[place])
    shingles = np.unique(_mixed(shingles))
    least = np.full(PERMUTATIONS, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, shingles.size, SHINGLES_A_BLOCK):
        block = shingles[start : start + SHINGLES_A_BLOCK, None]
        np.minimum(least, ((block ^ _MASKS) * _FACTORS).min(axis=0), out=least)
    return (least >> np.uint64(32)).astype("<u4").tobytes()


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Every bit of the result hangs on every bit of the value (splitmix64's last step)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _bands(matrix: NDArray[np.uint32]) -> NDArray[np.int64]:
    """(texts, BANDS) of signatures (texts, PERMUTATIONS)."""
    wide = matrix.astype(np.uint64).reshape(len(matrix), BANDS, ROWS)
    joined = np.zeros((len(matrix), BANDS), dtype=np.uint64)
    for row in range(ROWS):
        joined = _mixed(joined + wide[:, :, row] + _PLACES[row])
    return _mixed(joined ^ np.arange(1, BANDS + 1, dtype=np.uint64)).view(np.int64)


def _candidates(matrix: NDArray[np.uint32]) -> list[tuple[int, int]]:
    """Pairs of rows that share a band and agree in LEAST_AGREEMENT or more, each once."""
    size = len(matrix)
    found = np.zeros(0, dtype=np.int64)
    for column in _bands(matrix).T:
        order = np.argsort(column, kind="stable")
        values = column[order]
        codes = []
        # Neighbours in order that have the same value, then neighbours but one, and so on.
        alive = np.arange(size)
        for step in range(1, MOST_TOGETHER + 1):
            alive = alive[alive + step < size]
            alive = alive[values[alive] == values[alive + step]]
            if not alive.size:
                break
            one, other = order[alive], order[alive + step]
            codes.append(np.minimum(one, other) * size + np.maximum(one, other))
        if codes:
            found = np.union1d(found, _agreeing(matrix, np.concatenate(codes)))
    return [(int(code // size), int(code % size)) for code in found]


def _agreeing(matrix: NDArray[np.uint32], codes: NDArray[np.int64]) -> NDArray[np.int64]:
    size = len(matrix)
    kept = [codes[:0]]
    for start in range(0, codes.size, 20_000):
        some = codes[start : start + 20_000]
        share = (matrix[some // size] == matrix[some % size]).mean(axis=1)
        kept.append(some[share >= LEAST_AGREEMENT])
    return np.concatenate(kept)


def _similarity(one: Sequence[Token], other: Sequence[Token]) -> float:
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if not shorter:
        return 0.0
    return sum(length for _, _, length in _runs(shorter, longer)) / len(shorter)


def _runs(one: Sequence[Token], other: Sequence[Token]) -> Iterator[tuple[int, int, int]]:
    """(index in one, index in other, words) of equal runs, greedily the longest from the left."""
    size = SHORTEST_PASSAGE_WORDS
    left, right = [token.text for token in one], [token.text for token in other]
    places: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for index in range(len(right) - size + 1):
        known = places[tuple(right[index : index + size])]
        if len(known) < MOST_PLACES:
            known.append(index)
    at = 0
    while at + size <= len(left):
        best, best_at = 0, 0
        for there in places.get(tuple(left[at : at + size]), ()):
            length = size
            most = min(len(left) - at, len(right) - there)
            while length < most and left[at + length] == right[there + length]:
                length += 1
            if length > best:
                best, best_at = length, there
        if best:
            yield at, best_at, best
        # A run is passed over whole, so each word is looked at MOST_PLACES times at most.
        at += best or 1
