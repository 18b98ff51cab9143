"""Answers of known overlap. Run as a module (python -m) it times the search; argument: count."""

from __future__ import annotations

import random
import sys
from time import process_time

from analytics.engines.near_copies import find_near_copies

WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in ("a", "ei", "o", "u") for c in
         ("n", "r", "st", "m", "lk", "nd", "th", "x", "ble", "ting", "der", "ly", "")]  # fmt: skip
WEIGHTS = [1 / (rank + 3) for rank in range(len(WORDS))]
OPENINGS = ["in my last job i was", "i would first of all ask", "that depends on what we", "", ""]


def answer(chance: random.Random, words: int) -> list[str]:
    opening = chance.choice(OPENINGS).split()
    return opening + chance.choices(WORDS, WEIGHTS, k=words - len(opening))


def rewritten(chance: random.Random, original: list[str], overlap: float) -> list[str]:
    """The same length, `overlap` of it in three passages of the original, the rest new."""
    keep = round(len(original) * overlap / 3)
    third = len(original) // 3
    result: list[str] = []
    for part in range(3):
        start = part * third + chance.randint(0, third - keep)
        result += original[start : start + keep]
        result += chance.choices(WORDS, WEIGHTS, k=third - keep)
    return result


def population(
    count: int, copies: int, overlap: float, seed: int = 7
) -> tuple[list[tuple[int, str]], set[tuple[int, int]]]:
    """`count` answers of 60 to 160 words, the last `copies` of them rewritten from the first."""
    chance = random.Random(seed)
    texts = [answer(chance, chance.randint(60, 160)) for _ in range(count - copies)]
    true = set()
    for number in range(copies):
        true.add((number, len(texts)))
        texts.append(rewritten(chance, texts[number], overlap))
    return [(number, " ".join(words)) for number, words in enumerate(texts)], true


def bench(count: int) -> str:
    texts, true = population(count, 200, 0.6)
    start = process_time()
    found = {(pair.first, pair.second) for pair in find_near_copies(texts)}
    seconds = process_time() - start
    return (
        f"{count} answers: {seconds:.1f} CPU-s, recall {len(found & true) / len(true):.3f}, "
        f"{len(found - true)} others\n"
    )


if __name__ == "__main__":
    sys.stdout.write(bench(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
