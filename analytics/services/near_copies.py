"""Answers that share most of their text with answers of other people: kept, found, proven.

A likeness is a reason to look and no more: two honest people may have learned from one book. It is
no part of any score. What an answer repeats of its question does not count, nor what somebody has
said before themselves: both sides are current answers, of different people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from analytics.engines.near_copies import (
    LEAST_AGREEMENT,
    LEAST_SIMILARITY,
    VERSION,
    Passage,
    agreement,
    bands,
    matching_passages,
    signature,
)
from analytics.engines.texts import words_of
from analytics.models import AnswerBand, AnswerSignature, ResponseAnalysis
from interviewdata.common.errors import NotFound
from interviewdata.common.sql import fetch_all, is_postgresql
from sessions.models import UserResponse
from sessions.services.session import lock_session

MOST_PAIRS = 20
# Of answers in one band the newest are looked at: a sentence that ten thousand people say would
# else be fifty million pairs. Two answers that are alike share some eight of 64 bands.
NEWEST_IN_A_BAND = 200
# Of each answer, those that share the most bands.
MOST_CANDIDATES = 30
# Word by word, of all answers together: some seconds for the longest answers there can be.
MOST_COMPARED = 60
MOST_CHARACTERS = 4_000_000
CHUNK = 200

_LATERAL = """CROSS JOIN LATERAL (
    SELECT response_id FROM answer_bands n WHERE n.band = b.band
    ORDER BY n.response_id DESC LIMIT %s
) AS near"""
# SQLite has no LATERAL, but its lists of JSON may stand upon the row before.
_BY_JSON = """CROSS JOIN json_each((
    SELECT json_group_array(response_id) FROM (
        SELECT response_id FROM answer_bands n WHERE n.band = b.band
        ORDER BY n.response_id DESC LIMIT %s
    )
)) AS near"""
_CANDIDATES = """
WITH mine AS (
    SELECT g.response_id, g.signature, g.version, s.user_email
    FROM answer_signatures g
    JOIN user_responses r ON r.id = g.response_id AND r.is_current
    JOIN interview_sessions s ON s.session_id = g.session_id
    WHERE g.session_id = %s
), met AS (
    SELECT b.response_id AS one, near.{near} AS other, count(*) AS shared
    FROM mine JOIN answer_bands b ON b.response_id = mine.response_id
    {neighbours}
    WHERE near.{near} <> b.response_id
    GROUP BY 1, 2
), ranked AS (
    SELECT met.one, met.other, mine.signature AS ours, g.signature AS theirs,
           row_number() OVER (
               PARTITION BY met.one ORDER BY met.shared DESC, met.other DESC
           ) AS place
    FROM met
    JOIN mine ON mine.response_id = met.one
    JOIN answer_signatures g ON g.response_id = met.other AND g.version = mine.version
    JOIN user_responses r ON r.id = met.other AND r.is_current
    JOIN interview_sessions s ON s.session_id = g.session_id
    WHERE s.user_email <> mine.user_email
)
SELECT one, other, ours, theirs FROM ranked WHERE place <= %s
"""


@dataclass(frozen=True)
class Side:
    """An answer of a pair. text: as typed, else as heard."""

    session_id: str
    user_email: str
    role: str
    response_id: int
    question_index: int
    question_text: str
    created_at: datetime
    text: str


@dataclass(frozen=True)
class NearCopy:
    """An answer of the interview and one of another person's.

    similarity: share (0–1) of the shorter text's words that lie in `passages`; those have the
    offsets of `ours` first. words: how many that are.
    """

    ours: Side
    theirs: Side
    similarity: float
    words: int
    passages: list[Passage]

    @property
    def is_same_question(self) -> bool:
        return _plain(self.ours.question_text) == _plain(self.theirs.question_text)


def answer_text(user_answer: str, words: Any) -> str:
    """What was said: the typed answer, else the words that were heard ([{word, …}])."""
    if user_answer.strip():
        return user_answer
    heard = words if isinstance(words, list) else []
    return " ".join(str(word.get("word", "")) for word in heard if isinstance(word, dict))


def keep_signature(response: UserResponse, text: str, *, now: datetime | None = None) -> None:
    """Keep by what this answer is found; a text of too few words is found by nothing.

    In the transaction that stores the answer's analysis, its interview locked. 1 statement where
    it is kept already or nothing is to be kept, else 4: what is there, the signature, its bands
    of before taken away, its bands.
    """
    made = signature(text)
    kept = AnswerSignature.objects.filter(response=response).first()
    if kept is not None and not made:
        kept.delete()
    if not made or (kept and bytes(kept.signature) == made and kept.version == VERSION):
        return
    _store(response, made, now or timezone.now())


def _store(response: UserResponse, made: bytes, now: datetime) -> None:
    row = AnswerSignature(
        response=response,
        session_id=response.session_id,
        version=VERSION,
        signature=made,
        made_at=now,
    )
    AnswerSignature.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["response"],
        update_fields=["session", "version", "signature", "made_at"],
    )
    AnswerBand.objects.filter(answer_id=response.pk).delete()
    AnswerBand.objects.bulk_create(
        [AnswerBand(band=band, answer_id=response.pk) for band in set(bands(made))]
    )


def near_copies_of(session_id: str, *, most: int = MOST_PAIRS) -> list[NearCopy]:
    """Pairs of the interview's current answers with those of other people, the most alike first.

    2 statements whatever there is: candidates, their texts (1 without candidates); of an unknown
    interview there are none.
    """
    candidates = _candidates(session_id)
    if not candidates:
        return []
    sides = _sides({pk for pair in candidates for pk in pair})
    found: list[NearCopy] = []
    read = 0
    for one, other in candidates:
        if one not in sides or other not in sides:
            continue  # deleted meanwhile
        read += len(sides[one].text) + len(sides[other].text)
        if read > MOST_CHARACTERS:
            break
        pair = compare(sides[one], sides[other])
        if pair.similarity >= LEAST_SIMILARITY:
            found.append(pair)
    found.sort(key=lambda pair: (-pair.similarity, -pair.words, pair.theirs.response_id))
    return found[:most]


def _candidates(session_id: str) -> list[tuple[int, int]]:
    """(answer, other's answer), those whose signatures agree most first. 1 statement."""
    lateral = is_postgresql()
    statement = _CANDIDATES.format(
        neighbours=_LATERAL if lateral else _BY_JSON, near="response_id" if lateral else "value"
    )
    rows = fetch_all(statement, [session_id, NEWEST_IN_A_BAND, MOST_CANDIDATES])
    agreeing = [
        (agreement(bytes(ours), bytes(theirs)), one, other) for one, other, ours, theirs in rows
    ]
    best = sorted(each for each in agreeing if each[0] >= LEAST_AGREEMENT)[::-1]
    return [(one, other) for _share, one, other in best[:MOST_COMPARED]]


def _sides(ids: set[int]) -> dict[int, Side]:
    """1 statement."""
    rows: Any = UserResponse.objects.filter(pk__in=ids).values_list(
        "pk",
        "session_id",
        "session__user_email",
        "session__role",
        "question__question_index",
        "question__question_text",
        "created_at",
        "user_answer",
        "analysis__words",
    )
    return {
        pk: Side(session_id, email, role, pk, index, question, at, answer_text(answer, words))
        for pk, session_id, email, role, index, question, at, answer, words in rows
    }


def compare(ours: Side, theirs: Side) -> NearCopy:
    """The pair with what both say, less what either repeats of its question."""
    swapped = len(theirs.text) < len(ours.text)
    shorter, longer = (theirs, ours) if swapped else (ours, theirs)
    asked = f" {_plain(shorter.question_text)} ", f" {_plain(longer.question_text)} "
    passages = [
        passage
        for passage in matching_passages(shorter.text, longer.text)
        if not any(
            f" {_plain(shorter.text[passage.first_start : passage.first_end])} " in question
            for question in asked
        )
    ]
    words = sum(passage.words for passage in passages)
    if swapped:
        passages = sorted(map(_turned, passages), key=lambda one: one.first_start)
    said = len(words_of(shorter.text))
    return NearCopy(ours, theirs, round(words / said, 4) if said else 0.0, words, passages)


def _turned(one: Passage) -> Passage:
    return Passage(one.second_start, one.second_end, one.first_start, one.first_end, one.words)


def _plain(text: str) -> str:
    """The words alone, as passages are compared."""
    return " ".join(token.text for token in words_of(text))


@dataclass(frozen=True)
class WrongSignature:
    """An answer that is not found by its text. message: what is wrong, English."""

    response_id: int
    message: str


def wrong_signatures() -> Iterator[WrongSignature]:
    """Analysed answers whose signature or bands are not what their text gives, and signatures of
    answers that were not analysed. 3 statements a CHUNK of answers; a quarter of a millisecond of
    CPU for each."""
    analysed = ResponseAnalysis.objects.order_by("response_id").values_list(
        "response_id", "response__user_answer", "words"
    )
    rows = analysed.iterator(CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        yield from _wrong_of(chunk)
    there = Exists(ResponseAnalysis.objects.filter(response_id=OuterRef("response_id")))
    stray = AnswerSignature.objects.filter(~there).order_by("response_id")
    for pk in stray.values_list("response_id", flat=True).iterator(CHUNK):
        yield WrongSignature(pk, "has a signature, but was not analysed")


def _wrong_of(rows: Sequence[tuple[int, str, Any]]) -> Iterator[WrongSignature]:
    ids = [pk for pk, _answer, _words in rows]
    kept = {row.pk: row for row in AnswerSignature.objects.filter(pk__in=ids)}
    told: dict[int, set[int]] = {pk: set() for pk in ids}
    for pk, band in AnswerBand.objects.filter(answer_id__in=ids).values_list("answer_id", "band"):
        told[pk].add(band)
    for pk, answer, words in rows:
        made, row = signature(answer_text(answer, words)), kept.get(pk)
        if row is None and made:
            yield WrongSignature(pk, "cannot be found by its text: it has no signature")
        elif row is not None and not made:
            yield WrongSignature(pk, "has a signature, but too few words for one")
        elif row is not None and (bytes(row.signature) != made or row.version != VERSION):
            yield WrongSignature(pk, "its signature is not that of its text")
        elif row is not None and told[pk] != set(bands(made)):
            yield WrongSignature(pk, "its bands are not those of its signature")


@transaction.atomic
def rebuild_signature(response_id: int) -> str:
    """Make the signature of one answer anew from its row; what was done. Raises NotFound."""
    answer = UserResponse.objects.filter(pk=response_id).first()
    if answer is None:
        raise NotFound
    lock_session(answer.session_id)
    AnswerSignature.objects.filter(pk=response_id).delete()
    found = ResponseAnalysis.objects.filter(response_id=response_id).first()
    made = signature(answer_text(answer.user_answer, found.words)) if found else b""
    if not made:
        return "signature taken away"
    _store(answer, made, timezone.now())
    return "signature made anew"
