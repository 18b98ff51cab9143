"""The text of a transcript and its timed words, held together; pure.

Clients send `transcript_data` in many shapes: a text, a dict with a text, lines or segments with
texts, or several of these at once. The words with times are a list of their own, often without
the punctuation of the text. Here each word learns which part of the text it is.
"""

from __future__ import annotations

import copy
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sessions.word_edits import Edit, Word, compare

TEXT_KEYS = ("text", "content", "message", "transcript", "answer", "utterance")
LIST_KEYS = ("segments", "messages", "utterances", "entries", "turns", "lines", "results")
# What would go on saying the old words of a segment whose text has changed.
_STALE_KEYS = ("words", "tokens")
# So many words of the text at most, which no machine timed, belong to the word before them; a
# longer run is something else (the interviewer's line) and stays as it is.
_STRAY_TOKENS = 3

Path = tuple[Any, ...]


@dataclass(frozen=True)
class Body:
    """One text of a transcript: the places in its data that hold it, in order."""

    paths: tuple[Path, ...]
    texts: tuple[str, ...]

    @property
    def tokens(self) -> list[str]:
        return [token for text in self.texts for token in text.split()]


def bodies_of(data: Any) -> list[Body]:
    """Every text that `transcript_data` holds, the whole text before its segments."""
    if isinstance(data, str):
        return [Body(((),), (data,))]
    if isinstance(data, list):
        found = _lines((), data)
        return [found] if found else []
    if not isinstance(data, dict):
        return []
    wholes = [
        Body(((key,),), (data[key],))
        for key in TEXT_KEYS
        if isinstance(data.get(key), str) and data[key].strip()
    ]
    listed = (_lines((key,), data[key]) for key in LIST_KEYS if isinstance(data.get(key), list))
    return wholes + [body for body in listed if body]


def _lines(path: Path, items: list[Any]) -> Body | None:
    leaves: list[tuple[Path, str]] = []
    for number, item in enumerate(items):
        if isinstance(item, str):
            leaves.append(((*path, number), item))
        elif isinstance(item, dict):
            key = next((key for key in TEXT_KEYS if isinstance(item.get(key), str)), None)
            if key is not None:
                leaves.append(((*path, number, key), item[key]))
    if not any(text.strip() for _, text in leaves):
        return None
    return Body(tuple(path for path, _ in leaves), tuple(text for _, text in leaves))


def timed_words(word_timestamps: Any) -> list[Word]:
    """The words with times; none where a single one has another shape than the contract's."""
    if not isinstance(word_timestamps, list):
        return []
    for one in word_timestamps:
        if not (
            isinstance(one, dict)
            and isinstance(one.get("word"), str)
            and all(type(one.get(name)) in (int, float) for name in ("start", "end"))
        ):
            return []
    return word_timestamps


def shown_words(data: Any, words: Sequence[Word]) -> list[str]:
    """Each word as people read it, with the punctuation of the text; without timed words, the
    words of the text. This is what edits count by."""
    bodies = bodies_of(data)
    if not words:
        return bodies[0].tokens if bodies else []
    plain = [" ".join(word["word"].split()) for word in words]
    for body in bodies:
        owners = owners_of(plain, body.tokens)
        if owners is not None:
            parts: list[list[str]] = [[] for _ in plain]
            for token, owner in zip(body.tokens, owners, strict=True):
                if owner is not None:
                    parts[owner].append(token)
            return [" ".join(part) or word for part, word in zip(parts, plain, strict=True)]
    return plain


