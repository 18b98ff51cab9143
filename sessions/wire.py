"""What is told of a running interview, in wire names."""

from __future__ import annotations

from typing import Any

from sessions.feed import Event, Presence, Running


def progress(answered: int, total: int, next_index: int) -> dict[str, Any]:
    """`completionRate` is answered / total, 0–1; 0 where nothing was asked."""
    return {
        "answered": answered,
        "total": total,
        "currentQuestionIndex": next_index,
        "completionRate": round(answered / total, 4) if total else 0.0,
    }


def event_as_wire(event: Event) -> dict[str, Any]:
    return {"id": event.id, "kind": event.kind, "at": event.at, "data": event.data}


def presence_as_wire(presence: Presence | None) -> dict[str, Any] | None:
    if presence is None:
        return None
    return {
        "state": presence.state,
        "questionIndex": presence.question_index,
        "unsent": presence.unsent,
        "seenAt": presence.seen_at,
    }


def running_as_wire(one: Running) -> dict[str, Any]:
    return {
        "sessionId": one.session_id,
        "userEmail": one.user_email,
        "role": one.role,
        "mode": one.interview_mode,
        "status": one.status,
        "progress": progress(one.answered, one.total, one.next_index),
        "createdAt": one.created_at,
        "startTime": one.start_time,
        "lastSign": one.last_sign,
        "presence": presence_as_wire(one.presence),
    }


def of_all_as_wire(session_id: str, event: Event, interview: Running | None) -> dict[str, Any]:
    return {
        "sessionId": session_id,
        **event_as_wire(event),
        "interview": running_as_wire(interview) if interview else None,
    }
