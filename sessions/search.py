"""Full-text search through questions, answers (current and older ones) and transcripts.

The database's own index finds (migration 0006), this module asks it and shows where the words
stand. All words of a query must stand in one text, "words in quotes" beside each other, and the
last word may be the beginning of one; case, accents and punctuation make no difference. On
PostgreSQL a phrase is found within the first 16,383 words of a text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models.expressions import RawSQL
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from interviewdata.common.sql import fetch_all, is_postgresql, planned_each_time, to_sql_json

# Kind of text → what reading it takes; in the order in which hits are shown.
KINDS = {
    "answer": "interview_sessions.view_userresponse",
    "transcript": "interview_sessions.view_transcript",
    "question": "interview_sessions.view_interviewquestion",
}
MOST_CHARACTERS = 500
MOST_WORDS = 20
LONGEST_WORD = 60
SHORTEST_BEGINNING = 3  # shorter: that word itself, not the thousands that begin with it
HITS_SHOWN = 3
MOST_LISTED = 2000
_BEFORE, _AFTER = 60, 140  # characters of a snippet around its first hit
_SQLITE_NUMBERS = {"question": 1, "answer": 2, "transcript": 3}


@dataclass(frozen=True)
class SearchQuery:
    """What is looked for. `phrases`: words that stand beside each other, in lower case;
    `is_open`: the very last word is the beginning of one."""

    phrases: tuple[tuple[str, ...], ...]
    is_open: bool

    def as_tsquery(self) -> str:
        """For `to_tsquery('simple', …)`: words are letters and digits, nothing can break out."""
        parts = ["(" + " <-> ".join(f"'{_bare(w)}'" for w in words) + ")" for words in self.phrases]
        if self.is_open:
            parts[-1] = parts[-1].removesuffix(")") + ":*)"
        return " & ".join(parts)

    @property
    def only_word(self) -> str | None:
        """The word, where the query is just one."""
        words = [word for words in self.phrases for word in words]
        return _bare(words[0]) if len(words) == 1 else None

    def as_fts5(self) -> str:
        """For `MATCH` of SQLite: words inside quotes are no operators."""
        parts = [f'"{" ".join(words)}"' for words in self.phrases]
        return " AND ".join(parts) + (" *" if self.is_open else "")


def parse(text: str) -> SearchQuery | None:
    """Read what a person typed; None where no word is in it. Any text will do.

    Words written together ("node.js", "CI/CD") stand beside each other.
    """
    text = unicodedata.normalize("NFC", text[:MOST_CHARACTERS]).lower()
    text = re.sub("[“”„«»]", '"', text)
    pieces = text.split('"')
    phrases: list[tuple[str, ...]] = []
    is_open = False
    left = MOST_WORDS
    for number, piece in enumerate(pieces):
        is_quoted = number % 2 == 1 and number < len(pieces) - 1
        for chunk in [piece] if is_quoted else piece.split():
            words = tuple(_words(chunk))[:left]
            if words:
                left -= len(words)
                phrases.append(words)
                is_open = not is_quoted and len(words[-1]) >= SHORTEST_BEGINNING
    return SearchQuery(tuple(phrases), is_open) if phrases else None


def _words(text: str) -> list[str]:
    """The words of a text: letters and digits with the marks that belong to them."""
    kept = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in text)
    words = (word[:LONGEST_WORD] for word in kept.split())
    return [word for word in words if any(c.isalnum() for c in word)]


def _bare(word: str) -> str:
    """A word without accents, as `search_words` of PostgreSQL makes it."""
    parts = unicodedata.normalize("NFD", word)
    return "".join(c for c in parts if not "\u0300" <= c <= "\u036f")


def sessions_matching(query: SearchQuery, kinds: Collection[str]) -> RawSQL:
    """For `filter(session_id__in=…)`: the interviews with a text of one of `kinds` that matches.

    On PostgreSQL one statement, which asks the index for the first MOST_LISTED texts. Where there
    are no more, the filter is the list of their interviews. A more frequent word stands in so many
    that the caller's statement soon meets enough of them as it goes through interviews in order:
    there the filter asks each. On SQLite no statement; the filter asks the index.

    The caller's statement belongs inside `planned_each_time`: the plan for a rare word is a bad one
    for a frequent word.
    """
    if is_postgresql():
        names = [kind for kind in KINDS if kind in kinds]
        rows = fetch_all(_SESSIONS, [query.as_tsquery(), query.only_word, names, MOST_LISTED + 1])
        if len(rows) <= MOST_LISTED:
            ids = sorted({row[0] for row in rows})
            return RawSQL("SELECT unnest(%s::text[])", [ids])
    condition, values = _condition(query, kinds)
    statement = f"SELECT session_id FROM search_texts WHERE {condition}"
    return RawSQL(statement, values)  # noqa: S611  (our own text; values are bound)


_SESSIONS = """
SELECT session_id FROM search_sessions(to_tsquery('simple', %s), %s, %s::text[], %s)
"""


def _condition(query: SearchQuery, kinds: Collection[str]) -> tuple[str, list[Any]]:
    names: list[Any]
    if is_postgresql():
        condition, values = "vector @@ to_tsquery('simple', %s)", [query.as_tsquery()]
        column, names = "kind", [kind for kind in KINDS if kind in kinds]
    else:
        condition, values = "search_texts MATCH %s", [query.as_fts5()]
        column, names = "search_texts.rowid %% 4", [_SQLITE_NUMBERS[kind] for kind in kinds]
    if len(names) < len(KINDS):
        condition += f" AND {column} IN ({', '.join(['%s'] * len(names)) or 'NULL'})"
        values += names
    return condition, values


@dataclass(frozen=True)
class Hit:
    """A place where the words stand. `snippet` is HTML: the text escaped, the words in <mark>.
    `question_index` is 1-based, None for a transcript; `is_older`: an answer since revised."""

    kind: str
    row_id: int
    question_index: int | None
    is_older: bool
    snippet: SafeString

    @property
    def anchor(self) -> str:
        """Where the text stands on the page of its interview."""
        if self.kind == "answer":
            return f"answer-{self.row_id}"
        return "transcript" if self.kind == "transcript" else f"question-{self.question_index}"


@dataclass(frozen=True)
class Hits:
    """What is shown of an interview's hits, and how many texts of it match."""

    shown: list[Hit]
    total: int

    @property
    def further(self) -> int:
        return self.total - len(self.shown)