def owners_of(words: Sequence[str], tokens: Sequence[str]) -> list[int | None] | None:
    """For every token of a text the index of the word it belongs to, None for nobody's.

    None as a whole: the text does not say these words (fewer than half of them are in it).
    """
    if not words:
        return None
    plain_words = [_plain(word) for word in words]
    plain_tokens = [_plain(token) for token in tokens]
    if plain_words == plain_tokens:
        return list(range(len(words)))
    owners: list[int | None] = [None] * len(tokens)
    same = 0
    for kind, i1, i2, j1, j2 in compare(plain_words, plain_tokens):
        if kind == "equal":
            same += i2 - i1
            owners[j1:j2] = range(i1, i2)
        elif kind == "replace":
            owners[j1:j2] = [i1 + (j - j1) * (i2 - i1) // (j2 - j1) for j in range(j1, j2)]
        elif kind == "insert" and j2 - j1 <= _STRAY_TOKENS:
            owners[j1:j2] = [max(i1 - 1, 0)] * (j2 - j1)
    return owners if 2 * same >= len(words) else None


def _plain(word: str) -> str:
    return re.sub(r"[\W_]+", "", word).casefold() or word


def corrected_data(
    data: Any, words: Sequence[Word], shown: Sequence[str], edits: Sequence[Edit]
) -> Any:
    """`transcript_data` with `edits` done in every text that says these words; all else is kept.

    `shown` as `shown_words` gave it, `edits` the smallest. A text that does not say the words (a
    summary) stays; where none does, the words become `text`. Segments left without words go.
    """
    result = copy.deepcopy(data)
    plain = [" ".join(word["word"].split()) for word in words] or shown
    done = False
    # From the last body to the first: a segment that goes moves none that is still to come.
    for body in reversed(bodies_of(data)):
        owners = owners_of(plain, body.tokens)
        if owners is not None:
            done = True
            result = _with_texts(result, body, _corrected_texts(body, owners, edits))
    if not done:
        text = " ".join(_all_words(shown, edits))
        if isinstance(result, dict):
            result["text"] = text
        elif not isinstance(result, list):
            result = text
    return result


def _all_words(shown: Sequence[str], edits: Sequence[Edit]) -> list[str]:
    out: list[str] = []
    at = 0
    for edit in edits:
        out += [*shown[at : edit.first], edit.words]
        at = edit.last + 1
    return [word for word in [*out, *shown[at:]] if word]


def _corrected_texts(
    body: Body, owners: Sequence[int | None], edits: Sequence[Edit]
) -> list[str | None]:
    """The texts of a body with `edits` done; None for one that had words and has none any more."""
    # Every token with the white space before it, so that lines and paragraphs stay.
    parts = [re.findall(r"(\s*)(\S+)", text) for text in body.texts]
    leaf_of = [leaf for leaf, found in enumerate(parts) for _ in found]
    flat = [part for found in parts for part in found]
    ends = _filled(owners)
    out: list[list[tuple[str, str]]] = [[] for _ in parts]
    at = 0
    for edit in edits:
        begin, end, beside = _place(owners, ends, edit)
        for n in range(at, begin):
            out[leaf_of[n]].append(flat[n])
        space = flat[begin][0] if begin < end else " "
        for word in edit.words.split():
            out[leaf_of[beside]].append((space, word))
            space = " "
        for n in range(begin, end):
            if owners[n] is None:
                out[leaf_of[n]].append(flat[n])
        at = end
    for n in range(at, len(flat)):
        out[leaf_of[n]].append(flat[n])
    return [
        _joined(text, before, after)
        for text, before, after in zip(body.texts, parts, out, strict=True)
    ]


def _filled(owners: Sequence[int | None]) -> list[int]:
    """Owners with nobody's tokens given to the word before them: rising, so it can be searched."""
    filled, last = [], -1
    for owner in owners:
        last = last if owner is None else owner
        filled.append(last)
    return filled


def _place(owners: Sequence[int | None], filled: Sequence[int], edit: Edit) -> tuple[int, int, int]:
    """Which tokens an edit stands in place of (from, end), and the token whose text it joins."""
    begin = bisect_left(filled, edit.first)
    end = bisect_right(filled, edit.last, lo=begin)
    while end > begin and owners[end - 1] is None:
        end -= 1
    if begin < end:
        return begin, end, begin
    while begin and owners[begin - 1] is None:
        begin -= 1
    if begin:
        return begin, begin, begin - 1
    begin = bisect_left(filled, 0)  # before all words, and after what is nobody's
    return begin, begin, min(begin, len(filled) - 1)


def _joined(text: str, before: list[tuple[str, str]], after: list[tuple[str, str]]) -> str | None:
    if before == after:
        return text
    if not after:
        return None
    lead = before[0][0] if before else ""
    inner = "".join(f"{space or ' '}{word}" for space, word in after[1:])
    return f"{lead}{after[0][1]}{inner}{text[len(text.rstrip()) :]}"


def _with_texts(data: Any, body: Body, texts: Sequence[str | None]) -> Any:
    changed = [
        (path, text)
        for path, old, text in zip(body.paths, body.texts, texts, strict=True)
        if text != old
    ]
    for path, text in reversed(changed):  # from the end: what goes moves what comes after it
        if not path:
            data = text or ""
            continue
        numbers = [place for place, key in enumerate(path) if isinstance(key, int)]
        if text is None and numbers:
            del _at(data, path[: numbers[-1]])[path[numbers[-1]]]
            continue
        holder = _at(data, path[:-1])
        holder[path[-1]] = text or ""
        if numbers and isinstance(holder, dict):
            for key in _STALE_KEYS:
                holder.pop(key, None)
    return data


def _at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data
