"""Answers of one interview that are like other people's, side by side: a reason to look, no proof.

Nothing here comes from feedback, and nothing of it goes into a score: who must not see scores yet
may look all the same. Whoever may open this page may open the other interviews as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from analytics.engines.near_copies import LEAST_SIMILARITY, LEAST_WORDS, SHORTEST_PASSAGE_WORDS
from analytics.services.near_copies import MOST_PAIRS, NearCopy, Side, near_copies_of
from interviewdata.common.errors import NotFound
from interviewdata.common.staff_pages import actor_of, staff_page
from sessions.models import InterviewSession
from sessions.services.access_record import record_access

PERMISSIONS = (
    "interview_sessions.view_interviewsession",
    "interview_sessions.view_interviewquestion",
    "interview_sessions.view_userresponse",
    "analytics.view_interviewanalytics",
)
# Of what the two do not share, and of what they share, so many characters stand at either end.
OTHER_SHOWN = 200
SAME_SHOWN = 1_500


@dataclass(frozen=True)
class Piece:
    """A stretch of an answer; `is_same`: the other has it too; `is_left_out`: stands for text."""

    text: str
    is_same: bool = False
    is_left_out: bool = False


@dataclass(frozen=True)
class ShownSide:
    answer: Side
    pieces: list[Piece]
    url: str


@dataclass(frozen=True)
class ShownPair:
    pair: NearCopy
    sides: tuple[ShownSide, ShownSide]


@require_safe
@staff_page(*PERMISSIONS)
def session_copies(request: HttpRequest, session_id: str) -> HttpResponse:
    """Statements: login (2), interview, those of `near_copies_of` (2), access record, which names
    every interview that is shown. Raises NotFound."""
    interview = InterviewSession.objects.filter(session_id=session_id).first()
    if interview is None:
        raise NotFound
    pairs = near_copies_of(session_id)
    others = sorted({pair.theirs.session_id for pair in pairs})
    record_access(
        actor=actor_of(request),
        action="read",
        resource="near_copies",
        session_ids=[session_id, *others],
    )
    context = {
        "interview": interview,
        "record_url": _address("session-record", session_id),
        "pairs": [_shown(pair) for pair in pairs],
        "is_full": len(pairs) == MOST_PAIRS,
        "least_similarity": LEAST_SIMILARITY,
        "least_words": LEAST_WORDS,
        "passage_words": SHORTEST_PASSAGE_WORDS,
    }
    return render(request, "record/session_copies.html", context)


def address_of(session_id: str) -> str:
    """Of the page; empty where an imported id fits into none."""
    return _address("session-copies", session_id)


def _address(name: str, session_id: str) -> str:
    try:
        return reverse(name, args=[session_id])
    except NoReverseMatch:
        return ""


def _shown(pair: NearCopy) -> ShownPair:
    ours = [(one.first_start, one.first_end) for one in pair.passages]
    theirs = [(one.second_start, one.second_end) for one in pair.passages]
    return ShownPair(
        pair,
        (
            ShownSide(pair.ours, list(pieces_of(pair.ours.text, ours)), ""),
            ShownSide(
                pair.theirs,
                list(pieces_of(pair.theirs.text, theirs)),
                _address("session-record", pair.theirs.session_id),
            ),
        ),
    )


def pieces_of(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[Piece]:
    """The text in order, the `spans` (characters, end exclusive, in any order, overlapping or not)
    as what is the same; long stretches without their middle."""
    at = 0
    for start, end in sorted(spans):
        yield from _shortened(text[at : max(at, start)], OTHER_SHOWN, is_same=False)
        yield from _shortened(text[max(at, start) : end], SAME_SHOWN, is_same=True)
        at = max(at, end)
    yield from _shortened(text[at:], OTHER_SHOWN, is_same=False)


def _shortened(text: str, shown: int, *, is_same: bool) -> Iterator[Piece]:
    if len(text) <= 3 * shown:
        if text:
            yield Piece(text, is_same)
        return
    yield Piece(text[:shown], is_same)
    yield Piece("", is_left_out=True)
    yield Piece(text[-shown:], is_same)
