"""Corrected transcripts: each correction is a new version, the one before it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from interviewdata.common.errors import Conflict, Invalid, NotFound
from sessions.enums import EventKind, Source
from sessions.models import Transcript
from sessions.services.events import emit
from sessions.services.session import lock_session
from sessions.services.transcript import content_digest
from sessions.transcript_text import corrected_data, shown_words, timed_words
from sessions.word_edits import Edit, replace_words, smallest_edits

MOST_WORDS = 500_000  # as the API takes
LONGEST_WORD = 500


@transaction.atomic
def correct_transcript(
    *,
    session_id: str,
    transcript_id: int,
    edits: Sequence[Mapping[str, Any]],
    author: str,
    now: datetime | None = None,
) -> Transcript:
    """Keep `edits` of a transcript as a new version, given by `author` as a reviewer. 4 statements.

    `edits`: [{first, last, words}], each saying how the words from index `first` to `last` (from
    0, both included) of the base are to read. Single words and whole passages alike: only what
    differs from the base is changed. `last` = `first` - 1 inserts before word `first`; empty
    `words` deletes. Words are counted as `shown_words` has them: as the timed words, or as those
    of the text where there are none.

    Words that stay keep times and confidence; how the others get theirs says `replace_words`.
    The same call again gives the version it made. Raises NotFound; Conflict where the base is not
    the newest version, so that nobody's correction is lost; Invalid where nothing would change,
    no word would be left or the edits are malformed. The base is not touched.
    """
    now = now or timezone.now()
    lock_session(session_id)
    newest = Transcript.objects.best_first(session_id).first()
    if newest is None:
        raise NotFound
    base = newest
    if newest.pk != transcript_id:
        found = Transcript.objects.filter(session__session_id=session_id, pk=transcript_id).first()
        if found is None:
            raise NotFound
        base = found
    parts = _corrected(base, edits)
    # The base is part of it: a text that comes back later is another version.
    fingerprint = content_digest({**parts, "corrects": base.pk})
    if base is not newest:
        if (newest.corrects_id, newest.author, newest.fingerprint) == (
            base.pk,
            author,
            fingerprint,
        ):
            return newest
        who = newest.author or newest.get_source_display()  # type: ignore[attr-defined]
        raise Conflict(
            gettext(
                "%(who)s has saved a newer version meanwhile."
                " Nothing of yours is saved yet: make your changes there."
            )
            % {"who": who}
        )
    version = Transcript.objects.create(
        session_id=session_id,
        user_email=base.user_email,
        raw_audio_path=base.raw_audio_path,
        processed_audio_path=base.processed_audio_path,
        source=Source.REVIEWER,
        author=author,
        corrects=base,
        fingerprint=fingerprint,
        created_at=now,
        updated_at=now,
        **parts,
    )
    told = {"transcriptId": version.pk, "source": version.source, "corrects": base.pk}
    emit(session_id, (EventKind.TRANSCRIBED, told), now=now)
    return version


def _corrected(base: Transcript, edits: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The columns of the new version. Raises Invalid."""
    words = timed_words(base.word_timestamps)
    shown = shown_words(base.transcript_data, words)
    smallest = smallest_edits(shown, _checked(edits, len(shown)))
    if not smallest:
        raise Invalid(gettext("Nothing is changed: there is no new version to save."))
    gone = sum(edit.last + 1 - edit.first for edit in smallest)
    come = sum(len(edit.words.split()) for edit in smallest)
    if len(shown) - gone + come == 0:
        raise Invalid(gettext("At least one word has to stay."))
    if len(shown) - gone + come > MOST_WORDS:
        raise Invalid(gettext("A transcript has %(most)s words at most.") % {"most": MOST_WORDS})
    data = corrected_data(base.transcript_data, words, shown, smallest)
    new_words = replace_words(words, smallest) if words else base.word_timestamps
    if isinstance(data, dict) and words and data.get("words") == base.word_timestamps:
        data["words"] = new_words
    scores = base.confidence_scores
    if words and isinstance(scores, list) and len(scores) == len(words):
        # One a word: they move with their words.
        scores = [scores[at] if at is not None else None for at in _origins(len(words), smallest)]
    return {
        "transcript_data": data,
        "word_timestamps": new_words,
        "confidence_scores": scores,
    }


def _checked(edits: Sequence[Mapping[str, Any]], count: int) -> list[Edit]:
    """The edits in order. Raises Invalid where they are not of this transcript's `count` words."""
    checked = []
    for number, edit in enumerate(edits):
        first, last, words = edit.get("first"), edit.get("last"), edit.get("words")
        if type(first) is not int or type(last) is not int or not isinstance(words, str):
            raise Invalid.field(f"edits[{number}]", "send {first, last, words}.")
        if not (0 <= first <= last + 1 <= count):
            raise Invalid.field(
                f"edits[{number}]", f"first and last are word indexes, 0–{count - 1}."
            )
        if not _can_be_stored(words):
            raise Invalid.field(f"edits[{number}]", gettext("this text cannot be stored."))
        if any(len(word) > LONGEST_WORD for word in words.split()):
            raise Invalid.field(
                f"edits[{number}]",
                gettext("a word has %(most)s characters at most.") % {"most": LONGEST_WORD},
            )
        checked.append(Edit(first, last, words))
    checked.sort(key=lambda edit: (edit.first, edit.last))
    for before, after in pairwise(checked):
        if after.first <= before.last or (after.first, after.last) == (before.first, before.last):
            raise Invalid(f"Two edits change word {after.first}.", fields={"edits": ["overlap"]})
    return checked


def _can_be_stored(text: str) -> bool:
    """No database takes half a pair of surrogates, PostgreSQL no NUL."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def _origins(count: int, edits: Sequence[Edit]) -> list[int | None]:
    """For every word after the edits the index it had before; None for a new one."""
    origins: list[int | None] = []
    at = 0
    for edit in edits:
        origins += range(at, edit.first)
        origins += [None] * len(edit.words.split())
        at = edit.last + 1
    return [*origins, *range(at, count)]