_HITS = """
SELECT found.session_id, found.kind, found.row_id, q.question_index, NOT r.is_current, found.total,
       substr(found.text, CASE WHEN length(found.text) <= 20000 THEN 1
                          ELSE {greatest}(1, {position} - 2000) END, 20000)
FROM (
    SELECT session_id, kind, row_id, text,
           row_number() OVER (PARTITION BY session_id ORDER BY CASE kind
               WHEN 'answer' THEN 0 WHEN 'transcript' THEN 1 ELSE 2 END, row_id DESC) AS place,
           count(*) OVER (PARTITION BY session_id) AS total
    FROM ({texts}) AS texts
) AS found
LEFT JOIN user_responses r ON found.kind = 'answer' AND r.id = found.row_id
LEFT JOIN interview_questions q
    ON q.id = CASE found.kind WHEN 'question' THEN found.row_id ELSE r.question_id END
WHERE found.place <= %s ORDER BY found.session_id, found.place
"""
_TEXTS_POSTGRESQL = """
SELECT session_id, kind, row_id, text FROM search_texts WHERE session_id = ANY(%s) AND {condition}
"""
_TEXTS_SQLITE = """
SELECT session_id, rowid / 4 AS row_id, text,
       CASE rowid %% 4 WHEN 1 THEN 'question' WHEN 2 THEN 'answer' ELSE 'transcript' END AS kind
FROM search_texts WHERE session_id IN (SELECT value FROM json_each(%s)) AND {condition}
"""


