"""Many interviews as documents, one after the other, in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from analytics.visibility import is_blind
from interviewdata.common.errors import NotFound
from interviewdata.record.document import export_document, read_record
from sessions.models import InterviewSession
from sessions.querysets import InterviewSessionQuerySet
from sessions.services.access_record import record_access

ACCESS_BATCH = 500


def select_interviews(*, session_ids: list[str], email: str) -> InterviewSessionQuerySet:
    """The interviews of those ids, else of that person, else all; the oldest first."""
    interviews: InterviewSessionQuerySet = InterviewSession.objects.all()
    if session_ids:
        interviews = interviews.filter(session_id__in=session_ids)
    elif email:
        interviews = interviews.of_person(email)
    return interviews.order_by("created_at", "id")


def documents(
    session_ids: Iterable[str], *, actor: str, now: datetime, reader: Any = None
) -> Iterator[bytes]:
    """The export document of each interview, each ending with its only line break.

    `reader` is the user it is for, if it is one: what others judged stays hidden where they are
    blind. One statement an interview, with a reader and feedback two, and one more for every 500:
    who took them is recorded first. An interview erased meanwhile is left out.
    """
    pending = iter(session_ids)
    while batch := list(islice(pending, ACCESS_BATCH)):
        record_access(actor=actor, action="export", resource="interviews", session_ids=batch)
        for session_id in batch:
            try:
                record = read_record(session_id)
            except NotFound:
                continue
            if reader is not None and record.feedbacks and is_blind(reader, session_id):
                record.hide_feedback_of_others(reader.get_username())
            yield export_document(record, session_id=session_id, now=now)


def as_line(document: bytes) -> bytes:
    """A document as one line: a raw line break inside JSON is never more than white space."""
    return document.rstrip(b"\n").replace(b"\n", b" ").replace(b"\r", b" ") + b"\n"
