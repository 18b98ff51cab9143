"""An interview while it goes on: progress, signs of life, all that are running; as JSON to ask for
again and again, and as server-sent events."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.http import parse_etags

from interviewdata.common.errors import Invalid, NotFound
from interviewdata.common.wire.body import read_object
from interviewdata.common.wire.replies import json_bytes_reply, json_reply, success
from sessions import feed
from sessions.access import Also, may_answer, may_read, require
from sessions.api.base import InterviewViewSet
from sessions.api.inputs import PresenceInput
from sessions.api.live_schema import describe_live, describe_presence, describe_progress
from sessions.enums import PresenceState
from sessions.feed import Place
from sessions.services.presence import note_presence
from sessions.streams import open_streams, sse, ticket
from sessions.wire import (
    event_as_wire,
    of_all_as_wire,
    presence_as_wire,
    progress,
    running_as_wire,
)

SEE = ("interview_sessions.view_interviewsession",)
# How soon a client that got a stream which ended at once is to ask again.
ASK_AGAIN_MILLISECONDS = 2_000


@describe_progress
class ProgressViewSet(InterviewViewSet):
    """Access takes 1 statement (staff 2, services 1); progress 1, events after one 1 more; the
    record of a look 1. What is unchanged since (ETag) is no look and leaves no record."""

    def show(self, request: HttpRequest, session_id: str) -> HttpResponseBase:
        after = _after_one(request)
        given = ticket.read(request.META.get("HTTP_AUTHORIZATION", ""))
        if given is None or given.session_id != session_id:
            may_read(self.principal, session_id, SEE)
        now = feed.read_progress(session_id)
        if sse.is_wanted(request):
            # A ticket was given out with the page that was recorded.
            if given is None:
                self.record_access("read", "progress", [session_id], detail="events")
            return _stream_of_one(request, session_id, now, after)
        etag = f'W/"{now.version}"'
        if not {"*", etag}.isdisjoint(parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))):
            return _unchanged(etag)
        body = _progress_body(session_id, now)
        if after is not None:
            events = feed.events_after(session_id, after)
            body["events"] = [event_as_wire(event) for event in events]
            body["more"] = bool(events) and events[-1].id < now.last_event_id
        body["stream"] = _stream_address(request, session_id)
        self.record_access("read", "progress", [session_id])
        reply = json_reply(body)
        reply["ETag"] = etag
        return reply


@describe_presence
class PresenceViewSet(InterviewViewSet):
    """2 statements: access with the progress, the sign of life."""

    def note(self, request: HttpRequest) -> HttpResponseBase:
        data = PresenceInput.read(read_object(request))
        head = may_answer(
            self.principal,
            data["session_id"],
            "interview_sessions.add_userresponse",
            Also("s.questions_answered, s.total_questions, s.current_question_index"),
        )
        now = timezone.now()
        note_presence(
            session_id=head.session_id,
            status=head.status,
            state=PresenceState(data["state"]),
            question_index=data["question_index"],
            unsent=data["unsent"],
            now=now,
        )
        return success("You are seen.", serverTime=now, progress=progress(*head.also))


@describe_live
class LiveViewSet(InterviewViewSet):
    """Who is: token or session and user; running interviews 1, the place 1, the record 1."""

    def list(self, request: HttpRequest) -> HttpResponseBase:
        after = _after_of_all(request)
        given = ticket.read(request.META.get("HTTP_AUTHORIZATION", ""))
        has_ticket = given is not None and given.session_id == ticket.ALL
        if not has_ticket:
            if not self.principal.is_staff_or_service:
                raise NotFound
            require(self.principal, SEE)
        if sse.is_wanted(request):
            if not has_ticket:
                self.record_access("list", "live", [], detail="events")
            return _stream_of_all(request, after)
        # The place first: what happens between the two is told again rather than left out.
        place = feed.last_place()
        now = timezone.now()
        running, number = feed.running_interviews(now)
        body: dict[str, Any] = {
            "success": True,
            "serverTime": now,
            "place": str(place),
            "number": number,
            "interviews": [running_as_wire(one) for one in running],
            "stream": _stream_address(request, ticket.ALL),
        }
        if after is not None:
            events = feed.events_of_all_after(after)
            body["events"] = [
                {"place": str(at), "sessionId": session_id, **event_as_wire(event)}
                for at, session_id, event in events
            ]
            body["more"] = bool(events) and events[-1][0] < place
        self.record_access("list", "live", [one.session_id for one in running])
        return json_reply(body)


def _progress_body(session_id: str, now: feed.ProgressNow) -> dict[str, Any]:
    return {
        "success": True,
        "sessionId": session_id,
        "status": now.status,
        "progress": progress(now.answered, now.total, now.next_index),
        "lastEventId": now.last_event_id,
        "presence": presence_as_wire(now.presence),
        "serverTime": timezone.now(),
    }


def _after_text(request: HttpRequest) -> str | None:
    """The event after which the client wants to go on. A stream that was lost says it in a header,
    which is newer than what its address said at first."""
    header = request.META.get("HTTP_LAST_EVENT_ID", "").strip()
    return header or request.GET.get("after", "").strip() or None


def _after_one(request: HttpRequest) -> int | None:
    text = _after_text(request)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Invalid.field("after", "Send the id of an event, a whole number.")
    return int(text)


def _after_of_all(request: HttpRequest) -> Place | None:
    text = _after_text(request)
    if text is None:
        return None
    try:
        return Place.read(text)
    except ValueError:
        raise Invalid.field("after", "Send the `place` of an earlier reply.") from None


def _unchanged(etag: str) -> HttpResponse:
    reply = json_bytes_reply(b"", 304)
    del reply["Content-Type"]  # of nothing
    reply["ETag"] = etag
    return reply


def _stream_address(request: HttpRequest, session_id: str) -> dict[str, Any] | None:
    """Where a stream that stays open can be had, with the ticket for it; None: ask again here."""
    if not settings.EVENTS_URL:
        return None
    return {
        "url": f"{settings.EVENTS_URL}{request.path}",
        "ticket": ticket.issue(session_id),
        "opensWithin": ticket.OPENS_WITHIN_SECONDS,
    }


def _stream_of_one(
    request: HttpRequest, session_id: str, now: feed.ProgressNow, after: int | None
) -> HttpResponseBase:
    first = b""
    if after is None:
        after = now.last_event_id
        first = sse.event("snapshot", _progress_body(session_id, now), after)
    if open_streams.are_possible(request):
        return open_streams.of_one(session_id, after, first)
    parts = [sse.retry(ASK_AGAIN_MILLISECONDS), first]
    parts += [
        sse.event(e.kind, event_as_wire(e), e.id) for e in feed.events_after(session_id, after)
    ]
    return sse.marked(HttpResponse(b"".join(parts), content_type=sse.CONTENT_TYPE))


def _stream_of_all(request: HttpRequest, after: Place | None) -> HttpResponseBase:
    after = after or feed.last_place()
    if open_streams.are_possible(request):
        return open_streams.of_all(after)
    events = feed.events_of_all_after(after)
    interviews = feed.running_of(session_id for _place, session_id, _event in events)
    # Also where nothing happened the client learns where it stands.
    parts = [sse.retry(ASK_AGAIN_MILLISECONDS), f"id: {after}\n\n".encode()]
    parts += [
        sse.event(e.kind, of_all_as_wire(session_id, e, interviews.get(session_id)), at)
        for at, session_id, e in events
    ]
    return sse.marked(HttpResponse(b"".join(parts), content_type=sse.CONTENT_TYPE))