def hits_of(
    query: SearchQuery, session_ids: Sequence[str], kinds: Collection[str]
) -> dict[str, Hits]:
    """session id → where the words stand in it, at most HITS_SHOWN places, newest answers first.

    One statement; none without session ids.
    """
    if not session_ids:
        return {}
    condition, values = _condition(query, kinds)
    # Of a long text only the surroundings of a hit travel.
    longest = max((word for words in query.phrases for word in words), key=len)
    if is_postgresql():
        texts, ids = _TEXTS_POSTGRESQL, list(session_ids)
        greatest, position = "greatest", "strpos(lower(found.text), %s)"
    else:
        texts, ids = _TEXTS_SQLITE, to_sql_json(list(session_ids))  # type: ignore[assignment]
        greatest, position = "max", "instr(lower(found.text), %s)"
    statement = _HITS.format(
        texts=texts.format(condition=condition), greatest=greatest, position=position
    )
    with planned_each_time():
        rows = fetch_all(statement, [longest, ids, *values, HITS_SHOWN])
    pattern = _pattern(query)
    found: dict[str, Hits] = {}
    for session_id, kind, row_id, index, is_older, total, text in rows:
        hit = Hit(kind, row_id, index, bool(is_older), _snippet(text, pattern))
        found.setdefault(session_id, Hits([], total)).shown.append(hit)
    return found


def find(
    text: str, *, kinds: Collection[str] = tuple(KINDS), limit: int = 25
) -> list[tuple[str, Hits]]:
    """(session id, hits) of the newest interviews in which the words stand. Two statements."""
    from sessions.models import InterviewSession

    query = parse(text)
    if query is None:
        return []
    rows = InterviewSession.objects.filter(session_id__in=sessions_matching(query, kinds))
    with planned_each_time():
        session_ids = list(rows.newest_first().values_list("session_id", flat=True)[:limit])
    hits = hits_of(query, session_ids, kinds)
    return [(session_id, hits[session_id]) for session_id in session_ids if session_id in hits]


# -- highlighting ---------------------------------------------------------------------------------


class _Folding(dict[int, int]):
    """Letter → the same without accent, in lower case: one for one, so that places stay."""

    def __missing__(self, code: int) -> int:
        parts = unicodedata.normalize("NFD", chr(code))
        is_marked = all(unicodedata.combining(c) for c in parts[1:])
        folded = (parts[0] if is_marked else chr(code)).lower()
        self[code] = ord(folded) if len(folded) == 1 else code
        return self[code]


_FOLDING = _Folding()


def _fold(text: str) -> str:
    return text.translate(_FOLDING)


def _pattern(query: SearchQuery) -> re.Pattern[str]:
    """What is marked in a folded text: the phrases, as whole words."""
    parts = [
        r"[\W_]+".join(re.escape(_fold(word)) for word in words) + r"(?![^\W_])"
        for words in query.phrases
    ]
    if query.is_open:
        parts[-1] = parts[-1].removesuffix(r"(?![^\W_])") + r"[^\W_]*"
    return re.compile(r"(?<![^\W_])(?:" + "|".join(sorted(parts, key=len, reverse=True)) + ")")


def _snippet(text: str, pattern: re.Pattern[str]) -> SafeString:
    """The surroundings of the first hit as HTML, all hits in it marked; escaped piece by piece,
    so nothing that somebody said is ever markup."""
    text = unicodedata.normalize("NFC", text)
    folded = _fold(text)
    first = pattern.search(folded)
    start, end = (first.start(), first.end()) if first else (0, 0)
    begin, stop = max(0, start - _BEFORE), min(len(text), end + _AFTER)
    if begin > 0:
        begin = text.find(" ", begin, start) + 1 or begin
    if stop < len(text):
        stop = max(text.rfind(" ", end, stop), end) if " " in text[end:stop] else stop
    pieces, at = ["… " if begin > 0 else ""], begin
    for hit in pattern.finditer(folded, begin, stop):
        pieces.append(escape(text[at : hit.start()]))
        pieces.append(f"<mark>{escape(text[hit.start() : hit.end()])}</mark>")
        at = hit.end()
    pieces += [escape(text[at:stop]), " …" if stop < len(text) else ""]
    return mark_safe("".join(pieces))  # noqa: S308  (every piece of the text is escaped above)
